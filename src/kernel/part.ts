import { concatBytes } from "../bytes/bytes.js";
import { encodeUtf8 } from "../bytes/utf8.js";
import { canonicalize } from "../json/canonical.js";
import type { Json } from "../json/json.js";
import { limits } from "../json/limits.js";
import { decodeShape, integer, list, object, oneOf, type Shape } from "../json/shape.js";
import { decodeStrict } from "../json/strict-decoder.js";
import { claims } from "../ledger/claims.js";
import type { Block, Run } from "../ledger/recognizer.js";
import {
  approvalStates,
  decisions,
  RecordCursor,
  recordBytes,
  recordKinds,
  statusNames,
  tiers,
} from "../ledger/record.js";
import { anyText, digest as digestShape } from "../receipt/identifiers.js";

/*
 * A part is what was found of the lines that begin in a range of bytes of a ledger (docs/parts.md):
 *
 *   - one line of JSON, the head, in RFC 8785 form and with its LF;
 *   - frames, numbers with their lowest byte first:
 *       01  a file begins      u32 its index in the head
 *       02  a block of lines   u32 records, u32 bytes, u32 runs; the records, 240 bytes each (ledger/record.ts);
 *                              the bytes; of each run u32 first, u32 count, f64 start, u32 hashes, 32 bytes each
 *       00  the end            SHA3-256 of all that stands before it
 */

/** What a part is of. */
export interface PartHead {
  readonly format: "sclaw.part/1";
  /** Fingerprint of the trust file that it was made with. */
  readonly keys: string;
  /** The tenant that is examined; "" where none is. */
  readonly tenant: string;
  /** The files of the ledger, in order, and how long each is. */
  readonly files: readonly { readonly name: string; readonly bytes: number }[];
  /** The range, counted over all files in a row: lines that begin at `from` or behind it, and before `to`. */
  readonly from: number;
  readonly to: number;
}

export const frameKinds = { end: 0, file: 1, block: 2 } as const;
export const partDigestBytes = 32;
/** Longest head that is read. */
export const mostHeadBytes = 1024 * 1024;
/** Frames are read into memory whole. */
const mostRecords = 65_536;
const mostBlockBytes = 16 * 1024 * 1024;
const mostHashes = 128;

const headShape = object<PartHead>({
  format: oneOf("sclaw.part/1") as Shape<PartHead["format"]>,
  keys: digestShape,
  tenant: anyText,
  files: list(object<PartHead["files"][number]>({ name: anyText, bytes: integer() }), { least: 1 }),
  from: integer(),
  to: integer(),
});

/** A part that cannot be what was written: cut short, damaged, or something else altogether. */
export class PartDamaged extends Error {}

export function encodeHead(head: PartHead): Uint8Array {
  return encodeUtf8(`${canonicalize(head as unknown as Json)}\n`);
}

/** Reads the line that a part begins with, without its LF. Throws PartDamaged. */
export function decodeHead(line: Uint8Array): PartHead {
  const { value } = decodeStrict(line);
  const shaped = value === undefined ? undefined : decodeShape(headShape, value);
  if (shaped?.ok !== true) throw new PartDamaged("expected the head of a sclaw.part/1, found something else");
  return shaped.value;
}

export function encodeFile(index: number): Uint8Array {
  return concatBytes(Uint8Array.of(frameKinds.file), words(index));
}

/** A block as a frame. Only lines that are to be read whole need their bytes in it. */
export function encodeBlock({ bytes, records, runs = [] }: Block): Uint8Array {
  const head = words(records.length / recordBytes, bytes.length, runs.length);
  const ends = runs.flatMap(({ first, count, start, hashes }) => {
    const run = new Uint8Array(20);
    const view = new DataView(run.buffer);
    view.setUint32(0, first, true);
    view.setUint32(4, count, true);
    view.setFloat64(8, start, true);
    view.setUint32(16, hashes.length / 32, true);
    return [run, hashes];
  });
  return concatBytes(Uint8Array.of(frameKinds.block), head, records, bytes, ...ends);
}

function words(...values: readonly number[]): Uint8Array {
  const bytes = new Uint8Array(4 * values.length);
  const view = new DataView(bytes.buffer);
  values.forEach((value, i) => {
    view.setUint32(4 * i, value, true);
  });
  return bytes;
}

