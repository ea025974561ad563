import type { EntityJson, TypeAndId } from "./engine.js";
import type { CedarRequest } from "./request.js";

/** A request and its entities as the command line of stock Cedar takes them. */
export interface StockRequest {
  /** For `cedar authorize --request-json`. */
  readonly request: {
    readonly principal: string;
    readonly action: string;
    readonly resource: string;
    readonly context: CedarRequest["context"];
  };
  /** For `cedar authorize --entities`. */
  readonly entities: readonly EntityJson[];
}

/**
 * The request as any Cedar engine reads it, so that a decision can be made again without this
 * program. Names are Cedar's own literals: a quoted id with Cedar's escapes, which are JSON's
 * for what JSON escapes but for `\u{…}`.
 */
export function stockRequest({ principal, action, resource, context, entities }: CedarRequest): StockRequest {
  const named = (uid: CedarRequest["principal"]) => {
    const { type, id } = uid as TypeAndId;
    return `${type}::"${escapeId(id)}"`;
  };
  return {
    request: { principal: named(principal), action: named(action), resource: named(resource), context },
    entities,
  };
}

function escapeId(id: string): string {
  return id.replaceAll(/["\\\p{Cc}]/gu, (character) =>
    character === '"' || character === "\\"
      ? `\\${character}`
      : `\\u{${character.codePointAt(0)!.toString(16)}}`,
  );
}
