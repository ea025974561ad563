import type { Command } from "@commander-js/extra-typings";
import { requireBundle } from "../io/load-bundle.js";
import { writeOut } from "../io/output.js";
import { CannotDo } from "../io/refusal.js";
import { withReleaseBundle } from "../io/release-bundle.js";
import { outputPage } from "../io/terminal.js";
import { version } from "../io/version.js";
import { ReplayPass } from "../replay/replay-pass.js";
import { Replayer } from "../replay/replayer.js";
import { renderReplay, renderReplayJson } from "../report/replay-text.js";
import { type EachReceiptOptions, eachReceipt, eachReceiptCommand } from "./each-receipt.js";
import { exitCodes } from "./exit-codes.js";
import { locatePolicies, repeated } from "./policy-options.js";
import type { SetExitCode } from "./run.js";

type ReplayOptions = EachReceiptOptions & { readonly policy?: readonly string[] | undefined };

/** `sclaw replay`: every decision of a ledger made again. */
export function replayCommand(setExitCode: SetExitCode): Command {
  return eachReceiptCommand(
    "replay",
    "decide every receipt of a ledger again",
    "Decide every receipt of a ledger that verifies again: from its intent, at its time, under the policy bundle whose hash it names. Decision, tier, rules, facts and required signatures are compared. Exits with 1 where any differs.",
  )
    .option(
      "--policy <folder>",
      "a policy bundle; may be repeated (default: sclaw.json, the folder policy)",
      repeated,
    )
    .action(async (...args: readonly unknown[]) => {
      const [ledgers, options] = args as [readonly string[], ReplayOptions];
      await replay(ledgers, options, setExitCode);
    }) as unknown as Command;
}

async function replay(
  ledgers: readonly string[],
  { policy, format, ...options }: ReplayOptions,
  setExitCode: SetExitCode,
): Promise<void> {
  const given = locatePolicies(policy).map((folder) => requireBundle(folder, "many"));
  const bundles = withReleaseBundle(given, options.keys);
  const redecider = new Replayer(bundles);
  const redecided = { what: "replay", bundles, redecider } as const;
  const pass = new ReplayPass(bundles, redecider);
  const replayed = await eachReceipt(ledgers, options, setExitCode, redecided, pass);
  if (replayed === undefined) return;
  const { verification, result } = replayed;
  const named = [...result.notEvaluated.keys()]
    .filter((reason) => reason.startsWith("the policy "))
    .slice(0, 3);
  // A ledger of releases alone names no policy but the built-in one.
  if (named.length > 0 && given.every((bundle) => result.unused.includes(bundle))) {
    throw new CannotDo(
      `expected a policy bundle that a receipt names, found ${given.map(({ hash }) => hash).join(", ")}: another policy`,
      `${named.join("; ")}; one changed byte makes another policy: ask for the bundle that was in force`,
    );
  }
  if (result.different > 0) setExitCode(exitCodes.findings);
  const policies = given.map(({ info, hash }) => ({ version: info.version, hash }));
  // The built-in policy was not given: nobody asked whether it is used.
  const unused = result.unused.filter((bundle) => given.includes(bundle));
  const paper = { verification, policies, result: { ...result, unused }, tool: `sclaw ${version()}` };
  writeOut(format === "json" ? renderReplayJson(paper) : renderReplay(paper, outputPage()));
}