/** What stands behind the head. */
export type Frame =
  | { readonly kind: "file"; readonly index: number }
  | { readonly kind: "block"; readonly block: Block }
  | { readonly kind: "end" };

/**
 * Reads the next frame; `read` gives exactly so many of the next bytes, and throws where there are
 * fewer. `keyCount` is how many keys the trust file has. Throws PartDamaged for what no recognizer
 * makes, so that a damaged part is an error and never a verdict.
 */
export function decodeFrame(read: (length: number) => Uint8Array, keyCount: number): Frame {
  const [kind] = read(1);
  switch (kind) {
    case frameKinds.end:
      return { kind: "end" };
    case frameKinds.file:
      return { kind: "file", index: readWords(read, 1)[0]! };
    case frameKinds.block:
      return { kind: "block", block: decodeBlock(read, keyCount) };
    default:
      throw new PartDamaged(`expected a frame, found one of kind ${kind}`);
  }
}

function decodeBlock(read: (length: number) => Uint8Array, keyCount: number): Block {
  const [count, length, runCount] = readWords(read, 3) as [number, number, number];
  if (count > mostRecords || length > mostBlockBytes || runCount > count)
    throw new PartDamaged(`expected a block of lines, found one of ${count} records and ${length} bytes`);
  const records = read(count * recordBytes);
  const bytes = read(length);
  checkRecords(records, bytes.length, keyCount);
  const runs = Array.from({ length: runCount }, () => decodeRun(read));
  return { bytes, records, runs };
}

function decodeRun(read: (length: number) => Uint8Array): Run {
  const bytes = read(20);
  const view = new DataView(bytes.buffer, bytes.byteOffset, 20);
  const hashes = view.getUint32(16, true);
  if (hashes > mostHashes) throw new PartDamaged(`expected the subtrees of a run, found ${hashes}`);
  return {
    first: view.getUint32(0, true),
    count: view.getUint32(4, true),
    start: view.getFloat64(8, true),
    hashes: read(32 * hashes),
  };
}

/** Whether every value of every record is one that the pass can take. */
function checkRecords(records: Uint8Array, length: number, keyCount: number): void {
  const cursor = new RecordCursor(records);
  for (; cursor.at < records.length; cursor.at += recordBytes) {
    const isLine = cursor.length > limits.lineBytes || cursor.offset + cursor.length <= length;
    const fits =
      cursor.kind === recordKinds.other
        ? isLine && cursor.claim <= claims.ordinary
        : isNumber(cursor.seq) &&
          isNumber(cursor.issuedAt) &&
          isNumber(cursor.decidedAt) &&
          cursor.kind <= recordKinds.withheld &&
          cursor.signer < keyCount &&
          cursor.decision < decisions.length &&
          cursor.tier < tiers.length &&
          cursor.status < statusNames.length &&
          cursor.approvalState < approvalStates.length;
    if (!fits) throw new PartDamaged("expected records of lines, found values that none has");
  }
}

function isNumber(value: number): boolean {
  return Number.isSafeInteger(value) && value >= 0;
}

function readWords(read: (length: number) => Uint8Array, count: number): number[] {
  const bytes = read(4 * count);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  return Array.from({ length: count }, (_, i) => view.getUint32(4 * i, true));
}

/**
 * The block with only those lines' bytes that have to be read whole: the others are their records. It has memory
 * of its own; its records stand in `room`, where they fit.
 */
export function withoutOrdinaryLines({ bytes, records, ...rest }: Block, room?: ArrayBuffer): Block {
  const copy = copyInto(room, records);
  const cursor = new RecordCursor(copy);
  const others: Uint8Array[] = [];
  let length = 0;
  for (; cursor.at < copy.length; cursor.at += recordBytes) {
    const { offset, length: lineLength } = cursor;
    cursor.offset = 0;
    if (cursor.kind !== recordKinds.other || lineLength > limits.lineBytes) continue;
    others.push(bytes.subarray(offset, offset + lineLength));
    cursor.offset = length;
    length += lineLength;
  }
  return { bytes: concatBytes(...others), records: copy, ...rest };
}

function copyInto(room: ArrayBuffer | undefined, bytes: Uint8Array): Uint8Array {
  if (room === undefined || room.byteLength < bytes.length) return bytes.slice();
  const copy = new Uint8Array(room, 0, bytes.length);
  copy.set(bytes);
  return copy;
}
