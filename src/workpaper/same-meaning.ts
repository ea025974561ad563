import { encodeUtf8 } from "../bytes/utf8.js";

/**
 * Whether two cells mean the same although a spreadsheet has written one of them in its own
 * way: white space, the form of a number, the form of a date and time, the case of a truth
 * value, UTF-8 that was taken for Windows-1252. Text that only looks alike is never the same.
 */
export function sameMeaning(ours: string, theirs: string): boolean {
  const [a, b] = [squeezed(ours), squeezed(theirs)];
  return a === b || sameNumber(a, b) || sameTime(a, b) || sameTruth(a, b) || sameBytes(a, b);
}

function squeezed(text: string): string {
  return text.replace(/\s+/g, " ").trim();
}

function sameNumber(ours: string, theirs: string): boolean {
  if (!/^\d{1,15}$/.test(ours)) return false;
  const plain = theirs.replaceAll(/(?<=\d)[,' ](?=\d{3}(\D|$))/g, "");
  return /^\d+(\.0+)?$/.test(plain) && Number(plain) === Number(ours);
}

/** Our times are `2026-06-01T12:00:00.000Z`; a spreadsheet may drop the T, the zone and the milliseconds. */
function sameTime(ours: string, theirs: string): boolean {
  const time = /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)\.(\d{3})Z$/.exec(ours);
  if (time === null) return false;
  const [, year, month, day, hour, minute, second, milli] = time;
  const iso = /^(\d{4})-(\d\d)-(\d\d)[T ](\d\d):(\d\d)(?::(\d\d)(?:[.,](\d{1,3}))?)?Z?$/.exec(theirs);
  if (iso !== null) {
    const [, y, mo, d, h, mi, s, ms] = iso;
    return (
      [y, mo, d, h, mi].join() === [year, month, day, hour, minute].join() &&
      (s === undefined || s === second) &&
      (ms === undefined || milli!.startsWith(ms) || Number(ms.padEnd(3, "0")) === Number(milli))
    );
  }
  return sameLocalTime(theirs, { year, month, day, hour, minute });
}

/** `06/01/2026 12:00`, `1.6.2026 12:00:00`, `6/1/26 12:00 PM`: both orders of day and month. */
function sameLocalTime(
  text: string,
  ours: { readonly [part in "year" | "month" | "day" | "hour" | "minute"]: string | undefined },
): boolean {
  const local =
    /^(\d{1,2})[./-](\d{1,2})[./-](\d{2}|\d{4}),? (\d{1,2}):(\d\d)(?::\d\d(?:[.,]\d+)?)? ?([AP]M)?$/i.exec(
      text,
    );
  if (local === null) return false;
  const [, first, second, year, hour, minute, half] = local;
  const isYear = ours.year === year || ours.year!.slice(2) === year;
  const [month, day] = [Number(ours.month), Number(ours.day)];
  const isDay =
    (Number(first) === month && Number(second) === day) ||
    (Number(first) === day && Number(second) === month);
  const pm = half?.toUpperCase() === "PM" ? 12 : 0;
  const hours = half === undefined ? Number(hour) : (Number(hour) % 12) + pm;
  return isYear && isDay && hours === Number(ours.hour) && Number(minute) === Number(ours.minute);
}

function sameTruth(ours: string, theirs: string): boolean {
  return /^(true|false)$/i.test(ours) && ours.toLowerCase() === theirs.toLowerCase();
}

/** What Windows-1252 has at 0x80 to 0x9f, where Latin-1 has controls; TextDecoder of Node 20 knows only Latin-1. */
const windows1252 =
  "\u20ac\u0081\u201a\u0192\u201e\u2026\u2020\u2021\u02c6\u2030\u0160\u2039\u0152\u008d\u017d\u008f\u0090\u2018\u2019\u201c\u201d\u2022\u2013\u2014\u02dc\u2122\u0161\u203a\u0153\u009d\u017e\u0178";

/** A spreadsheet that was not told the encoding reads each byte of UTF-8 as a character. */
function sameBytes(ours: string, theirs: string): boolean {
  const misread = [...encodeUtf8(ours)].map((byte) =>
    byte >= 0x80 && byte < 0xa0 ? windows1252.charAt(byte - 0x80) : String.fromCharCode(byte),
  );
  return squeezed(misread.join("")) === theirs;
}
