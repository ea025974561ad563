import { type DigestText, type HashFunction, isDigestText } from "../bytes/digest.js";
import type { Time } from "../json/time.js";
import type { Receipt } from "../receipt/receipt.js";
import { releaseAdapter, releaseGroup, releasePolicyHash } from "./release-bundle.js";

/** A policy bundle that its owners released: from when on it decides. */
export interface Release {
  readonly hash: DigestText;
  readonly from: Time;
}

/** Whether a receipt is of the built-in bundle that decides releases. */
export function isOfReleasePolicy(receipt: Receipt, sha3: HashFunction): boolean {
  const { approval, adapter_id, policy } = receipt;
  if (adapter_id !== releaseAdapter) return false;
  if (approval.state === "not_required") return true;
  const owners = approval.required.find(({ group }) => group === releaseGroup);
  return owners !== undefined && policy.hash === releasePolicyHash(owners.threshold, sha3);
}

/**
 * What a receipt releases: one of the release adapter that its owners granted and that ran.
 * Whether the signatures in it count is the verifier's to say, and not asked here.
 */
export function releaseOf(receipt: Receipt, sha3: HashFunction): Release | undefined {
  const { approval, outcome, facts } = receipt;
  if (approval.state !== "granted" || outcome.status !== "executed") return undefined;
  if (!isOfReleasePolicy(receipt, sha3)) return undefined;
  const { to } = facts;
  if (typeof to !== "string" || !isDigestText(to)) return undefined;
  return { hash: to, from: outcome.completed_at! };
}
