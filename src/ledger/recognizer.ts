import type { LedgerBytes } from "./verify.js";

/**
 * Consecutive lines of one file, with a record of each (record.ts), in order. Whoever takes a block
 * copies what it keeps: the memory may be used again once the next block is asked for, unless it is said to last.
 */
export interface Block {
  /**
   * The bytes that hold the lines, LFs included. A line over `limits.lineBytes` need not be in them;
   * its record then gives its length all the same.
   */
  readonly bytes: Uint8Array;
  /** The records, `recordBytes` each. */
  readonly records: Uint8Array;
  /** Subtrees of some of its entries, in order, where they were computed. */
  readonly runs?: readonly Run[];
  /** Whether nobody uses the memory of bytes and records again. */
  readonly lasts?: boolean;
  /** What was made of its entries besides, for who observes them. */
  readonly notes?: Notes;
}

/** A text for each of some entries of a block, where most entries have one of a few texts. */
export interface Notes {
  readonly texts: readonly string[];
  /** For each record: 1 + the index of its text, or 0 where it has none. */
  readonly of: Uint32Array;
}

/**
 * Neighbouring entries of a block, all by record, and the Merkle subtrees over them as far as they
 * can be known without the ones before: those that `alignedSubtrees(start, start + count)` lists.
 */
export interface Run {
  /** The index of the first entry's record in its block. */
  readonly first: number;
  readonly count: number;
  /** The place that the first entry was taken to have, by its seq say: the hashes count for no other. */
  readonly start: number;
  /** The roots of the subtrees, 32 bytes each, left to right. */
  readonly hashes: Uint8Array;
}

/**
 * Finds out which lines are ordinary: entries in whose own content nothing is wrong, whatever the
 * severity, going by the line and the trust file alone. What it says of these is taken for true;
 * every other line is handed over to be read whole, and any line may be.
 */
export interface Recognizer {
  /**
   * The blocks of one file, in order: each of its lines in exactly one of them, the torn last one
   * too. Blocks may be of any number of lines, and of none.
   */
  readonly blocks: (bytes: LedgerBytes) => Iterable<Block> | AsyncIterable<Block>;
}

/**
 * A recognizer and the engine that reads whole lines disagree about a line: one of them is at fault,
 * and what the recognizer said of other lines is worth nothing.
 */
export class RecognizerDisputed extends Error {
  /** The line's number in the whole export, from 1. */
  readonly line: number;

  constructor(line: number) {
    super(`expected the recognizer and the engine to agree about line ${line}, found that they do not`);
    this.line = line;
  }
}
