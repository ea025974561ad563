import { existsSync } from "node:fs";
import { Command, Option } from "@commander-js/extra-typings";
import { engineNames } from "../io/engine-names.js";
import { writeNote, writeOut } from "../io/output.js";
import { CannotDo } from "../io/refusal.js";
import { outputPage } from "../io/terminal.js";
import { writeWholeFile } from "../io/write-file.js";
import { renderVerificationJson } from "../report/verification-json.js";
import { renderVerification } from "../report/verification-text.js";
import { visible } from "../report/visible.js";
import { verdictExitCode } from "./exit-codes.js";
import { digestBytes, fingerprint, partOfLedger, tenantName, threadCount, wholeNumber } from "./options.js";
import { quoted } from "./quoted.js";
import type { SetExitCode } from "./run.js";
import { type LedgerRequest, type LookedAt, verifyLocated } from "./verify-ledger.js";

/** `sclaw verify`: a ledger export, offline, with public keys only. */
export function verifyCommand(setExitCode: SetExitCode): Command {
  return verdictCommand("verify")
    .summary("verify a ledger export, offline")
    .description(
      "Verify a ledger export against a trust file: signatures, chain, Merkle roots, checkpoints, approvals.",
    )
    .argument(
      "[ledger...]",
      "the export: a file, a .gz file, several files in order, or - for standard input",
    )
    .addOption(
      new Option("--format <format>", "how to print the verdict; a part is for sclaw verify merge")
        .choices(["table", "json", "part"] as const)
        .default("table" as const),
    )
    .addOption(
      new Option(
        "--engine <engine>",
        "what computes; no answer depends on it (default: SCLAW_ENGINE, auto)",
      ).choices(engineNames),
    )
    .option(
      "--jobs <n>",
      "threads that verify (default: one for each core, at most 8, where the ledger is long)",
      threadCount,
    )
    .option(
      "--part <range>",
      "only the lines that begin in FROM:TO, in bytes, or in piece K/N, with --format part",
      partOfLedger,
    )
    .option("--verbose", "say on stderr what computed")
    .action(async (ledgers, options) => {
      const { format, part, engine, jobs } = options;
      const request = { ledgers, ...requestOf(options), engine, jobs };
      if ((part === undefined) !== (format !== "part"))
        throw new CannotDo("expected --part and --format part together, found one of them");
      if (part !== undefined) {
        // Few verify in parts: what it takes is loaded for them alone.
        const { writePart } = await import("./verify-part.js");
        return writePart(request, part);
      }
      answer(
        await verifyLocated(request),
        { ...options, format: format === "json" ? "json" : "table" },
        setExitCode,
      );
    })
    .addCommand(mergeCommand(setExitCode)) as unknown as Command;
}

/** `sclaw verify merge`: the verdict of a ledger from the parts that it was verified in. */
function mergeCommand(setExitCode: SetExitCode) {
  return verdictCommand("merge")
    .summary("the verdict from parts that --part made")
    .description("Merge the parts of a ledger that sclaw verify --part made: all of them, in any order.")
    .argument("<part...>", "files that sclaw verify --part wrote")
    .addOption(
      new Option("--format <format>", "how to print the verdict")
        .choices(["table", "json"] as const)
        .default("table" as const),
    )
    .option("--verbose", "say on stderr what the verdict is from")
    .action(async (parts, options) => {
      const { mergeParts } = await import("./verify-merge.js");
      answer(await mergeParts(parts, requestOf(options)), options, setExitCode);
    });
}

/** A command that comes to a verdict, with the options of its question. */
function verdictCommand(name: string) {
  return new Command(name)
    .option("--keys <file>", "the trust file (default: SCLAW_KEYS, sclaw.json, keys.json)")
    .option(
      "--keys-fingerprint <hash>",
      "refuse any other trust file than the one with this fingerprint",
      fingerprint,
    )
    .option("--since <note>", "a checkpoint that you kept from an earlier export")
    .option("--root <hash>", "a root known from elsewhere, with --size", digestBytes)
    .option("--size <n>", "the size that --root is of", wholeNumber)
    .option("--start <n>", "the start of the range export that was asked for", wholeNumber)
    .option("--tenant <tenant>", "whose entries are examined: those of others may be withheld", tenantName)
    .option("--allow-withheld", "accept withheld entries, of whomever they are")
    .option(
      "--save-checkpoint <file>",
      "keep the latest checkpoint for --since next time, where the ledger verifies",
    )
    .addOption(
      new Option("--fail-on <severity>", "exit with 1 from this severity on")
        .choices(["error", "deviation", "warning"] as const)
        .default("deviation" as const),
    );
}

type VerdictOptions = ReturnType<ReturnType<typeof verdictCommand>["opts"]>;

function requestOf(options: VerdictOptions): Omit<LedgerRequest, "ledgers"> {
  const { root, size, start, tenant, allowWithheld, keys, keysFingerprint, since } = options;
  if ((root === undefined) !== (size === undefined))
    throw new CannotDo("expected --root and --size together, found one of them");
  return {
    keys,
    keysFingerprint,
    since,
    ...(root === undefined || size === undefined ? {} : { given: { root, size } }),
    ...(start === undefined ? {} : { start }),
    ...(tenant === undefined ? {} : { tenant }),
    allowWithheld: allowWithheld === true,
  };
}

/** Prints a verdict as it was asked for. */
function answer(
  looked: LookedAt,
  options: VerdictOptions & {
    readonly format: "table" | "json";
    readonly verbose?: true | undefined;
  },
  setExitCode: SetExitCode,
): void {
  const { verification, provenance } = looked;
  if (options.verbose === true) writeNote(`sclaw: verified by ${looked.engine}`);
  setExitCode(verdictExitCode(verification, options.failOn));
  if (options.format === "json") writeOut(renderVerificationJson(verification, provenance));
  else writeOut(renderVerification(verification, provenance, outputPage(), nextCommands(looked)));
  if (options.saveCheckpoint !== undefined) saveCheckpoint(looked, options.saveCheckpoint);
}

/** What a reader would do next, as commands to copy. */
function nextCommands({ verification, ledgers }: LookedAt): string[] {
  const ledger = ledgers.map(quoted).join(" ");
  const first = verification.findings.find(
    (finding) => finding.receipt_id !== undefined && finding.follows_from === undefined,
  );
  const commands: string[] = [];
  if (first?.receipt_id !== undefined) commands.push(`sclaw show ${ledger} ${first.receipt_id}`);
  if (verification.integrity === "verified" && verification.anchoredSize === undefined) {
    commands.push(
      `sclaw verify ${ledger} --save-checkpoint checkpoint.note    (then --since checkpoint.note next time)`,
    );
  }
  return commands;
}

/** Keeps the latest checkpoint; never in place of one that this export was not held against. */
function saveCheckpoint({ verification, sincePath }: LookedAt, path: string): void {
  const { latestNote } = verification;
  if (verification.integrity !== "verified" || latestNote === undefined) {
    writeNote(`sclaw: no checkpoint kept in ${visible(path)}: the ledger does not verify`);
    return;
  }
  if (existsSync(path) && path !== sincePath) {
    throw new CannotDo(
      `${path} exists, and this export was not held against it`,
      `check against it first: --since ${path} --save-checkpoint ${path}`,
    );
  }
  writeWholeFile(path, latestNote, { replace: path === sincePath });
  writeNote(`sclaw: checkpoint of size ${verification.checkpoints.at(-1)?.size} kept in ${visible(path)}`);
}
