import type { Fact } from "../receipt/receipt.js";
import type { PolicyBundle } from "./bundle.js";
import { type Ask, askEngine, type CedarAnswer, type Question } from "./decide.js";
import type { Expr } from "./engine.js";
import { contextPath, hasPath, literalInteger, operandsOf, operationOf } from "./expression.js";

/**
 * What the policies of a bundle read of a request, so that requests which are equal in all of
 * that need to be decided once. Paths are those behind `context`, joined by dots.
 */
export interface Reads {
  /** Values that are read whole. */
  readonly exact: ReadonlySet<string>;
  /** Integers that are only ever compared with these, in rising order: where a value stands among them is all that counts. */
  readonly compared: ReadonlyMap<string, readonly number[]>;
  /** Whether anything but the resource's tenant is read of it. */
  readonly resource: boolean;
  readonly resourceTenant: boolean;
}

const comparisons: ReadonlySet<string> = new Set(["<", "<=", ">", ">=", "==", "!="]);

/** Reads what every policy of a bundle looks at, in scopes and conditions. */
export function readsOf({ rules, entities }: Pick<PolicyBundle, "rules" | "entities">): Reads {
  const exact = new Set<string>();
  const compared = new Map<string, Set<number>>();
  // A resource that the bundle lists has attributes of its own, its tenant among them.
  let resource = entities.lists("Resource");
  let resourceTenant = false;

  const visit = (expr: Expr): void => {
    const path = contextPath(expr);
    if (path !== undefined) {
      exact.add(path.join("."));
      return;
    }
    // Presence is part of every class.
    if (hasPath(expr) !== undefined) return;
    const { operator, body } = operationOf(expr);
    if (operator === "Var" && body === "resource") resource = true;
    if (operator === ".") {
      const { left, attr } = body as { readonly left: Expr; readonly attr: string };
      if (attr === "tenant" && "Var" in left && left.Var === "resource") {
        resourceTenant = true;
        return;
      }
    }
    if (comparisons.has(operator)) {
      const [left, right] = operandsOf(expr) as [Expr, Expr];
      if (comparesWithLiteral(left, right) || comparesWithLiteral(right, left)) return;
    }
    for (const operand of operandsOf(expr)) visit(operand);
  };

  const comparesWithLiteral = (side: Expr, literal: Expr): boolean => {
    const path = contextPath(side);
    const value = literalInteger(literal);
    if (path === undefined || path.length === 0 || value === undefined || !Number.isSafeInteger(value))
      return false;
    const key = path.join(".");
    const values = compared.get(key) ?? new Set();
    compared.set(key, values.add(value));
    return true;
  };

  for (const { json } of rules) {
    // "is" alone asks for the type, which is always the same.
    if (json.resource.op !== "All" && !(json.resource.op === "is" && json.resource.in === undefined))
      resource = true;
    for (const { body } of json.conditions) visit(body);
  }
  return {
    exact,
    compared: new Map([...compared].map(([path, values]) => [path, [...values].sort((a, b) => a - b)])),
    resource,
    resourceTenant,
  };
}

/**
 * A text that is the same for two questions only where every policy of the bundle sees the
 * same in both: the engine then answers both alike. What is not read still counts by its
 * presence and type, which the schema may refuse.
 */
export function requestClass(reads: Reads, { intent, operation, context }: Question): string {
  const { facts, on_behalf_of: person, ...values } = context;
  const { exact, compared } = reads;
  const whole = exact.has("");
  const seen = (path: string, value: Fact): Fact | string => {
    if (whole || exact.has(path)) return value;
    const limits = compared.get(path);
    if (limits !== undefined && typeof value === "number") return `#${placeAmong(limits, value)}`;
    return `?${typeof value}`;
  };
  const allFacts = exact.has("facts");
  return JSON.stringify([
    operation.action,
    intent.agent.id,
    reads.resource ? intent.resource : "",
    reads.resource || reads.resourceTenant ? intent.tenant : "",
    Object.entries(values).map(([name, value]) => seen(name, value as Fact)),
    person === undefined ? 0 : [seen("on_behalf_of", person)],
    Object.entries(facts).map(([name, value]) => [name, allFacts ? value : seen(`facts.${name}`, value)]),
  ]);
}

/** 0 below the first limit, 1 at it, 2 between it and the second, and so on. */
function placeAmong(limits: readonly number[], value: number): number {
  let place = 0;
  for (const limit of limits) {
    if (value < limit) return place;
    if (value === limit) return place + 1;
    place += 2;
  }
  return place;
}

/** What the engine answered to the requests of one class, as far as it was asked. */
interface Answers {
  nothing?: CedarAnswer;
  everything?: CedarAnswer;
}

/** How many classes are remembered, where nothing else is said; then they are forgotten, so that memory has an end. */
export const mostClasses = 200_000;
/** A class of more characters is not remembered: names can be as long as a line. */
const longestClass = 4000;

/** Remembers what the engine answered to each class of requests of a bundle. */
class AnswersByClass {
  readonly #reads: Reads;
  readonly #most: number;
  readonly #answers = new Map<string, Answers>();
  // What is held is asked about twice in a row.
  #last: { readonly question: Question; readonly answers: Answers } | undefined;

  constructor(bundle: PolicyBundle, most: number) {
    this.#reads = readsOf(bundle);
    this.#most = most;
  }

  /** The answers to all questions of this one's class: to be read, and to be filled in. */
  of(question: Question): Answers {
    if (this.#last?.question === question) return this.#last.answers;
    const key = requestClass(this.#reads, question);
    let answers = this.#answers.get(key);
    if (answers === undefined) {
      if (this.#answers.size >= this.#most) this.#answers.clear();
      answers = {};
      if (key.length <= longestClass) this.#answers.set(key, answers);
    }
    this.#last = { question, answers };
    return answers;
  }
}

/** Asks the engine once for each class of requests, and remembers what it answered to the last so many. */
export function askOncePerClass(
  bundle: PolicyBundle,
  ask: Ask = askEngine(bundle),
  most: number = mostClasses,
): Ask {
  const known = new AnswersByClass(bundle, most);
  return (question, satisfied) => {
    const answers = known.of(question);
    answers[satisfied] ??= ask(question, satisfied);
    return answers[satisfied];
  };
}
