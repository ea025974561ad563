import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { corpus, corpusKeys, ledgerOf, sclaw } from "../support/sclaw.js";

const keys = ["--keys", corpusKeys];

describe("show", () => {
  test("of a receipt with a forged approval, whole", () => {
    expect(
      sclaw(["show", "ledger.jsonl", "5", "--keys", "../keys.json"], { cwd: join(corpus, "apr-replayed") }),
    ).toMatchSnapshot();
  });

  test("of an edited receipt, whole", () => {
    expect(
      sclaw(["show", "ledger.jsonl", "8", "--keys", "../keys.json"], { cwd: join(corpus, "flip-decision") }),
    ).toMatchSnapshot();
  });

  test("of a withheld entry says what it cannot show", () => {
    const { stdout } = sclaw(["show", ledgerOf("valid-one-tenant"), "4", ...keys]);
    expect(stdout).toContain("The receipt is withheld: only its hashes are in this export.");
    expect(stdout).toMatch(/the decision permits what happened +not tested: /);
    expect(stdout).toMatch(/that key signed it +holds/);
  });

  test("of a receipt whose form is wrong shows none of it", () => {
    const run = sclaw(["show", ledgerOf("schema-enum"), "0", ...keys]);
    expect(run.status).toBe(1);
    expect(run.stdout).toContain("The receipt does not have its form");
    expect(run.stdout).toMatch(/it has the form of a receipt +does not hold/);
  });

  test("exits with 0 only where receipt and ledger are good", () => {
    expect(sclaw(["show", ledgerOf("valid-standard"), "3", ...keys]).status).toBe(0);
    expect(sclaw(["show", ledgerOf("flip-decision"), "3", ...keys]).status).toBe(1);
    expect(sclaw(["show", ledgerOf("apr-replayed"), "3", ...keys]).status).toBe(0);
    expect(sclaw(["show", ledgerOf("apr-replayed"), "5", ...keys]).status).toBe(1);
  });

  test("says when several entries have one name", () => {
    const seqs = readFileSync(ledgerOf("repeat"), "utf8").match(/(?<="seq":)\d+/g)!;
    const repeated = seqs.find((seq, i) => seqs.indexOf(seq) !== i)!;
    const run = sclaw(["show", ledgerOf("repeat"), repeated, ...keys]);
    expect(run.status).toBe(1);
    expect(run.stderr).toContain("2 entries are called");
  });

  test("as JSON has the entry, its approvals and its findings", () => {
    const json = JSON.parse(
      sclaw(["show", ledgerOf("apr-replayed"), "5", ...keys, "--format", "json"]).stdout,
    );
    expect(json).toMatchObject({
      schema: "sclaw.shown/1",
      place: 5,
      line: 6,
      genuine: true,
      approvals: [
        { approver: "user:alice@acme.example", counts: false, code: "approval.signature" },
        { approver: "user:bob@acme.example", counts: true },
      ],
      findings: [{ code: "approval.signature" }, { code: "approval.quorum" }],
    });
  });

  test.each([["rcpt_1"], ["-1"], ["x"], ["99"]])("of %s is refused", (name) => {
    expect(sclaw(["show", ledgerOf("valid-standard"), ...keys, "--", name])).toMatchObject({
      status: 2,
      stdout: "",
    });
  });
});
