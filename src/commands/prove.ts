import { Command } from "@commander-js/extra-typings";
import { engine } from "#engine";
import { decodeUtf8 } from "../bytes/utf8.js";
import { loadTrust } from "../io/load-trust.js";
import { locate } from "../io/locate.js";
import { writeError, writeNote, writeOut } from "../io/output.js";
import { readSmallFile } from "../io/read-file.js";
import { CannotDo } from "../io/refusal.js";
import { writeWholeFile } from "../io/write-file.js";
import { LeafStore, proveConsistency, proveInclusion } from "../ledger/make-proof.js";
import type { OpenedCheckpoint } from "../ledger/open-checkpoint.js";
import { CheckpointOpener } from "../ledger/open-checkpoint.js";
import {
  type ConsistencyDocument,
  formatHashes,
  type InclusionDocument,
  type ProofDocument,
} from "../ledger/proof-document.js";
import { jsonLines } from "../report/json-text.js";
import { visible } from "../report/visible.js";
import { exitCodes } from "./exit-codes.js";
import { EntryFinder, ledgersAndReceipt } from "./find-entry.js";
import { missingKeys } from "./missing-keys.js";
import { fingerprint, wholeNumber } from "./options.js";
import { proveCheckCommand } from "./prove-check.js";
import type { SetExitCode } from "./run.js";
import { type LedgerRequest, type LookedAt, verifyLocated } from "./verify-ledger.js";

interface ProveOptions {
  readonly keys?: string | undefined;
  readonly keysFingerprint?: string | undefined;
  readonly start?: number | undefined;
  readonly out?: string | undefined;
}

function ledgerOptions({ keys, keysFingerprint, start }: ProveOptions) {
  return { keys, keysFingerprint, ...(start === undefined ? {} : { start }) };
}

/** `sclaw prove`: proofs that can be checked without the ledger. */
export function proveCommand(setExitCode: SetExitCode): Command {
  const command = new Command("prove")
    .summary("prove that a receipt is in a ledger, or check a proof")
    .description(
      "Prove that one receipt is in the tree of the latest checkpoint. The proof is one JSON file that anyone can check with the public keys alone.",
    )
    .argument(
      "[ledger-and-receipt...]",
      "the export (default: sclaw.json, ledger.jsonl), then a receipt id or its number",
    )
    .option("--keys <file>", "the trust file (default: SCLAW_KEYS, sclaw.json, keys.json)")
    .option(
      "--keys-fingerprint <hash>",
      "refuse any other trust file than the one with this fingerprint",
      fingerprint,
    )
    .option("--start <n>", "the start of the range export that was asked for", wholeNumber)
    .option("--out <file>", "write the proof to a new file instead of standard output")
    .action(async (args, options) => {
      await proveReceipt(args, options, setExitCode);
    });
  return command
    .addCommand(consistencyCommand(setExitCode))
    .addCommand(proveCheckCommand(setExitCode)) as unknown as Command;
}

function consistencyCommand(setExitCode: SetExitCode) {
  return new Command("consistency")
    .summary("prove that one checkpoint's ledger continues another's")
    .description(
      "Prove that the tree of the newer checkpoint begins with the tree of the older one. Both are note files.",
    )
    .argument("<older>", "the older checkpoint, a signed note")
    .argument("<newer>", "the newer checkpoint, a signed note")
    .option(
      "--ledger <file...>",
      "the export that reaches the newer checkpoint (default: sclaw.json, ledger.jsonl)",
    )
    .option("--keys <file>", "the trust file (default: SCLAW_KEYS, sclaw.json, keys.json)")
    .option(
      "--keys-fingerprint <hash>",
      "refuse any other trust file than the one with this fingerprint",
      fingerprint,
    )
    .option("--start <n>", "the start of the range export that was asked for", wholeNumber)
    .option("--out <file>", "write the proof to a new file instead of standard output")
    .action(async (older, newer, options) => {
      await proveContinuation(older, newer, options, setExitCode);
    });
}

/** A ledger that was verified, with the leaf hashes of its tree. */
interface Proven extends LookedAt {
  readonly leaves: LeafStore;
}

