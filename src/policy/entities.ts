import { describeJson, isJsonObject } from "../json/json.js";
import { list, object, record, type Shape, text } from "../json/shape.js";
import type { CedarValueJson, EntityJson, TypeAndId } from "./engine.js";

const anyText = text("a string", () => true);
const uid = object<TypeAndId>({ type: anyText, id: anyText });

/** What Cedar can hold: no null, and no number but integers that every reader reads alike. */
const attribute: Shape<CedarValueJson> = (value, pointer, issues) => {
  if (typeof value === "string" || typeof value === "boolean") return;
  if (typeof value === "number" && Number.isSafeInteger(value)) return;
  if (Array.isArray(value)) list(attribute)(value, pointer, issues);
  else if (isJsonObject(value)) record(attribute)(value, pointer, issues);
  else
    issues.push({
      pointer,
      expected: "a string, a boolean, an integer, a set or a record",
      actual: describeJson(value),
    });
};

const attributes: Shape<EntityJson["attrs"]> = record(attribute);

/** The shape of `entities.json`: Cedar's own, with every entity named in one way. */
export const entitiesShape: Shape<readonly EntityJson[]> = list(
  object<EntityJson>({ uid, attrs: attributes, parents: list(uid) as Shape<TypeAndId[]>, tags: attributes }, [
    "tags",
  ]) as Shape<EntityJson>,
  { most: 1_000_000 },
);

/** One name for an entity, as a key. */
export function entityKey({ type, id }: TypeAndId): string {
  return `${type}::${JSON.stringify(id)}`;
}

/**
 * The entities of a bundle, of which a request gets those that it names: the engine parses
 * whatever it is given at each call.
 */
export class Entities {
  readonly #byKey: ReadonlyMap<string, EntityJson>;
  readonly #closures = new Map<string, readonly EntityJson[]>();

  constructor(all: readonly EntityJson[]) {
    this.#byKey = new Map(all.map((entity) => [entityKey(entity.uid as TypeAndId), entity]));
  }

  /** Whether any entity is of a type. */
  lists(type: string): boolean {
    return [...this.#byKey.values()].some(({ uid: name }) => (name as TypeAndId).type === type);
  }

  get(name: TypeAndId): EntityJson | undefined {
    return this.#byKey.get(entityKey(name));
  }

  /** An entity with everything that it names, and what those name: ancestors and attributes. */
  closure(name: TypeAndId): readonly EntityJson[] {
    const key = entityKey(name);
    const known = this.#closures.get(key);
    if (known !== undefined) return known;
    const found = new Map<string, EntityJson>();
    const open = [name];
    for (let next = open.pop(); next !== undefined; next = open.pop()) {
      const at = entityKey(next);
      const entity = this.#byKey.get(at);
      if (entity === undefined || found.has(at)) continue;
      found.set(at, entity);
      open.push(...(entity.parents as TypeAndId[]), ...namedIn(entity.attrs), ...namedIn(entity.tags));
    }
    const closure = [...found.values()];
    // Resources are without end: only so many are kept.
    if (this.#closures.size < 100_000) this.#closures.set(key, closure);
    return closure;
  }
}

/** The entities that a value names. */
export function namedIn(value: unknown): readonly TypeAndId[] {
  if (typeof value !== "object" || value === null) return [];
  if (Array.isArray(value)) return value.flatMap(namedIn);
  if ("__entity" in value) return [(value as { readonly __entity: TypeAndId }).__entity];
  return Object.values(value).flatMap(namedIn);
}

/** Several lists of entities as one, each once. */
export function unite(lists: readonly (readonly EntityJson[])[]): readonly EntityJson[] {
  const found = new Map<string, EntityJson>();
  for (const entity of lists.flat()) {
    const key = entityKey(entity.uid as TypeAndId);
    if (!found.has(key)) found.set(key, entity);
  }
  return [...found.values()];
}
