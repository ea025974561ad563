/** Why a text or blob is not what it should be, in words: what was expected, found, and where. */
export interface Refusal {
  readonly reason: string;
}

/** A refusal of something: `expected …, found …` and, where given, `in …`. */
export function refusal(expected: string, found: string, where?: string): Refusal {
  return { reason: `expected ${expected}, found ${found}${where === undefined ? "" : ` in ${where}`}` };
}

const mostShown = 60;

/** Someone else's text as a message may show it: cut, and with controls escaped. */
export function excerpt(text: string): string {
  if (text === "") return "nothing";
  const shown = JSON.stringify(text.length > mostShown ? `${text.slice(0, mostShown)}…` : text);
  // JSON leaves DEL, C1 controls and marks of direction raw: a terminal would obey them.
  return shown.replace(/[\p{Cc}\p{Cf}]/gu, (c) => `\\u{${c.codePointAt(0)!.toString(16)}}`);
}
