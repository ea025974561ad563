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
 * and the line only when something is asked for that the record does not hold.
 */
export class RecordedEntry implements Entry {
  readonly problems = none;
  readonly disclosed: boolean;
  readonly seq: number;
  readonly #isRejected: boolean;
  readonly #sha3: HashFunction;
  readonly #scopes: ScopeCache;
  #records: Uint8Array;
  #at: number;
  #bytes: Uint8Array;
  #line: Line | undefined;

  /** Takes a record and the bytes of its line, which stay as they are; neither is copied. */
  constructor(record: RecordCursor, bytes: Uint8Array, sha3: HashFunction, scopes: ScopeCache) {
    this.disclosed = record.kind === recordKinds.disclosed;
    this.seq = record.seq;
    this.#isRejected = (record.flags & recordFlags.rejected) !== 0;
    this.#records = record.bytes;
    this.#at = record.at;
    this.#bytes = bytes;
    this.#sha3 = sha3;
    this.#scopes = scopes;
  }

  get line(): Line {
    this.#line ??= {
      kind: this.disclosed ? "entry" : "withheld",
      members: JSON.parse(decodeUtf8(this.#bytes)!) as JsonObject,
      bytesOf: (name) => this.#bytesOf(name),
    };
    return this.#line;
  }

  get leaf(): Uint8Array {
    const leaf = this.#at + recordAt.leaf;
    return this.#records.slice(leaf, leaf + 32);
  }

  get receipt(): Receipt | undefined {
    return this.disclosed ? (this.line.members["receipt"] as unknown as Receipt) : undefined;
  }

  get intent(): Json | undefined {
    return this.line.members["intent"];
  }

  get signer(): KeyId {
    return this.receipt?.signer ?? (this.line.members["signer"] as KeyId);
  }

  get digest(): Uint8Array {
    return this.disclosed
      ? this.#sha3(this.#bytesOf("receipt"))
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
    return this.intent === undefined ? undefined : this.#bytesOf("intent");
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

  /** What `judgeApproval` says of a receipt of which nothing is wrong: every signature counts. */
  get approval(): ApprovalJudgement | undefined {
    const { receipt } = this;
    if (receipt === undefined) return undefined;
    const { approval } = receipt;
    const signatures = approval.state === "not_required" ? [] : approval.signatures;
    return {
      problems: none,
      rejected: this.#isRejected,
      signatures: signatures.map((signature) => ({ signature, problem: undefined })),
    };
  }

  /** Takes a copy of its record, and copies its line. */
  keep(record: Uint8Array): void {
    this.#records = record;
    this.#at = 0;
    this.#bytes = this.#bytes.slice();
  }

  #bytesOf(name: string): Uint8Array {
    const span = scanCanonical(this.#bytes)?.find((candidate) => candidate.name === name);
    if (span === undefined) throw new Error(`a line was recognized that has no ${name}`);
    return this.#bytes.subarray(span.start, span.end);
  }
}
