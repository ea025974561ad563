import { isNoteName, isTenant } from "../json/names.js";
import { integer, list, object, oneOf, pattern, record, type Shape, text } from "../json/shape.js";
import { isTime } from "../json/time.js";
import { isKeyId, type PublicKeyResult } from "./public-key.js";
import { groupRules, keyRules, trustRules } from "./trust-rules.js";
import {
  type GroupValue,
  type KeyRole,
  type KeyValue,
  type MemberValue,
  type TrustFileValue,
  trustFormat,
} from "./trust-value.js";

/** Reads a public key from its base64: what the shape of a trust file asks of its caller. */
export type KeyReader = (base64: string) => PublicKeyResult;

/**
 * The shape of a trust file (section 7), with every rule that one file can be held
 * against. The rules look at what the shape refused as well, so that one reading lists
 * everything that is wrong.
 */
export function trustShape(readKey: KeyReader): Shape<TrustFileValue> {
  return also(
    object<TrustFileValue>(
      {
        format: oneOf(trustFormat),
        ledger: noteName,
        witness_quorum: integer(1),
        tiers: object({ T2_ELEVATED: list(anyText), T3_SOVEREIGN: list(anyText) }),
        groups: record(group),
        keys: list(key(readKey)),
      },
      ["witness_quorum"],
    ),
    trustRules,
  );
}

const anyText = text("a string", () => true);
const noteName = text("a name without white space and plus signs", isNoteName);
const time = text("a real time such as 2026-06-01T12:00:00.000Z", isTime);

const member = object<MemberValue>(
  { holder: pattern('"user:" and a name', /^user:./s), from: time, until: time },
  ["from", "until"],
);

const group = also(
  object<GroupValue>(
    {
      threshold: integer(1),
      tenants: list(text('"tenant:<name>" or "tenant:<name>/<environment>"', isTenant), { least: 1 }),
      members: list(member),
    },
    ["tenants"],
  ),
  groupRules,
);

const optionalOfKey = ["name", "valid_from", "valid_until", "revoked_at", "first_seq", "last_seq"] as const;

function key(readKey: KeyReader): Shape<KeyValue> {
  const shape = object<KeyValue>(
    {
      id: text('"ed25519:" and 32 lower-case hex digits', isKeyId),
      role: oneOf<KeyRole>("ledger", "approver", "witness"),
      holder: anyText,
      public_key: publicKey(readKey),
      name: noteName,
      valid_from: time,
      valid_until: time,
      revoked_at: time,
      first_seq: integer(),
      last_seq: integer(),
    },
    optionalOfKey,
  );
  return also(shape, keyRules(readKey));
}

function publicKey(readKey: KeyReader): Shape<string> {
  return (value, pointer, issues) => {
    anyText(value, pointer, issues);
    if (typeof value !== "string") return;
    const read = readKey(value);
    if (!read.ok) issues.push({ pointer, expected: read.expected, actual: read.actual });
  };
}

/** A shape, and a rule that looks at the value whether or not the shape found it in order. */
function also<T>(shape: Shape<T>, rule: Shape<T>): Shape<T> {
  return (value, pointer, issues) => {
    shape(value, pointer, issues);
    rule(value, pointer, issues);
  };
}
