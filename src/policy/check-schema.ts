import { locateInJson } from "../json/locate.js";
import { pointerTo } from "../json/shape.js";
import type { Catalogue, FactExpression, FactType, Operation } from "./catalogue.js";
import type { CedarEngine } from "./engine.js";
import { cedarProblem } from "./engine-problems.js";
import { didYouMean, type PolicyProblem, type SourceText } from "./problem.js";

/** A type as Cedar writes it in a schema's JSON form. */
interface SchemaType {
  readonly type: string;
  readonly name?: string;
  readonly element?: SchemaType;
  readonly attributes?: { readonly [name: string]: SchemaType };
  readonly required?: boolean;
}

interface SchemaNamespace {
  readonly commonTypes?: { readonly [name: string]: SchemaType };
  readonly entityTypes: { readonly [name: string]: { readonly shape?: SchemaType } };
  readonly actions: {
    readonly [id: string]: {
      readonly appliesTo?: {
        readonly principalTypes: readonly string[];
        readonly resourceTypes: readonly string[];
        readonly context?: SchemaType;
      };
    };
  };
}

/** The types of what the runtime puts into every context; facts are the catalogue's. */
const contextTypes: { readonly [name: string]: { readonly written: string; readonly required: boolean } } = {
  adapter: { written: "String", required: true },
  operation: { written: "String", required: true },
  tenant: { written: "String", required: true },
  at: { written: "Long", required: true },
  weekday: { written: "Long", required: true },
  minute: { written: "Long", required: true },
  on_behalf_of: { written: "String", required: false },
  satisfied: { written: "Set<String>", required: true },
};

/**
 * Whether the schema is one, and allows every request that the catalogue can make: otherwise
 * each such request would be denied as a policy error. Adds what is wrong to `problems`;
 * returns whether Cedar can read the schema.
 */
export function checkSchema(
  source: SourceText,
  cedar: CedarEngine,
  {
    catalogue,
    catalogueSource,
  }: { catalogue: Catalogue | undefined; catalogueSource: SourceText | undefined },
  problems: PolicyProblem[],
): boolean {
  const answer = cedar.schemaToJsonWithResolvedTypes(source.text);
  if (answer.type === "failure") {
    problems.push(...answer.errors.map((error) => cedarProblem(source, error, "a Cedar schema")));
    return false;
  }
  const namespaces = answer.json as unknown as { readonly [name: string]: SchemaNamespace };
  const { entityTypes = {}, actions: all = {}, commonTypes = {} } = namespaces[""] ?? {};
  const attributesOf = (type: SchemaType | undefined) =>
    type === undefined ? {} : (resolve(type, commonTypes).attributes ?? {});
  const say = (name: string, expected: string, actual: string, hint?: string) =>
    problems.push(source.problem(placeOf(source.text, name), expected, actual, hint));
  if (entityTypes["Agent"] === undefined) say("", "the entity type Agent", "none");
  const tenant = attributesOf(entityTypes["Resource"]?.shape)["tenant"];
  if (entityTypes["Resource"] === undefined) say("", "the entity type Resource", "none");
  else if (tenant === undefined || written(tenant) !== "String")
    say(
      "Resource",
      "entity Resource { tenant: String }",
      tenant === undefined ? "no tenant" : `tenant: ${written(tenant)}`,
    );
  const actions = Object.entries(all).flatMap(([id, { appliesTo }]): ActionContext[] => {
    const applies =
      appliesTo?.principalTypes.includes("Agent") && appliesTo.resourceTypes.includes("Resource");
    return applies ? [{ id, context: attributesOf(appliesTo?.context) }] : [];
  });
  checkContexts(actions, say);
  if (catalogue !== undefined && catalogueSource !== undefined)
    checkOperations(catalogue, catalogueSource, actions, problems);
  return true;
}

/** An action that agents can ask for, and the types of its context. */
interface ActionContext {
  readonly id: string;
  readonly context: { readonly [name: string]: SchemaType };
}

/** Holds every context against what the runtime gives; actions with one mistake are told together. */
function checkContexts(
  actions: readonly ActionContext[],
  say: (name: string, expected: string, actual: string, hint?: string) => void,
): void {
  const known = [...Object.keys(contextTypes), "facts"];
  const found = new Map<
    string,
    {
      readonly expected: string;
      readonly actual: string;
      readonly hint?: string | undefined;
      readonly ids: string[];
    }
  >();
  const note = (id: string, expected: string, actual: string, hint?: string) => {
    const key = JSON.stringify([expected, actual]);
    const before = found.get(key);
    if (before === undefined) found.set(key, { expected, actual, hint, ids: [id] });
    else before.ids.push(id);
  };
  for (const { id, context } of actions) {
    for (const [name, wanted] of Object.entries(contextTypes)) {
      const type = context[name];
      if (
        type !== undefined &&
        written(type) === wanted.written &&
        (type.required ?? true) === wanted.required
      )
        continue;
      const actual =
        type === undefined ? "nothing" : `${name}${type.required === false ? "?" : ""}: ${written(type)}`;
      note(id, `${name}${wanted.required ? "" : "?"}: ${wanted.written}`, actual);
    }
    const { facts } = context;
    if (facts?.type !== "Record")
      note(id, "facts: { … }", facts === undefined ? "nothing" : `facts: ${written(facts)}`);
    for (const [name, type] of Object.entries(context)) {
      if (known.includes(name) || type.required === false) continue;
      note(id, `only ${known.join(", ")}`, name, didYouMean(name, known));
    }
  }
  for (const { expected, actual, hint, ids } of found.values())
    say(
      ids[0]!,
      `${expected} in the context of the ${ids.length === 1 ? "action" : "actions"} ${ids.join(", ")}`,
      actual,
      hint,
    );
}

