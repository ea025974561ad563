import { Command, Option } from "@commander-js/extra-typings";
import { engine } from "#engine";
import { kindOf } from "../findings/catalogue.js";
import { listReasons } from "../io/folder-config.js";
import { loadTrust } from "../io/load-trust.js";
import { isFoundInFolder, locateKeys } from "../io/locate.js";
import { writeOut } from "../io/output.js";
import { readSmallFile } from "../io/read-file.js";
import { CannotDo } from "../io/refusal.js";
import { outputPage } from "../io/terminal.js";
import { checkConsistency, checkInclusion } from "../ledger/check-proof.js";
import { readProofDocument } from "../ledger/proof-document.js";
import { renderProofCheck, renderProofCheckJson } from "../report/proof-check.js";
import { exitCodes } from "./exit-codes.js";
import { missingKeys } from "./missing-keys.js";
import { fingerprint } from "./options.js";
import type { SetExitCode } from "./run.js";

/** `sclaw prove check`: a proof by itself, with public keys only. */
export function proveCheckCommand(setExitCode: SetExitCode) {
  return new Command("check")
    .summary("check a proof by itself")
    .description("Check a proof file that sclaw prove made, with public keys only and without the ledger.")
    .argument("<file>", "the proof, or - for standard input")
    .option("--keys <file>", "the trust file (default: SCLAW_KEYS, sclaw.json, keys.json)")
    .option(
      "--keys-fingerprint <hash>",
      "refuse any other trust file than the one with this fingerprint",
      fingerprint,
    )
    .addOption(
      new Option("--format <format>", "how to print the answer")
        .choices(["table", "json"] as const)
        .default("table" as const),
    )
    .action(async (file, options) => {
      const reading = readProofDocument(readSmallFile(file, "proof"));
      if (!reading.ok)
        throw new CannotDo(
          `expected a proof in ${file}, found something else: ${listReasons(reading.issues)}`,
        );
      const keys = locateKeys(options.keys);
      if (keys === undefined) throw await missingKeys([]);
      const trust = loadTrust(keys, options.keysFingerprint);
      const { document } = reading;
      const check =
        document.kind === "inclusion"
          ? checkInclusion(document, trust, engine)
          : checkConsistency(document, trust, engine);
      const bad = check.problems.some(({ code }) => kindOf(code).severity !== "warning");
      setExitCode(bad ? exitCodes.findings : exitCodes.good);
      const facts = {
        kind: document.kind,
        check,
        fingerprint: trust.fingerprint,
        ledger: trust.ledger,
        keysFoundInFolder: isFoundInFolder(keys),
      };
      writeOut(
        options.format === "json" ? renderProofCheckJson(facts) : renderProofCheck(facts, outputPage()),
      );
    });
}
