import type { EncodingCode, IssueList } from "./encoding-issues.js";
import type { Json } from "./json.js";
import { pointerTo } from "./shape.js";

/** The text cannot be read on; the issue has been noted. */
class Unreadable extends Error {}

/** A recursive-descent parser of RFC 8259 that keeps what JSON.parse forgets. */
export class Parser {
  finite = true;
  #at = 0;
  #depth = 0;
  readonly #text: string;
  readonly #start: number;
  readonly #maxDepth: number;
  readonly #issues: IssueList;

  constructor(text: string, start: number, maxDepth: number, issues: IssueList) {
    this.#text = text;
    this.#start = start;
    this.#maxDepth = maxDepth;
    this.#issues = issues;
  }

  parse(): Json | undefined {
    try {
      if (this.#text.trim() === "") this.#fail("a JSON value", "an empty line");
      const value = this.#value("");
      this.#space();
      if (this.#at < this.#text.length) this.#fail("the end of the line", excerpt(this.#text, this.#at));
      return value;
    } catch (error) {
      if (error instanceof Unreadable) return undefined;
      throw error;
    }
  }

  #value(pointer: string): Json {
    this.#space();
    switch (this.#text[this.#at]) {
      case "{":
        return this.#object(pointer);
      case "[":
        return this.#array(pointer);
      case '"':
        return this.#string();
      case "t":
        return this.#word("true", true);
      case "f":
        return this.#word("false", false);
      case "n":
        return this.#word("null", null);
      default:
        return this.#number();
    }
  }

  #object(pointer: string): Json {
    this.#enter();
    // No prototype: a member named __proto__ is data like any other.
    const members: Record<string, Json> = Object.create(null);
    if (this.#next("}")) return this.#leave(members);
    do {
      this.#space();
      const nameAt = this.#at;
      if (this.#text[this.#at] !== '"') this.#fail("a member name in quotes", excerpt(this.#text, this.#at));
      const name = this.#string();
      const where = pointerTo(pointer, name);
      if (name in members) {
        this.#issue("encoding.duplicate-key", nameAt, "each member once", `a second ${where}`);
      }
      if (!this.#next(":")) this.#fail('":"', excerpt(this.#text, this.#at));
      members[name] = this.#value(where);
    } while (this.#next(","));
    if (!this.#next("}")) this.#fail('"," or "}"', excerpt(this.#text, this.#at));
    return this.#leave(members);
  }

  #array(pointer: string): Json {
    this.#enter();
    const items: Json[] = [];
    if (this.#next("]")) return this.#leave(items);
    do items.push(this.#value(`${pointer}/${items.length}`));
    while (this.#next(","));
    if (!this.#next("]")) this.#fail('"," or "]"', excerpt(this.#text, this.#at));
    return this.#leave(items);
  }

  #string(): string {
    const startAt = this.#at;
    let end = startAt + 1;
    while (this.#text[end] !== '"') {
      if (end >= this.#text.length) this.#fail("the end of a string", "the end of the line");
      if (this.#text.charCodeAt(end) < 0x20) {
        this.#at = end;
        this.#fail("an escape", "a raw control character");
      }
      end += this.#text[end] === "\\" ? 2 : 1;
    }
    this.#at = end + 1;
    let value: string;
    try {
      value = JSON.parse(this.#text.slice(startAt, this.#at)) as string;
    } catch {
      this.#at = startAt;
      return this.#fail("a string with valid escapes", excerpt(this.#text, startAt));
    }
    const bad = badCodePoint(value);
    if (bad !== undefined)
      this.#issue("encoding.invalid-unicode", startAt, "Unicode characters (RFC 7493)", bad);
    return value;
  }

  #number(): number {
    const form = /-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?/y;
    form.lastIndex = this.#at;
    const token = form.exec(this.#text)?.[0];
    if (token === undefined) return this.#fail("a JSON value", excerpt(this.#text, this.#at));
    const value = Number(token);
    if (!Number.isFinite(value)) {
      this.finite = false;
      this.#issue("encoding.not-canonical", this.#at, "a number that a double holds", token.slice(0, 40));
    }
    this.#at += token.length;
    return value;
  }

  #word<T extends Json>(word: string, value: T): T {
    if (!this.#text.startsWith(word, this.#at)) this.#fail("a JSON value", excerpt(this.#text, this.#at));
    this.#at += word.length;
    return value;
  }

  #enter(): void {
    this.#depth++;
    if (this.#depth > this.#maxDepth) {
      this.#issue("encoding.too-deep", this.#at, `at most ${this.#maxDepth} levels`, "one more");
      throw new Unreadable();
    }
    this.#at++;
  }

  #leave<T>(value: T): T {
    this.#depth--;
    return value;
  }

  #next(character: string): boolean {
    this.#space();
    if (this.#text[this.#at] !== character) return false;
    this.#at++;
    return true;
  }

  #space(): void {
    while (" \t\r\n".includes(this.#text[this.#at] ?? "x")) this.#at++;
  }

  #issue(code: EncodingCode, at: number, expected: string, actual: string): void {
    // The first of a kind is kept: finding the place of each later one would take quadratic time.
    if (this.#issues.has(code)) return;
    this.#issues.add(code, this.#start + utf8Length(this.#text, at), expected, actual);
  }

  #fail(expected: string, actual: string): never {
    this.#issue("encoding.not-json", this.#at, expected, actual);
    throw new Unreadable();
  }
}

/** Says which code point RFC 7493 section 2.1 forbids, if there is one. */
function badCodePoint(text: string): string | undefined {
  for (const character of text) {
    const code = character.codePointAt(0)!;
    const name = `U+${code.toString(16).toUpperCase().padStart(4, "0")}`;
    if (code >= 0xd800 && code <= 0xdfff) return `the lone surrogate ${name}`;
    if ((code >= 0xfdd0 && code <= 0xfdef) || (code & 0xfffe) === 0xfffe) return `the noncharacter ${name}`;
  }
  return undefined;
}

/** How many bytes of UTF-8 the first `end` code units of a text are. */
export function utf8Length(text: string, end: number): number {
  return new TextEncoder().encode(text.slice(0, end)).length;
}

/** A piece of the text around a place, as a message may show it. */
export function excerpt(text: string, at: number): string {
  if (at >= text.length) return "the end of the line";
  const piece = text.slice(Math.max(0, at - 8), at + 24);
  return JSON.stringify(piece);
}
