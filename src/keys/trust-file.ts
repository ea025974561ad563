import { decodeBase64 } from "../bytes/base64.js";
import type { Brand } from "../bytes/brand.js";
import { type DigestText, formatDigest } from "../bytes/digest.js";
import { canonicalBytes } from "../json/canonical.js";
import type { EncodingIssue } from "../json/encoding-issues.js";
import { decodeShape, type ShapeIssue } from "../json/shape.js";
import { decodeStrict } from "../json/strict-decoder.js";
import type { Time } from "../json/time.js";
import type { Engine } from "./engine.js";
import { type KeyId, type PublicKey, type PublicKeyResult, readPublicKey } from "./public-key.js";
import { type KeyReader, trustShape } from "./trust-shape.js";
import type { GroupValue, KeyRole, KeyValue, TrustFileValue, UpperTier } from "./trust-value.js";

/** A key that the reader trusts, and for what, when and where in the ledger. */
export interface TrustedKey {
  readonly id: KeyId;
  readonly role: KeyRole;
  readonly holder: string;
  readonly publicKey: PublicKey;
  /** The name that a witness signs notes with. */
  readonly name?: string;
  readonly validFrom?: Time;
  readonly validUntil?: Time;
  readonly revokedAt?: Time;
  readonly firstSeq?: number;
  readonly lastSeq?: number;
}

/** A group of people that can approve. */
export interface Group {
  readonly threshold: number;
  /** The tenants that the group stands for; all, where this is absent. */
  readonly tenants?: ReadonlySet<string>;
  readonly members: readonly Member[];
}

/** One person in a group, from the first time on and before the second. */
export interface Member {
  readonly holder: string;
  readonly from?: Time;
  readonly until?: Time;
}

/** A trust file that `readTrustFile` accepted (section 7). */
export type TrustFile = Brand<
  {
    readonly ledger: string;
    /** H(JCS(file)): the same for any layout of the same file. */
    readonly fingerprint: DigestText;
    readonly groups: ReadonlyMap<string, Group>;
    readonly tiers: { readonly [Tier in UpperTier]: readonly string[] };
    /** How many witnesses level L2 needs. 0 only where no witness is named: then L2 is out of reach. */
    readonly witnessQuorum: number;
    readonly keys: ReadonlyMap<KeyId, TrustedKey>;
    readonly ledgerKeys: readonly TrustedKey[];
    readonly witnesses: readonly TrustedKey[];
    readonly approvers: readonly TrustedKey[];
  },
  "TrustFile"
>;

/** A trust file and the value that it was written as, or every reason why it is refused. */
export type TrustFileResult =
  | { readonly ok: true; readonly trust: TrustFile; readonly value: TrustFileValue }
  | { readonly ok: false; readonly reasons: readonly ShapeIssue[] };

/**
 * Reads a trust file (section 7): all of it, or none.
 * Takes the file's bytes, in any layout of JSON; refuses what is not I-JSON, any member
 * that is not shown in the format, and keys on which engines could disagree. Never throws.
 */
export function readTrustFile(bytes: Uint8Array, engine: Engine): TrustFileResult {
  const decoded = decodeStrict(bytes, { canonical: false });
  const encoding = decoded.issues.map(asReason);
  if (decoded.value === undefined) return { ok: false, reasons: encoding };
  const readKey = keyReader(engine);
  const shaped = decodeShape(trustShape(readKey), decoded.value);
  if (!shaped.ok) return { ok: false, reasons: [...encoding, ...shaped.issues] };
  if (encoding.length > 0) return { ok: false, reasons: encoding };
  const fingerprint = formatDigest(engine.sha3_256(canonicalBytes(decoded.value)));
  return { ok: true, trust: trustFile(shaped.value, fingerprint, readKey), value: shaped.value };
}

function asReason(issue: EncodingIssue): ShapeIssue {
  return { pointer: "", expected: issue.expected, actual: `${issue.actual}, at byte ${issue.offset}` };
}

/** Reads each public key once: shape, rules and result ask for the same ones. */
function keyReader(engine: Engine): KeyReader {
  const known = new Map<string, PublicKeyResult>();
  return (base64) => {
    const seen = known.get(base64);
    if (seen !== undefined) return seen;
    const bytes = decodeBase64(base64);
    const read: PublicKeyResult =
      bytes === undefined
        ? { ok: false, expected: "standard base64 with padding", actual: JSON.stringify(base64.slice(0, 80)) }
        : readPublicKey(engine.sha3_256, bytes);
    known.set(base64, read);
    return read;
  };
}

function trustFile(value: TrustFileValue, fingerprint: DigestText, readKey: KeyReader): TrustFile {
  const keys = value.keys.map((key) => trustedKey(key, readKey));
  const ofRole = (role: KeyRole): readonly TrustedKey[] => keys.filter((key) => key.role === role);
  const witnesses = ofRole("witness");
  const trust = {
    ledger: value.ledger,
    fingerprint,
    groups: new Map(Object.entries(value.groups).map(([name, written]) => [name, group(written)])),
    tiers: value.tiers,
    witnessQuorum: value.witness_quorum ?? new Set(witnesses.map((key) => key.holder)).size,
    keys: new Map(keys.map((key) => [key.id, key])),
    ledgerKeys: ofRole("ledger"),
    witnesses,
    approvers: ofRole("approver"),
  };
  return trust as unknown as TrustFile;
}

function trustedKey(written: KeyValue, readKey: KeyReader): TrustedKey {
  const read = readKey(written.public_key);
  if (!read.ok) throw new Error(`a key passed the shape and was then refused: ${read.actual}`);
  return present<TrustedKey>({
    id: read.key.id,
    role: written.role,
    holder: written.holder,
    publicKey: read.key,
    name: written.name,
    validFrom: written.valid_from,
    validUntil: written.valid_until,
    revokedAt: written.revoked_at,
    firstSeq: written.first_seq,
    lastSeq: written.last_seq,
  });
}

function group(written: GroupValue): Group {
  const tenants = written.tenants === undefined ? undefined : new Set(written.tenants);
  return present<Group>({ threshold: written.threshold, tenants, members: written.members });
}

/** Leaves out the members that are undefined; the shape has tested the rest. */
function present<T>(members: { readonly [Name in keyof T]-?: unknown }): T {
  const given = Object.entries(members).filter(([, value]) => value !== undefined);
  return Object.fromEntries(given) as T;
}
