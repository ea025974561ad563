import { createHash, type Hash } from "node:crypto";
import { fstatSync, openSync } from "node:fs";
import { pipeline } from "node:stream";
import { createGunzip } from "node:zlib";
import { RangedBytes } from "../ledger/ranged-bytes.js";
import type { LedgerBytes, LedgerFile } from "../ledger/verify.js";
import { readChunk, readFully } from "./read-chunk.js";
import { CannotDo, refusalOf } from "./refusal.js";

const chunkBytes = 1024 * 1024;

/** An export to be read, and how far reading has come. */
export interface LedgerSource extends LedgerFile {
  /** Bytes of the file as it is stored; undefined where that is not known (a pipe). */
  readonly storedBytes: number | undefined;
  /** Bytes of the ledger; undefined where that is not known (a pipe, a gzip file). */
  readonly plainBytes: number | undefined;
  /** Called with the stored bytes read so far. */
  onProgress: ((storedBytes: number) => void) | undefined;
  /** Whether whoever reads it copies each piece before the next: then all of them may come in the same memory. */
  isCopied: boolean;
  /** Takes in the stored bytes as they are read, where the file's digest is wanted. */
  digest: Hash | undefined;
  /** Stored bytes read so far. */
  readBytes: number;
}

export interface OpenOptions {
  /** What errors and papers call it; the path where absent. */
  readonly name?: string;
  /** Whether to compute the file's SHA-256 while it is read. */
  readonly digest?: boolean;
}

/**
 * Opens an export: a file, a gzip file (told by its content, not its name) or `-` for
 * standard input. Nothing is read but its first bytes.
 * Throws a refusal where it is missing, a folder or unreadable.
 */
export function openLedger(path: string, options: OpenOptions = {}): LedgerSource {
  const { digest = false } = options;
  const name = options.name ?? (path === "-" ? "standard input" : path);
  try {
    const file = path === "-" ? 0 : openSync(path, "r");
    const facts = fstatSync(file);
    if (facts.isDirectory()) {
      throw new CannotDo(
        `expected a ledger export, found a folder: ${name}`,
        "name the file in it, for example ledger.jsonl",
      );
    }
    const head = Buffer.alloc(2);
    const headLength = readFully(file, head);
    const isGzip = headLength === 2 && head[0] === 0x1f && head[1] === 0x8b;
    const source: LedgerSource = {
      name,
      storedBytes: facts.isFile() ? facts.size : undefined,
      plainBytes: facts.isFile() && !isGzip ? facts.size : undefined,
      onProgress: undefined,
      isCopied: false,
      digest: digest ? createHash("sha256") : undefined,
      readBytes: 0,
      bytes: [],
    };
    // What a name in /dev stands for may begin in the middle of a file.
    const isWhole = facts.isFile() && path !== "-" && !path.startsWith("/dev/");
    const read = (reach: Reach): LedgerBytes => {
      const stored = readStored(file, source, reach);
      if (isGzip) return gunzipped(stored, name);
      // A digest is of all bytes in order.
      return isWhole && !digest ? ranged(stored, file, source, reach) : stored;
    };
    const readAgain = () => {
      const upTo = source.readBytes;
      source.readBytes = 0;
      if (digest) source.digest = createHash("sha256");
      return read({ upTo });
    };
    return Object.assign(source, {
      bytes: read({ head: head.subarray(0, headLength) }),
      ...(isWhole ? { readAgain } : {}),
    });
  } catch (error) {
    throw refusalOf(error, `cannot read the ledger ${name}`);
  }
}

/** Reading that goes on behind its first bytes, to the end; or from the start, up to where it came before. */
type Reach = { readonly head: Buffer } | { readonly upTo: number };

/** The stored bytes in large pieces; each piece is fresh memory, unless they are copied. */
async function* readStored(file: number, source: LedgerSource, reach: Reach): AsyncGenerator<Uint8Array> {
  const take = (bytes: Buffer): Buffer => {
    source.readBytes += bytes.length;
    source.digest?.update(bytes);
    return bytes;
  };
  if ("head" in reach && reach.head.length > 0) yield take(reach.head);
  try {
    let chunk: Buffer | undefined;
    for (;;) {
      if (chunk === undefined || !source.isCopied) chunk = Buffer.allocUnsafeSlow(chunkBytes);
      const read = readNext(file, chunk, source.readBytes, reach);
      if (read === 0) return;
      const bytes = take(chunk.subarray(0, read));
      source.onProgress?.(source.readBytes);
      yield bytes;
    }
  } catch (error) {
    throw refusalOf(error, `cannot read the ledger ${source.name}`);
  }
}

function readNext(file: number, chunk: Buffer, readBefore: number, reach: Reach): number {
  if ("head" in reach) return readChunk(file, chunk);
  const left = reach.upTo - readBefore;
  return left === 0 ? 0 : readChunk(file, chunk.subarray(0, left), 0, readBefore);
}

/** The stored bytes, of which others may read ranges. */
function ranged(
  stored: AsyncIterable<Uint8Array>,
  descriptor: number,
  source: LedgerSource,
  reach: Reach,
): RangedBytes {
  const { name, storedBytes: size = 0 } = source;
  const end = "head" in reach ? Number.POSITIVE_INFINITY : reach.upTo;
  const reached = (position: number) => {
    source.readBytes = position;
    source.onProgress?.(position);
  };
  return new RangedBytes(stored, { name, descriptor, size, end, reached });
}

/** The bytes inside a gzip stream; a damaged or cut one is a refusal, since its rest cannot be known. */
async function* gunzipped(stored: AsyncGenerator<Uint8Array>, name: string): AsyncGenerator<Uint8Array> {
  const gunzip = createGunzip({ chunkSize: chunkBytes });
  let fed = 0;
  const counted = async function* () {
    for await (const chunk of stored) {
      fed += chunk.length;
      yield chunk;
    }
  };
  const plain = pipeline(counted, gunzip, () => {
    // Errors reach the reader of the stream below.
  });
  try {
    for await (const chunk of plain) yield chunk as Uint8Array;
    if (gunzip.bytesWritten < fed)
      throw new CannotDo(
        `cannot read the ledger ${name}: ${fed - gunzip.bytesWritten} bytes stand behind its gzip stream`,
        "other programs may read them: decompress it yourself and verify what there is",
      );
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (typeof code !== "string" || !code.startsWith("Z_")) throw error;
    throw new CannotDo(
      `cannot read the ledger ${name}: the gzip stream is damaged or cut short (${code})`,
      "ask for the file again, or decompress it yourself and verify what there is",
    );
  }
}
