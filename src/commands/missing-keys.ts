import type { LedgerSource } from "../io/ledger-source.js";
import { CannotDo } from "../io/refusal.js";
import { isJsonObject, type Json } from "../json/json.js";
import { limits } from "../json/limits.js";
import { isKeyId } from "../keys/public-key.js";
import { readLine } from "../ledger/line.js";
import { LineSplitter } from "../ledger/split-lines.js";

/** Enough to name the keys of most ledgers, and quickly read. */
const linesLookedAt = 10_000;

/** The refusal for want of keys: it names those that the export asks for, and takes none from it. */
export async function missingKeys(sources: readonly LedgerSource[]): Promise<CannotDo> {
  const ids = new Set<string>();
  for (const source of sources) await collect(source, ids);
  const named =
    ids.size === 0 ? "the export names no keys" : `the export names ${[...ids].sort().join(", ")}`;
  return new CannotDo(
    `cannot be verified: expected a trust file, found none (no --keys, SCLAW_KEYS, sclaw.json or keys.json); ${named}`,
    "get the public keys from the entity over another way than the export, and make a trust file: sclaw keys trust --help",
  );
}

async function collect(source: LedgerSource, ids: Set<string>): Promise<void> {
  const splitter = new LineSplitter(limits.lineBytes);
  let lines = 0;
  for await (const chunk of source.bytes as AsyncIterable<Uint8Array>) {
    for (const raw of splitter.push(chunk)) {
      addSigners(readLine(raw).line?.members, ids);
      if (++lines >= linesLookedAt) return;
    }
    if (splitter.openLength > limits.lineBytes) return;
  }
}

function addSigners(members: Json | undefined, ids: Set<string>): void {
  if (!isJsonObject(members)) return;
  const receipt = members["receipt"];
  for (const holder of [members, receipt]) {
    const signer = isJsonObject(holder) ? holder["signer"] : undefined;
    if (typeof signer === "string" && isKeyId(signer) && ids.size < 50) ids.add(signer);
  }
}
