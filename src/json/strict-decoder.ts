import { decodeUtf8 } from "../bytes/utf8.js";
import { canonicalize } from "./canonical.js";
import { type EncodingIssue, IssueList } from "./encoding-issues.js";
import type { Json } from "./json.js";
import { limits } from "./limits.js";
import { excerpt, Parser, utf8Length } from "./parser.js";

/** What the strict decoder found: at most one issue a code, the first of its kind. */
export interface StrictJson {
  readonly issues: readonly EncodingIssue[];
  /** The value, where the text can be read at all and holds no worse than another form of it. */
  readonly value?: Json;
}

export interface DecoderOptions {
  readonly maxDepth?: number;
  /** Whether the text has to be its RFC 8785 form (a line) or may be any JSON (a file for people). */
  readonly canonical?: boolean;
}

/**
 * Decodes one JSON text on its bytes and finds what ordinary parsers repair in silence:
 * invalid UTF-8, lone surrogates, noncharacters, duplicate members (RFC 7493), too many
 * levels, and any difference from the RFC 8785 form.
 * Takes the bytes of one text without its line end; returns issues, and the value unless
 * an issue makes it ambiguous. Never throws on any input.
 */
export function decodeStrict(bytes: Uint8Array, options: DecoderOptions = {}): StrictJson {
  const issues = new IssueList();
  const bom = startsWithBom(bytes);
  if (bom)
    issues.add(
      "encoding.not-canonical",
      0,
      "no byte order mark",
      "a byte order mark: an editor or a transfer changed the file",
    );
  const carriageReturn = bytes.at(-1) === 0x0d;
  if (carriageReturn) {
    issues.add(
      "encoding.not-canonical",
      bytes.length - 1,
      "LF line ends",
      "CR LF: an editor or a transfer converted the line ends",
    );
  }
  const start = bom ? 3 : 0;
  const body = bytes.subarray(start, carriageReturn ? bytes.length - 1 : bytes.length);
  const text = decodeUtf8(body);
  if (text === undefined) {
    issues.add(
      "encoding.invalid-unicode",
      start + firstInvalidUtf8(body),
      "UTF-8",
      "a byte sequence that is not UTF-8",
    );
    return { issues: issues.all() };
  }
  const parser = new Parser(text, start, options.maxDepth ?? limits.depth, issues);
  const value = parser.parse();
  const wanted = options.canonical ?? true;
  if (value === undefined || issues.has("encoding.invalid-unicode") || issues.has("encoding.duplicate-key")) {
    return { issues: issues.all(wanted) };
  }
  if (!parser.finite) return { issues: issues.all() };
  if (wanted) compareWithCanonical(text, canonicalize(value), start, issues);
  return { issues: issues.all(wanted), value };
}

/** RFC 8785 by definition: the text is canonical where it equals what its value serializes to. */
function compareWithCanonical(text: string, canonical: string, start: number, issues: IssueList): void {
  if (text === canonical || issues.has("encoding.not-canonical")) return;
  let at = 0;
  while (at < text.length && text[at] === canonical[at]) at++;
  const offset = start + utf8Length(text, at);
  issues.add("encoding.not-canonical", offset, excerpt(canonical, at), excerpt(text, at));
}

function startsWithBom(bytes: Uint8Array): boolean {
  return bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf;
}

/** The length of the longest prefix that is UTF-8, cut characters at its end not counted. */
function firstInvalidUtf8(bytes: Uint8Array): number {
  let good = 0;
  let bad = bytes.length;
  while (good < bad) {
    const middle = Math.ceil((good + bad) / 2);
    if (isPrefixOfUtf8(bytes.subarray(0, middle))) good = middle;
    else bad = middle - 1;
  }
  return good;
}

function isPrefixOfUtf8(bytes: Uint8Array): boolean {
  try {
    new TextDecoder("utf-8", { fatal: true }).decode(bytes, { stream: true });
    return true;
  } catch {
    return false;
  }
}
