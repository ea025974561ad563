import type { Problem } from "../findings/finding.js";
import type { Engine } from "../keys/engine.js";
import type { TrustFile } from "../keys/trust-file.js";
import { verifyConsistency, verifyInclusion } from "../merkle/proof.js";
import { type ApprovalJudgement, judgeApproval } from "./approvals.js";
import { checkAuthenticity, checkLedgerName, isGenuine } from "./authenticity.js";
import { checkControls } from "./controls.js";
import { decodeEntry, decodeWithheld, type Entry, ScopeCache } from "./entry.js";
import { checkIntent } from "./intent-check.js";
import { readLine } from "./line.js";
import { CheckpointOpener, type OpenedCheckpoint } from "./open-checkpoint.js";
import {
  type ConsistencyDocument,
  entryLine,
  type InclusionDocument,
  proofHashes,
  unprovenProblem,
} from "./proof-document.js";

/** What a proof document shows by itself, without the ledger. */
export interface ProofCheck {
  readonly problems: readonly Problem[];
  /** The checkpoints it rests on, where their notes are genuine: one, or the older and the newer. */
  readonly checkpoints: readonly OpenedCheckpoint[];
  readonly entry?: Entry;
  readonly approval?: ApprovalJudgement;
}

/**
 * Checks an inclusion document: the entry is what a ledger key signed, and it is in the tree
 * that the checkpoint signs, at the place that it names. It says nothing of other entries.
 */
export function checkInclusion(document: InclusionDocument, trust: TrustFile, engine: Engine): ProofCheck {
  const bytes = entryLine(document);
  const { line, problems: lineProblems } = readLine({ bytes, length: bytes.length, ended: true });
  if (line === undefined || (line.kind !== "entry" && line.kind !== "withheld")) {
    const unknown: Problem = {
      code: "line.unknown",
      where: "/entry",
      expected: "an entry or a withheld entry",
      actual: "neither",
    };
    return { problems: lineProblems.length > 0 ? lineProblems : [unknown], checkpoints: [] };
  }
  const entry =
    line.kind === "entry"
      ? decodeEntry(line, engine.sha3_256, new ScopeCache(engine.sha3_256))
      : decodeWithheld(line, engine.sha3_256);
  const problems: Problem[] = [...entry.problems, ...checkLedgerName(entry.ledger, trust)];
  const forgeries = checkAuthenticity(entry, entry.issuedAt, trust, engine);
  problems.push(...forgeries);

  // The receipts right before the checkpoint are not here: its keys are judged by place alone.
  const opening = new CheckpointOpener(trust, engine).open(document.checkpoint, undefined);
  if (!opening.ok) problems.push(opening.problem);
  else problems.push(...opening.opened.warnings, ...inTree(document, entry, opening.opened, engine));
  const checkpoints = opening.ok ? [opening.opened] : [];

  if (entry.receipt === undefined) return { problems, checkpoints, entry };
  problems.push(...checkIntent(entry, entry.receipt, engine.sha3_256));
  if (!isGenuine(entry, forgeries, trust)) return { problems, checkpoints, entry };
  const approval = judgeApproval(entry.receipt, trust, engine);
  problems.push(...checkControls(entry.receipt), ...approval.problems);
  return { problems, checkpoints, entry, approval };
}

function inTree(
  document: InclusionDocument,
  entry: Entry,
  opened: OpenedCheckpoint,
  engine: Engine,
): Problem[] {
  const { size, root } = opened.checkpoint;
  const { leaf, seq } = entry;
  const proof = proofHashes(document);
  const proven =
    leaf !== undefined &&
    seq !== undefined &&
    verifyInclusion({ index: seq, size, leaf, proof, root, hash: engine.sha3_256 });
  return proven ? [] : [unprovenProblem(root, size)];
}

/**
 * Checks a consistency document: both notes are genuine, and the newer tree begins with the
 * older one. Its keys are judged by place alone, since it holds no receipt's time.
 */
export function checkConsistency(
  document: ConsistencyDocument,
  trust: TrustFile,
  engine: Engine,
): ProofCheck {
  const opener = new CheckpointOpener(trust, engine);
  const openings = [opener.open(document.older, undefined), opener.open(document.newer, undefined)];
  const problems = openings.flatMap((opening, i): readonly Problem[] => {
    const where = i === 0 ? "/older" : "/newer";
    const found = opening.ok ? opening.opened.warnings : [opening.problem];
    return found.map((problem) => ({ ...problem, where }));
  });
  const checkpoints = openings.flatMap((opening) => (opening.ok ? [opening.opened] : []));
  const [older, newer] = checkpoints;
  if (older === undefined || newer === undefined) return { problems, checkpoints };
  const proven = verifyConsistency({
    size1: older.checkpoint.size,
    size2: newer.checkpoint.size,
    root1: older.checkpoint.root,
    root2: newer.checkpoint.root,
    proof: proofHashes(document),
    hash: engine.sha3_256,
  });
  if (!proven) problems.push(unprovenProblem(newer.checkpoint.root, newer.checkpoint.size));
  return { problems, checkpoints };
}
