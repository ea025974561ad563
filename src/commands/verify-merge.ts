import { engine } from "#engine";
import { locateKeysAndSince } from "../io/locate.js";
import { PartFile } from "../io/part-file.js";
import { CannotDo } from "../io/refusal.js";
import { RecognizerDisputed } from "../ledger/recognizer.js";
import { LedgerChanged, type RecognizedFile, verifyBlocks } from "../ledger/verify.js";
import { changed, type LedgerRequest, type LookedAt, setUp } from "./verify-ledger.js";
import { totalBytes } from "./verify-part.js";

/** `sclaw verify merge`: parts of a ledger, in any order, and all of them, come to the verdict of the whole. */
export async function mergeParts(
  paths: readonly string[],
  request: Omit<LedgerRequest, "ledgers">,
): Promise<LookedAt> {
  const parts = inOrder(paths.map((path) => new PartFile(path)));
  const [{ head }] = parts as [PartFile, ...PartFile[]];
  const setup = await setUp(request, locateKeysAndSince(request), () => []);
  const { trust } = setup;
  if (head.keys !== trust.fingerprint)
    throw new CannotDo(
      `expected parts that were made with the trust file ${trust.fingerprint}, found ${head.keys}`,
      "name the trust file that --part was given",
    );
  if (head.tenant !== (request.tenant ?? ""))
    throw new CannotDo(
      `expected parts that were made ${withTenant(request.tenant ?? "")}, found them made ${withTenant(head.tenant)}`,
      "give --tenant to both, and the same",
    );
  const keyCount = trust.keys.size;
  let before = 0;
  const files = head.files.map(({ name, bytes }, index): RecognizedFile => {
    const [start, end] = [before, before + bytes];
    before = end;
    const within = parts.filter((part) => part.head.from < end && part.head.to > start);
    return { name, blocks: () => blocksOf(within, index, keyCount) };
  });
  try {
    const verification = await verifyBlocks(engine, files, setup.options);
    const facts = head.files.map(({ name, bytes }) => ({ name, bytes, sha256: "" }));
    const ledgers = head.files.map(({ name }) => name);
    return { verification, ...setup, ledgers, files: facts, engine: `${parts.length} parts` };
  } catch (error) {
    if (error instanceof LedgerChanged) throw changed(error);
    if (!(error instanceof RecognizerDisputed)) throw error;
    throw new CannotDo(
      `expected parts that node:crypto agrees with, found that line ${error.line} is another thing to it`,
      "verify the ledger whole, with --engine node, and please report this: it is a bug in sclaw, or in a machine",
    );
  }
}

function* blocksOf(parts: readonly PartFile[], index: number, keyCount: number) {
  for (const part of parts) yield* part.blocksOf(index, keyCount);
}

function withTenant(tenant: string): string {
  return tenant === "" ? "without --tenant" : `with --tenant ${tenant}`;
}

/** The parts by their place. Throws a refusal where they are not those of one ledger, or not all, or one twice. */
function inOrder(parts: readonly PartFile[]): readonly PartFile[] {
  const sorted = [...parts].sort((a, b) => a.head.from - b.head.from || a.head.to - b.head.to);
  const [first] = sorted;
  let at = 0;
  for (const { path, head } of sorted) {
    const differs = (["keys", "tenant", "files"] as const).find(
      (name) => JSON.stringify(head[name]) !== JSON.stringify(first!.head[name]),
    );
    if (differs !== undefined)
      throw new CannotDo(
        `expected parts of one ledger, found other ${differs} in ${path} than in ${first!.path}`,
      );
    if (head.from > at) throw missing(at, head.from);
    if (head.from < at && head.to > head.from)
      throw new CannotDo(`expected each byte in one part, found byte ${head.from} again in ${path}`);
    at = Math.max(at, head.to);
  }
  const total = totalBytes(first!.head.files);
  if (at !== total) throw missing(at, total);
  return sorted;
}

function missing(from: number, to: number): CannotDo {
  return new CannotDo(
    `expected parts of the whole ledger, found none of the bytes from ${from} to ${to}`,
    `make it: sclaw verify --part ${from}:${to} --format part`,
  );
}
