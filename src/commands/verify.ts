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
import { digestBytes, fingerprint, tenantName, threadCount, wholeNumber } from "./options.js";
import { quoted } from "./quoted.js";
import type { SetExitCode } from "./run.js";
import { type LookedAt, verifyLocated } from "./verify-ledger.js";

/** `sclaw verify`: a ledger export, offline, with public keys only. */
export function verifyCommand(setExitCode: SetExitCode): Command {
  return new Command("verify")
    .summary("verify a ledger export, offline")
    .description(
      "Verify a ledger export against a trust file: signatures, chain, Merkle roots, checkpoints, approvals.",
    )
    .argument(
      "[ledger...]",
      "the export: a file, a .gz file, several files in order, or - for standard input",
    )
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
    )
    .addOption(
      new Option("--format <format>", "how to print the verdict")
        .choices(["table", "json"] as const)
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
    .option("--verbose", "say on stderr what computed")
    .action(async (ledgers, options) => {
      if ((options.root === undefined) !== (options.size === undefined)) {
        throw new CannotDo("expected --root and --size together, found one of them");
      }
      const { root, size, start, tenant, allowWithheld } = options;
      const looked = await verifyLocated({
        ledgers,
        keys: options.keys,
        keysFingerprint: options.keysFingerprint,
        since: options.since,
        ...(root === undefined || size === undefined ? {} : { given: { root, size } }),
        ...(start === undefined ? {} : { start }),
        ...(tenant === undefined ? {} : { tenant }),
        allowWithheld: allowWithheld === true,
        engine: options.engine,
        jobs: options.jobs,
      });
      if (options.verbose === true) writeNote(`sclaw: verified by ${looked.engine}`);
      const { verification, provenance } = looked;
      setExitCode(verdictExitCode(verification, options.failOn));
      if (options.format === "json") writeOut(renderVerificationJson(verification, provenance));
      else writeOut(renderVerification(verification, provenance, outputPage(), nextCommands(looked)));
      if (options.saveCheckpoint !== undefined) saveCheckpoint(looked, options.saveCheckpoint);
    }) as unknown as Command;
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
