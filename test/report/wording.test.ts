import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { catalogue, type FindingCode, kindOf } from "../../src/findings/catalogue.js";
import { engine } from "../../src/io/engine-node.js";
import { readTrustFile } from "../../src/keys/trust-file.js";
import type { ObservedEntry } from "../../src/ledger/options.js";
import { verifyWith } from "../../src/ledger/verify.js";
import { isTenant } from "../../src/receipt/identifiers.js";
import type { Provenance } from "../../src/report/keys-source.js";
import { noPaint } from "../../src/report/layout.js";
import { exportCodes, receiptChecks } from "../../src/report/receipt-checks.js";
import { renderReceiptJson } from "../../src/report/receipt-json.js";
import { renderReceipt } from "../../src/report/receipt-text.js";
import { renderVerificationJson } from "../../src/report/verification-json.js";
import { renderVerification } from "../../src/report/verification-text.js";
import { corpus, corpusKeys, ledgerOf, steering } from "../support/sclaw.js";

interface Case {
  readonly case: string;
  readonly args?: readonly string[];
}

const cases: readonly Case[] = JSON.parse(readFileSync(join(corpus, "cases.json"), "utf8"));
/** Words that claim more than a verifier can know; the tool's own wording has none of them. */
const claims =
  /\b(passed|passes|compliant|complies|certif\w+|effective|immutable|tamper-?proof|audit-?proof|guarantee\w*|attest\w*)\b/i;
const provenance: Provenance = {
  keysSource: "folder",
  keysPath: "keys.json",
  keysFoundInFolder: true,
  sinceFoundInFolder: true,
};
const page = { width: 80, paint: noPaint };

function argumentOf(args: readonly string[], name: string): string | undefined {
  return args.includes(name) ? args[args.indexOf(name) + 1] : undefined;
}

/** Every text that the commands print of one corpus case. */
async function everyOutput({ case: name, args = [] }: Case): Promise<string[]> {
  const own = join(corpus, name, "keys.json");
  const read = readTrustFile(readFileSync(existsSync(own) ? own : corpusKeys), engine);
  if (!read.ok) throw new Error("the corpus' trust file is refused");
  const [since, start, tenant] = ["--since", "--start", "--tenant"].map((option) => argumentOf(args, option));
  const entries: ObservedEntry[] = [];
  const verification = await verifyWith(engine, [{ name: "ledger", bytes: readFileSync(ledgerOf(name)) }], {
    trust: read.trust,
    allowWithheld: args.includes("--allow-withheld"),
    ...(since === undefined ? {} : { since: readFileSync(join(corpus, name, since), "utf8") }),
    ...(start === undefined ? {} : { start: Number(start) }),
    ...(tenant !== undefined && isTenant(tenant) ? { tenant } : {}),
    observe: (entry) => entries.push(entry),
  });
  const shown = entries.map((observed) => ({ observed, verification, provenance }));
  return [
    renderVerification(verification, provenance, page, []),
    renderVerificationJson(verification, provenance),
    ...shown.map((entry) => renderReceipt(entry, page)),
    ...shown.slice(0, 3).map((entry) => renderReceiptJson(entry)),
  ];
}

test.each(cases)("no output of $case steers a terminal or claims too much", async (given) => {
  const outputs = await everyOutput(given);
  expect(outputs.filter((output) => steering.test(output))).toEqual([]);
  expect(outputs.filter((output) => claims.test(output))).toEqual([]);
  expect(outputs.filter((output) => /undefined|\[object|NaN/.test(output))).toEqual([]);
});

describe("the catalogue", () => {
  test("claims nothing too much and ends no sentence", () => {
    for (const [code, { title, advice }] of Object.entries(catalogue)) {
      expect(`${title} ${advice}`, code).not.toMatch(claims);
      expect(title, code).toMatch(/^[a-z].*[^.]$/);
      expect(advice, code).toMatch(/^[a-z].*[^.]$/);
    }
  });

  test("has each code in one check of a receipt, or among those of the export", () => {
    const placed = [...receiptChecks.flatMap((check) => check.codes), ...exportCodes];
    const codes = (Object.keys(catalogue) as FindingCode[]).filter(
      (code) => kindOf(code).byControls !== true,
    );
    expect([...placed].sort()).toEqual(codes.sort());
  });
});
