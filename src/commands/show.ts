import { Command, Option } from "@commander-js/extra-typings";
import { kindOf } from "../findings/catalogue.js";
import { writeNote, writeOut } from "../io/output.js";
import { outputPage } from "../io/terminal.js";
import { renderReceiptJson } from "../report/receipt-json.js";
import { renderReceipt, type ShownEntry } from "../report/receipt-text.js";
import { exitCodes } from "./exit-codes.js";
import { EntryFinder, ledgersAndReceipt } from "./find-entry.js";
import { fingerprint, wholeNumber } from "./options.js";
import type { SetExitCode } from "./run.js";
import { verifyLocated } from "./verify-ledger.js";

/** `sclaw show`: one receipt for a person, with every check and its result. */
export function showCommand(setExitCode: SetExitCode): Command {
  return new Command("show")
    .summary("show one receipt, with every check")
    .description(
      "Show one receipt: what was proposed, decided, by whom approved, what happened, and every check with its result.",
    )
    .argument(
      "<ledger-and-receipt...>",
      "the export (default: sclaw.json, ledger.jsonl), then a receipt id or its number",
    )
    .option("--keys <file>", "the trust file (default: SCLAW_KEYS, sclaw.json, keys.json)")
    .option(
      "--keys-fingerprint <hash>",
      "refuse any other trust file than the one with this fingerprint",
      fingerprint,
    )
    .option("--start <n>", "the start of the range export that was asked for", wholeNumber)
    .addOption(
      new Option("--format <format>", "how to print it")
        .choices(["table", "json"] as const)
        .default("table" as const),
    )
    .action(async (args, options) => {
      const { ledgers, receipt } = ledgersAndReceipt(args);
      const finder = new EntryFinder(receipt);
      const { verification, provenance } = await verifyLocated({
        ledgers,
        keys: options.keys,
        keysFingerprint: options.keysFingerprint,
        ...(options.start === undefined ? {} : { start: options.start }),
        allowWithheld: true,
        observe: (observed) => finder.look(observed),
      });
      const observed = finder.found();
      const shown: ShownEntry = { observed, verification, provenance };
      const bad =
        verification.integrity !== "verified" ||
        observed.problems.some(({ code }) => kindOf(code).severity !== "warning");
      setExitCode(bad ? exitCodes.findings : exitCodes.good);
      if (finder.count > 1)
        writeNote(`sclaw: ${finder.count} entries are called ${receipt}; this is the first`);
      writeOut(options.format === "json" ? renderReceiptJson(shown) : renderReceipt(shown, outputPage()));
    }) as unknown as Command;
}
