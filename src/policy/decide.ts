import type { Json, JsonObject } from "../json/json.js";
import { decodeShape, pointerTo } from "../json/shape.js";
import type { Time } from "../json/time.js";
import { type Intent, intent as intentShape } from "../receipt/intent.js";
import type { Decision, RiskTier } from "../receipt/receipt.js";
import type { PolicyBundle } from "./bundle.js";
import type { Operation } from "./catalogue.js";
import { deriveFacts, type Facts, type FactTrace } from "./facts.js";
import { type CedarRequest, type ContextValues, cedarRequest, contextOf } from "./request.js";
import { highestTier, type Obligation, type Rule } from "./rule.js";

/** What a policy bundle decides of an intent at a time, and why. */
export interface PolicyDecision {
  readonly decision: Decision;
  readonly tier: RiskTier;
  /** Sorted: ids of policies, or one of the profile's own names. */
  readonly rules: readonly string[];
  /** What has to be signed before it may run, sorted by group; empty but for approval and escalate. */
  readonly required: readonly Obligation[];
  readonly facts: Facts;
  readonly traces: readonly FactTrace[];
  /** The reasons of the rules, in words; for the profile's own names, what was wrong. */
  readonly why: readonly string[];
}

/** What the engine answered: what determined it, or that it could not be evaluated. */
export type CedarAnswer =
  | { readonly ok: true; readonly allows: boolean; readonly determining: readonly string[] }
  | { readonly ok: false; readonly reason: string };

/** An intent that was understood: what Cedar is asked of it. */
export interface Question {
  readonly intent: Intent;
  readonly operation: Operation;
  readonly facts: Facts;
  readonly traces: readonly FactTrace[];
  readonly context: ContextValues;
}

/** What is known of an intent before the engine is asked. */
export type Understanding =
  | { readonly ok: true; readonly question: Question }
  | { readonly ok: false; readonly decision: PolicyDecision };

/** How the engine is asked; a replay remembers what it answered. */
export type Ask = (question: Question, satisfied: "nothing" | "everything") => CedarAnswer;

/**
 * Decides an intent, as it was decoded, at a time: deny before escalate before approval before
 * allow, failing closed (docs/policy.md, "The decision profile"). Never throws: what the engine
 * cannot evaluate is denied. The same bundle, intent and time give the same decision.
 */
export function decide(
  bundle: PolicyBundle,
  intent: Json,
  at: Time,
  ask: Ask = askEngine(bundle),
): PolicyDecision {
  const understood = understand(bundle, intent, at);
  return understood.ok ? decideQuestion(bundle, understood.question, ask) : understood.decision;
}

/** Step 1: the intent fits its shape, its operation is known, its facts can be derived. */
export function understand(bundle: PolicyBundle, json: Json, at: Time): Understanding {
  const refuse = (why: readonly string[]): Understanding => ({
    ok: false,
    decision: { ...denial("invalid-request", "T3_SOVEREIGN", why), facts: {}, traces: [] },
  });
  const shaped = decodeShape(intentShape, json);
  if (!shaped.ok)
    return refuse(
      shaped.issues.map(
        ({ pointer, expected, actual }) =>
          `${pointer || "the intent"}: expected ${expected}, found ${actual}`,
      ),
    );
  const intent = shaped.value;
  const unsafe = unsafeInteger(intent as unknown as JsonObject, "");
  if (unsafe !== undefined)
    return refuse([`${unsafe}: expected an integer up to 2^53-1, found a larger one`]);
  const operations = own(bundle.catalogue.adapters, intent.adapter_id)?.operations;
  if (operations === undefined)
    return refuse([`expected an adapter of the catalogue, found ${intent.adapter_id}`]);
  const operation = own(operations, intent.operation);
  if (operation === undefined)
    return refuse([
      `expected an operation that the catalogue has for ${intent.adapter_id}, found ${intent.operation}`,
    ]);
  const derived = deriveFacts(operation, intent);
  if (!derived.ok)
    return refuse(
      derived.missing.map(({ name, expected }) => `the fact ${name}: expected ${expected}, found none`),
    );
  const { facts, traces } = derived;
  return { ok: true, question: { intent, operation, facts, traces, context: contextOf(intent, facts, at) } };
}

