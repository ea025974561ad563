import { engine as nodeEngine } from "#engine";
import { decodeUtf8 } from "../bytes/utf8.js";
import { type EngineName, engineNames } from "../io/engine-names.js";
import type { ChosenEngine, EngineRequest, NotingAsked } from "../io/engines.js";
import { type LedgerSource, openLedger } from "../io/ledger-source.js";
import { loadTrust } from "../io/load-trust.js";
import { isFoundInFolder, type Locations, locate } from "../io/locate.js";
import { writeNote } from "../io/output.js";
import { Progress } from "../io/progress.js";
import { readSmallFile } from "../io/read-file.js";
import { CannotDo } from "../io/refusal.js";
import { kernelPays } from "../kernel/kernel-pays.js";
import type { StagedRecognizer } from "../kernel/staged-recognizer.js";
import type { TrustFile } from "../keys/trust-file.js";
import type { VerifyOptions } from "../ledger/options.js";
import { RecognizerDisputed } from "../ledger/recognizer.js";
import type { Verification } from "../ledger/verification.js";
import { LedgerChanged, verifyWith } from "../ledger/verify.js";
import type { Provenance } from "../report/keys-source.js";
import { visible } from "../report/visible.js";
import type { FileFacts } from "../workpaper/paper.js";
import { missingKeys } from "./missing-keys.js";

/** What every command that verifies a ledger can be told. */
export interface LedgerRequest extends Omit<VerifyOptions, "trust" | "since" | "sinceCounts" | "tableSeed"> {
  readonly ledgers: readonly string[];
  readonly keys?: string | undefined;
  readonly keysFingerprint?: string | undefined;
  readonly since?: string | undefined;
  /** Whether the files' digests are wanted. */
  readonly digest?: boolean;
  /** Where standard input was kept, for what reads it more than once. */
  readonly spooled?: string | undefined;
  /** What computes, and in how many threads: no answer depends on it. */
  readonly engine?: EngineName | undefined;
  readonly jobs?: number | undefined;
  /** What threads note of entries, for who observes them. */
  readonly noting?: NotingAsked | undefined;
}

/** A ledger that was looked at: the verdict, and what it rests on. */
export interface LookedAt {
  readonly verification: Verification;
  readonly provenance: Provenance;
  readonly trust: TrustFile;
  readonly ledgers: readonly string[];
  /** The files that were read, with their digests where those were asked for. */
  readonly files: readonly FileFacts[];
  /** The file that the kept checkpoint was read from. */
  readonly sincePath: string | undefined;
  /** What computed, in words. */
  readonly engine: string;
}

/**
 * Finds ledger and keys, reads them and verifies, with a progress bar where a person waits. Where a
 * kernel turns out to be at fault, all is done again without it, if it can be.
 */
export async function verifyLocated(request: LedgerRequest): Promise<LookedAt> {
  try {
    return await verifyOnce(request);
  } catch (error) {
    if (error instanceof LedgerChanged) throw changed(error);
    if (!(error instanceof RecognizerDisputed)) throw error;
    const fault = `the kernel and node:crypto disagree about line ${error.line}`;
    const isReadable = !request.ledgers.includes("-") || request.spooled !== undefined;
    if (request.observe !== undefined || !isReadable)
      throw new CannotDo(
        `expected one answer of every engine, found that ${fault}`,
        "run it again with SCLAW_ENGINE=node, and please report this: it is a bug in sclaw, or in this machine",
      );
    writeNote(`sclaw: ${fault}: verified again without the kernel; please report this`);
    return verifyOnce({ ...request, engine: "node" });
  }
}

/** What is said to a person whose ledger was written to while it was read. */
export function changed({ message }: LedgerChanged): CannotDo {
  return new CannotDo(message, "verify a copy that nobody writes to");
}

