import type { DigestText } from "../bytes/digest.js";
import type { Catalogue } from "../policy/catalogue.js";
import type { Pins } from "./pin-file.js";

/** One tool's pinned definition, and whose word it is. */
export interface PinnedDefinition {
  readonly adapter: string;
  readonly tool: string;
  readonly definition: DigestText;
  /** The policy names it, or it is the first one that a gate saw. */
  readonly by: "policy" | "first seen";
}

/** What is pinned, by adapter and tool; where both name a tool, the policy counts. */
export function listDefinitions({ adapters }: Catalogue, pins: Pins): readonly PinnedDefinition[] {
  const inPolicy = Object.entries(adapters).flatMap(([adapter, { operations }]) =>
    Object.entries(operations).flatMap(([tool, { definition }]): PinnedDefinition[] =>
      definition === undefined ? [] : [{ adapter, tool, definition, by: "policy" }],
    ),
  );
  const named = new Set(inPolicy.map(({ adapter, tool }) => `${adapter} ${tool}`));
  const seen = Object.entries(pins.adapters).flatMap(([adapter, tools]) =>
    Object.entries(tools)
      .filter(([tool]) => !named.has(`${adapter} ${tool}`))
      .map(([tool, definition]): PinnedDefinition => ({ adapter, tool, definition, by: "first seen" })),
  );
  return [...inPolicy, ...seen].sort((a, b) =>
    a.adapter === b.adapter ? compare(a.tool, b.tool) : compare(a.adapter, b.adapter),
  );
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