/** Proofs are made of ledgers that verify only: a proof of a doubtful one would be quoted without the doubt. */
async function verifiedWithLeaves(
  request: LedgerRequest,
  observe?: LedgerRequest["observe"],
): Promise<Proven> {
  const leaves = new LeafStore();
  const looked = await verifyLocated({
    ...request,
    allowWithheld: true,
    observe: (observed) => {
      if (observed.entry.leaf !== undefined) leaves.add(observed.entry.leaf);
      observe?.(observed);
    },
  });
  return { ...looked, leaves };
}

async function proveReceipt(
  args: readonly string[],
  options: ProveOptions,
  setExitCode: SetExitCode,
): Promise<void> {
  const { ledgers, receipt } = ledgersAndReceipt(args);
  const finder = new EntryFinder(receipt);
  const { verification, leaves } = await verifiedWithLeaves(
    { ledgers, ...ledgerOptions(options) },
    (observed) => finder.look(observed),
  );
  const found = finder.found();
  const last = verification.checkpoints.at(-1);
  if (verification.integrity !== "verified" || last === undefined || verification.latestNote === undefined)
    return sayItDoesNotVerify(setExitCode);
  const proof = proveInclusion(
    { start: verification.start, frontier: verification.frontier, leaves },
    found.place,
    last.size,
    engine.sha3_256,
  );
  const document: InclusionDocument = {
    format: "sclaw.proof/1",
    kind: "inclusion",
    entry: found.line.members,
    proof: formatHashes(whole(proof)),
    checkpoint: verification.latestNote,
  };
  give(document, options.out);
}

async function proveContinuation(
  older: string,
  newer: string,
  options: ProveOptions & { readonly ledger?: readonly string[] | undefined },
  setExitCode: SetExitCode,
): Promise<void> {
  const located = locate({ ledgers: options.ledger ?? [], keys: options.keys });
  if (located.keys === undefined) throw await missingKeys([]);
  const opener = new CheckpointOpener(loadTrust(located.keys, options.keysFingerprint), engine);
  const [a, b] = [openNote(older, opener), openNote(newer, opener)];
  if (a.checkpoint.size === 0 || a.checkpoint.size > b.checkpoint.size) {
    throw new CannotDo(
      `expected the older checkpoint first, of size 1 or more, found sizes ${a.checkpoint.size} and ${b.checkpoint.size}`,
    );
  }
  const { verification, leaves } = await verifiedWithLeaves({
    ledgers: located.ledgers,
    ...ledgerOptions(options),
    since: newer,
    given: { size: a.checkpoint.size, root: a.checkpoint.root },
  });
  if (verification.integrity === "undecided") throw new CannotDo(verification.reason);
  if (verification.integrity !== "verified") return sayItDoesNotVerify(setExitCode);
  const proof = proveConsistency(
    { start: verification.start, frontier: verification.frontier, leaves },
    a.checkpoint.size,
    b.checkpoint.size,
    engine.sha3_256,
  );
  const document: ConsistencyDocument = {
    format: "sclaw.proof/1",
    kind: "consistency",
    older: a.note,
    newer: b.note,
    proof: formatHashes(whole(proof)),
  };
  give(document, options.out);
}

function openNote(path: string, opener: CheckpointOpener): OpenedCheckpoint {
  const opening = opener.open(decodeUtf8(readSmallFile(path, "checkpoint")) ?? "", undefined);
  if (opening.ok) return opening.opened;
  throw new CannotDo(
    `expected a genuine checkpoint in ${path}, found otherwise: expected ${opening.problem.expected}, found ${opening.problem.actual}`,
  );
}

function sayItDoesNotVerify(setExitCode: SetExitCode): void {
  setExitCode(exitCodes.findings);
  writeError(
    "the ledger does not verify, or is not what the checkpoints sign: no proof is made of it",
    "sclaw verify says what is wrong",
  );
}

/** A range export may lack what a proof is made of. */
function whole(proof: readonly Uint8Array[] | undefined): readonly Uint8Array[] {
  if (proof !== undefined) return proof;
  throw new CannotDo(
    "the export lacks a part of the tree that the proof needs",
    "make the proof from the whole ledger",
  );
}

function give(document: ProofDocument, out: string | undefined): void {
  const text = jsonLines(document);
  if (out === undefined) {
    writeOut(text);
    return;
  }
  writeWholeFile(out, text, { replace: false });
  writeNote(
    `sclaw: proof written to ${visible(out)}; anyone with the public keys can check it: sclaw prove check ${visible(out)}`,
  );
}
