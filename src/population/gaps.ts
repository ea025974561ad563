/** Sequence numbers that no entry of the export has. */
export interface Gap {
  readonly from: number;
  readonly to: number;
}

/** How many gaps are kept; all of them are counted. */
const keptGaps = 1000;

/** Finds the numbers that are missing between the entries of an export. */
export class GapWatch {
  readonly kept: Gap[] = [];
  count = 0;
  #expected: number | undefined;

  /** `start` is the first number that the export should have. */
  constructor(start: number | undefined) {
    this.#expected = start;
  }

  add(seq: number | undefined): void {
    if (seq === undefined) return;
    const expected = this.#expected ?? seq;
    if (seq > expected) {
      this.count++;
      if (this.kept.length < keptGaps) this.kept.push({ from: expected, to: seq - 1 });
    }
    this.#expected = Math.max(expected, seq + 1);
  }
}
