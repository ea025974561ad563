import { formatDigest } from "../bytes/digest.js";
import { kindOf } from "../findings/catalogue.js";
import { messageOf } from "../findings/finding.js";
import type { ProofCheck } from "../ledger/check-proof.js";
import { jsonText } from "./json-text.js";
import { labelled, type Page, wrap } from "./layout.js";
import { problemJson } from "./problem-json.js";
import { visible, visibleWithin } from "./visible.js";

/** A checked proof, and what the answer rests on. */
export interface CheckedProof {
  readonly kind: "inclusion" | "consistency";
  readonly check: ProofCheck;
  readonly fingerprint: string;
  readonly ledger: string;
  readonly keysFoundInFolder: boolean;
}

const notCovered = {
  inclusion: [
    "whether the ledger continues, or began, as the checkpoint's holder says",
    "any other entry, and what an earlier receipt of the same request or nonce says",
    "whether the checkpoint is the latest, and its key valid at the time (it is judged by place)",
  ],
  consistency: [
    "what the entries say, and whether they are genuine",
    "when the checkpoints were made",
    "what came after the newer checkpoint",
  ],
};

/** What the answer does not say, of this proof. */
function limitsOf({ kind, check }: CheckedProof): string[] {
  const { entry } = check;
  const own = [
    entry !== undefined && !entry.disclosed ? "what the receipt says, and its controls: it is withheld" : [],
    entry?.disclosed === true && entry.intent === undefined
      ? "what was proposed: the intent is not disclosed"
      : [],
  ].flat();
  return [...own, ...notCovered[kind]];
}

function proven(check: ProofCheck): boolean {
  return check.problems.every(({ code }) => kindOf(code).severity !== "error");
}

function deviations(check: ProofCheck): number {
  return check.problems.filter(({ code }) => kindOf(code).severity === "deviation").length;
}

/** The answer for a person. */
export function renderProofCheck(proof: CheckedProof, page: Page): string {
  const { check, kind } = proof;
  const good = proven(check);
  const words = good ? `PROVEN (${kind})` : `NOT PROVEN (${kind})`;
  const after =
    deviations(check) === 0 ? "" : `, ${deviations(check)} DEVIATION${deviations(check) === 1 ? "" : "S"}`;
  const found = proof.keysFoundInFolder ? ", with keys found in this folder" : "";
  const head = `${(good ? page.paint.good : page.paint.bad)(words)}${after}${found}`;
  const rows: (readonly [string, string])[] = [["ledger", visible(proof.ledger)]];
  if (check.entry !== undefined) {
    rows.push(["receipt", visible(check.entry.receiptId ?? "withheld")]);
    rows.push(["place", check.entry.seq === undefined ? "unknown" : String(check.entry.seq)]);
  }
  check.checkpoints.forEach(({ checkpoint, signers }, i) => {
    const label = kind === "inclusion" ? "checkpoint" : i === 0 ? "older" : "newer";
    rows.push([
      label,
      `size ${checkpoint.size}, root ${formatDigest(checkpoint.root)}, signed by ${signers.join(", ")}`,
    ]);
  });
  rows.push(["keys", proof.fingerprint]);
  const findings = check.problems.map((problem) =>
    wrap(
      `${kindOf(problem.code).severity} ${problem.code}: ${visibleWithin(messageOf(problem), 500)}`,
      page.width,
      "  ",
    ),
  );
  const limits = wrap(`Not covered: ${limitsOf(proof).join("; ")}.`, page.width, "  ");
  return `${[head, labelled(rows, page), ...findings, limits].join("\n\n")}\n`;
}

/** The answer for a program. */
export function renderProofCheckJson(proof: CheckedProof): string {
  const { check } = proof;
  return jsonText({
    schema: "sclaw.proof-check/1",
    kind: proof.kind,
    proven: proven(check),
    deviations: deviations(check),
    ok: proven(check) && deviations(check) === 0,
    ledger: proof.ledger,
    keys: { fingerprint: proof.fingerprint, found_in_folder: proof.keysFoundInFolder },
    seq: check.entry?.seq ?? null,
    receipt_id: check.entry?.receiptId ?? null,
    leaf: check.entry?.leaf === undefined ? null : formatDigest(check.entry.leaf),
    checkpoints: check.checkpoints.map(({ checkpoint, signers, cosigners }) => {
      return { size: checkpoint.size, root: formatDigest(checkpoint.root), signers, cosigners };
    }),
    findings: check.problems.map(problemJson),
    not_covered: limitsOf(proof),
  });
}
