import { decodeBase64 } from "../bytes/base64.js";
import { type HashFunction, parseDigest } from "../bytes/digest.js";
import { decodeUtf8 } from "../bytes/utf8.js";
import { scanCanonical } from "../json/canonical-scan.js";
import type { Json, JsonObject } from "../json/json.js";
import type { KeyId } from "../keys/public-key.js";
import type { Receipt } from "../receipt/receipt.js";
import type { ApprovalJudgement } from "./approvals.js";
import type { Entry, ScopeCache } from "./entry.js";
import { none } from "./facts.js";
import type { Line } from "./line.js";
import { type RecordCursor, recordAt, recordFlags, recordKinds } from "./record.js";

/**
 * The entry that a record is of, for who wants to see more of it than the record holds. What is
 * read from the line is what `decodeEntry` and `decodeWithheld` read, nothing of it tested again;
 * hashes and spans, which few want, only when asked for.
 */
export class RecordedEntry implements Entry {
  readonly problems = none;
  readonly disclosed: boolean;
  readonly line: Line;
  readonly leaf: Uint8Array;
  readonly receipt: Receipt | undefined;
  readonly intent: Json | undefined;
  readonly #sha3: HashFunction;
  readonly #scopes: ScopeCache;

  /** Takes a record and the bytes of its line, which are kept. */
  constructor(record: RecordCursor, bytes: Uint8Array, sha3: HashFunction, scopes: ScopeCache) {
    const members = JSON.parse(decodeUtf8(bytes)!) as JsonObject;
    const leaf = record.at + recordAt.leaf;
    this.disclosed = record.kind === recordKinds.disclosed;
    this.line = { kind: this.disclosed ? "entry" : "withheld", members, bytesOf: spansOf(bytes) };
    this.leaf = record.bytes.slice(leaf, leaf + 32);
    this.receipt = this.disclosed ? (members["receipt"] as unknown as Receipt) : undefined;
    this.intent = members["intent"];
    this.#sha3 = sha3;
    this.#scopes = scopes;
  }

  get seq(): number {
    return this.receipt?.seq ?? (this.line.members["seq"] as number);
  }

  get signer(): KeyId {
    return this.receipt?.signer ?? (this.line.members["signer"] as KeyId);
  }

  get digest(): Uint8Array {
    return this.disclosed
      ? this.#sha3(this.line.bytesOf("receipt"))
      : parseDigest(this.line.members["digest"] as string)!;
  }

  get sig(): Uint8Array {
    return decodeBase64(this.line.members["sig"] as string)!;
  }

  get scope(): Uint8Array {
    return this.receipt === undefined
      ? parseDigest(this.line.members["scope"] as string)!
      : this.#scopes.of(this.receipt.tenant);
  }

  get intentBytes(): Uint8Array | undefined {
    return this.intent === undefined ? undefined : this.line.bytesOf("intent");
  }

  get prev(): Uint8Array | undefined {
    return this.receipt && parseDigest(this.receipt.prev);
  }

  get ledger(): string | undefined {
    return this.receipt?.ledger;
  }

  get issuedAt(): Receipt["issued_at"] | undefined {
    return this.receipt?.issued_at;
  }

  get tenant(): string | undefined {
    return this.receipt?.tenant;
  }

  get receiptId(): string | undefined {
    return this.receipt?.receipt_id;
  }
}

/** What `judgeApproval` says of a receipt of which nothing is wrong: every signature counts. */
export function soundApproval(record: RecordCursor, receipt: Receipt): ApprovalJudgement {
  const { approval } = receipt;
  const signatures = approval.state === "not_required" ? [] : approval.signatures;
  return {
    problems: none,
    rejected: (record.flags & recordFlags.rejected) !== 0,
    signatures: signatures.map((signature) => ({ signature, problem: undefined })),
  };
}

function spansOf(bytes: Uint8Array): Line["bytesOf"] {
  return (name) => {
    const span = scanCanonical(bytes)?.find((candidate) => candidate.name === name);
    if (span === undefined) throw new Error(`a line was recognized that has no ${name}`);
    return bytes.subarray(span.start, span.end);
  };
}
