import { linesIn, type StoredFile, storedFile } from "../io/byte-range.js";
import { chooseEngine } from "../io/engines.js";
import { openLedger } from "../io/ledger-source.js";
import { locate } from "../io/locate.js";
import { writeBytesOut } from "../io/output.js";
import { PartWriter } from "../io/part-file.js";
import { CannotDo } from "../io/refusal.js";
import { encodeBlock, encodeFile, encodeHead, withoutOrdinaryLines } from "../kernel/part.js";
import { upToEndlessLine } from "../ledger/verify.js";
import type { PartAsked } from "./options.js";
import { engineFromEnvironment, type LedgerRequest, setUp } from "./verify-ledger.js";

/**
 * `sclaw verify --part`: what can be found out of the lines in a range of the ledger's bytes by
 * themselves, written to standard output for `sclaw verify merge`.
 */
export async function writePart(request: LedgerRequest, asked: PartAsked): Promise<void> {
  const located = locate(request);
  const { ledgers } = located;
  const files = ledgers.map(storedFile);
  const { trust } = await setUp(request, located, () => ledgers.map((path) => openLedger(path)));
  const { from, to } = rangeOf(asked, totalBytes(files));
  const { recognizer } = chooseEngine({
    engine: request.engine ?? engineFromEnvironment(),
    jobs: request.jobs,
    trust,
    tenant: request.tenant,
    observed: false,
    atOnce: true,
  });
  if (recognizer === undefined)
    throw new CannotDo("expected a kernel for a part, found another engine", "take --engine auto");
  const part = new PartWriter(writeBytesOut);
  const { fingerprint: keys } = trust;
  part.add(encodeHead({ format: "sclaw.part/1", keys, tenant: request.tenant ?? "", files, from, to }));
  try {
    let before = 0;
    for (const [index, { name, bytes }] of files.entries()) {
      const [start, end] = [Math.max(0, from - before), Math.min(bytes, to - before)];
      before += bytes;
      if (start >= end) continue;
      part.add(encodeFile(index));
      for await (const block of recognizer.blocks(upToEndlessLine(linesIn(name, start, end)))) {
        part.add(encodeBlock(withoutOrdinaryLines(block)));
      }
    }
  } finally {
    await recognizer.close();
  }
  part.end();
}

export function totalBytes(files: readonly StoredFile[]): number {
  return files.reduce((sum, { bytes }) => sum + bytes, 0);
}

/** The bytes that a part is asked of; piece K of N are such that N pieces cover all. */
function rangeOf(asked: PartAsked, total: number): { readonly from: number; readonly to: number } {
  if (asked.kind === "piece") {
    const { piece, of } = asked;
    return { from: Math.floor(((piece - 1) * total) / of), to: Math.floor((piece * total) / of) };
  }
  const { from, to } = asked;
  if (to > total)
    throw new CannotDo(`expected a part that ends at ${total} or before, the ledger's length, found ${to}`);
  return { from, to };
}
