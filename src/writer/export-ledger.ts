import { closeSync, openSync } from "node:fs";
import { Readable } from "node:stream";
import { createGzip } from "node:zlib";
import { encodeBase64 } from "../bytes/base64.js";
import { formatDigest } from "../bytes/digest.js";
import { decodeUtf8, encodeUtf8 } from "../bytes/utf8.js";
import { CannotDo, refusalOf } from "../io/refusal.js";
import { streamWholeFile } from "../io/write-file.js";
import { canonicalize } from "../json/canonical.js";
import type { Json } from "../json/json.js";
import type { Engine } from "../keys/engine.js";
import type { TrustFile } from "../keys/trust-file.js";
import { decodeEntry, ScopeCache } from "../ledger/entry.js";
import { type Line, readLine } from "../ledger/line.js";
import type { Tenant } from "../receipt/identifiers.js";
import { type ExportPlan, type ExportRange, planExport, rangeHeaderOf } from "./export-plan.js";
import { fileLines } from "./file-lines.js";

export interface ExportOptions {
  readonly ledger: string;
  /** Where the export goes; a name that ends in `.gz` makes it a gzip file. */
  readonly out: string;
  readonly trust: TrustFile;
  readonly engine: Engine;
  readonly range: ExportRange;
  /** Whose receipts are disclosed; those of others are withheld to their leaves. */
  readonly tenant?: Tenant;
  readonly withoutIntents?: boolean;
}

/** What was exported. */
export interface Exported {
  readonly start: number;
  readonly end: number;
  readonly disclosed: number;
  readonly withheld: number;
  readonly intents: number;
  readonly uncovered: ExportPlan["uncovered"];
  readonly unread: ExportPlan["unread"];
}

/** About how many bytes are given on at once. */
const pieceBytes = 256 * 1024;

/**
 * Writes an export of a ledger, which a gate may be writing meanwhile: nothing is locked, and what
 * no checkpoint covers yet is left out. Written whole or not at all, in memory that does not grow
 * with it. Throws a refusal where it cannot, or where it would disclose nothing.
 */
export async function exportLedger(options: ExportOptions): Promise<Exported> {
  const { ledger, out, trust, engine, range } = options;
  const file = open(ledger);
  try {
    const plan = planExport(file, ledger, range, trust, engine);
    const lines = new ExportLines(options, plan);
    const pieces = lines.pieces(file);
    const stream = Readable.from(pieces, { objectMode: false, highWaterMark: pieceBytes });
    await streamWholeFile(out, out.endsWith(".gz") ? gzipped(stream) : stream, { replace: false });
    const { disclosed, withheld, intents } = lines;
    const { start, end, uncovered, unread } = plan;
    return { start: start?.size ?? 0, end: end.size, disclosed, withheld, intents, uncovered, unread };
  } catch (error) {
    throw refusalOf(error, `cannot read the ledger ${ledger}`);
  } finally {
    closeSync(file);
  }
}

function open(path: string): number {
  try {
    return openSync(path, "r");
  } catch (error) {
    throw refusalOf(error, `cannot read the ledger ${path}`);
  }
}

/** Errors of what is compressed are told to whoever reads. */
function gzipped(stream: Readable): AsyncIterable<Uint8Array> {
  const gzip = createGzip();
  stream.on("error", (error) => gzip.destroy(error));
  return stream.pipe(gzip);
}

class ExportLines {
  disclosed = 0;
  withheld = 0;
  intents = 0;
  readonly #options: ExportOptions;
  readonly #plan: ExportPlan;
  readonly #scopes: ScopeCache;

  constructor(options: ExportOptions, plan: ExportPlan) {
    this.#options = options;
    this.#plan = plan;
    this.#scopes = new ScopeCache(options.engine.sha3_256);
  }

  *pieces(file: number): Generator<Uint8Array> {
    let held: Uint8Array[] = [];
    let length = 0;
    for (const line of this.#lines(file)) {
      held.push(line);
      length += line.length;
      if (length < pieceBytes) continue;
      yield Buffer.concat(held);
      [held, length] = [[], 0];
    }
    if (this.disclosed === 0)
      throw new CannotDo(
        `expected at least one receipt of ${this.#options.tenant} there, found none: an export that discloses nothing is never verified`,
      );
    yield Buffer.concat(held);
  }

  *#lines(file: number): Generator<Uint8Array> {
    const { start, end } = this.#plan;
    const { trust, ledger } = this.#options;
    if (start !== undefined) yield encodeUtf8(`${canonicalize(rangeHeaderOf(trust.ledger, start))}\n`);
    for (const { raw } of fileLines(file, start?.offset ?? 0, end.offset)) {
      const { line } = readLine(raw);
      if (line === undefined) throw new CannotDo(`the ledger ${ledger} was changed while it was exported`);
      if (line.kind === "entry") yield this.#entry(line);
      // Copied: the line's bytes are the reader's own.
      else yield Buffer.concat([raw.bytes, Buffer.from("\n")]);
    }
  }

  #entry(line: Line): Uint8Array {
    const { engine, tenant, withoutIntents } = this.#options;
    const entry = decodeEntry(line, engine.sha3_256, this.#scopes);
    if (tenant !== undefined && entry.tenant !== tenant) {
      this.withheld++;
      const { seq, signer, digest, scope, sig } = entry;
      const value = {
        digest: formatDigest(digest!),
        scope: formatDigest(scope!),
        seq,
        sig: encodeBase64(sig!),
        signer,
      };
      return encodeUtf8(`${canonicalize(value as unknown as Json)}\n`);
    }
    this.disclosed++;
    const text = (name: string) => decodeUtf8(line.bytesOf(name))!;
    const isTold = withoutIntents !== true && line.members["intent"] !== undefined;
    if (isTold) this.intents++;
    const intent = isTold ? `"intent":${text("intent")},` : "";
    return encodeUtf8(`{${intent}"receipt":${text("receipt")},"sig":${text("sig")}}\n`);
  }
}
