import { type Conclusion, conclusionColumn, readConclusion } from "./examiner.js";
import type { PaperRow, ReadPaper } from "./read-paper.js";

/** What an examiner concluded over a sample. */
export interface Conclusions {
  /** Items of the sample, those replaced not counted. */
  readonly items: number;
  readonly replaced: number;
  /** Items without a conclusion yet. */
  readonly open: number;
  readonly counts: { readonly [C in Conclusion]: number };
  /** What cannot be tested is a deviation, never dropped. */
  readonly deviations: number;
  /** Rows whose words mean no conclusion. */
  readonly unread: readonly { readonly receiptId: string; readonly words: string }[];
  /** Items to which the procedure does not apply and which were not replaced. */
  readonly notReplaced: readonly string[];
  readonly testedBy: readonly string[];
}

/** Reads the examiner's conclusions from a completed workpaper. */
export function conclusionsOf({ rows }: ReadPaper): Conclusions {
  const counts = { agrees: 0, deviation: 0, "cannot-be-tested": 0, "does-not-apply": 0 };
  const unread: { receiptId: string; words: string }[] = [];
  const notReplaced: string[] = [];
  const cell = (row: PaperRow, column: string) => row.get(column) ?? "";
  const standing = rows.filter((row) => cell(row, "replaced because") === "");
  let open = 0;
  for (const row of standing) {
    const words = cell(row, conclusionColumn);
    const conclusion = readConclusion(words);
    const receiptId = cell(row, "receipt_id");
    if (conclusion === "open") open++;
    else if (conclusion === undefined) unread.push({ receiptId, words });
    else counts[conclusion]++;
    if (conclusion === "does-not-apply") notReplaced.push(receiptId);
  }
  const testedBy = new Set(standing.map((row) => cell(row, "tested by").trim()).filter(Boolean));
  return {
    items: standing.length,
    replaced: rows.length - standing.length,
    open,
    counts,
    deviations: counts.deviation + counts["cannot-be-tested"],
    unread,
    notReplaced,
    testedBy: [...testedBy].sort(),
  };
}
