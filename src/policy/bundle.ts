import type { DigestText, HashFunction } from "../bytes/digest.js";
import { encodeUtf8 } from "../bytes/utf8.js";
import type { Json } from "../json/json.js";
import { locateInJson } from "../json/locate.js";
import { decodeShape, type Shape } from "../json/shape.js";
import { decodeStrict } from "../json/strict-decoder.js";
import { type Case, casesShape } from "./case.js";
import { type BundleInfo, bundleInfoShape, type Catalogue, catalogueShape } from "./catalogue.js";
import { checkSchema } from "./check-schema.js";
import type { CedarEngine, EntityJson, TypeAndId } from "./engine.js";
import { cedarProblem } from "./engine-problems.js";
import { Entities, entitiesShape, entityKey, namedIn, unite } from "./entities.js";
import { type BundleFile, type PolicyFiles, policyHash, readTexts } from "./files.js";
import type { PolicyProblem, SourceText } from "./problem.js";
import { readRules } from "./read-rules.js";
import type { Rule } from "./rule.js";

/** A policy bundle that was read, checked and given to the engine. */
export interface PolicyBundle {
  readonly hash: DigestText;
  readonly info: BundleInfo;
  /** In the order of policy.cedar. */
  readonly rules: readonly Rule[];
  readonly ruleById: ReadonlyMap<string, Rule>;
  readonly catalogue: Catalogue;
  readonly entities: Entities;
  /** Entities that the policies name, and what those name: every request gets them. */
  readonly named: readonly EntityJson[];
  readonly cases: readonly Case[];
  readonly cedar: CedarEngine;
  readonly sources: ReadonlyMap<BundleFile, SourceText>;
}

export type BundleResult =
  | { readonly ok: true; readonly bundle: PolicyBundle }
  | { readonly ok: false; readonly problems: readonly PolicyProblem[] };

/**
 * Reads a policy bundle (docs/policy.md, "Bundle") and prepares it in the engine. Refuses it
 * as a whole, with everything that is wrong, each with file, line and column. Does not run its
 * tests, and holds it against no trust file: see `runCases` and `checkAgainstTrust`.
 */
export function readBundle(files: PolicyFiles, cedar: CedarEngine, sha3: HashFunction): BundleResult {
  const { texts, problems: inFiles } = readTexts(files);
  const problems = [...inFiles];
  const json = <T>(name: BundleFile, shape: Shape<T>): T | undefined => {
    const source = texts.get(name);
    return source === undefined ? undefined : readJson(source, shape, problems);
  };
  const info = json("bundle.json", bundleInfoShape);
  const catalogue = json("catalogue.json", catalogueShape);
  const entities = json("entities.json", entitiesShape);
  const cases = texts.has("tests.json") ? json("tests.json", casesShape)?.cases : [];
  const policy = texts.get("policy.cedar");
  const schema = texts.get("schema.cedarschema");
  const rules = policy === undefined ? [] : readRules(policy, cedar, problems);
  if (schema !== undefined) {
    const isSchema = checkSchema(
      schema,
      cedar,
      { catalogue, catalogueSource: texts.get("catalogue.json") },
      problems,
    );
    if (isSchema && policy !== undefined) validateRules(policy, schema.text, rules, cedar, problems);
    const source = texts.get("entities.json");
    if (isSchema && entities !== undefined && source !== undefined)
      checkEntities(source, entities, schema.text, cedar, problems);
  }
  if (
    problems.length > 0 ||
    info === undefined ||
    catalogue === undefined ||
    entities === undefined ||
    cases === undefined
  )
    return { ok: false, problems: sorted(problems) };
  const hash = policyHash(files, sha3);
  const prepared = prepare(hash, schema!, rules, cedar);
  if (prepared.length > 0) return { ok: false, problems: prepared };
  const index = new Entities(entities);
  const literals = rules.flatMap((rule) => entitiesOfPolicy(rule));
  return {
    ok: true,
    bundle: {
      hash,
      info,
      rules,
      ruleById: new Map(rules.map((rule) => [rule.id, rule])),
      catalogue,
      entities: index,
      named: unite(literals.map((name) => index.closure(name))),
      cases,
      cedar,
      sources: texts,
    },
  };
}

/** Reads a JSON file of a bundle; errors of its shape are told by line and column. */
function readJson<T>(source: SourceText, shape: Shape<T>, problems: PolicyProblem[]): T | undefined {
  const { value, issues } = decodeStrict(encodeUtf8(source.text), { canonical: false });
  for (const { offset, expected, actual } of issues)
    problems.push(source.problem(source.fromBytes(offset), expected, actual));
  if (value === undefined || issues.length > 0) return undefined;
  const shaped = decodeShape(shape, value as Json);
  if (shaped.ok) return shaped.value;
  for (const { pointer, expected, actual } of shaped.issues) {
    const at = locateInJson(source.text, pointer);
    problems.push(source.problem(at, `${expected} at ${pointer === "" ? "the top" : pointer}`, actual));
  }
  return undefined;
}

