const redrawEvery = 200;

/** A bar on standard error while long work goes on; nothing where that is no terminal. */
export class Progress {
  readonly #total: number | undefined;
  #started = performance.now();
  #drawn = performance.now();
  #done = 0;
  #shown = false;

  /** `total` bytes are to be read; undefined where that is not known. */
  constructor(total: number | undefined) {
    this.#total = total;
  }

  /** Whether there is anybody to show progress to. */
  static get wanted(): boolean {
    return process.stderr.isTTY === true;
  }

  /** Takes how many bytes were read so far; fewer than before where they are read once more. */
  update(done: number): void {
    const now = performance.now();
    if (done < this.#done) this.#started = now;
    this.#done = done;
    if (now - this.#drawn < redrawEvery) return;
    this.#drawn = now;
    this.#shown = true;
    process.stderr.write(`\r\u001b[2K${this.#line(done, (now - this.#started) / 1000)}`);
  }

  end(): void {
    if (this.#shown) process.stderr.write("\r\u001b[2K");
  }

  #line(done: number, seconds: number): string {
    const rate = done / seconds;
    const speed = `${megabytes(done)} MB, ${megabytes(rate)} MB/s`;
    if (this.#total === undefined || this.#total === 0) return `verifying: ${speed}`;
    const part = Math.min(1, done / this.#total);
    const bar = "#".repeat(Math.round(part * 24)).padEnd(24, "-");
    const left = Math.ceil((this.#total - done) / rate);
    return `verifying [${bar}] ${Math.round(part * 100)} %, ${speed}, ${left} s left`;
  }
}

function megabytes(bytes: number): string {
  return (bytes / 1e6).toFixed(1);
}
