import { type Command, InvalidArgumentError, Option } from "@commander-js/extra-typings";
import { CannotDo } from "../io/refusal.js";
import type { Json } from "../json/json.js";
import { decodeShape } from "../json/shape.js";
import { isTime, type Time } from "../json/time.js";
import type { Filter } from "../population/filter.js";
import { filterShape } from "../population/filter.js";
import type { Unit } from "../population/item.js";
import { fingerprint, tenantName, wholeNumber } from "./options.js";
import { repeated } from "./policy-options.js";

/** What population, sample and report all take: which ledger, which items, which inputs. */
export interface EvidenceOptions {
  readonly keys?: string | undefined;
  readonly keysFingerprint?: string | undefined;
  readonly since?: string | undefined;
  readonly start?: number | undefined;
  readonly allowWithheld?: true | undefined;
  readonly unverified?: true | undefined;
  readonly from?: Time | undefined;
  readonly to?: Time | undefined;
  readonly tenant?: string | undefined;
  readonly tier?: readonly string[] | undefined;
  readonly decision?: readonly string[] | undefined;
  readonly status?: readonly string[] | undefined;
  readonly adapter?: readonly string[] | undefined;
  readonly agent?: readonly string[] | undefined;
  readonly control?: readonly string[] | undefined;
  readonly criteria?: readonly string[] | undefined;
  readonly controls?: string | undefined;
  readonly registers?: string | undefined;
  readonly sla?: number | undefined;
  readonly policy?: readonly string[] | undefined;
  readonly reconcile?: string | undefined;
  readonly column?: string | undefined;
  readonly unit?: Unit | undefined;
}

/** Adds the options that say which ledger is read and with which keys. */
export function addLedgerOptions(command: Command): Command {
  return command
    .option("--keys <file>", "the trust file (default: SCLAW_KEYS, sclaw.json, keys.json)")
    .option(
      "--keys-fingerprint <hash>",
      "refuse any other trust file than the one with this fingerprint",
      fingerprint,
    )
    .option("--since <note>", "a checkpoint that you kept from an earlier export")
    .option("--start <n>", "the start of the range export that was asked for", wholeNumber)
    .option("--allow-withheld", "accept withheld entries, of whomever they are") as unknown as Command;
}

/** Adds the options that say which items are in the population. */
export function addFilterOptions(command: Command): Command {
  return command
    .option("--from <time>", "decided at or after this day or time (UTC)", dayOrTime("start"))
    .option("--to <time>", "decided at or before this day or time (UTC)", dayOrTime("end"))
    .option("--tenant <tenant>", "of this tenant; entries of others may be withheld", tenantName)
    .option("--tier <tiers>", "of these risk tiers (T0 to T3)", listOf(tierNames))
    .option("--decision <decisions>", "decided so: allow, deny, escalate, approval", listOf())
    .option("--status <statuses>", "with these outcomes: executed, failed, not_executed, unknown", listOf())
    .option("--adapter <adapters>", "through these adapters", listOf())
    .option("--agent <agents>", "by these agents", listOf()) as unknown as Command;
}

/** Adds the options that choose controls, by themselves or by criteria. */
export function addControlOptions(command: Command): Command {
  return command
    .option("--control <ids>", "these controls; a single one also selects its own population", listOf())
    .option(
      "--criteria <list>",
      "Trust Services Criteria: CC6, CC6.1, PI1, all",
      listOf(),
    ) as unknown as Command;
}

/** Adds the options that say what is tested besides the ledger. */
export function addInputOptions(command: Command): Command {
  return command
    .option("--controls <file>", "a catalogue of controls in place of the built-in one, or to extend it")
    .option("--registers <file>", "registers of agents, adapters, tenants and policies, and an execution log")
    .option("--policy <folder>", "a policy bundle to decide again by; may be repeated", repeated)
    .option(
      "--sla <time>",
      "the time within which held operations are to be resolved: 24h, 90m, 3d",
      duration,
    ) as unknown as Command;
}

/** Adds the option that makes a dry run of a ledger that does not verify. */
export function addUnverifiedOption(command: Command): Command {
  return command.option(
    "--unverified",
    "a dry run on a ledger that does not verify; marks every page",
  ) as unknown as Command;
}

/** Adds the options that compare the population with an independent list. */
export function addReconcileOptions(command: Command): Command {
  return command
    .option("--reconcile <file>", "compare correlation ids with those of this CSV or JSON Lines file")
    .option(
      "--column <name>",
      "the column or member of that file that holds them (default: correlation_id)",
    ) as unknown as Command;
}

/** The option that says what an item is. */
export function unitOption() {
  return new Option("--unit <unit>", "what one item is")
    .choices(["request", "receipt"] as const)
    .default("request" as const);
}

/** The filter that the options describe. Throws a refusal where a value is none that exists. */
export function filterOf(options: EvidenceOptions): Filter {
  const { from, to, tenant, tier, decision, status, adapter, agent } = options;
  if (from !== undefined && to !== undefined && from > to)
    throw new CannotDo(`expected --to at or after --from ${from}, found ${to}`);
  const given = {
    from,
    to,
    tenant: tenant === undefined ? undefined : [tenant],
    tier,
    decision,
    status,
    adapter,
    agent,
  };
  const filter = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
  const shaped = decodeShape(filterShape, filter as unknown as Json);
  if (shaped.ok) return shaped.value;
  const reasons = shaped.issues.map(({ pointer, expected, actual }) => {
    return `--${pointer.split("/")[1]}: expected ${expected}, found ${actual}`;
  });
  throw new CannotDo(reasons.join("; "));
}

/** A list option: comma-separated, and may be repeated. */
function listOf(names: { readonly [short: string]: string } = {}) {
  return (text: string, before: readonly string[] | undefined): readonly string[] => {
    const values = text.split(",").map((value) => value.trim());
    if (values.includes(""))
      throw new InvalidArgumentError("Expected values separated by commas, found an empty one.");
    const named = values.map((value) => names[value.toUpperCase()] ?? value);
    return [...new Set([...(before ?? []), ...named])];
  };
}

const tierNames = { T0: "T0_OBSERVE", T1: "T1_STANDARD", T2: "T2_ELEVATED", T3: "T3_SOVEREIGN" };

/** Reads `2026-06-01` as the first or last moment of that day, or a whole time as it is. */
function dayOrTime(edge: "start" | "end") {
  return (text: string): Time => {
    const whole = /^\d{4}-\d\d-\d\d$/.test(text)
      ? `${text}T${edge === "start" ? "00:00:00.000" : "23:59:59.999"}Z`
      : text;
    if (isTime(whole)) return whole;
    throw new InvalidArgumentError(
      "Expected a day like 2026-06-01 or a time like 2026-06-01T12:00:00.000Z, in UTC.",
    );
  };
}

const secondsOf: { readonly [unit: string]: number } = { s: 1, m: 60, h: 3600, d: 86_400 };

/** Reads `90m`, `24h`, `3d` as seconds. */
function duration(text: string): number {
  const [, number, unit] = /^([1-9]\d{0,8})([smhd])$/.exec(text) ?? [];
  if (number === undefined || unit === undefined)
    throw new InvalidArgumentError("Expected a time like 90m, 24h or 3d.");
  return Number(number) * secondsOf[unit]!;
}