/** Steps 2 to 6. */
export function decideQuestion(bundle: PolicyBundle, question: Question, ask: Ask): PolicyDecision {
  const { facts, traces, operation } = question;
  const outcome = ((): Omit<PolicyDecision, "facts" | "traces"> => {
    const first = ask(question, "nothing");
    if (!first.ok) return denial("policy-error", "T3_SOVEREIGN", [first.reason]);
    const determining = rulesOf(bundle, first.determining);
    if (first.allows) {
      const tier = highestTier([operation.tier, ...tiersOf(determining)]);
      if (tier === "T2_ELEVATED" || tier === "T3_SOVEREIGN")
        return denial("tier-without-obligation", tier, [
          `an allow at ${tier} needs an obligation; allowed by ${idsOf(determining).join(", ")}`,
        ]);
      return {
        decision: "allow",
        tier,
        rules: idsOf(determining),
        required: [],
        why: reasonsOf(determining),
      };
    }
    const tier = highestTier([operation.tier, ...tiersOf(determining)]);
    if (determining.length === 0) return denial("default-deny", tier, ["no policy permits it"]);
    const final = determining.filter((rule) => rule.outcome === "deny");
    if (final.length > 0)
      return { decision: "deny", tier, rules: idsOf(final), required: [], why: reasonsOf(final) };
    return hold(bundle, question, determining, tier, ask);
  })();
  return { ...outcome, facts, traces };
}

/** Step 5: all that forbids it waits for signatures; would it be allowed with all of them? */
function hold(
  bundle: PolicyBundle,
  question: Question,
  waiting: readonly Rule[],
  tierSoFar: RiskTier,
  ask: Ask,
): Omit<PolicyDecision, "facts" | "traces"> {
  const second = ask(question, "everything");
  if (!second.ok) return denial("policy-error", "T3_SOVEREIGN", [second.reason]);
  const determining = rulesOf(bundle, second.determining);
  const tier = highestTier([tierSoFar, ...tiersOf(determining)]);
  if (!second.allows) return denial("default-deny", tier, ["no policy permits it, whoever signs"]);
  return {
    decision: waiting.some((rule) => rule.outcome === "escalate") ? "escalate" : "approval",
    tier,
    rules: idsOf(waiting),
    required: requiredBy(waiting),
    why: reasonsOf(waiting),
  };
}

/** All obligations of some rules, sorted by group; a group that two name needs the larger number. */
function requiredBy(rules: readonly Rule[]): readonly Obligation[] {
  const thresholds = new Map<string, number>();
  for (const { obligation } of rules) {
    if (obligation === undefined) continue;
    thresholds.set(obligation.group, Math.max(obligation.threshold, thresholds.get(obligation.group) ?? 0));
  }
  return [...thresholds]
    .map(([group, threshold]) => ({ group, threshold }))
    .sort((a, b) => (a.group < b.group ? -1 : 1));
}

/** Every obligation of a bundle, as `context.satisfied` would hold them. */
export function allObligations(bundle: PolicyBundle): readonly string[] {
  return [...new Set(bundle.rules.flatMap(({ obligation }) => obligation?.text ?? []))].sort();
}

/** Asks the engine itself, at each call. */
export function askEngine(bundle: PolicyBundle): Ask {
  const everything = allObligations(bundle);
  return (question, satisfied) =>
    askCedar(bundle, requestOf(bundle, question, satisfied === "nothing" ? [] : everything));
}

