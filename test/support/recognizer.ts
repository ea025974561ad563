import { concatBytes } from "../../src/bytes/bytes.js";
import { limits } from "../../src/json/limits.js";
import type { Engine } from "../../src/keys/engine.js";
import type { TrustFile } from "../../src/keys/trust-file.js";
import { decodeEntry, decodeWithheld, type Entry, ScopeCache } from "../../src/ledger/entry.js";
import { writeEntry } from "../../src/ledger/facts.js";
import { readLine } from "../../src/ledger/line.js";
import { checkOwn } from "../../src/ledger/own-check.js";
import type { Block, Recognizer, Run } from "../../src/ledger/recognizer.js";
import { RecordCursor, recordAt, recordBytes, recordFlags, recordKinds } from "../../src/ledger/record.js";
import { LineSplitter, type RawLine } from "../../src/ledger/split-lines.js";
import { CompactRange } from "../../src/merkle/compact-range.js";
import { releaseAdapter } from "../../src/policy/release-bundle.js";

/** Makes the record of one line; offset is left at 0. */
export type RecordLine = (raw: RawLine) => Uint8Array;

/**
 * What "ordinary" means, by the functions that read a line whole: an entry of whose line no check
 * that needs nothing else has anything to say, and that is no receipt of a release. The kernel has
 * to make the same records, or to hand a line over to be read whole.
 */
export function recordLineWith(trust: TrustFile, engine: Engine, tenant?: string): RecordLine {
  const scopes = new ScopeCache(engine.sha3_256);
  const keys = [...trust.keys.keys()];
  const examined = tenant === undefined ? undefined : scopes.of(tenant);

  const entryOf = (raw: RawLine): Entry | undefined => {
    const { problems, line } = readLine(raw);
    if (line === undefined || problems.length > 0) return undefined;
    if (line.kind === "entry") return decodeEntry(line, engine.sha3_256, scopes);
    return line.kind === "withheld" ? decodeWithheld(line, engine.sha3_256) : undefined;
  };

  return (raw) => {
    const record = new RecordCursor(new Uint8Array(recordBytes));
    const entry = entryOf(raw);
    if (entry !== undefined) {
      const own = checkOwn(entry, entry.issuedAt, examined, trust, engine);
      const hasProblems = Object.values(own.problems).some((problems) => problems.length > 0);
      if (!hasProblems && entry.receipt?.adapter_id !== releaseAdapter) {
        writeEntry(record, entry, own.standing);
        record.signer = keys.indexOf(entry.signer!);
      }
    }
    record.length = raw.length;
    if (raw.ended) record.flags |= recordFlags.ended;
    return record.bytes;
  };
}

/** How the reference recognizer cuts a file into blocks. */
export interface Cutting {
  /** Lines of a block. */
  readonly lines: number;
  /** Whether runs have their subtrees: for the place that the first seq gives, for one that is wrong, or not at all. */
  readonly runs: "right" | "wrong" | "none";
}

/**
 * The reference recognizer: slow, and right by construction. What it gave out before is overwritten
 * when the next block is asked for, as memory that is used again would be.
 */
export function referenceRecognizer(recordLine: RecordLine, engine: Engine, cutting: Cutting): Recognizer {
  return {
    async *blocks(file) {
      const splitter = new LineSplitter(limits.lineBytes);
      let lines: RawLine[] = [];
      for await (const chunk of file instanceof Uint8Array ? [file] : file) {
        for (const line of splitter.push(chunk)) {
          lines.push({ ...line, bytes: line.bytes.slice() });
          if (lines.length < cutting.lines) continue;
          yield* once(blockOf(lines, recordLine, engine, cutting));
          lines = [];
        }
      }
      const last = splitter.end();
      if (last !== undefined) lines.push(last);
      if (lines.length > 0) yield* once(blockOf(lines, recordLine, engine, cutting));
    },
  };
}

function* once(block: Block): Generator<Block> {
  yield block;
  block.bytes.fill(0xff);
  block.records.fill(0xff);
  for (const { hashes } of block.runs ?? []) hashes.fill(0xff);
}

function blockOf(
  lines: readonly RawLine[],
  recordLine: RecordLine,
  engine: Engine,
  { runs }: Cutting,
): Block {
  let offset = 0;
  const parts: Uint8Array[] = [];
  const records = concatBytes(
    ...lines.map((line) => {
      const record = new RecordCursor(recordLine(line).slice());
      record.offset = offset;
      const kept = line.ended ? [line.bytes, Uint8Array.of(0x0a)] : [line.bytes];
      parts.push(...kept);
      for (const part of kept) offset += part.length;
      return record.bytes;
    }),
  );
  const block = { bytes: concatBytes(...parts), records };
  return runs === "none" ? block : { ...block, runs: runsOf(records, engine, runs === "right" ? 0 : 1) };
}

/** The runs of a block, as long as they go; `shift` makes their places wrong. */
function runsOf(records: Uint8Array, engine: Engine, shift: number): Run[] {
  const runs: Run[] = [];
  const record = new RecordCursor(records);
  const count = records.length / recordBytes;
  const isEntry = (i: number) => i < count && records[i * recordBytes] !== recordKinds.other;
  for (let first = 0; first < count; first++) {
    if (!isEntry(first)) continue;
    record.at = first * recordBytes;
    const start = record.seq + shift;
    let end = first;
    if (!Number.isSafeInteger(start + count)) continue;
    const range = CompactRange.empty(engine.sha3_256, start);
    for (; isEntry(end); end++) {
      const leaf = end * recordBytes + recordAt.leaf;
      range.append(records.slice(leaf, leaf + 32));
    }
    runs.push({ first, count: end - first, start, hashes: concatBytes(...range.hashes) });
    first = end;
  }
  return runs;
}
