/** What can be wrong with the encoding of one JSON text (docs/format.md, "Bytes"). */
export type EncodingCode =
  | "encoding.not-json"
  | "encoding.not-canonical"
  | "encoding.duplicate-key"
  | "encoding.invalid-unicode"
  | "encoding.too-deep";

/** One thing that is wrong with an encoding, and the byte (from 0) where it shows. */
export interface EncodingIssue {
  readonly code: EncodingCode;
  readonly offset: number;
  readonly expected: string;
  readonly actual: string;
}

/** Collects the first issue of each kind. */
export class IssueList {
  readonly #first = new Map<EncodingCode, EncodingIssue>();

  add(code: EncodingCode, offset: number, expected: string, actual: string): void {
    if (!this.#first.has(code)) this.#first.set(code, { code, offset, expected, actual });
  }

  has(code: EncodingCode): boolean {
    return this.#first.has(code);
  }

  all(canonical = true): readonly EncodingIssue[] {
    const found = [...this.#first.values()].sort((a, b) => a.offset - b.offset);
    return canonical ? found : found.filter((issue) => issue.code !== "encoding.not-canonical");
  }
}
