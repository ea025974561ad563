import type { Problem } from "../findings/finding.js";
import type { Time } from "../json/time.js";
import { verifySignature } from "../keys/ed25519.js";
import type { Engine } from "../keys/engine.js";
import type { KeyId } from "../keys/public-key.js";
import type { TrustFile } from "../keys/trust-file.js";
import { validAt, validAtPlace } from "../keys/validity.js";
import { receiptMessage } from "../receipt/signed-bytes.js";
import type { Entry } from "./entry.js";

/**
 * Whether a ledger key that was valid there signed this entry. A key is judged by the place
 * that the entry claims and by a time: a thief of a revoked key can backdate a time, and
 * cannot choose a place, since a wrong one is a finding of its own.
 */
export function checkAuthenticity(
  entry: Entry,
  judgedAt: Time | undefined,
  trust: TrustFile,
  engine: Engine,
): Problem[] {
  const { signer, seq, sig, digest } = entry;
  if (signer === undefined) return [];
  const key = trust.keys.get(signer);
  if (key === undefined)
    return [{ code: "key.unknown", expected: "a ledger key of the trust file", actual: signer }];
  const problems: Problem[] = [];
  if (key.role !== "ledger") {
    problems.push({
      code: "key.role",
      expected: "a ledger key",
      actual: `a key of role ${key.role}, ${signer}`,
    });
  } else if (
    (seq !== undefined && !validAtPlace(key, seq)) ||
    (judgedAt !== undefined && !validAt(key, judgedAt))
  ) {
    problems.push(keyNotValid(signer, seq, judgedAt));
  }
  if (sig !== undefined && digest !== undefined) {
    if (!verifySignature(engine, sig, receiptMessage(digest), key.publicKey)) {
      problems.push({
        code: "signature.invalid",
        expected: `${signer}'s signature over this content`,
        actual: "a signature that does not verify",
      });
    }
  }
  return problems;
}

/** That an entry's key was not valid at its place, or at the time at which the key is judged. */
export function keyNotValid(signer: KeyId, seq: number | undefined, judgedAt: Time | undefined): Problem {
  const where = [seq === undefined ? [] : `place ${seq}`, judgedAt ?? []].flat().join(" and ");
  return { code: "key.not-valid", expected: `a key that is valid at ${where}`, actual: signer };
}

/** Whether an entry is a receipt of this ledger that a valid ledger key signed; `forgeries` are its findings. */
export function isGenuine(entry: Entry, forgeries: readonly Problem[], trust: TrustFile): boolean {
  return forgeries.length === 0 && entry.receipt?.ledger === trust.ledger;
}

/** The ledger's name is the trust file's: a line that names another came from elsewhere. */
export function checkLedgerName(named: string | undefined, trust: TrustFile): Problem[] {
  if (named === undefined || named === trust.ledger) return [];
  return [{ code: "ledger.mismatch", expected: trust.ledger, actual: JSON.stringify(named) }];
}