async function verifyOnce(request: LedgerRequest): Promise<LookedAt> {
  const located = locate(request);
  const { ledgers } = located;
  if (ledgers.filter((path) => path === "-").length > 1)
    throw new CannotDo("expected standard input once, found - twice");
  const { digest = false, spooled, jobs, noting } = request;
  const { engine: engineName = engineFromEnvironment() } = request;
  const sources = ledgers.map((path) =>
    path === "-" && spooled !== undefined
      ? openLedger(spooled, { name: "standard input", digest })
      : openLedger(path, { digest }),
  );
  const setup = await setUp(request, located, () => sources);
  const { trust, options } = setup;
  const { engine, recognizer, described } = await chosenEngine(sources, {
    engine: engineName,
    jobs,
    trust,
    tenant: request.tenant,
    observed: request.observe !== undefined,
    noting,
  });
  // What inflates a compressed file holds on to pieces of it.
  for (const source of sources) source.isCopied = recognizer !== undefined && source.plainBytes !== undefined;
  const verification = await withProgress(sources, () =>
    verifyWith(engine, sources, options, recognizer),
  ).finally(() => recognizer?.close());
  const facts = sources.map(({ name, readBytes, digest: hash }): FileFacts => {
    return { name, bytes: readBytes, sha256: hash?.digest("hex") ?? "" };
  });
  return { verification, ...setup, ledgers, files: facts, engine: described() };
}

/** What a verification goes by, besides the ledger: keys, a kept checkpoint, and what is asked. */
export interface Setup {
  readonly trust: TrustFile;
  readonly options: VerifyOptions;
  readonly provenance: Provenance;
  readonly sincePath: string | undefined;
}

/** Reads the trust file and the kept checkpoint; where no keys were found, `sources` serve to say which are missing. */
export async function setUp(
  request: Omit<LedgerRequest, "ledgers">,
  { keys, since }: Omit<Locations, "ledgers">,
  sources: () => readonly LedgerSource[],
): Promise<Setup> {
  if (keys === undefined) throw await missingKeys(sources());
  const trust = loadTrust(keys, request.keysFingerprint);
  const { given, start, tenant, allowWithheld, observe } = request;
  const options: VerifyOptions = {
    trust,
    ...(given === undefined ? {} : { given }),
    ...(start === undefined ? {} : { start }),
    ...(tenant === undefined ? {} : { tenant }),
    ...(allowWithheld === undefined ? {} : { allowWithheld }),
    ...(observe === undefined ? {} : { observe }),
    ...(since === undefined ? {} : { since: readNote(since.path), sinceCounts: !isFoundInFolder(since) }),
    // Against nonces chosen to collide; no answer depends on it.
    tableSeed: crypto.getRandomValues(new Int32Array(1))[0]!,
  };
  const provenance: Provenance = {
    keysSource: keys.namedBy,
    keysPath: keys.path,
    keysFoundInFolder: isFoundInFolder(keys),
    sinceFoundInFolder: since !== undefined && isFoundInFolder(since),
  };
  return { trust, options, provenance, sincePath: since?.path };
}

/** Most ledgers that people look at are short: what makes long ones fast is not even loaded for them. */
async function chosenEngine(
  sources: readonly LedgerSource[],
  request: EngineRequest,
): Promise<Omit<ChosenEngine, "recognizer"> & { readonly recognizer?: StagedRecognizer | undefined }> {
  const isShort = sources.every(({ plainBytes }) => plainBytes !== undefined && plainBytes < kernelPays);
  if (isShort && request.engine === "auto" && request.jobs === undefined)
    return { engine: nodeEngine, described: () => "node, one thread" };
  const { chooseEngine } = await import("../io/engines.js");
  return chooseEngine(request);
}

/** The engine that `SCLAW_ENGINE` names, for commands that have no option for it. */
export function engineFromEnvironment(): EngineName {
  const { SCLAW_ENGINE: name = "auto" } = process.env;
  const known = engineNames.find((candidate) => candidate === name);
  if (known !== undefined) return known;
  throw new CannotDo(`expected SCLAW_ENGINE to be one of ${engineNames.join(", ")}, found ${visible(name)}`);
}

/** A note that is no text cannot verify; what it is otherwise, the verification says. */
function readNote(path: string): string {
  return decodeUtf8(readSmallFile(path, "kept checkpoint")) ?? "";
}

async function withProgress<T>(sources: ReturnType<typeof openLedger>[], work: () => Promise<T>): Promise<T> {
  if (!Progress.wanted) return work();
  const sizes = sources.map((source) => source.storedBytes);
  const total = sizes.some((size) => size === undefined)
    ? undefined
    : sizes.reduce<number>((sum, size) => sum + size!, 0);
  const progress = new Progress(total);
  let before = 0;
  for (const source of sources) {
    const offset = before;
    source.onProgress = (bytes) => progress.update(offset + bytes);
    before += source.storedBytes ?? 0;
  }
  try {
    return await work();
  } finally {
    progress.end();
  }
}
