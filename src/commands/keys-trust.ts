import { Command, InvalidArgumentError, Option } from "@commander-js/extra-typings";
import { engine } from "#engine";
import { encodeUtf8 } from "../bytes/utf8.js";
import { listReasons } from "../io/folder-config.js";
import { writeNote, writeOut } from "../io/output.js";
import { readSmallFile } from "../io/read-file.js";
import { CannotDo } from "../io/refusal.js";
import { writeWholeFile } from "../io/write-file.js";
import {
  addKey,
  formatTrustFile,
  type KeyOptions,
  newTrustFile,
  revokeKey,
  setGroup,
  setTier,
} from "../keys/edit-trust.js";
import { importPublicKeys } from "../keys/import-key.js";
import { readTrustFile } from "../keys/trust-file.js";
import type { MemberValue, TrustFileValue } from "../keys/trust-value.js";
import { upperTiers } from "../keys/trust-value.js";
import { visible } from "../report/visible.js";
import { wholeNumber } from "./options.js";

const trustOption = () => new Option("--trust <file>", "the trust file to edit").default("keys.json");

/** `sclaw keys trust`: makes and edits the reader's own trust file; what is wrong is never written. */
export function trustCommand() {
  return new Command("trust")
    .summary("make and edit a trust file")
    .description(
      "Make and edit a trust file: the keys, groups and tiers that you hold a ledger against. Take keys from the entity over another way than the export.",
    )
    .addCommand(initCommand())
    .addCommand(addCommand())
    .addCommand(groupCommand())
    .addCommand(tierCommand())
    .addCommand(revokeCommand());
}

function initCommand() {
  return new Command("init")
    .summary("make a new trust file")
    .argument("<ledger>", "the ledger's name, for example acme.example/agents-prod")
    .addOption(trustOption())
    .action((ledger, options) => {
      save(newTrustFile(ledger), options.trust, false);
    });
}

function addCommand() {
  return new Command("add")
    .summary("add public keys")
    .description("Add the public keys of a file: PEM, raw base64, ssh-ed25519 or C2SP verifier-key strings.")
    .argument("<file>", "the public key file, or - for standard input")
    .requiredOption(
      "--holder <name>",
      "who holds the key: user:… for an approver, any name for a ledger or a witness",
    )
    .addOption(
      new Option("--role <role>", "what the key may sign")
        .choices(["ledger", "approver", "witness"] as const)
        .makeOptionMandatory(),
    )
    .option("--name <name>", "the name that a witness signs with (a verifier-key string brings its own)")
    .option("--valid-from <time>", "for example 2026-06-01T00:00:00.000Z")
    .option("--valid-until <time>", "the first moment at which it is not valid any more")
    .option("--first-seq <n>", "the first place in the ledger that it may sign", wholeNumber)
    .option("--last-seq <n>", "the last place in the ledger that it may sign", wholeNumber)
    .addOption(trustOption())
    .action((file, options) => {
      const imported = importPublicKeys(readSmallFile(file, "public key"), engine);
      if (!imported.ok) {
        const reasons = imported.reasons.map(
          (reason) => `line ${reason.line}: expected ${reason.expected}, found ${reason.actual}`,
        );
        throw new CannotDo(`no key is added from ${file}: ${reasons.join("; ")}`);
      }
      let value = load(options.trust);
      for (const key of imported.keys) {
        const name = options.name ?? (options.role === "witness" ? key.name : undefined);
        value = addKey(value, key.publicKey, options.role, options.holder, keyOptions({ ...options, name }));
      }
      save(value, options.trust, true);
      for (const key of imported.keys) writeOut(`${key.publicKey.id}\n`);
    });
}

interface GivenKeyOptions {
  readonly name?: string | undefined;
  readonly validFrom?: string | undefined;
  readonly validUntil?: string | undefined;
  readonly firstSeq?: number | undefined;
  readonly lastSeq?: number | undefined;
}

