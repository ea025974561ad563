import type {
  AuthorizationAnswer,
  CheckParseAnswer,
  EntitiesParsingCall,
  PolicySet,
  PolicyToJsonAnswer,
  Schema,
  SchemaToJsonWithResolvedTypesAnswer,
  StatefulAuthorizationCall,
  ValidationAnswer,
  ValidationCall,
} from "@cedar-policy/cedar-wasm/nodejs";

/**
 * What is used of Cedar: the functions of `@cedar-policy/cedar-wasm`, which the caller loads
 * (`@cedar-policy/cedar-wasm/nodejs` in Node, `/web` in a browser). Any of them may throw.
 */
export interface CedarEngine {
  getCedarVersion(): string;
  policyToJson(policy: string): PolicyToJsonAnswer;
  checkParsePolicySet(policies: PolicySet): CheckParseAnswer;
  checkParseSchema(schema: Schema): CheckParseAnswer;
  checkParseEntities(call: EntitiesParsingCall): CheckParseAnswer;
  schemaToJsonWithResolvedTypes(schema: string): SchemaToJsonWithResolvedTypesAnswer;
  validate(call: ValidationCall): ValidationAnswer;
  preparsePolicySet(name: string, policies: PolicySet): CheckParseAnswer;
  preparseSchema(name: string, schema: Schema): CheckParseAnswer;
  statefulIsAuthorized(call: StatefulAuthorizationCall): AuthorizationAnswer;
}

export type {
  CedarValueJson,
  DetailedError,
  EntityJson,
  Expr,
  PolicyJson,
  StatefulAuthorizationCall,
  TypeAndId,
} from "@cedar-policy/cedar-wasm/nodejs";
