import { existsSync } from "node:fs";
import { Command } from "@commander-js/extra-typings";
import { type GateConfig, readGateConfig } from "../gate/config.js";
import { openWriter } from "../gate/open-gate.js";
import { type Recovered, recoverLedger } from "../gate/recover-ledger.js";
import { type ReleaseResult, releasePolicy } from "../gate/release-policy.js";
import { loadTrust } from "../io/load-trust.js";
import { writeNote, writeOut } from "../io/output.js";
import { CannotDo } from "../io/refusal.js";
import { writeWholeFile } from "../io/write-file.js";
import { count } from "../report/layout.js";
import { visible } from "../report/visible.js";
import { configOption } from "./gate-options.js";
import { exportCommand } from "./ledger-export.js";
import { wholeNumber } from "./options.js";
import { quoted } from "./quoted.js";
import type { SetExitCode } from "./run.js";

/** `sclaw ledger`: the ledger that a gate writes. */
export function ledgerCommand(_setExitCode: SetExitCode): Command {
  return new Command("ledger")
    .summary("make, export, checkpoint and recover a gate's ledger")
    .description("Make, export, checkpoint and recover the ledger that a gate writes.")
    .addCommand(initCommand())
    .addCommand(exportCommand())
    .addCommand(checkpointCommand())
    .addCommand(recoverCommand()) as unknown as Command;
}

const waitOption = () =>
  [
    "--wait <seconds>",
    "how long to wait for another process that writes the ledger",
    wholeNumber,
    0,
  ] as const;

function initCommand() {
  return new Command("init")
    .summary("make a ledger, and ask for the release of its first policy")
    .description(
      "Make the ledger of a gate's configuration, and ask for the release of its policy: its owners sign it (sclaw approve), and sclaw policy release completes it.",
    )
    .addOption(configOption())
    .option("--by <user>", "who asks for it, as user:<name>; that person cannot sign it")
    .action(async ({ config: path, by }) => {
      const config = readGateConfig(path);
      if (existsSync(config.ledger))
        throw new CannotDo(
          `expected no ledger yet, found ${config.ledger}`,
          `another policy is released by sclaw policy release; a first release that was not completed too`,
        );
      const asked = by === undefined ? {} : { by };
      const result = await releasePolicy(config, config.policy, { create: true, calls: "few", ...asked });
      writeOut(initText(config, path, result));
    });
}

function initText(config: GateConfig, path: string, { bundle, answer }: ReleaseResult): string {
  const request = answer === "released before" || answer.kind === "ran" ? undefined : answer.request;
  if (request === undefined) throw new Error("expected a request for the first release, found none");
  const { required, expiresAt, id } = request;
  const signers = required.map(({ group, threshold }) => `${threshold} of ${visible(group)}`).join(", ");
  const option = path === "gate.json" ? "" : ` --config ${quoted(path)}`;
  return `LEDGER MADE: ${visible(config.ledger)}

  policy   ${visible(bundle.info.version)}, ${bundle.hash}
  needs    ${signers}, until ${expiresAt}
  request  ${id}

Next:
  sclaw approve ${id} --key FILE    (each of them)
  sclaw policy release${option}
`;
}

function checkpointCommand() {
  return new Command("checkpoint")
    .summary("write a checkpoint now")
    .description(
      "Write a checkpoint of all receipts, unless there is one, and print its note. A gate that is running writes its own: it has the ledger's lock.",
    )
    .addOption(configOption())
    .option(...waitOption())
    .option("--out <file>", "write the note to a new file instead of standard output")
    .action(async ({ config: path, wait, out }) => {
      const config = readGateConfig(path);
      const trust = loadTrust({ path: config.keys, namedBy: "option" }, undefined);
      const writer = await openWriter(config, trust, { wait: wait * 1000 });
      let size: number;
      try {
        await writer.checkpoint();
        size = writer.size;
      } finally {
        await writer.close();
      }
      const last = writer.lastCheckpoint;
      if (last?.size !== size)
        throw new CannotDo(
          `expected to sign a checkpoint of size ${size}, found a key that is not valid at its last receipt`,
          "another key signed that: the next receipt's checkpoint covers it",
        );
      if (out === undefined) writeOut(last.note);
      else writeWholeFile(out, last.note, { replace: false });
      writeNote(
        `sclaw: checkpoint of size ${last.size}${out === undefined ? "" : ` written to ${visible(out)}`}`,
      );
    });
}

function recoverCommand() {
  return new Command("recover")
    .summary("read the whole ledger, and finish what a crash interrupted")
    .description(
      "Read the whole ledger, cut off what a crash left torn (it is kept beside it), make receipts of what was interrupted, and write a checkpoint. A gate does the same when it starts, reading from the last checkpoint. Changes nothing where the ledger is damaged inside.",
    )
    .addOption(configOption())
    .option(...waitOption())
    .action(async ({ config: path, wait }) => {
      const config = readGateConfig(path);
      writeOut(recoveredText(config, await recoverLedger(config, { wait: wait * 1000 })));
    });
}

function recoveredText(config: GateConfig, recovered: Recovered): string {
  const { torn, damagedJournal, made, awaited, held, size, covered } = recovered;
  const lines: string[] = [];
  if (torn !== undefined)
    lines.push(`${count(torn.bytes, "byte")} cut off the torn end, kept in ${visible(torn.savedAs)}`);
  if (damagedJournal !== undefined)
    lines.push(`journal read as far as it can be, kept as it was in ${visible(damagedJournal)}`);
  for (const { seq, receipt_id, decision, outcome } of made)
    lines.push(`receipt made: seq ${seq}, ${receipt_id}, ${decision}, ${outcome.status}`);
  if (lines.length === 0) lines.push("nothing to recover");
  if (awaited > 0) lines.push(`${count(awaited, "call")} whose outcome is awaited`);
  if (held > 0) lines.push(`${count(held, "request")} waiting for people`);
  const covering = covered === size ? "all of them covered by a checkpoint" : `covered up to ${covered ?? 0}`;
  return `RECOVERED: ${visible(config.ledger)}, ${count(size, "receipt")}, ${covering}\n\n${lines.map((line) => `  ${line}\n`).join("")}`;
}
