/**
 * One pass over the bytes of a line that answers whether they are RFC 8785 canonical JSON within
 * the limits of the format (src/json/canonical-scan.ts is the same in TypeScript).
 *
 * Every reader takes the address of the next byte and returns the address behind what it read, or 0
 * for "no". Readers can be chained without asking in between: at address 0 there are only zero
 * bytes, which none of them accepts, so that a 0 goes through to the end. They stay within the line,
 * since its LF is accepted by none of them either; 64 bytes behind it may be loaded and are ignored.
 *
 * "No" is always a safe answer: the line is then read by the strict decoder.
 */

const quote: u8 = 0x22;
const comma: u8 = 0x2c;
const colon: u8 = 0x3a;
const backslash: u8 = 0x5c;
const closeArray: u8 = 0x5d;
const openArray: u8 = 0x5b;
const openObject: u8 = 0x7b;
const closeObject: u8 = 0x7d;

/** Levels of arrays and objects, the line's own object being the first. */
const maxDepth: i32 = 64;

/** What the values of an object may be. */
export const anyValue: i32 = 0;
/** Numbers are integers from 0 to 10^15-1 (2^53-1 in the format; beyond 15 digits the answer is "no"). */
export const wholeNumbers: i32 = 1;
/** A member is a string, a boolean or such an integer, and nothing else. */
export const factValues: i32 = 2;

/** Whether the string that was read last is ASCII without escapes: its own bytes are its name then. */
let plain: bool = false;

/** From the opening to behind the closing quote. */
export function quoted(p: usize): usize {
  if (load<u8>(p) != quote) return 0;
  plain = true;
  p++;
  while (true) {
    // As signed bytes, whatever is less than a space is a control character or not ASCII.
    const bytes = v128.load(p);
    const special = i8x16.bitmask(
      v128.or(
        i8x16.lt_s(bytes, i8x16.splat(0x20)),
        v128.or(i8x16.eq(bytes, i8x16.splat(quote)), i8x16.eq(bytes, i8x16.splat(backslash))),
      ),
    );
    if (special == 0) {
      p += 16;
      continue;
    }
    p += ctz(special);
    const byte = load<u8>(p);
    if (byte == quote) return p + 1;
    plain = false;
    // A control character is the first byte of none.
    const length = byte == backslash ? escapeLength(p) : characterLength(p, byte);
    if (length == 0) return 0;
    p += length;
  }
}

/** RFC 8785 section 3.2.2.2: two-letter escapes where they exist, else \u00xx below U+0020. 0 for another. */
function escapeLength(p: usize): usize {
  switch (load<u8>(p, 1)) {
    case quote:
    case backslash:
    case 0x62: // b
    case 0x66: // f
    case 0x6e: // n
    case 0x72: // r
    case 0x74: // t
      return 2;
    case 0x75: {
      if (load<u8>(p, 2) != 0x30 || load<u8>(p, 3) != 0x30) return 0;
      const high = load<u8>(p, 4);
      const low = load<u8>(p, 5);
      if (!((low >= 0x30 && low <= 0x39) || (low >= 0x61 && low <= 0x66))) return 0;
      if (high == 0x31) return 6;
      // 08 09 0a 0c 0d have a shorter escape
      const hasShort = low == 0x38 || low == 0x39 || low == 0x61 || low == 0x63 || low == 0x64;
      return high == 0x30 && !hasShort ? 6 : 0;
    }
    default:
      return 0;
  }
}

/** Bytes of the UTF-8 character at `p`; 0 where it is none, a surrogate or a noncharacter. */
function characterLength(p: usize, first: u8): usize {
  const second = load<u8>(p, 1);
  if (first < 0xc2 || first > 0xf4 || !isContinuation(second)) return 0;
  if (first <= 0xdf) return 2;
  const third = load<u8>(p, 2);
  if (!isContinuation(third)) return 0;
  if (first <= 0xef) {
    if (first == 0xe0 && second < 0xa0) return 0;
    if (first == 0xed && second > 0x9f) return 0;
    // U+FDD0 to U+FDEF, U+FFFE and U+FFFF
    if (first == 0xef && second == 0xb7 && third >= 0x90 && third <= 0xaf) return 0;
    if (first == 0xef && second == 0xbf && third >= 0xbe) return 0;
    return 3;
  }
  const fourth = load<u8>(p, 3);
  if (!isContinuation(fourth)) return 0;
  if ((first == 0xf0 && second < 0x90) || (first == 0xf4 && second > 0x8f)) return 0;
  // U+nFFFE and U+nFFFF of every plane
  if ((second & 0x0f) == 0x0f && third == 0xbf && fourth >= 0xbe) return 0;
  return 4;
}