function keyOptions(given: GivenKeyOptions): KeyOptions {
  return {
    ...(given.name === undefined ? {} : { name: given.name }),
    ...(given.validFrom === undefined ? {} : { valid_from: given.validFrom }),
    ...(given.validUntil === undefined ? {} : { valid_until: given.validUntil }),
    ...(given.firstSeq === undefined ? {} : { first_seq: given.firstSeq }),
    ...(given.lastSeq === undefined ? {} : { last_seq: given.lastSeq }),
  };
}

function groupCommand() {
  return new Command("group")
    .summary("add or replace a group of people")
    .argument("<name>", "the group's name, for example release-managers")
    .requiredOption("--threshold <n>", "how many members have to approve", wholeNumber)
    .option(
      "--member <user[,from[,until]]>",
      "a member, for example user:alice@acme.example (repeat)",
      member,
      [] as readonly MemberValue[],
    )
    .option(
      "--tenant <tenant>",
      "a tenant that the group stands for; all where none is named (repeat)",
      several,
      [] as readonly string[],
    )
    .addOption(trustOption())
    .action((name, options) => {
      const tenants = options.tenant.length === 0 ? {} : { tenants: options.tenant };
      save(
        setGroup(load(options.trust), name, {
          threshold: options.threshold,
          ...tenants,
          members: options.member,
        }),
        options.trust,
        true,
      );
    });
}

function member(text: string, before: readonly MemberValue[]): readonly MemberValue[] {
  const [holder, from, until, ...more] = text.split(",");
  if (holder === undefined || holder === "" || more.length > 0)
    throw new InvalidArgumentError("Expected user:…[,from[,until]].");
  const times = {
    ...(from === undefined || from === "" ? {} : { from }),
    ...(until === undefined || until === "" ? {} : { until }),
  };
  return [...before, { holder, ...times }];
}

function several(text: string, before: readonly string[]): readonly string[] {
  return [...before, text];
}

function tierCommand() {
  return new Command("tier")
    .summary("say which groups may approve a tier")
    .argument("<tier>", `${upperTiers.join(" or ")}`)
    .argument("<groups...>", "the groups, each of which is enough")
    .addOption(trustOption())
    .action((tier, groups, options) => {
      const known = upperTiers.find((candidate) => candidate === tier);
      if (known === undefined) throw new CannotDo(`expected ${upperTiers.join(" or ")}, found ${tier}`);
      save(setTier(load(options.trust), known, groups), options.trust, true);
    });
}

function revokeCommand() {
  return new Command("revoke")
    .summary("say from when on a key is not valid any more")
    .argument("<key>", "the key's id")
    .requiredOption("--at <time>", "for example 2026-06-01T00:00:00.000Z")
    .option("--last-seq <n>", "of a ledger key: the last place that it signed rightly", wholeNumber)
    .addOption(trustOption())
    .action((id, options) => {
      const value = load(options.trust);
      if (!value.keys.some((key) => key.id === id))
        throw new CannotDo(`expected a key of ${options.trust}, found none called ${id}`);
      save(revokeKey(value, id, options.at, options.lastSeq), options.trust, true);
    });
}

function load(path: string): TrustFileValue {
  const result = readTrustFile(readSmallFile(path, "trust file"), engine);
  if (result.ok) return result.value;
  throw new CannotDo(
    `the trust file ${path} is refused: ${listReasons(result.reasons)}`,
    "mend it by hand, or make a new one with sclaw keys trust init",
  );
}

/** Writes a trust file that would be accepted, and no other. */
function save(value: TrustFileValue, path: string, replace: boolean): void {
  const text = formatTrustFile(value);
  const result = readTrustFile(encodeUtf8(text), engine);
  if (!result.ok)
    throw new CannotDo(
      `nothing is written, since the trust file would be refused: ${listReasons(result.reasons)}`,
    );
  writeWholeFile(path, text, { replace });
  writeNote(`sclaw: ${visible(path)} now has the fingerprint ${result.trust.fingerprint}`);
}
