import { decodeUtf8, encodeUtf8 } from "../bytes/utf8.js";

/** Characters of a text that is kept of many receipts: some texts can be as long as a line. */
const keptText = 1000;

/** The beginning of a long text. It is made anew, since a part of a text holds all of it in memory. */
export function shortened(text: string): string {
  if (text.length <= keptText) return text;
  return `${decodeUtf8(encodeUtf8(text.slice(0, keptText).toWellFormed()))}…`;
}
