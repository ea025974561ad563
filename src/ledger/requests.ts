import { decodeBase64 } from "../bytes/base64.js";
import { equalBytes } from "../bytes/bytes.js";
import type { HashFunction } from "../bytes/digest.js";
import { encodeUtf8 } from "../bytes/utf8.js";
import type { Problem } from "../findings/finding.js";
import type { ApprovalRequest } from "../receipt/approval.js";
import type { Receipt } from "../receipt/receipt.js";
import { ran } from "./controls.js";
import { growTo } from "./grow.js";
import { NonceIndex } from "./nonce-index.js";

/** In what all receipts of one request agree (docs/format.md, "Approvals"). */
const agreed: { readonly [name: string]: (receipt: Receipt, request: ApprovalRequest) => unknown } = {
  tenant: (receipt) => receipt.tenant,
  agent: (receipt) => receipt.agent,
  adapter_id: (receipt) => receipt.adapter_id,
  ir_hash: (receipt) => receipt.ir_hash,
  "policy.hash": (receipt) => receipt.policy.hash,
  facts: (receipt) => receipt.facts,
  risk_tier: (receipt) => receipt.risk_tier,
  correlation_id: (receipt) => receipt.correlation_id,
  required: (_receipt, request) => request.required,
  requested_at: (_receipt, request) => request.requested_at,
  expires_at: (_receipt, request) => request.expires_at,
};
const agreedNames = Object.keys(agreed);
const hashBytes = 32;

const isClosed = 1;
const isRejected = 2;

/**
 * Follows nonces through the ledger: one nonce runs once, and the receipts of one request
 * tell one story. Memory is some 100 bytes a request and 25 an execution, whatever their
 * size: what has to agree is kept as a hash, and as a short sum for each member that only
 * serves the message.
 */
export class Requests {
  readonly #sha3: HashFunction;
  readonly #executions: NonceIndex;
  #executionLines = new Uint32Array(1024);
  readonly #requests: NonceIndex;
  #lines = new Uint32Array(256);
  #flags = new Uint8Array(256);
  #hashes = new Uint8Array(256 * hashBytes);
  #sums = new Uint16Array(256 * agreedNames.length);

  constructor(sha3: HashFunction, seed: number) {
    this.#sha3 = sha3;
    this.#executions = new NonceIndex(seed);
    this.#requests = new NonceIndex(seed);
  }

  /** Takes the next genuine receipt; `rejected` says whether a `reject` in it counted. */
  check(receipt: Receipt, line: number, rejected: boolean): Problem[] {
    const nonce = decodeBase64(receipt.nonce)!;
    const problems: Problem[] = [];
    if (ran(receipt)) problems.push(...this.#checkExecution(nonce, line));
    if (receipt.approval.state !== "not_required") {
      problems.push(...this.#checkRequest(nonce, receipt, receipt.approval, line, rejected));
    }
    return problems;
  }

  #checkExecution(nonce: Uint8Array, line: number): Problem[] {
    const before = this.#executions.find(nonce);
    if (before !== undefined) {
      const first = this.#executionLines[before]!;
      return [
        {
          code: "nonce.reused",
          expected: "one execution a nonce",
          actual: `another; the first is at line ${first}`,
        },
      ];
    }
    const number = this.#executions.add(nonce);
    this.#executionLines = growTo(this.#executionLines, number + 1);
    this.#executionLines[number] = line;
    return [];
  }

  #checkRequest(
    nonce: Uint8Array,
    receipt: Receipt,
    request: ApprovalRequest,
    line: number,
    rejected: boolean,
  ): Problem[] {
    // Of canonical lines, equal content has equal text: its members come in one order.
    const texts = agreedNames.map((name) => JSON.stringify(agreed[name]!(receipt, request)));
    const hash = this.#sha3(encodeUtf8(texts.join("\n")));
    const sums = texts.map(shortSum);
    const closes = request.state !== "pending";
    const flags = (closes ? isClosed : 0) | (rejected ? isRejected : 0);

    const known = this.#requests.find(nonce);
    if (known === undefined) {
      this.#open(nonce, line, flags, hash, sums);
      return [];
    }
    const problems = this.#compare(known, hash, sums, request);
    this.#flags[known]! |= flags;
    return problems;
  }

  #open(nonce: Uint8Array, line: number, flags: number, hash: Uint8Array, sums: readonly number[]): void {
    const number = this.#requests.add(nonce);
    this.#lines = growTo(this.#lines, number + 1);
    this.#flags = growTo(this.#flags, number + 1);
    this.#hashes = growTo(this.#hashes, (number + 1) * hashBytes);
    this.#sums = growTo(this.#sums, (number + 1) * agreedNames.length);
    this.#lines[number] = line;
    this.#flags[number] = flags;
    this.#hashes.set(hash, number * hashBytes);
    this.#sums.set(sums, number * agreedNames.length);
  }

  #compare(known: number, hash: Uint8Array, sums: readonly number[], request: ApprovalRequest): Problem[] {
    const problems: Problem[] = [];
    const first = `the receipt at line ${this.#lines[known]}`;
    const lineage = (expected: string, actual: string) => {
      problems.push({ code: "approval.lineage", expected, actual });
    };
    const knownHash = this.#hashes.subarray(known * hashBytes, (known + 1) * hashBytes);
    if (!equalBytes(knownHash, hash)) {
      const offset = known * agreedNames.length;
      const differing = agreedNames.filter((_, i) => this.#sums[offset + i] !== sums[i]);
      lineage(`what ${first} says of this request`, `another ${differing.join(", ") || "content"}`);
    }
    const flags = this.#flags[known]!;
    if ((flags & isClosed) !== 0)
      lineage(`nothing after the end of the request that began with ${first}`, request.state);
    if ((flags & isRejected) !== 0 && request.state === "granted") {
      lineage("no grant after a rejection that counted", `granted; ${first} began this request`);
    }
    return problems;
  }
}

/** Names members in a message and decides nothing: the hash has decided before. */
function shortSum(text: string): number {
  let sum = 0;
  for (let i = 0; i < text.length; i++) sum = (Math.imul(sum, 31) + text.charCodeAt(i)) & 0xffff;
  return sum;
}