function checkOperations(
  catalogue: Catalogue,
  source: SourceText,
  actions: readonly ActionContext[],
  problems: PolicyProblem[],
): void {
  const reachable = actions.map(({ id }) => id);
  for (const [adapter, { operations }] of Object.entries(catalogue.adapters)) {
    for (const [name, operation] of Object.entries(operations)) {
      const base = pointerTo(`${pointerTo("/adapters", adapter)}/operations`, name);
      const say = (pointer: string, expected: string, actual: string, hint?: string) =>
        problems.push(source.problem(locateInJson(source.text, base + pointer), expected, actual, hint));
      const { action } = operation;
      const known = actions.find(({ id }) => id === action);
      if (known === undefined) {
        say(
          "/action",
          "an action of the schema that applies to Agent and Resource",
          JSON.stringify(action),
          didYouMean(action, reachable),
        );
        continue;
      }
      checkFacts(operation, known.context["facts"]?.attributes ?? {}, say);
    }
  }
}

type Say = (pointer: string, expected: string, actual: string, hint?: string) => void;

function checkFacts(operation: Operation, declared: { readonly [name: string]: SchemaType }, say: Say): void {
  const { action, facts } = operation;
  for (const [name, expression] of Object.entries(facts)) {
    const types = [...new Set(typesOf(expression))];
    const wanted = declared[name];
    if (wanted === undefined) {
      say(
        `/facts/${name}`,
        `a fact that the schema has for the action ${action}`,
        name,
        didYouMean(name, Object.keys(declared)),
      );
    } else if (types.some((type) => type !== written(wanted))) {
      say(
        `/facts/${name}`,
        `${written(wanted)}, as the schema has it for the action ${action}`,
        types.join(" or "),
      );
    }
  }
  for (const [name, type] of Object.entries(declared)) {
    if (type.required !== false && facts[name] === undefined)
      say(
        "/facts",
        `the fact ${name}, which the schema requires for the action ${action}`,
        "none",
        `or write ${name}? in the schema`,
      );
  }
}

const typeOfFact: { readonly [T in FactType]: string } = {
  string: "String",
  integer: "Long",
  boolean: "Bool",
  count: "Long",
  path: "String",
  prefix: "String",
  suffix: "String",
};

/** The Cedar types that a fact's values can have. */
function typesOf(expression: FactExpression): readonly string[] {
  const literal = (value: unknown) =>
    typeof value === "string" ? "String" : typeof value === "number" ? "Long" : "Bool";
  if ("value" in expression) return [literal(expression.value)];
  const values = expression.map === undefined ? [] : Object.values(expression.map).map(literal);
  const read = expression.map === undefined ? [typeOfFact[expression.type]] : values;
  return expression.default === undefined ? read : [...read, literal(expression.default)];
}

/** A type with the names of common types replaced by what they stand for. */
function resolve(type: SchemaType, common: { readonly [name: string]: SchemaType }): SchemaType {
  const named = Object.hasOwn(common, type.type) ? type.type : type.name;
  const meant = named !== undefined && Object.hasOwn(common, named) ? resolve(common[named]!, common) : type;
  const { attributes, element } = meant;
  return {
    ...meant,
    ...(type.required === undefined ? {} : { required: type.required }),
    ...(element === undefined ? {} : { element: resolve(element, common) }),
    ...(attributes === undefined
      ? {}
      : {
          attributes: Object.fromEntries(
            Object.entries(attributes).map(([name, member]) => [name, resolve(member, common)]),
          ),
        }),
  };
}

/** A type as the schema's language writes it. */
function written(type: SchemaType): string {
  switch (type.type) {
    case "Boolean":
      return "Bool";
    case "Set":
      return `Set<${type.element === undefined ? "?" : written(type.element)}>`;
    case "Record":
      return "{ … }";
    case "Entity":
    case "EntityOrCommon":
    case "Extension":
      return type.name ?? type.type;
    default:
      return type.type;
  }
}

/** Where a name stands in a schema: its first mention outside comments, else the start. */
function placeOf(text: string, name: string): number {
  if (name === "") return 0;
  const escaped = name.replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&");
  const blanked = text.replaceAll(/\/\/.*$/gm, (comment) => " ".repeat(comment.length));
  const at = blanked.search(new RegExp(`(?<![\\w"])"?${escaped}"?(?![\\w])`));
  return at < 0 ? 0 : at;
}
