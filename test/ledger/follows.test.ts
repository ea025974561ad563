import { describe, expect, it } from "vitest";
import { keyOf, ledgerName } from "../../fixtures/make/keys.mjs";
import type { Loose } from "../../fixtures/make/loose.mjs";
import { ledgerLine, noteOf } from "../../fixtures/make/note.mjs";
import { small } from "../../fixtures/make/story.mjs";
import { found } from "../support/verify.js";

/** `small`: entries at 1-3, a checkpoint at 4, entries at 5-7, a checkpoint at 8. */
const { lines } = small();

const forged = (line: Loose): Loose => ({ ...line, receipt: { ...line.receipt, decision: "deny" } });
const wrongRoot = { checkpoint: small().note({ root: Buffer.alloc(32, 7) }) };

describe("what a finding follows from", () => {
  it("is the nearest earlier damage", async () => {
    const codes = await found(lines.with(1, forged(lines[1])).with(5, forged(lines[5])));
    expect(codes).toEqual([
      "signature.invalid@2",
      "chain.prev@3<0",
      "checkpoint.root@4<0",
      "signature.invalid@6",
      "chain.prev@7<3",
      "checkpoint.root@8<3",
      "checkpoint.uncovered@1<5",
    ]);
  });

  it("of chain.prev is the entry before alone, and not damage further back", async () => {
    const ledger = small({
      entry: (i) => ({
        intent: false,
        ...(i === 1 ? { sign: () => Buffer.alloc(64, 1) } : {}),
        ...(i === 4
          ? { edit: (receipt: Loose) => Object.assign(receipt, { prev: `sha3-256:${"0".repeat(64)}` }) }
          : {}),
      }),
    });
    expect(await found(ledger)).toEqual(["signature.invalid@2", "chain.prev@6"]);
  });

  it("of chain.prev is never the form of its own entry", async () => {
    const edit = (receipt: Loose) =>
      Object.assign(receipt, { prev: `sha3-256:${"0".repeat(64)}`, unknown: true });
    const ledger = small({ entry: (i) => ({ intent: false, ...(i === 4 ? { edit } : {}) }) });
    expect(await found(ledger)).toEqual(["receipt.schema@6", "chain.prev@6"]);
  });

  it("of a checkpoint is never damage behind it", async () => {
    const codes = await found(
      lines
        .with(3, { checkpoint: small().note({ size: 3, root: Buffer.alloc(32) }) })
        .with(5, forged(lines[5])),
    );
    expect(codes[0]).toBe("checkpoint.root@4");
  });

  it("of history.rewritten is never damage behind the kept size", async () => {
    const since = small({ label: "rewritten" }).note({ size: 3 });
    const codes = await found(lines.with(5, forged(lines[5])), { since });
    expect(codes).toContain("history.rewritten@3");
  });

  it("of chain.prev is never chain.prev of the entry before: that explains no second one", async () => {
    const zero = (receipt: Loose) => Object.assign(receipt, { prev: `sha3-256:${"0".repeat(64)}` });
    const ledger = small({
      entry: (i) => ({ intent: false, ...(i === 1 || i === 2 ? { edit: zero } : {}) }),
    });
    expect(await found(ledger)).toEqual(["chain.prev@2", "chain.prev@3"]);
  });

  it("stands for itself where nothing explains it", async () => {
    expect(await found(lines.with(7, wrongRoot))).toEqual(["checkpoint.root@8", "checkpoint.uncovered@5<0"]);
  });

  describe("of a checkpoint is an entry, never another checkpoint, which moves no entry", () => {
    it("by another ledger's name", async () => {
      const text = small().note({ size: 3 }).split("\n\n")[0]!.replace(ledgerName, "acme.example/other");
      const foreign = noteOf(`${text}\n`, [ledgerLine("acme.example/other", keyOf("gate-1"), `${text}\n`)]);
      const codes = await found(lines.with(3, { checkpoint: foreign }).with(7, wrongRoot));
      expect(codes.slice(0, 2)).toEqual(["ledger.mismatch@4", "checkpoint.root@8"]);
    });

    it("by a key that was not valid there", async () => {
      const codes = await found(
        lines.with(3, { checkpoint: small().note({ size: 3, keys: ["gate-2"] }) }).with(7, wrongRoot),
      );
      expect(codes.slice(0, 2)).toEqual(["key.not-valid@4", "checkpoint.root@8"]);
    });

    it("by a failed signature", async () => {
      const codes = await found(
        lines.with(3, { checkpoint: small().note({ size: 3, keys: ["nobody"] }) }).with(7, wrongRoot),
      );
      expect(codes.slice(0, 2)).toEqual(["checkpoint.signature@4", "checkpoint.root@8"]);
    });
  });

  it("is an index of the list, earlier than the finding", async () => {
    const damaged = lines.with(0, forged(lines[0])).toSpliced(5, 1);
    const codes = await found(damaged);
    codes.forEach((code, i) => {
      const cause = /<(\d+)$/.exec(code)?.[1];
      if (cause !== undefined) expect(Number(cause)).toBeLessThan(i);
    });
  });
});
