import { parseDigest } from "../bytes/digest.js";
import type { Problem } from "../findings/finding.js";
import { isJsonObject, type Json } from "../json/json.js";
import { decodeShape, integer, list, object, oneOf, type Shape } from "../json/shape.js";
import { anyText, digest } from "../receipt/identifiers.js";

/** What a header says (docs/format.md, "Lines"). */
interface HeaderMembers {
  readonly format: "sclaw.ledger/1";
  readonly ledger: string;
  readonly start: number;
  readonly frontier?: readonly string[];
  readonly checkpoint?: string;
}

/** Where a range export starts: the roots of the subtrees before it, and the note that signs them. */
export interface RangeStart {
  readonly frontier: readonly Uint8Array[];
  readonly checkpoint: string;
}

export interface Header {
  readonly problems: readonly Problem[];
  readonly ledger?: string;
  readonly start: number;
  readonly range?: RangeStart;
}

const start: Shape<number> = integer();
const outer = object<HeaderMembers>(
  {
    format: oneOf("sclaw.ledger/1"),
    ledger: anyText,
    start,
    // Their own finding says what is wrong with them.
    frontier: () => {},
    checkpoint: () => {},
  },
  ["frontier", "checkpoint"],
);

/**
 * Reads a header's value. A header of another shape is `line.unknown`; a start without the
 * frontier and the note that it needs, or with those that it must not have, is
 * `range.frontier`. The start is taken from it even then, so that the rest can be tested.
 */
export function readHeader(value: Json | undefined): Header {
  const shaped = decodeShape(outer, value ?? null);
  if (!shaped.ok) {
    const problems = shaped.issues.map((issue): Problem => {
      const where = `/export${issue.pointer}`;
      return { code: "line.unknown", where, expected: issue.expected, actual: issue.actual };
    });
    const said = isJsonObject(value) ? value["start"] : undefined;
    return { problems, start: typeof said === "number" && Number.isSafeInteger(said) && said > 0 ? said : 0 };
  }
  const header = shaped.value;
  const named = { ledger: header.ledger, start: header.start };
  if (header.start === 0) {
    if (header.frontier === undefined && header.checkpoint === undefined) return { problems: [], ...named };
    return { problems: [frontierProblem("neither frontier nor checkpoint beside start 0", "one")], ...named };
  }
  const frontier = decodeShape(list(digest), header.frontier ?? null);
  if (!frontier.ok || typeof header.checkpoint !== "string") {
    return { problems: [frontierProblem("a list of hashes and a signed note", "something else")], ...named };
  }
  return {
    problems: [],
    ...named,
    range: { frontier: frontier.value.map((text) => parseDigest(text)!), checkpoint: header.checkpoint },
  };
}

/** The finding about a range's start. */
export function frontierProblem(expected: string, actual: string): Problem {
  return { code: "range.frontier", where: "/export", expected, actual };
}
