import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { corpus, corpusKeys, inFolder, ledgerOf, sclaw } from "../support/sclaw.js";

const keys = ["--keys", corpusKeys];

function prove(name: string, receipt: string, more: readonly string[] = []) {
  const run = sclaw(["prove", ledgerOf(name), receipt, ...keys, ...more]);
  return { ...run, document: run.stdout === "" ? undefined : JSON.parse(run.stdout) };
}

function check(document: unknown) {
  const run = sclaw(["prove", "check", "-", ...keys, "--format", "json"], {
    input: JSON.stringify(document),
  });
  return { ...run, json: run.stdout === "" ? undefined : JSON.parse(run.stdout) };
}

describe("an inclusion proof", () => {
  test("of every entry of a ledger stands by itself", () => {
    for (let seq = 0; seq < 26; seq += 5) {
      const { document } = prove("valid-standard", String(seq));
      expect(document.entry.receipt.seq).toBe(seq);
      expect(check(document)).toMatchObject({
        status: 0,
        json: { ok: true, proven: true, seq, kind: "inclusion" },
      });
    }
  });

  test("takes a receipt id, a withheld entry, and a range", () => {
    const { document } = prove("valid-standard", "3");
    expect(prove("valid-standard", document.entry.receipt.receipt_id).document).toEqual(document);
    const withheld = prove("valid-one-tenant", "4").document;
    expect(withheld.entry).not.toHaveProperty("receipt");
    expect(check(withheld).json).toMatchObject({ ok: true, receipt_id: null, seq: 4 });
    const range = prove("valid-range", "13", ["--start", "11"]).document;
    expect(check(range).json).toMatchObject({ ok: true, seq: 13 });
  });

  test("with anything in it changed proves nothing", () => {
    const { document } = prove("valid-standard", "3");
    const spoiled = [
      { ...document, entry: { ...document.entry, receipt: { ...document.entry.receipt, seq: 4 } } },
      { ...document, entry: { ...document.entry, receipt: { ...document.entry.receipt, decision: "deny" } } },
      { ...document, entry: prove("valid-standard", "4").document.entry },
      { ...document, proof: document.proof.slice(1) },
      { ...document, proof: [...document.proof, document.proof[0]] },
      { ...document, proof: [...document.proof].reverse() },
      { ...document, checkpoint: document.checkpoint.replace("\n26\n", "\n25\n") },
      { ...document, checkpoint: readFileSync(join(corpus, "since-good/since.note"), "utf8") },
      { ...document, entry: { checkpoint: document.checkpoint } },
      { ...document, entry: { ...document.entry, sig: prove("valid-standard", "4").document.entry.sig } },
    ];
    for (const document of spoiled)
      expect(check(document)).toMatchObject({ status: 1, json: { ok: false, proven: false } });
  });

  test("with an intent changed is found, and without it still stands", () => {
    const { document } = prove("valid-standard", "3");
    const { intent, ...withheld } = document.entry;
    expect(check({ ...document, entry: withheld }).json.ok).toBe(true);
    const { json } = check({
      ...document,
      entry: { ...withheld, intent: { ...intent, operation: "another" } },
    });
    expect(json.findings).toMatchObject([{ code: "intent.hash" }]);
  });

  test("of a receipt with a deviation is proven, and shows the deviation", () => {
    const { document } = prove("apr-replayed", "5");
    expect(check(document)).toMatchObject({ status: 1, json: { proven: true, deviations: 2, ok: false } });
    const run = sclaw(["prove", "check", "-", ...keys], { input: JSON.stringify(document) });
    expect(run.stdout).toMatch(/^PROVEN \(inclusion\), 2 DEVIATIONS\n/);
  });

  test("is not made of a ledger that does not verify", () => {
    expect(prove("flip-decision", "3")).toMatchObject({ status: 1, stdout: "" });
    expect(prove("flip-decision", "3").stderr).toContain("no proof is made of it");
  });

  test("is written to a new file only", () => {
    inFolder((folder) => {
      const out = join(folder, "p.json");
      expect(prove("valid-standard", "3", ["--out", out])).toMatchObject({ status: 0, stdout: "" });
    });
    inFolder((folder) => {
      const out = join(folder, "p.json");
      writeFileSync(out, "mine");
      expect(sclaw(["prove", ledgerOf("valid-standard"), "3", ...keys, "--out", out]).status).toBe(2);
      expect(readFileSync(out, "utf8")).toBe("mine");
    });
  });
});

describe("a consistency proof", () => {
  const older = join(corpus, "since-good/since.note");

  function consistency(folder: string) {
    const newer = join(folder, "new.note");
    expect(sclaw(["verify", ledgerOf("since-good"), ...keys, "--save-checkpoint", newer]).status).toBe(0);
    return {
      newer,
      run: sclaw(["prove", "consistency", older, newer, "--ledger", ledgerOf("since-good"), ...keys]),
    };
  }

  test("stands by itself, and not with its notes exchanged", () => {
    inFolder((folder) => {
      const document = JSON.parse(consistency(folder).run.stdout);
      expect(check(document)).toMatchObject({ status: 0, json: { ok: true, kind: "consistency" } });
      expect(check({ ...document, older: document.newer, newer: document.older }).status).toBe(1);
      expect(check({ ...document, proof: document.proof.slice(1) }).status).toBe(1);
      expect(check({ ...document, older: document.older.replace(/[A-Za-z]==?\n$/, "A==\n") }).status).toBe(1);
    });
  });

  test("is not made of a ledger that is no continuation", () => {
    inFolder((folder) => {
      const { newer } = consistency(folder);
      const run = sclaw([
        "prove",
        "consistency",
        older,
        newer,
        "--ledger",
        ledgerOf("since-rewritten"),
        ...keys,
      ]);
      expect(run).toMatchObject({ status: 1, stdout: "" });
      expect(
        sclaw(["prove", "consistency", newer, older, "--ledger", ledgerOf("since-good"), ...keys]).status,
      ).toBe(2);
      expect(
        sclaw(["prove", "consistency", corpusKeys, newer, "--ledger", ledgerOf("since-good"), ...keys])
          .status,
      ).toBe(2);
    });
  });
});
