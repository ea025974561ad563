/**
 * Characters that a terminal or a reader would obey, not see: controls, marks of direction
 * and width, line and paragraph separators, private and unassigned code points, lone
 * surrogates, blanks that look like a space or like nothing.
 */
const unseen = /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Cn}\p{Zl}\p{Zp}\u115f\u1160\u2800\u3164\uffa0]|(?! )\p{Zs}/gu;

/**
 * Text from a record as a person may be shown it: what cannot be seen stands as an escape,
 * so that no byte of an export steers a terminal or hides in a line.
 */
export function visible(text: string): string {
  return text.replace(unseen, (character) => `\\u{${character.codePointAt(0)!.toString(16)}}`);
}

/** Visible text of at most so many characters; a cut is shown by "…". */
export function visibleWithin(text: string, most: number): string {
  const shown = visible(text);
  return shown.length <= most ? shown : `${shown.slice(0, Math.max(0, most - 1))}…`;
}
