/** One thing that is wrong with a policy bundle, and where a person finds it. */
export interface PolicyProblem {
  /** The file of the bundle; "" is the folder. */
  readonly file: string;
  /** From 1; undefined where the whole file is meant. */
  readonly line?: number;
  /** From 1, in characters. */
  readonly column?: number;
  readonly expected: string;
  readonly actual: string;
  /** What to do, or what was probably meant. */
  readonly hint?: string;
}

/** A text of a bundle, whose problems are told by line and column. */
export class SourceText {
  readonly file: string;
  readonly text: string;
  /** Where each line begins, in UTF-16 units. */
  readonly #starts: readonly number[];

  constructor(file: string, text: string) {
    this.file = file;
    this.text = text;
    this.#starts = [0, ...[...text.matchAll(/\n/g)].map(({ index }) => index + 1)];
  }

  /** A problem at a place of the text, in UTF-16 units from its start. */
  problem(at: number, expected: string, actual: string, hint?: string | null): PolicyProblem {
    const line = this.#starts.findLastIndex((start) => start <= at);
    const column = [...this.text.slice(this.#starts[line], at)].length + 1;
    const place = { file: this.file, line: line + 1, column };
    return hint === undefined || hint === null
      ? { ...place, expected, actual }
      : { ...place, expected, actual, hint };
  }

  /** Turns an offset in the UTF-8 bytes of a piece of the text, from `from`, into one of the text. */
  fromBytes(bytes: number, from = 0): number {
    let left = bytes;
    let at = from;
    while (left > 0 && at < this.text.length) {
      const code = this.text.codePointAt(at)!;
      left -= code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
      at += code > 0xffff ? 2 : 1;
    }
    return at;
  }
}

/** The known name that is nearest to a wrong one, where one is near enough to be meant. */
export function didYouMean(name: string, known: Iterable<string>): string | undefined {
  let best: { readonly name: string; readonly distance: number } | undefined;
  for (const candidate of known) {
    const distance = editDistance(name.slice(0, 64), candidate.slice(0, 64));
    if (
      distance <= Math.ceil(candidate.length / 3) &&
      distance < (best?.distance ?? Number.POSITIVE_INFINITY)
    )
      best = { name: candidate, distance };
  }
  return best === undefined ? undefined : `did you mean ${best.name}?`;
}

/** Levenshtein distance: insertions, deletions and substitutions. */
function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const substituted = row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(row[j]! + 1, next[j - 1]! + 1, substituted));
    }
    row = next;
  }
  return row[b.length]!;
}
