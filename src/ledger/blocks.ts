import { limits } from "../json/limits.js";
import type { Block, Notes, Run } from "./recognizer.js";
import { type RecordCursor, recordAt, recordBytes, recordFlags, recordKinds } from "./record.js";
import type { RawLine } from "./split-lines.js";

/** A block whose memory nobody uses again, so that observers may hold entries for as long as they want. */
export function lasting(block: Block): Block {
  if (block.lasts === true) return block;
  return { ...block, bytes: block.bytes.slice(), records: block.records.slice() };
}

/** The leaf in a record, which the tree keeps. */
export function leafOf(record: RecordCursor): Uint8Array {
  const leaf = record.at + recordAt.leaf;
  return record.bytes.slice(leaf, leaf + 32);
}

/** A copy of the line that a record is of, as it stands in its block; not kept where it is too long. */
export function rawLineOf(record: RecordCursor, bytes: Uint8Array): RawLine {
  const { offset, length } = record;
  const kept = length > limits.lineBytes ? new Uint8Array(0) : bytes.slice(offset, offset + length);
  return { bytes: kept, length, ended: (record.flags & recordFlags.ended) !== 0 };
}

/** What was noted of the entry with so many records before its own. */
export function noteAt(notes: Notes | undefined, index: number): string | undefined {
  const which = notes?.of[index] ?? 0;
  return which === 0 ? undefined : notes!.texts[which - 1];
}

/** Whether a run has entries, all of them in its block and by record. */
export function isOfEntries(run: Run, records: Uint8Array): boolean {
  const end = (run.first + run.count) * recordBytes;
  if (run.count < 1 || end > records.length) return false;
  for (let at = run.first * recordBytes; at < end; at += recordBytes) {
    if (records[at] === recordKinds.other) return false;
  }
  return true;
}
