import { decodeUtf8 } from "../bytes/utf8.js";
import type { Problem } from "../findings/finding.js";
import { canonicalBytes } from "../json/canonical.js";
import { type MemberSpan, scanCanonical } from "../json/canonical-scan.js";
import { describeJson, isJsonObject, type Json, type JsonObject } from "../json/json.js";
import { limits } from "../json/limits.js";
import { decodeStrict } from "../json/strict-decoder.js";
import type { RawLine } from "./split-lines.js";

/** The kinds of lines that a ledger has, by the members that each has to have. */
const kinds = {
  header: ["export"],
  entry: ["receipt", "sig"],
  withheld: ["digest", "scope", "seq", "sig", "signer"],
  checkpoint: ["checkpoint"],
} as const;

export type LineKind = keyof typeof kinds;

/** A line that was read: its kind, its members, and the canonical bytes of each. */
export interface Line {
  readonly kind: LineKind;
  readonly members: JsonObject;
  /** The RFC 8785 bytes of one member's value, which is what is hashed and signed. */
  readonly bytesOf: (name: string) => Uint8Array;
}

/** A line may be read although something is wrong with it (another form of the same value). */
export interface LineReading {
  readonly problems: readonly Problem[];
  readonly line?: Line;
}

const noProblems: readonly Problem[] = [];

/**
 * Reads one line: the encoding is decided on its bytes, then its kind by its members. What
 * only differs from its canonical form is read on in that form; whatever else is wrong with
 * an encoding makes the line unreadable, since two readers could read two things.
 */
export function readLine(raw: RawLine): LineReading {
  if (raw.length > limits.lineBytes) return unreadable(tooLong(raw), ...torn(raw));
  if (!raw.ended) return unreadable(...torn(raw));
  const spans = scanCanonical(raw.bytes);
  if (spans !== undefined) return readMembers(raw.bytes, spans, noProblems);

  const { issues, value } = decodeStrict(raw.bytes);
  const problems = issues.map((issue) => ({
    code: issue.code,
    where: `byte ${issue.offset}`,
    expected: issue.expected,
    actual: issue.actual,
  }));
  if (value === undefined) return { problems };
  if (!isJsonObject(value)) return { problems: [...problems, unknownLine(value)] };
  const canonical = canonicalBytes(value);
  const canonicalSpans = scanCanonical(canonical);
  if (canonicalSpans === undefined || problems.length === 0) {
    throw new Error("the canonical scan and the strict decoder disagree about a line");
  }
  return readMembers(canonical, canonicalSpans, problems);
}

function unreadable(...problems: readonly Problem[]): LineReading {
  return { problems };
}

function tooLong(raw: RawLine): Problem {
  return {
    code: "encoding.line-too-long",
    expected: `at most ${limits.lineBytes} bytes`,
    actual: `${raw.length} bytes`,
  };
}

function torn(raw: RawLine): Problem[] {
  if (raw.ended) return [];
  return [
    {
      code: "encoding.torn-line",
      expected: "LF at the end",
      actual: `${raw.length} bytes and the end of the file`,
    },
  ];
}

function readMembers(
  bytes: Uint8Array,
  spans: readonly MemberSpan[],
  problems: readonly Problem[],
): LineReading {
  const members = JSON.parse(decodeUtf8(bytes)!) as JsonObject;
  const kind = kindOfLine(spans);
  if (kind === undefined) return { problems: [...problems, unknownLine(members)] };
  const bytesOf = (name: string) => {
    const span = spans.find((candidate) => candidate.name === name)!;
    return bytes.subarray(span.start, span.end);
  };
  return { problems, line: { kind, members, bytesOf } };
}

/** A line has exactly the members of its kind; only an entry may have its intent besides. */
function kindOfLine(spans: readonly MemberSpan[]): LineKind | undefined {
  const names = spans.map((span) => span.name);
  const required = names[0] === "intent" ? names.slice(1) : names;
  for (const kind of Object.keys(kinds) as LineKind[]) {
    if (kind !== "entry" && required.length !== names.length) continue;
    const wanted = kinds[kind];
    if (wanted.length === required.length && wanted.every((name, i) => name === required[i])) return kind;
  }
  return undefined;
}

function unknownLine(value: Json): Problem {
  const names = isJsonObject(value) ? Object.keys(value) : [];
  return {
    code: "line.unknown",
    expected: "an entry, a withheld entry or a checkpoint, or a header as the first line",
    actual: isJsonObject(value) ? `an object with ${nameList(names)}` : describeJson(value),
  };
}

function nameList(names: readonly string[]): string {
  if (names.length === 0) return "no members";
  const shown = names.slice(0, 6).map((name) => JSON.stringify(name.slice(0, 40)));
  return names.length > shown.length ? `${shown.join(", ")} …` : shown.join(", ");
}