// @ts-ignore: decorator
@inline
function isContinuation(byte: u8): bool {
  return (byte & 0xc0) == 0x80;
}

/** An object from its brace to behind the other one; `depth` is its own level. */
export function object(p: usize, depth: i32, rule: i32): usize {
  if (load<u8>(p) != openObject || depth > maxDepth) return 0;
  p++;
  if (load<u8>(p) == closeObject) return p + 1;
  let before: usize = 0;
  let beforeEnd: usize = 0;
  let beforePlain = true;
  while (true) {
    const name = p;
    p = quoted(p);
    const nameEnd = p - 1;
    const namePlain = plain;
    if (load<u8>(p) != colon) return 0;
    if (before != 0 && !inOrder(before, beforeEnd, name + 1, nameEnd, beforePlain && namePlain)) return 0;
    before = name + 1;
    beforeEnd = nameEnd;
    beforePlain = namePlain;
    p = value(p + 1, depth, rule);
    const after = load<u8>(p);
    if (after == closeObject) return p + 1;
    if (after != comma) return 0;
    p++;
  }
}

function array(p: usize, depth: i32, rule: i32): usize {
  if (depth > maxDepth) return 0;
  p++;
  if (load<u8>(p) == closeArray) return p + 1;
  while (true) {
    p = value(p, depth, rule);
    const after = load<u8>(p);
    if (after == closeArray) return p + 1;
    if (after != comma) return 0;
    p++;
  }
}

/** A value inside an object or array of level `depth`. */
export function value(p: usize, depth: i32, rule: i32): usize {
  switch (load<u8>(p)) {
    case quote:
      return quoted(p);
    case openObject:
      return rule == factValues ? 0 : object(p, depth + 1, rule);
    case openArray:
      return rule == factValues ? 0 : array(p, depth + 1, rule);
    case 0x74:
      return load<u32>(p) == 0x65757274 ? p + 4 : 0; // true
    case 0x66:
      return load<u32>(p, 1) == 0x65736c61 ? p + 5 : 0; // f, alse
    case 0x6e:
      return rule != factValues && load<u32>(p) == 0x6c6c756e ? p + 4 : 0; // null
    default:
      return rule == anyValue ? number(p) : wholeNumber(p);
  }
}

/** The integer that `wholeNumber` read last. */
export let whole: f64 = 0;

/** An integer from 0 to 10^15-1, without a leading zero. */
export function wholeNumber(p: usize): usize {
  const first = p;
  let sum: u64 = 0;
  while (isDigit(load<u8>(p)) && p - first <= 15) sum = sum * 10 + (load<u8>(p++) - 0x30);
  const digits = p - first;
  if (digits == 0 || digits > 15 || continuesNumber(load<u8>(p))) return 0;
  if (digits > 1 && load<u8>(first) == 0x30) return 0;
  whole = <f64>sum;
  return p;
}

/** RFC 8785 section 3.2.2.3: the form of ECMAScript's Number::toString. */
function number(p: usize): usize {
  const end = shortNumber(p);
  return end != 0 ? end : oddNumber(p);
}

/** Whether the text of a number is what ECMAScript writes for it: asked of the host, which is one. */
// @ts-ignore: decorator
@external("host", "isCanonicalNumber")
declare function isCanonicalNumber(text: usize, length: usize): bool;

/** No double takes more to write. */
const longestNumber: usize = 32;

/** A number of many digits, or with an exponent. */
function oddNumber(p: usize): usize {
  const first = p;
  while (continuesNumber(load<u8>(p)) && p - first <= longestNumber) p++;
  const length = p - first;
  return length > 0 && length <= longestNumber && isCanonicalNumber(first, length) ? p : 0;
}

/**
 * A decimal of at most 15 significant digits is the only one of its length for its double, and no
 * shorter one is: it is canonical if it has no superfluous zero and no exponent is due (from 10^-6
 * on, and 15 digits are below 10^21). The answer to all others is "no".
 */
