import { levels, neverDetectable } from "../ledger/level.js";
import type { Verification } from "../ledger/verification.js";
import { jsonText } from "./json-text.js";
import type { Provenance } from "./keys-source.js";

/** A verification as `sclaw verify --format json` gives it out: stable and complete. */
export function renderVerificationJson(verification: Verification, provenance: Provenance): string {
  const facts = verification;
  return jsonText({
    schema: "sclaw.verification/1",
    integrity: facts.integrity,
    deviations: facts.deviations,
    ok: facts.integrity === "verified" && facts.deviations === 0,
    ...(facts.integrity === "undecided" ? { reason: facts.reason } : {}),
    ...(facts.stopped === undefined ? {} : { stopped: facts.stopped }),
    level: facts.level,
    anchored_size: facts.anchoredSize ?? null,
    start: facts.start,
    size: facts.size,
    root: facts.root ?? null,
    ledger: facts.ledger,
    lines: facts.lines,
    disclosed: facts.disclosed,
    withheld: facts.withheld,
    intents_disclosed: facts.intentsDisclosed,
    controls_untested: facts.controlsUntested,
    tenant: facts.tenant ?? null,
    keys: {
      fingerprint: facts.keysFingerprint,
      source: provenance.keysSource,
      path: provenance.keysPath,
      found_in_folder: provenance.keysFoundInFolder,
    },
    checkpoint_count: facts.checkpointCount,
    checkpoints: facts.checkpoints.map(({ line, size, root, signers, cosigners }) => ({
      line,
      size,
      root,
      signers,
      cosigners,
    })),
    counts: facts.counts,
    period: facts.period ?? null,
    finding_counts: Object.fromEntries(facts.findingCounts),
    findings: facts.findings,
    ...(facts.fork === undefined ? {} : { fork: facts.fork }),
    not_covered: notCovered(verification, provenance),
  });
}

/** Everything that this verdict does not say, in words: the level's limits, the export's, and the method's. */
export function notCovered(verification: Verification, provenance: Provenance): string[] {
  const { disclosed, intentsDisclosed, withheld, start } = verification;
  const lines: string[] = levels[verification.level].canHide.map(
    (what) => `at level ${verification.level}: ${what}`,
  );
  if (start > 0) lines.push(`entries 0 to ${start - 1}, before the start of this range`);
  if (withheld > 0) lines.push(`controls of ${withheld} withheld ${withheld === 1 ? "entry" : "entries"}`);
  if (withheld > 0 && verification.tenant !== undefined) {
    lines.push("whose the withheld entries are: their scope is what the holder of the ledger key wrote");
  }
  if (disclosed > intentsDisclosed) {
    lines.push(
      `what was proposed in ${disclosed - intentsDisclosed} of ${disclosed} receipts, whose intent is not disclosed`,
    );
  }
  if (provenance.keysFoundInFolder)
    lines.push("whether these keys are the right ones: nobody named them, they were found in this folder");
  if (provenance.sinceFoundInFolder)
    lines.push(
      "a checkpoint that you kept: the one that a file of this folder names was held against, and counts only where you name it (--since)",
    );
  return [...lines, ...neverDetectable];
}
