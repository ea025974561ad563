import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { makeTrust } from "../../fixtures/make/keys.mjs";
import { Ledger, textOf } from "../../fixtures/make/ledger.mjs";
import { inFolder, root, sclaw } from "../support/sclaw.js";

// Attacks that once had an effect, each by somebody who holds the ledger key.

const keys = join(root, "fixtures/keys.json");
const minute = 60_000;
const start = Date.parse("2026-06-01T12:00:00.000Z");

function inLedger<T>(ledger: { text(): string }, work: (path: string, folder: string) => T): T {
  return inFolder((folder) => {
    const path = join(folder, "ledger.jsonl");
    writeFileSync(path, ledger.text());
    return work(path, folder);
  });
}

/** A ledger with a given entry in the middle. */
function around(...drafts: Parameters<Ledger["add"]>[0][]): Ledger {
  const ledger = new Ledger({ label: "attack" });
  ledger.add({ at: start });
  for (const [i, draft] of drafts.entries()) ledger.add({ at: start + (i + 1) * minute, ...draft });
  return ledger.checkpoint();
}

function json(args: readonly string[], cwd?: string) {
  const run = sclaw([...args, "--format", "json"], cwd === undefined ? {} : { cwd });
  return { ...run, json: run.stdout === "" ? undefined : JSON.parse(run.stdout) };
}

describe("a delivered folder", () => {
  test("cannot ask for its own range nor raise its own level by a sclaw.json", () => {
    const whole = new Ledger({ label: "delivered" });
    for (let i = 0; i < 12; i++) whole.add({ at: start + i * minute });
    whole.checkpoint();
    inLedger({ text: () => textOf(whole.range(6)) }, (path, folder) => {
      const note = JSON.parse(readFileSync(path, "utf8").trimEnd().split("\n").at(-1)!).checkpoint;
      writeFileSync(join(folder, "s.note"), note);
      writeFileSync(join(folder, "sclaw.json"), '{"since":"s.note"}');
      const planted = json(["verify", "--keys", keys], folder);
      expect(planted).toMatchObject({
        status: 1,
        json: { integrity: "failed", level: "L0", anchored_size: null },
      });
      const named = json(["verify", "--keys", keys, "--since", "s.note"], folder);
      expect(named).toMatchObject({ status: 0, json: { level: "L1", anchored_size: 12 } });
    });
  });
});

describe("show", () => {
  test("knows what is wrong with a receipt, however many findings came before", () => {
    const ledger = new Ledger({ label: "many" });
    for (let i = 0; i < 10_050; i++)
      ledger.add({ decision: "deny", status: "executed", intent: false, at: start + i });
    ledger.checkpoint();
    inLedger(ledger, (path, folder) => {
      const trust = join(folder, "t.json");
      const value = makeTrust((file) => {
        for (const key of file.keys) delete key.last_seq;
        for (const key of file.keys) delete key.first_seq;
        file.keys = file.keys.filter((key: { valid_until?: string; revoked_at?: string; role: string }) => {
          return key.role !== "ledger" || (key.valid_until === undefined && key.revoked_at === undefined);
        });
      });
      writeFileSync(trust, typeof value === "string" ? value : JSON.stringify(value));
      const { status, json: shown } = json(["show", path, "10040", "--keys", trust]);
      expect(status).toBe(1);
      expect(shown.findings).toMatchObject([{ code: "control.executed-without-authority" }]);
    });
  });

  test("claims no more of the ledger than verify does", () => {
    const ledger = around({}, {}, {});
    inLedger(ledger, (path, folder) => {
      writeFileSync(join(folder, "keys.json"), readFileSync(keys));
      expect(sclaw(["show", path, "1"], { cwd: folder }).stdout).toContain(
        "VERIFIED (level L0, with keys found in this folder)",
      );
    });
  });

  test.each([[null], [1], ["text"], [[]]])("of an intent that is %j is no bug of ours", (intent) => {
    inLedger(around({ after: (line) => Object.assign(line, { intent }) }), (path) => {
      expect(sclaw(["show", path, "1", "--keys", keys])).toMatchObject({ status: 1 });
      expect(json(["verify", path, "--keys", keys]).json.finding_counts).toMatchObject({
        "intent.schema": 1,
      });
    });
  });
});

describe("findings", () => {
  test("repeat no more than a piece of a line, and only so many of one line", () => {
    const ext = {
      ["k".repeat(400_000)]: Object.fromEntries(Array.from({ length: 2000 }, (_, i) => [`a${i}`, 1.5])),
    };
    inLedger(around({ ext }), (path) => {
      const { status, stdout, json: verdict } = json(["verify", path, "--keys", keys]);
      expect(status).toBe(1);
      expect(verdict.finding_counts["receipt.schema"]).toBe(2000);
      expect(stdout.length).toBeLessThan(1_000_000);
      expect(sclaw(["verify", path, "--keys", keys]).stdout.length).toBeLessThan(100_000);
    });
  });

  test("of one kind in one line take no longer the more there are", () => {
    // 900 KB with 100,000 noncharacters: decided at the first, and not searched for again.
    inFolder((folder) => {
      const path = join(folder, "ledger.jsonl");
      writeFileSync(path, `{"a":[${Array(100_000).fill('"\\ufffe"').join(",")}]}\n`);
      expect(json(["verify", path, "--keys", keys]).json.finding_counts["encoding.invalid-unicode"]).toBe(1);
    });
  });
});

describe("a proof", () => {
  test("of a receipt of the greatest depth can be checked", () => {
    // The line's own object, receipt and ext are three of the 64 levels.
    let deep: unknown = {};
    for (let level = 4; level < 64; level++) deep = { a: deep };
    inLedger(around({ ext: deep as object }), (path, folder) => {
      expect(json(["verify", path, "--keys", keys]).json.integrity).toBe("verified");
      const proof = join(folder, "p.json");
      expect(sclaw(["prove", path, "1", "--keys", keys, "--out", proof]).status).toBe(0);
      expect(sclaw(["prove", "check", proof, "--keys", keys]).status).toBe(0);
    });
  });
});

describe("a replayed line", () => {
  test("is an integrity failure, and no control that failed", () => {
    const lines = around({}, {}, {}).text().split("\n");
    lines.splice(2, 0, lines[1]!);
    inLedger({ text: () => lines.join("\n") }, (path) => {
      const { json: verdict } = json(["verify", path, "--keys", keys]);
      expect(verdict).toMatchObject({ integrity: "failed", deviations: 0 });
    });
  });
});
