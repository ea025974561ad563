/** The columns that only a person can fill, in their order; the tool leaves them blank. */
export const examinerColumns = [
  "agreed to source log",
  "agreed to ticket",
  "approver's authority seen",
  "conclusion (agrees / deviation / cannot be tested / does not apply)",
  "tested by",
  "tested on",
  "reviewed by",
  "reviewed on",
] as const;

/** The column that holds the examiner's conclusion. */
export const conclusionColumn = examinerColumns[3];

/** What an examiner concluded of one item. */
export type Conclusion = "agrees" | "deviation" | "cannot-be-tested" | "does-not-apply";

const words: { readonly [C in Conclusion]: readonly string[] } = {
  agrees: ["agrees", "agreed", "agree", "no deviation", "no exception", "ok", "y", "yes"],
  deviation: ["deviation", "deviates", "exception", "n", "no"],
  "cannot-be-tested": ["cannot be tested", "can not be tested", "not tested", "untestable"],
  "does-not-apply": ["does not apply", "n/a", "na", "not applicable"],
};

/**
 * Reads a conclusion as an examiner wrote it, whatever its case and spaces. Returns undefined
 * for words that mean none of them, and "open" for a blank.
 */
export function readConclusion(text: string): Conclusion | "open" | undefined {
  const word = text
    .trim()
    .toLowerCase()
    .replace(/[\s_-]+/g, " ")
    .replace(/\.$/, "");
  if (word === "") return "open";
  return (Object.keys(words) as Conclusion[]).find((conclusion) => words[conclusion].includes(word));
}