function shortNumber(p: usize): usize {
  const negative = load<u8>(p) == 0x2d;
  if (negative) p++;
  const first = p;
  while (isDigit(load<u8>(p)) && p - first <= 15) p++;
  const digits = p - first;
  if (digits == 0 || digits > 15) return 0;
  const zero = load<u8>(first) == 0x30;
  if (zero && digits > 1) return 0;
  if (load<u8>(p) != 0x2e) return continuesNumber(load<u8>(p)) || (zero && negative) ? 0 : p;

  p++;
  const decimals = p;
  let leadingZeros: usize = 0;
  while (isDigit(load<u8>(p)) && p - decimals <= 20) {
    if (zero && leadingZeros == p - decimals && load<u8>(p) == 0x30) leadingZeros++;
    p++;
  }
  const places = p - decimals;
  if (places == 0 || places > 20 || continuesNumber(load<u8>(p)) || load<u8>(p - 1) == 0x30) return 0;
  const significant = zero ? places - leadingZeros : digits + places;
  return significant <= 15 && leadingZeros <= 5 ? p : 0;
}

// @ts-ignore: decorator
@inline
function isDigit(byte: u8): bool {
  return byte >= 0x30 && byte <= 0x39;
}

// @ts-ignore: decorator
@inline
function continuesNumber(byte: u8): bool {
  return isDigit(byte) || byte == 0x2e || byte == 0x65 || byte == 0x45 || byte == 0x2b || byte == 0x2d;
}

/** Names strictly ascend by UTF-16 code units (RFC 8785 section 3.2.3): sorted, and none stands twice. */
export function inOrder(a: usize, aEnd: usize, b: usize, bEnd: usize, bothPlain: bool): bool {
  if (!bothPlain) return inOrderByUnits(a, aEnd, b, bEnd);
  for (; a < aEnd && b < bEnd; a++, b++) {
    const one = load<u8>(a);
    const other = load<u8>(b);
    if (one != other) return one < other;
  }
  return a == aEnd && b < bEnd;
}

/** Where a character takes two units, the second of them; 0 else. */
let lowUnit: u32 = 0;
/** Behind the character that `unit` read. */
let unitEnd: usize = 0;

function inOrderByUnits(a: usize, aEnd: usize, b: usize, bEnd: usize): bool {
  while (true) {
    if (a == aEnd || b == bEnd) return a == aEnd && b < bEnd;
    const one = unit(a);
    const oneLow = lowUnit;
    a = unitEnd;
    const other = unit(b);
    const otherLow = lowUnit;
    b = unitEnd;
    if (one != other) return one < other;
    if (oneLow != otherLow) return oneLow < otherLow;
  }
}

/** The first UTF-16 unit of a character of a string that `quoted` accepted. */
function unit(p: usize): u32 {
  lowUnit = 0;
  const byte = <u32>load<u8>(p);
  if (byte == backslash) return escaped(p);
  if (byte < 0x80) {
    unitEnd = p + 1;
    return byte;
  }
  const second = <u32>load<u8>(p, 1) & 63;
  if (byte < 0xe0) {
    unitEnd = p + 2;
    return ((byte & 31) << 6) | second;
  }
  const third = <u32>load<u8>(p, 2) & 63;
  if (byte < 0xf0) {
    unitEnd = p + 3;
    return ((byte & 15) << 12) | (second << 6) | third;
  }
  unitEnd = p + 4;
  const point = ((byte & 7) << 18) | (second << 12) | (third << 6) | (<u32>load<u8>(p, 3) & 63);
  lowUnit = 0xdc00 | (point & 0x3ff);
  return 0xd800 + ((point - 0x10000) >> 10);
}

function escaped(p: usize): u32 {
  const letter = <u32>load<u8>(p, 1);
  unitEnd = p + 2;
  switch (letter) {
    case 0x62:
      return 8;
    case 0x66:
      return 12;
    case 0x6e:
      return 10;
    case 0x72:
      return 13;
    case 0x74:
      return 9;
    case 0x75: {
      unitEnd = p + 6;
      const low = <u32>load<u8>(p, 5);
      return ((<u32>load<u8>(p, 4) - 0x30) << 4) | (low <= 0x39 ? low - 0x30 : low - 0x57);
    }
    default:
      return letter;
  }
}
