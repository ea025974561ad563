import type { DigestText } from "../bytes/digest.js";
import { describeJson, type Json } from "../json/json.js";
import {
  object,
  oneOf,
  pattern,
  pointerTo,
  record,
  refine,
  type Shape,
  type ShapeIssue,
  text,
} from "../json/shape.js";
import type { Time } from "../json/time.js";
import { adapterId, digest, time } from "../receipt/identifiers.js";
import type { Fact, RiskTier } from "../receipt/receipt.js";

/** How a value of the intent is read; anything else than this type counts as missing. */
export const factTypes = ["string", "integer", "boolean", "count", "path", "prefix", "suffix"] as const;

export type FactType = (typeof factTypes)[number];

/** How a fact is derived: always the same, or from a place of the intent. */
export type FactExpression =
  | { readonly value: Fact }
  | {
      /** RFC 6901 pointer into the intent; never into its claims. */
      readonly from: string;
      readonly type: FactType;
      /** Looked up where it is given; what is not in it counts as missing. */
      readonly map?: { readonly [text: string]: Fact };
      /** Takes the place of what is missing; without it the intent is an invalid request. */
      readonly default?: Fact;
    };

/** One operation of an adapter: what it is to Cedar, what it is worth at least, and its facts. */
export interface Operation {
  /** The id of the Cedar action. */
  readonly action: string;
  /** The least tier; policies may raise it. */
  readonly tier: RiskTier;
  readonly facts: { readonly [name: string]: FactExpression };
  /** Where a gate takes the intent's resource from, in the call's arguments (docs/policy.md). */
  readonly resource?: string;
  /** The digest of the MCP tool's definition that this operation is about; another one is unknown. */
  readonly definition?: DigestText;
}

/** Which operations there are: what is not in it is refused. */
export interface Catalogue {
  readonly format: "sclaw.catalogue/1";
  readonly adapters: {
    readonly [adapter: string]: { readonly operations: { readonly [name: string]: Operation } };
  };
}

const literal: Shape<Fact> = (value, pointer, issues) => {
  if (typeof value === "string" || typeof value === "boolean") return;
  if (typeof value === "number" && Number.isSafeInteger(value) && value >= 0) return;
  issues.push({
    pointer,
    expected: "a string, a boolean or an integer from 0 to 2^53-1",
    actual: describeJson(value),
  });
};

/** An RFC 6901 pointer: "" or parts that begin with a slash, "~" only as "~0" and "~1". */
export function isPointer(value: string): boolean {
  return /^(\/([^~/]|~[01])*)*$/.test(value);
}

/** The model's claims are recorded and never trusted: no pointer reaches them, nor the whole that holds them. */
function reachesClaims(pointer: string): boolean {
  return pointer === "" || pointer === "/claims" || pointer.startsWith("/claims/");
}

const place = refine(text("a JSON pointer (RFC 6901)", isPointer), (value, pointer, issues) => {
  if (reachesClaims(value))
    issues.push({ pointer, expected: "a pointer to anything but the claims", actual: JSON.stringify(value) });
});

type Derived = Exclude<FactExpression, { readonly value: Fact }>;

/** Types whose result is a string, which alone can be looked up. */
const textTypes: ReadonlySet<FactType> = new Set(["string", "path", "prefix", "suffix"]);

const derived: Shape<Derived> = refine(
  object<Derived>({ from: place, type: oneOf(...factTypes), map: record(literal), default: literal }, [
    "map",
    "default",
  ]),
  ({ type, map }, pointer, issues) => {
    if (map !== undefined && !textTypes.has(type))
      issues.push({ pointer: `${pointer}/map`, expected: `no map beside the type ${type}`, actual: "a map" });
  },
);

const constant = object<{ readonly value: Fact }>({ value: literal });

const factExpression: Shape<FactExpression> = (value, pointer, issues) => {
  const isConstant = typeof value === "object" && value !== null && Object.hasOwn(value, "value");
  (isConstant ? constant : derived)(value, pointer, issues);
};

/**
 * Names that Cedar reads as attributes without quotes. Two leading underscores are kept for
 * Cedar's own escapes (`__entity`, `__extn`).
 */
const factName = /^(?!__)[A-Za-z_][A-Za-z0-9_]{0,63}$/;

function named<T>(expected: string, form: RegExp, member: Shape<T>): Shape<{ readonly [name: string]: T }> {
  return refine(record(member), (value, pointer, issues) => {
    for (const name of Object.keys(value))
      if (!form.test(name))
        issues.push({ pointer: pointerTo(pointer, name), expected, actual: JSON.stringify(name) });
  });
}

const operation: Shape<Operation> = object<Operation>(
  {
    action: pattern("an action's id of at most 200 characters", /^[^\p{Cc}]{1,200}$/u),
    tier: oneOf("T0_OBSERVE", "T1_STANDARD", "T2_ELEVATED", "T3_SOVEREIGN"),
    facts: named("a name of A-Z a-z 0-9 _ of at most 64 characters", factName, factExpression),
    resource: text("a JSON pointer (RFC 6901)", isPointer),
    definition: digest,
  },
  ["resource", "definition"],
);

/** Names that begin so are the gate's own: it denies by them what is no intent (docs/gate.md). */
const reserved = "sclaw.";

const operations = refine(record(operation), (value, pointer, issues) => {
  for (const name of Object.keys(value))
    if (name.startsWith(reserved))
      issues.push({
        pointer: pointerTo(pointer, name),
        expected: `a name that does not begin with ${reserved}`,
        actual: JSON.stringify(name),
      });
});

const adapters: Shape<Catalogue["adapters"]> = (value, pointer, issues) => {
  record(object<Catalogue["adapters"][string]>({ operations }))(value, pointer, issues);
  if (typeof value !== "object" || value === null) return;
  for (const id of Object.keys(value)) {
    const before: ShapeIssue[] = [];
    adapterId(id as Json, pointerTo(pointer, id), before);
    issues.push(...before);
  }
};

/** The shape of `catalogue.json`. */
export const catalogueShape: Shape<Catalogue> = object<Catalogue>({
  format: oneOf("sclaw.catalogue/1"),
  adapters,
});

/** `bundle.json`: what people call this version, and when it was released. */
export interface BundleInfo {
  readonly format: "sclaw.policy/1";
  readonly version: string;
  readonly released_at: Time;
}

export const bundleInfoShape: Shape<BundleInfo> = object<BundleInfo>({
  format: oneOf("sclaw.policy/1"),
  version: pattern("a name of at most 200 characters", /^[^\p{Cc}]{1,200}$/u),
  released_at: time,
});
