import { Command } from "@commander-js/extra-typings";
import { engine } from "#engine";
import { readGateConfig } from "../gate/config.js";
import { loadTrust } from "../io/load-trust.js";
import { writeOut } from "../io/output.js";
import { CannotDo } from "../io/refusal.js";
import type { Time } from "../json/time.js";
import type { Tenant } from "../receipt/identifiers.js";
import { count } from "../report/layout.js";
import { visible } from "../report/visible.js";
import { type Exported, exportLedger } from "../writer/export-ledger.js";
import { configOption } from "./gate-options.js";
import { tenantName, wholeNumber } from "./options.js";
import { timeOption } from "./policy-options.js";
import { quoted } from "./quoted.js";

interface RangeOptions {
  readonly from?: Time | undefined;
  readonly to?: Time | undefined;
  readonly start?: number | undefined;
  readonly end?: number | undefined;
}

/** `sclaw ledger export`: what an examiner is given. */
export function exportCommand() {
  return new Command("export")
    .summary("export the ledger, or a part of it, for an examiner")
    .description(
      "Export the ledger up to its last checkpoint, also while a gate writes it: all of it, a range or a period, widened to whole checkpoints. An existing file is not replaced.",
    )
    .argument("<out>", "where to write it; compressed where the name ends in .gz")
    .addOption(configOption())
    .option("--from <time>", "whatever was decided from this time on", timeOption)
    .option("--to <time>", "whatever was decided up to this time", timeOption)
    .option("--start <n>", "from this place on", wholeNumber)
    .option("--end <n>", "up to this place, which is not in it", wholeNumber)
    .option("--tenant <tenant>", "withhold the receipts of all other tenants to their leaves", tenantName)
    .option("--without-intents", "withhold all intents")
    .action(async (out, { config: path, tenant, withoutIntents, ...options }) => {
      const config = readGateConfig(path);
      const exported = await exportLedger({
        ledger: config.ledger,
        out,
        trust: loadTrust({ path: config.keys, namedBy: "option" }, undefined),
        engine,
        range: rangeOf(options),
        ...(tenant === undefined ? {} : { tenant }),
        withoutIntents: withoutIntents === true,
      });
      writeOut(exportedText(exported, out, config.keys, tenant));
    });
}

function rangeOf({ from, to, start, end }: RangeOptions) {
  if ((from ?? to) !== undefined && (start ?? end) !== undefined)
    throw new CannotDo("expected a period (--from, --to) or a range (--start, --end), found both");
  if ((from !== undefined && to !== undefined && from > to) || (end !== undefined && (start ?? 0) >= end))
    throw new CannotDo("expected a period or range that ends after it begins, found another");
  return {
    ...(from === undefined ? {} : { from }),
    ...(to === undefined ? {} : { to }),
    ...(start === undefined ? {} : { start }),
    ...(end === undefined ? {} : { end }),
  };
}

function exportedText(exported: Exported, out: string, keys: string, tenant: Tenant | undefined): string {
  const { start, end, disclosed, withheld, intents, uncovered, unread } = exported;
  const lines = [
    `${count(disclosed, "receipt")} disclosed, ${intents} of them with their intent; ${withheld} withheld`,
    `ends with the checkpoint of size ${end}`,
  ];
  if (uncovered > 0)
    lines.push(
      `not in it: ${count(uncovered, "receipt")} that no checkpoint covers yet (sclaw ledger checkpoint, or the gate's next one)`,
    );
  if (unread !== undefined)
    lines.push(`the ledger's end cannot be read, ${visible(unread)} (sclaw ledger recover)`);
  const options = [
    `--keys ${quoted(keys)}`,
    ...(start > 0 ? [`--start ${start}`] : []),
    ...(withheld > 0 ? [`--tenant ${tenant}`] : []),
  ];
  const command = `sclaw verify ${quoted(out)} ${options.join(" ")}`;
  const others =
    withheld > 0 ? `    (--allow-withheld in place of --tenant: by whoever asks for no tenant)\n` : "";
  return `EXPORTED: ${visible(out)}, places ${start} to ${end - 1}

${lines.map((line) => `  ${line}\n`).join("")}
Next:
  ${command}
${others}`;
}
