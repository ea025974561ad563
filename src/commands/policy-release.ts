import { Command, Option } from "@commander-js/extra-typings";
import type { HeldRequest } from "../gate/contract.js";
import type { ReleaseResult } from "../gate/release-policy.js";
import { writeNote, writeOut } from "../io/output.js";
import { jsonText } from "../report/json-text.js";
import { visible } from "../report/visible.js";
import { exitCodes } from "./exit-codes.js";
import { wholeNumber } from "./options.js";
import type { SetExitCode } from "./run.js";

/** `sclaw policy release`: asks for a release, or completes it once the owners have signed. */
export function releaseCommand(setExitCode: SetExitCode) {
  return new Command("release")
    .summary("release a bundle, signed by the policy's owners")
    .description(
      "Ask for the release of a policy bundle, or complete it where enough policy owners have signed (sclaw approve). The granted receipt in the ledger is the release; a gate starts with a released bundle only. Exits with 1 while signatures are missing, and where the owners refused.",
    )
    .argument("[folder]", "the bundle (default: the configuration's)")
    .option("--config <file>", "the gate's configuration", "gate.json")
    .option("--by <user>", "who asks for it, as user:<name>; that person cannot sign it")
    .option("--wait <seconds>", "how long to wait for the signatures", wholeNumber, 0)
    .addOption(
      new Option("--format <format>", "how to print it")
        .choices(["table", "json"] as const)
        .default("table" as const),
    )
    .action(async (folder, { config: path, by, wait, format }) => {
      // Loaded here: the other policy commands need nothing of the gate.
      const { readGateConfig } = await import("../gate/config.js");
      const { releasePolicy } = await import("../gate/release-policy.js");
      const config = readGateConfig(path);
      if (wait > 0) writeNote("sclaw: waiting for signatures");
      const result = await releasePolicy(config, folder ?? config.policy, {
        holdFor: wait * 1000,
        calls: "few",
        ...(by === undefined ? {} : { by }),
      });
      if (!isReleased(result)) setExitCode(exitCodes.findings);
      writeOut(format === "json" ? jsonText(releaseJson(result)) : releaseText(result));
    });
}

const isReleased = ({ answer }: ReleaseResult) => answer === "released before" || answer.kind === "ran";

/** What came of asking for a release, for programs. */
function releaseJson({ bundle, before, answer }: ReleaseResult) {
  const { info, hash } = bundle;
  const named = { version: info.version, hash, ...(before === undefined ? {} : { before }) };
  const common = { schema: "sclaw.policy-release/1", ...named };
  if (answer === "released before") return { ...common, state: "released" };
  const { seq, receipt_id } = answer.receipt;
  if (answer.kind === "ran") return { ...common, state: "released", seq, receipt_id };
  return { ...common, state: answer.why, seq, receipt_id, request: answer.request ?? null };
}

/** The same for a person. Also what `ledger init` says of the first release. */
export function releaseText({ bundle, before, answer }: ReleaseResult): string {
  const name = visible(bundle.info.version);
  if (answer === "released before") return `RELEASED before: ${name}\n\n  ${bundle.hash}\n`;
  if (answer.kind === "ran") {
    const { seq, receipt_id } = answer.receipt;
    const replaced = before === undefined ? "the ledger's first" : `in place of ${before}`;
    return `RELEASED: ${name}, ${replaced}\n\n  ${bundle.hash}\n  by seq ${seq}, ${receipt_id}\n`;
  }
  const { why, request } = answer;
  if (why !== "held" || request === undefined) {
    const reason = visible(answer.decision.why.join("; "));
    return `NOT RELEASED (${why}): ${name}\n\n  ${bundle.hash}\n  ${reason}\n`;
  }
  return `NOT RELEASED YET: ${name} waits for its owners\n\n  ${bundle.hash}\n${waitingText(request)}`;
}

function waitingText({ id, required, counted, expiresAt }: HeldRequest): string {
  const missing = required.map(({ group, threshold }, i) => {
    const have = counted[i]?.threshold ?? 0;
    return `${threshold} of ${visible(group)} (${have} so far)`;
  });
  return `  needs  ${missing.join(", ")}, until ${expiresAt}\n  next   sclaw approve ${id} --key FILE    (each of them), then this command again\n`;
}