/** Cedar's own strict validation of the policies, each error once although it is told for every action. */
function validateRules(
  source: SourceText,
  schema: string,
  rules: readonly Rule[],
  cedar: CedarEngine,
  problems: PolicyProblem[],
): void {
  const unique = new Map(rules.map((rule) => [rule.id, rule]));
  const staticPolicies = Object.fromEntries([...unique].map(([id, { text }]) => [id, text]));
  const answer = cedar.validate({ schema, policies: { staticPolicies } });
  if (answer.type === "failure") {
    problems.push(...answer.errors.map((error) => cedarProblem(source, error, "policies that are valid")));
    return;
  }
  const wrong = new Set(answer.validationErrors.map(({ policyId }) => policyId));
  // Warnings too: a policy that can never apply, or whose letters are mixed to deceive, is a
  // mistake; of a policy that is wrong already they say nothing new.
  const warnings = answer.validationWarnings.filter(({ policyId }) => !wrong.has(policyId));
  const seen = new Set<string>();
  for (const { policyId, error } of [...answer.validationErrors, ...warnings]) {
    const at = unique.get(policyId)?.at ?? 0;
    const [place] = error.sourceLocations ?? [];
    const key = `${policyId} ${place?.start} ${place?.end}`;
    if (seen.has(key)) continue;
    seen.add(key);
    problems.push(cedarProblem(source, error, "a policy that the schema allows", at));
  }
}

function checkEntities(
  source: SourceText,
  entities: readonly EntityJson[],
  schema: string,
  cedar: CedarEngine,
  problems: PolicyProblem[],
): void {
  const first = new Map<string, number>();
  entities.forEach((entity, i) => {
    const key = entityKey(entity.uid as TypeAndId);
    const before = first.get(key);
    first.set(key, before ?? i);
    const say = (expected: string, actual: string) =>
      problems.push(source.problem(locateInJson(source.text, `/${i}`), expected, actual));
    if (before !== undefined) say("each entity once", `${key}, which is item ${before} too`);
  });
  // Together first: it is what nearly always suffices, and one call is cheaper than thousands.
  if (cedar.checkParseEntities({ entities: [...entities], schema }).type === "success") return;
  const count = problems.length;
  entities.forEach((entity, i) => {
    const answer = cedar.checkParseEntities({ entities: [entity], schema });
    if (answer.type === "success") return;
    const at = locateInJson(source.text, `/${i}`);
    problems.push(
      ...answer.errors.map((error) =>
        cedarProblem(source, { ...error, sourceLocations: [] }, "an entity that the schema allows", at),
      ),
    );
  });
  if (problems.length > count || first.size < entities.length) return;
  problems.push(
    source.problem(
      0,
      "entities that the schema allows together",
      "some that it does not: is an ancestor its own?",
    ),
  );
}

/** Parses policies and schema once; the engine keeps them under the bundle's hash. */
function prepare(
  hash: DigestText,
  schema: SourceText,
  rules: readonly Rule[],
  cedar: CedarEngine,
): readonly PolicyProblem[] {
  const staticPolicies = Object.fromEntries(rules.map(({ id, text }) => [id, text]));
  const answers = [
    cedar.preparseSchema(hash, schema.text),
    cedar.preparsePolicySet(hash, { staticPolicies }),
  ];
  return answers.flatMap((answer) =>
    answer.type === "success"
      ? []
      : answer.errors.map((error) => cedarProblem(schema, error, "policies that the engine takes")),
  );
}

/** The entities that a policy names, in its scope and its conditions. */
function entitiesOfPolicy({ json }: Rule): readonly TypeAndId[] {
  const { principal, resource } = json;
  const scopes = [principal, resource].flatMap((scope) => {
    const inside = "in" in scope && typeof scope.in === "object" ? scope.in : scope;
    return "entity" in inside
      ? [("__entity" in inside.entity ? inside.entity.__entity : inside.entity) as TypeAndId]
      : [];
  });
  return [...scopes, ...namedIn(json.conditions)];
}

/** In the order of files, lines and columns. */
function sorted(problems: readonly PolicyProblem[]): readonly PolicyProblem[] {
  return problems.toSorted(
    (a, b) =>
      (a.file < b.file ? -1 : a.file > b.file ? 1 : 0) ||
      (a.line ?? 0) - (b.line ?? 0) ||
      (a.column ?? 0) - (b.column ?? 0),
  );
}
