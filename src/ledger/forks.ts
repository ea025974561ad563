import { equalBytes } from "../bytes/bytes.js";
import type { OpenedCheckpoint } from "./open-checkpoint.js";

/** Two genuine notes of one size with two roots: together they prove a fork to anyone. */
export interface Fork {
  readonly size: number;
  readonly notes: readonly [string, string];
}

/** Holds genuine notes against each other: the one that was kept, and neighbours in the export. */
export class ForkWatch {
  #kept: OpenedCheckpoint | undefined;
  #last: OpenedCheckpoint | undefined;
  #fork: Fork | undefined;

  /** The first fork that was seen. */
  get fork(): Fork | undefined {
    return this.#fork;
  }

  /** Takes the kept note, once it is known to be genuine. */
  keep(opened: OpenedCheckpoint): void {
    this.#kept = opened;
    this.#compare(this.#last, opened);
  }

  /** Takes the next genuine note of the export. */
  see(opened: OpenedCheckpoint): void {
    this.#compare(this.#kept, opened);
    this.#compare(this.#last, opened);
    this.#last = opened;
  }

  #compare(one: OpenedCheckpoint | undefined, other: OpenedCheckpoint): void {
    if (one === undefined || one.checkpoint.size !== other.checkpoint.size) return;
    if (equalBytes(one.checkpoint.root, other.checkpoint.root)) return;
    this.#fork ??= { size: other.checkpoint.size, notes: [one.note, other.note] };
  }
}
