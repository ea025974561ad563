import { decodeUtf8 } from "../bytes/utf8.js";
import { limits } from "./limits.js";

/** Where the value of a member of the line's own object stands: bytes `start` to `end`. */
export interface MemberSpan {
  readonly name: string;
  readonly start: number;
  readonly end: number;
}

const quote = 0x22;
const comma = 0x2c;
const colon = 0x3a;
const backslash = 0x5c;
const openArray = 0x5b;
const closeArray = 0x5d;
const openObject = 0x7b;
const closeObject = 0x7d;

/**
 * One pass over the bytes that answers whether they already are the RFC 8785 form of an
 * object within the limits, which nearly every line is. It says yes exactly where
 * `decodeStrict` finds no issue (a property test holds the two against each other); on a
 * no, `decodeStrict` says why.
 *
 * Returns the spans of the object's members, in order, or undefined for "no". A span's
 * bytes are themselves canonical, so they are what is hashed and signed.
 */
export function scanCanonical(bytes: Uint8Array): readonly MemberSpan[] | undefined {
  const scan = new Scan(bytes);
  return bytes[0] === openObject && scan.object(1) && scan.at === bytes.length ? scan.spans : undefined;
}

class Scan {
  at = 0;
  readonly spans: MemberSpan[] = [];
  readonly #bytes: Uint8Array;
  #plain = true;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  #value(depth: number): boolean {
    switch (this.#bytes[this.at]) {
      case quote:
        return this.#string();
      case openObject:
        return this.object(depth + 1);
      case openArray:
        return this.#array(depth + 1);
      case 0x74:
        return this.#word(0x72, 0x75, 0x65);
      case 0x66:
        return this.#word(0x61, 0x6c, 0x73, 0x65);
      case 0x6e:
        return this.#word(0x75, 0x6c, 0x6c);
      default:
        return this.#number();
    }
  }

  object(depth: number): boolean {
    if (depth > limits.depth) return false;
    const bytes = this.#bytes;
    this.at++;
    if (bytes[this.at] === closeObject) {
      this.at++;
      return true;
    }
    let nameStart = -1;
    let nameEnd = -1;
    let namePlain = true;
    for (;;) {
      const start = this.at + 1;
      if (bytes[this.at] !== quote || !this.#string()) return false;
      const end = this.at - 1;
      const plain = this.#plain;
      if (nameStart >= 0 && !this.#inOrder(nameStart, nameEnd, start, end, namePlain && plain)) return false;
      nameStart = start;
      nameEnd = end;
      namePlain = plain;
      if (bytes[this.at] !== colon) return false;
      this.at++;
      const valueStart = this.at;
      if (!this.#value(depth)) return false;
      if (depth === 1) {
        const name = plain ? this.#plainName(start, end) : this.#name(start, end);
        this.spans.push({ name, start: valueStart, end: this.at });
      }
      const after = bytes[this.at];
      this.at++;
      if (after === closeObject) return true;
      if (after !== comma) return false;
    }
  }

  #array(depth: number): boolean {
    if (depth > limits.depth) return false;
    this.at++;
    if (this.#bytes[this.at] === closeArray) {
      this.at++;
      return true;
    }
    for (;;) {
      if (!this.#value(depth)) return false;
      const after = this.#bytes[this.at];
      this.at++;
      if (after === closeArray) return true;
      if (after !== comma) return false;
    }
  }

  /** Names strictly ascend by UTF-16 code units: sorted, and none stands twice. */
  #inOrder(aStart: number, aEnd: number, bStart: number, bEnd: number, plain: boolean): boolean {
    if (!plain) return this.#name(aStart, aEnd) < this.#name(bStart, bEnd);
    const bytes = this.#bytes;
    const shorter = Math.min(aEnd - aStart, bEnd - bStart);
    for (let i = 0; i < shorter; i++) {
      const difference = bytes[aStart + i]! - bytes[bStart + i]!;
      if (difference !== 0) return difference < 0;
    }
    return aEnd - aStart < bEnd - bStart;
  }

  /** A name of ASCII without escapes is its own bytes. */
  #plainName(start: number, end: number): string {
    let name = "";
    for (let i = start; i < end; i++) name += String.fromCharCode(this.#bytes[i]!);
    return name;
  }

  #name(start: number, end: number): string {
    return JSON.parse(decodeUtf8(this.#bytes.subarray(start - 1, end + 1))!) as string;
  }

  /** From the opening to behind the closing quote; sets `#plain` where all is ASCII without escapes. */
  #string(): boolean {
    const bytes = this.#bytes;
    let at = this.at + 1;
    let plain = true;
    for (;;) {
      const byte = bytes[at];
      if (byte === undefined || byte < 0x20) return false;
      if (byte === quote) break;
      if (byte === backslash) {
        const length = this.#escapeLength(at);
        if (length === 0) return false;
        plain = false;
        at += length;
      } else if (byte < 0x80) {
        at++;
      } else {
        const length = this.#characterLength(at, byte);
        if (length === 0) return false;
        plain = false;
        at += length;
      }
    }
    this.at = at + 1;
    this.#plain = plain;
    return true;
  }

  /** RFC 8785 section 3.2.2.2: two-letter escapes where they exist, else \u00xx below U+0020. */
  #escapeLength(at: number): number {
    const bytes = this.#bytes;
    switch (bytes[at + 1]) {
      case quote:
      case backslash:
      case 0x62: // b
      case 0x66: // f
      case 0x6e: // n
      case 0x72: // r
      case 0x74: // t
        return 2;
      case 0x75: {
        if (bytes[at + 2] !== 0x30 || bytes[at + 3] !== 0x30) return 0;
        const high = bytes[at + 4];
        const low = bytes[at + 5]!;
        const isLowerHex = (low >= 0x30 && low <= 0x39) || (low >= 0x61 && low <= 0x66);
        if (!isLowerHex) return 0;
        if (high === 0x31) return 6;
        // 08 09 0a 0c 0d have a shorter escape
        const hasShort = low === 0x38 || low === 0x39 || low === 0x61 || low === 0x63 || low === 0x64;
        return high === 0x30 && !hasShort ? 6 : 0;
      }
      default:
        return 0;
    }
  }

  /** Bytes of the UTF-8 character at `at`; 0 where it is none, a surrogate or a noncharacter. */
  #characterLength(at: number, first: number): number {
    const bytes = this.#bytes;
    const second = bytes[at + 1]!;
    if (first >= 0xc2 && first <= 0xdf) return isContinuation(second) ? 2 : 0;
    const third = bytes[at + 2]!;
    if (first >= 0xe0 && first <= 0xef) {
      if (!isContinuation(second) || !isContinuation(third)) return 0;
      if (first === 0xe0 && second < 0xa0) return 0;
      if (first === 0xed && second > 0x9f) return 0;
      // U+FDD0 to U+FDEF, U+FFFE and U+FFFF
      if (first === 0xef && second === 0xb7 && third >= 0x90 && third <= 0xaf) return 0;
      if (first === 0xef && second === 0xbf && third >= 0xbe) return 0;
      return 3;
    }
    const fourth = bytes[at + 3]!;
    if (first < 0xf0 || first > 0xf4) return 0;
    if (!isContinuation(second) || !isContinuation(third) || !isContinuation(fourth)) return 0;
    if ((first === 0xf0 && second < 0x90) || (first === 0xf4 && second > 0x8f)) return 0;
    // U+nFFFE and U+nFFFF of every plane
    if ((second & 0x0f) === 0x0f && third === 0xbf && fourth >= 0xbe) return 0;
    return 4;
  }

  /**
   * RFC 8785 section 3.2.2.3: the form of ECMAScript's Number::toString. Short integers are
   * decided by their digits; whatever else is held against the engine's own answer.
   */
  #number(): boolean {
    const bytes = this.#bytes;
    const start = this.at;
    let at = start;
    while (isDigit(bytes[at])) at++;
    const digits = at - start;
    if (digits > 0 && digits <= 15 && !continuesNumber(bytes[at])) {
      this.at = at;
      return digits === 1 || bytes[start] !== 0x30;
    }
    while (isDigit(bytes[at]) || continuesNumber(bytes[at])) at++;
    if (at === start) return false;
    const token = String.fromCharCode(...bytes.subarray(start, Math.min(at, start + 32)));
    this.at = at;
    return at - start <= 32 && String(Number(token)) === token;
  }

  #word(...rest: readonly number[]): boolean {
    for (const byte of rest) if (this.#bytes[++this.at] !== byte) return false;
    this.at++;
    return true;
  }
}

function isContinuation(byte: number): boolean {
  return byte >= 0x80 && byte <= 0xbf;
}

function isDigit(byte: number | undefined): boolean {
  return byte !== undefined && byte >= 0x30 && byte <= 0x39;
}

function continuesNumber(byte: number | undefined): boolean {
  return byte === 0x2e || byte === 0x65 || byte === 0x45 || byte === 0x2b || byte === 0x2d;
}
