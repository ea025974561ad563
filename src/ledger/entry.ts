import { decodeBase64 } from "../bytes/base64.js";
import { type HashFunction, parseDigest } from "../bytes/digest.js";
import type { Problem } from "../findings/finding.js";
import { isJsonObject, type Json, type JsonObject } from "../json/json.js";
import { collectIssues, decodeShape, integer, object, type Shape, type ShapeIssue } from "../json/shape.js";
import type { Time } from "../json/time.js";
import type { KeyId } from "../keys/public-key.js";
import { base64Of, digest as digestShape, signerId } from "../receipt/identifiers.js";
import { type Receipt, receiptMembers, receipt as receiptShape } from "../receipt/receipt.js";
import { entryLeaf, scopeOf } from "../receipt/signed-bytes.js";
import type { Line } from "./line.js";

/**
 * What stands at one place of the ledger, disclosed or withheld, as far as it can be read.
 * Members are undefined where the line does not hold them in their form.
 */
export interface Entry {
  readonly problems: readonly Problem[];
  readonly disclosed: boolean;
  readonly seq: number | undefined;
  readonly signer: KeyId | undefined;
  readonly digest: Uint8Array | undefined;
  readonly sig: Uint8Array | undefined;
  readonly scope: Uint8Array | undefined;
  /** The leaf hash, where all that it is made of can be read. */
  readonly leaf: Uint8Array | undefined;
  /** The receipt, where it is disclosed and whole. */
  readonly receipt: Receipt | undefined;
  readonly intent: Json | undefined;
  readonly intentBytes: Uint8Array | undefined;
  readonly ledger: string | undefined;
  readonly prev: Uint8Array | undefined;
  readonly issuedAt: Time | undefined;
  readonly tenant: string | undefined;
  readonly receiptId: string | undefined;
}

interface WithheldMembers {
  readonly digest: string;
  readonly scope: string;
  readonly seq: number;
  readonly sig: string;
  readonly signer: KeyId;
}

const sigShape = base64Of(64);
const withheldShape = object<WithheldMembers>({
  digest: digestShape,
  scope: digestShape,
  seq: integer(),
  sig: sigShape,
  signer: signerId,
});

/** Computes scopes, of which a ledger has few and needs one an entry. */
export class ScopeCache {
  readonly #known = new Map<string, Uint8Array>();
  readonly #sha3: HashFunction;

  constructor(sha3: HashFunction) {
    this.#sha3 = sha3;
  }

  of(tenant: string): Uint8Array {
    const known = this.#known.get(tenant);
    if (known !== undefined) return known;
    if (this.#known.size >= 10_000) this.#known.clear();
    const scope = scopeOf(this.#sha3, tenant);
    this.#known.set(tenant, scope);
    return scope;
  }
}

/** Decodes an entry line: the receipt whole if possible, else those members that are in their form. */
export function decodeEntry(line: Line, sha3: HashFunction, scopes: ScopeCache): Entry {
  const issues: ShapeIssue[] = [];
  const value = line.members["receipt"];
  collectIssues(receiptShape, value, "/receipt", issues);
  const wholeReceipt = issues.length === 0;
  sigShape(line.members["sig"], "/sig", issues);
  const members = isJsonObject(value) ? value : {};
  const read = <T>(name: keyof Receipt, shape: Shape<T>): T | undefined =>
    wholeReceipt ? (members[name] as T) : member(members, name, shape);

  const sigText = member(line.members, "sig", sigShape);
  const sig = sigText === undefined ? undefined : decodeBase64(sigText);
  const digest = sha3(line.bytesOf("receipt"));
  const tenant = read("tenant", receiptMembers.tenant);
  const scope = tenant === undefined ? undefined : scopes.of(tenant);
  const prev = read("prev", receiptMembers.prev);
  const intent = line.members["intent"];
  return {
    problems: issues.map(schemaProblem),
    disclosed: true,
    seq: read("seq", receiptMembers.seq),
    signer: read("signer", receiptMembers.signer),
    digest,
    sig,
    scope,
    leaf: leafOf(sha3, scope, digest, sig),
    receipt: issues.length === 0 ? (value as unknown as Receipt) : undefined,
    intent,
    intentBytes: intent === undefined ? undefined : line.bytesOf("intent"),
    ledger: read("ledger", receiptMembers.ledger),
    prev: prev === undefined ? undefined : parseDigest(prev),
    issuedAt: read("issued_at", receiptMembers.issued_at),
    tenant,
    receiptId: read("receipt_id", receiptMembers.receipt_id),
  };
}

/** Decodes a withheld entry: its place, its hashes and its signature, and nothing of its content. */
export function decodeWithheld(line: Line, sha3: HashFunction): Entry {
  const issues: ShapeIssue[] = [];
  withheldShape(line.members, "", issues);
  const { members } = line;
  const digest = parseDigest(member(members, "digest", digestShape) ?? "");
  const scope = parseDigest(member(members, "scope", digestShape) ?? "");
  const sigText = member(members, "sig", sigShape);
  const sig = sigText === undefined ? undefined : decodeBase64(sigText);
  return {
    problems: issues.map(schemaProblem),
    disclosed: false,
    seq: member(members, "seq", integer()),
    signer: member(members, "signer", signerId),
    digest,
    sig,
    scope,
    leaf: leafOf(sha3, scope, digest, sig),
    receipt: undefined,
    intent: undefined,
    intentBytes: undefined,
    ledger: undefined,
    prev: undefined,
    issuedAt: undefined,
    tenant: undefined,
    receiptId: undefined,
  };
}

function leafOf(
  sha3: HashFunction,
  scope: Uint8Array | undefined,
  digest: Uint8Array | undefined,
  sig: Uint8Array | undefined,
): Uint8Array | undefined {
  if (scope === undefined || digest === undefined || sig === undefined) return undefined;
  return entryLeaf(sha3, scope, digest, sig);
}

function schemaProblem(issue: ShapeIssue): Problem {
  return { code: "receipt.schema", where: issue.pointer, expected: issue.expected, actual: issue.actual };
}

/** One member, where it is in its form. */
function member<T>(members: JsonObject, name: string, shape: Shape<T>): T | undefined {
  const value = members[name];
  return value !== undefined && decodeShape(shape, value).ok ? (value as T) : undefined;
}