/** The request of a question, with what was satisfied. */
export function requestOf(
  bundle: PolicyBundle,
  question: Question,
  satisfied: readonly string[],
): CedarRequest {
  const { intent, operation, context } = question;
  return cedarRequest(intent, operation.action, context, satisfied, bundle.entities, bundle.named);
}

/** One call of the engine. An exception, a refused request and any evaluation error are no answer. */
export function askCedar({ cedar, hash }: PolicyBundle, request: CedarRequest): CedarAnswer {
  try {
    const answer = cedar.statefulIsAuthorized({
      ...request,
      preparsedPolicySetId: hash,
      preparsedSchemaName: hash,
      validateRequest: true,
    });
    if (answer.type === "failure")
      return {
        ok: false,
        reason: answer.errors
          .map(({ message }) => message)
          .sort()
          .join("; "),
      };
    const { decision, diagnostics } = answer.response;
    // Cedar skips a policy whose evaluation fails: a forbid that fails would allow.
    if (diagnostics.errors.length > 0)
      return {
        ok: false,
        reason: diagnostics.errors
          .map(({ policyId, error }) => `${policyId}: ${error.message}`)
          .sort()
          .join("; "),
      };
    // In random order, as the engine returns them.
    return { ok: true, allows: decision === "allow", determining: [...diagnostics.reason].sort() };
  } catch (error) {
    return {
      ok: false,
      reason: `the engine failed: ${error instanceof Error ? error.message : String(error)}`,
    };
  }
}

/**
 * Step 7: whether plain Cedar allows a held request now that these obligations are met. Takes
 * the signatures that counted, by group; the gate asks this before anything runs.
 */
export function allowsWith(bundle: PolicyBundle, question: Question, met: readonly Obligation[]): boolean {
  const counted = new Map(met.map(({ group, threshold }) => [group, threshold]));
  const satisfied = bundle.rules.flatMap(({ obligation }) =>
    obligation !== undefined && (counted.get(obligation.group) ?? 0) >= obligation.threshold
      ? [obligation.text]
      : [],
  );
  const answer = askCedar(bundle, requestOf(bundle, question, [...new Set(satisfied)].sort()));
  return answer.ok && answer.allows;
}

function denial(
  rule: string,
  tier: RiskTier,
  why: readonly string[],
): Omit<PolicyDecision, "facts" | "traces"> {
  return { decision: "deny", tier, rules: [rule], required: [], why };
}

function rulesOf({ ruleById }: PolicyBundle, ids: readonly string[]): readonly Rule[] {
  return ids.map((id) => ruleById.get(id)!);
}

const idsOf = (rules: readonly Rule[]) => rules.map(({ id }) => id).sort();
const tiersOf = (rules: readonly Rule[]) => rules.map(({ tier }) => tier);
const reasonsOf = (rules: readonly Rule[]) => rules.map(({ why }) => why);

function own<T>(members: { readonly [name: string]: T }, name: string): T | undefined {
  return Object.hasOwn(members, name) ? members[name] : undefined;
}

/** A pointer to an integer that not every reader reads alike; undefined where there is none. */
export function unsafeInteger(value: Json | undefined, pointer: string): string | undefined {
  if (typeof value === "number") return isUnsafe(value) ? pointer : undefined;
  // Nearly every intent has none: pointers are built for one that has.
  if (typeof value !== "object" || value === null || !holdsUnsafe(value)) return undefined;
  for (const [name, member] of Object.entries(value)) {
    const found = unsafeInteger(member, pointerTo(pointer, name));
    if (found !== undefined) return found;
  }
  return undefined;
}

function holdsUnsafe(value: Json | undefined): boolean {
  if (typeof value === "number") return isUnsafe(value);
  if (typeof value !== "object" || value === null) return false;
  const members = Array.isArray(value) ? value : Object.values(value);
  return members.some(holdsUnsafe);
}

function isUnsafe(value: number): boolean {
  return Number.isInteger(value) && !Number.isSafeInteger(value);
}
