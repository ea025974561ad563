import { existsSync, readdirSync, readFileSync } from "node:fs";
import { isDeepStrictEqual } from "node:util";
import { describe, expect, it } from "vitest";
import { base64, bytesOf, digestText, sha3, timeText } from "../../fixtures/make/bytes.mjs";
import { makeTrust, trustKey } from "../../fixtures/make/keys.mjs";
import { epoch, Ledger, textOf } from "../../fixtures/make/ledger.mjs";
import type { Loose } from "../../fixtures/make/loose.mjs";
import { released, request, single, small, standard, twoTenants } from "../../fixtures/make/story.mjs";
import { rootOf } from "../../fixtures/make/tree.mjs";
import { encodeHex } from "../../src/bytes/hex.js";
import { limits } from "../../src/json/limits.js";
import type { ObservedEntry } from "../../src/ledger/options.js";
import type { Outline } from "../../src/ledger/outline.js";
import type { Recognizer, Run } from "../../src/ledger/recognizer.js";
import { recordFlags, recordKinds } from "../../src/ledger/record.js";
import { LineSplitter } from "../../src/ledger/split-lines.js";
import type { Verification } from "../../src/ledger/verification.js";
import { type LedgerBytes, verifyWith } from "../../src/ledger/verify.js";
import { renderVerificationJson } from "../../src/report/verification-json.js";
import { memoEngine } from "../support/memo-engine.js";
import { type Cutting, type RecordLine, recordLineWith, referenceRecognizer } from "../support/recognizer.js";
import {
  type Asked,
  bytesOfSource,
  optionsOf,
  type Source,
  trust,
  trustOf,
  verifyFiles,
} from "../support/verify.js";

const engine = memoEngine();
const cuttings: readonly Cutting[] = [1, 7, Number.POSITIVE_INFINITY].flatMap((lines) =>
  (["none", "right", "wrong"] as const).map((runs) => ({ lines, runs })),
);

/** Each line is recorded once for a trust file and a tenant, however often it comes back. */
const recorders = new Map<string, RecordLine>();
function recorderOf({ trust: asked = trust, tenant }: Asked): RecordLine {
  const name = `${asked.fingerprint} ${tenant}`;
  const known = recorders.get(name);
  if (known !== undefined) return known;
  const made = recordLineWith(asked, engine, tenant);
  const records = new Map<string, Uint8Array>();
  const remembering: RecordLine = (raw) => {
    const line = `${raw.length} ${raw.ended} ${Buffer.from(raw.bytes).toString("latin1")}`;
    const record = records.get(line) ?? made(raw);
    records.set(line, record);
    return record;
  };
  recorders.set(name, remembering);
  return remembering;
}

const provenance = {
  keysSource: "option",
  keysPath: "keys.json",
  keysFoundInFolder: false,
  sinceFoundInFolder: false,
} as const;
const jsonOf = (verification: Verification) => renderVerificationJson(verification, provenance);

/** What is known without a look into the line. */
function outlined(outline: Outline | undefined) {
  if (outline === undefined) return undefined;
  const { seq, decision, tier, status, approval, decidedAt, issuedAt, hasIntent, receiptId, nonce, agreed } =
    outline;
  return { seq, decision, tier, status, approval, decidedAt, issuedAt, hasIntent, receiptId, nonce, agreed };
}

/** All that an observer can see of an entry, as text. */
function seen(observed: ObservedEntry): string {
  const { line, entry, where, place, genuine, approval, policyJudged, problems: found } = observed;
  const { problems, disclosed, seq, signer, digest, sig, scope, leaf, receipt } = entry;
  const { intent, intentBytes, ledger, prev, issuedAt, tenant, receiptId } = entry;
  const texts = Object.keys(line.members).map((name) => Buffer.from(line.bytesOf(name)).toString("utf8"));
  const hashes = [digest, sig, scope, leaf, intentBytes, prev].map((bytes) => bytes && encodeHex(bytes));
  const own = { problems, disclosed, seq, signer, receipt, intent, ledger, issuedAt, tenant, receiptId };
  const rest = { where, place, genuine, approval, policyJudged, found, outline: outlined(observed.outline) };
  const all = { ...rest, kind: line.kind, members: line.members, texts, hashes, own };
  return JSON.stringify(all, (_name, value) => value ?? String(value));
}

/** Verifies by lines and by records, in blocks of every kind, and expects the same; returns what was found. */
async function expectSame(sources: readonly Source[], asked: Asked = {}): Promise<Verification> {
  const byLine: string[] = [];
  const options = { ...asked, engine };
  const expected = await verifyFiles(sources, { ...options, observe: (entry) => byLine.push(seen(entry)) });
  for (const cutting of cuttings) {
    const observed: ObservedEntry[] = [];
    const keep = (entry: ObservedEntry) => {
      entry.keep();
      entry.keep();
      observed.push(entry);
    };
    const verification = await verifyFiles(sources, {
      ...options,
      recognizer: referenceRecognizer(recorderOf(asked), engine, cutting),
      ...(cutting.lines === 7 ? { observe: keep } : {}),
    });
    if (!isDeepStrictEqual(verification, expected))
      expect(verification, JSON.stringify(cutting)).toStrictEqual(expected);
    expect(jsonOf(verification)).toBe(jsonOf(expected));
    // Who kept them sees the same in the end, whatever became of the blocks.
    if (cutting.lines === 7) expect(observed.map(seen), JSON.stringify(cutting)).toEqual(byLine);
  }
  expectOwnIds(sources, expected);
  return expected;
}

/** Findings name the receipt that stands at their line, if one does. */
function expectOwnIds([source, ...others]: readonly Source[], { findings }: Verification): void {
  if (source === undefined || others.length > 0) return;
  const lines = Buffer.from(bytesOfSource(source)).toString("utf8").split("\n");
  for (const { line, receipt_id } of findings)
    if (receipt_id !== undefined) expect(lines[line! - 1]).toContain(`"receipt_id":"${receipt_id}"`);
}

const codesOf = (verification: Verification) => [...verification.findingCounts.keys()].sort();

/** The records of a ledger's lines. */
function recordsOf(source: Source, asked: Asked = {}): Uint8Array[] {
  const lines = [...new LineSplitter(1024 * 1024).push(bytesOfSource(source))];
  return lines.map((line) => recorderOf(asked)(line));
}

const kindsOf = (source: Source, asked?: Asked) => recordsOf(source, asked).map((record) => record[0]!);

describe("ordinary", () => {
  it("are entries in which nothing is wrong, and no other lines", () => {
    const ledger = standard();
    const expected = ledger.lines.map((line) => (line.receipt === undefined ? 0 : 1));
    expect(kindsOf(ledger)).toEqual(expected);
    const withheld = standard().withhold((receipt) => receipt.seq % 2 === 0);
    expect(kindsOf(withheld).filter((kind) => kind === recordKinds.withheld)).toHaveLength(10);
    expect(kindsOf(single({ status: "executed", decision: "deny" }))).toEqual([1, 0, 1, 0]);
    expect(kindsOf(single({ key: "nobody" }))).toEqual([1, 0, 1, 0]);
    expect(kindsOf(released(digestText(sha3("policy v7"))))).toEqual([1, 0, 0, 1, 0]);
  });

  it("are of the tenant that is examined, or of another", () => {
    const ledger = twoTenants().withhold((receipt) => receipt.seq > 9);
    const flags = recordsOf(ledger, { tenant: "tenant:acme-pay/prod" }).filter((record) => record[0] !== 0);
    const isOfTenant = flags.map((record) => (record[4]! & recordFlags.ofTenant) !== 0);
    expect(isOfTenant).toEqual(Array.from({ length: 16 }, (_, i) => i % 3 === 1));
  });
});

describe("by record as by line", () => {
  describe("the corpus", () => {
    const folder = new URL("../conformance/corpus/", import.meta.url);
    const read = (path: string) => readFileSync(new URL(path, folder));
    const cases = JSON.parse(read("cases.json").toString("utf8")) as {
      readonly case: string;
      readonly args?: readonly string[];
    }[];
    const keys = trustOf(read("keys.json").toString("utf8"));

    it.each(cases)("$case", async ({ case: name, args = [] }) => {
      const own = new URL(`${name}/keys.json`, folder);
      const asked = optionsOf(args, (path) => read(`${name}/${path}`).toString("utf8"));
      const its = existsSync(own) ? trustOf(readFileSync(own, "utf8")) : keys;
      await expectSame([read(`${name}/ledger.jsonl`)], { ...asked, trust: its });
    });
  });

  describe("the fixtures", () => {
    const folder = new URL("../../fixtures/", import.meta.url);
    const read = (path: string) => readFileSync(new URL(path, folder));
    const text = (path: string) => read(path).toString("utf8");
    const keys = trustOf(text("keys.json"));
    const good = JSON.parse(text("good/cases.json")) as {
      readonly name: string;
      readonly files: readonly string[];
      readonly args: readonly string[];
    }[];

    it.each(good)("$name", async ({ files, args }) => {
      const asked = optionsOf(args, (path) => text(`good/${path}`));
      await expectSame(
        files.map((file) => read(`good/${file}`)),
        { ...asked, trust: keys },
      );
    });

    it.each(readdirSync(new URL("bad/", folder)))("%s", async (code) => {
      const { args } = JSON.parse(text(`bad/${code}/case.json`)) as { readonly args: readonly string[] };
      const asked = optionsOf(args, (path) => text(`bad/${code}/${path}`));
      await expectSame([read(`bad/${code}/ledger.jsonl`)], { ...asked, trust: keys });
    });
  });

  it.each([
    ["of a story", () => standard().lines],
    ["that are withheld", () => standard().withhold((receipt) => receipt.seq % 3 !== 0).lines],
    ["with releases", () => released(digestText(sha3("another policy"))).lines],
  ])(
    "lines %s deleted, repeated, swapped and cut off",
    async (_name, make) => {
      const lines = make();
      const codes = new Set<string>();
      for (let i = 0; i < lines.length; i++) {
        const ways = [
          lines.toSpliced(i, 1),
          lines.toSpliced(i, 0, lines[i]),
          lines.toSpliced(i, 2, ...lines.slice(i, i + 2).reverse()),
          [...lines, lines[i]],
          lines.slice(0, i),
          lines.slice(i),
        ];
        for (const way of ways)
          for (const code of codesOf(await expectSame([way], { allowWithheld: i % 2 === 0 })))
            codes.add(code);
      }
      expect([...codes]).toEqual(
        expect.arrayContaining(["seq.gap", "seq.order", "seq.repeated", "chain.prev"]),
      );
    },
    120_000,
  );

  it("a torn end, at every byte of the last entry", async () => {
    const bytes = bytesOfSource(small());
    const from = bytes.lastIndexOf(0x0a, bytes.length - 2);
    for (let end = from - 40; end < bytes.length; end += 13) await expectSame([bytes.subarray(0, end)]);
  });

  it("kept checkpoints and given roots, inside runs and at their ends", async () => {
    const ledger = standard();
    const levels = new Set<string>();
    for (let size = 0; size <= ledger.size + 1; size++) {
      const [at, over] = [Math.min(size, ledger.size), size > ledger.size];
      const root = rootOf(ledger.leaves.slice(0, at));
      const kept = await expectSame([ledger], over ? {} : { since: ledger.note({ size }) });
      levels.add(kept.level);
      await expectSame([ledger], { given: { size, root } });
      const wrong = await expectSame([ledger], { given: { size, root: sha3("another") } });
      expect(codesOf(wrong)).toEqual(over ? ["history.truncated"] : ["history.rewritten"]);
      if (!over)
        await expectSame([ledger], {
          since: ledger.note({ size, root: sha3("another") }),
          given: { size: 9, root },
        });
    }
    expect([...levels].sort()).toEqual(["L0", "L1"]);
  });

  it("ranges from every place", async () => {
    const ledger = standard();
    for (let start = 1; start < ledger.size; start++) {
      const verdict = await expectSame([ledger.range(start)], { start });
      expect(verdict).toMatchObject({ integrity: "verified", start });
      await expectSame([ledger.range(start)], { since: ledger.note({ size: start + 1 }) });
      await expectSame([ledger.range(start, (header) => header.frontier.pop())], { start });
      await expectSame([ledger.range(start).toSpliced(1, 1)], { start });
    }
  });

  it("ranges that begin at the end of all numbers", async () => {
    for (const start of [2 ** 53 - 3, 2 ** 53 - 2, 2 ** 53 - 1]) {
      const lines = small({
        entry: (place) => ({ edit: (receipt: Loose) => (receipt.seq = start + place) }),
      });
      const header = (value: Loose) => Object.assign(value, { start, frontier: [], checkpoint: "" });
      await expectSame([[...lines.header(header).lines]], { start });
    }
  });

  it("exports of one tenant, whose others are withheld", async () => {
    const tenants = ["tenant:acme-pay/prod", "tenant:acme-health/prod", "tenant:nobody"];
    for (const tenant of tenants) {
      const others = twoTenants().withhold((receipt) => receipt.tenant !== tenant);
      const all = twoTenants().withhold((receipt) => receipt.seq % 4 === 1);
      const scoped = await expectSame([others], { tenant });
      expect(codesOf(scoped)).toEqual(tenant === "tenant:nobody" ? ["line.empty"] : []);
      await expectSame([all], { tenant });
      await expectSame([all], { allowWithheld: true });
      await expectSame([all]);
    }
    const own = twoTenants().withhold((receipt) => receipt.seq === 4);
    expect(codesOf(await expectSame([own], { tenant: tenants[0]! }))).toEqual(["entry.withheld-in-scope"]);
  });

  it("withheld entries whose key is bounded in place and time", async () => {
    const make = () => small().withhold((receipt) => receipt.seq === 0 || receipt.seq > 2);
    const codes = new Set<string>();
    for (let i = 0; i < 8; i++) {
      for (const name of ["valid_from", "valid_until", "revoked_at"]) {
        for (const shift of [-1, 0, 1]) {
          const edited = trustOf(
            makeTrust((value) => {
              trustKey(value, "gate-1")[name] = timeText(epoch + i * 10_000 + 500 + shift);
            }),
          );
          for (const code of codesOf(await expectSame([make()], { trust: edited, allowWithheld: true })))
            codes.add(code);
        }
      }
      const placed = trustOf(
        makeTrust((value) => {
          trustKey(value, "gate-1").last_seq = i;
          trustKey(value, "gate-1").first_seq = Math.min(i, 1);
        }),
      );
      await expectSame([make()], { trust: placed, allowWithheld: true });
    }
    expect([...codes]).toContain("key.not-valid");
  });

  it("times and ids that go back", async () => {
    const ledger = new Ledger({ label: "back" });
    for (const minutes of [0, 5, 3, 3, 9, 1, 10]) ledger.add({ at: epoch + minutes * 60_000, intent: false });
    for (let i = 0; i < 3; i++) {
      const receipt_id = `rcpt_${"0".repeat(25)}${i === 1 ? 5 : 4}`;
      ledger.add({ edit: (receipt: Loose) => Object.assign(receipt, { receipt_id }) });
    }
    const verdict = await expectSame([ledger.checkpoint()]);
    expect(codesOf(verdict)).toEqual(expect.arrayContaining(["chain.time", "receipt.id-order"]));
  });

  it("nonces that come again, and requests that tell two stories", async () => {
    const nonce = base64(bytesOf("one nonce", 16));
    const ledger = new Ledger({ label: "nonces" });
    for (let i = 0; i < 4; i++) ledger.add({ nonce, status: i === 1 ? "not_executed" : "executed" });
    expect(codesOf(await expectSame([ledger.checkpoint()]))).toEqual(["nonce.reused"]);

    const edits: readonly ((receipt: Loose) => void)[] = [
      (receipt) => Object.assign(receipt, { correlation_id: "corr_other" }),
      (receipt) => Object.assign(receipt.facts, { rows: 5001, é: "\u0000\u2028" }),
      (receipt) => Object.assign(receipt, { agent: { id: "agent:other" } }),
    ];
    for (const draft of edits) {
      const verdict = await expectSame([request({ grant: { draft } })]);
      expect(verdict.findings.map(({ code }) => code)).toEqual(["approval.lineage"]);
    }
    const rejected = new Ledger({ label: "rejected" });
    const held = rejected.hold({ signatures: [{ by: "alice", verdict: "reject", at: epoch }] });
    for (const state of ["pending", "granted", "expired", "rejected", "granted", "pending"])
      rejected.resolve(
        held,
        state,
        state === "granted" ? { signatures: ["alice", "bob"] } : { signatures: [] },
      );
    const verdict = await expectSame([rejected.checkpoint()]);
    expect(verdict.findingCounts.get("approval.lineage")).toBe(6);
  });

  it("policies that were released, and others", async () => {
    const usual = digestText(sha3("policy v7"));
    const other = digestText(sha3("another policy"));
    for (const first of [usual, other]) {
      for (const second of [usual, other]) {
        const ledger = released(first);
        ledger.grant(
          ledger.hold({
            adapter_id: "adapter:sclaw.policy@1",
            facts: { from: "none", to: second, version: "v" },
            tier: "T3_SOVEREIGN",
            required: [{ group: "policy-owners", threshold: 2 }],
            draft: (receipt: Loose) => Object.assign(receipt, { policy: ledger.receipts[1].policy }),
          }),
          ["alice", "bob"],
        );
        for (const at of ["20.399", "20.400", "50.399", "50.400", "50.401"]) {
          const decided_at = `2026-06-01T12:00:${at}Z`;
          ledger.add({ draft: (receipt: Loose) => Object.assign(receipt, { decided_at }) });
        }
        const verdict = await expectSame([ledger.checkpoint()]);
        expect(codesOf(verdict)).toEqual(
          first === usual && second === usual ? [] : ["control.policy-not-released"],
        );
      }
    }
  });

  it("in several files, cut anywhere", async () => {
    const bytes = bytesOfSource(standard());
    for (let cut = 0; cut < bytes.length; cut += 997)
      await expectSame([bytes.subarray(0, cut), bytes.subarray(cut), "\n"]);
  });

  it("lines that are too long or cannot be read", async () => {
    const lines = standard().lines;
    const long = `${"x".repeat(1024 * 1024 + 1)}\n`;
    await expectSame([[...lines.slice(0, 5), long, "\n", "\r\n", ...lines.slice(5), long.trim()]]);
  });

  it("runs that are none: with other lines, beyond their block, empty, or of too few hashes", async () => {
    const expected = await verifyFiles([standard()], { engine });
    const whole = referenceRecognizer(recorderOf({}), engine, { lines: 100, runs: "right" });
    const edits: readonly ((runs: readonly Run[]) => readonly Run[])[] = [
      (runs) => runs,
      ([first]) => [{ ...first!, count: 20 }],
      (runs) => [...runs.slice(0, 2), { ...runs[2]!, count: 100 }],
      ([first]) => [{ ...first!, count: 0, hashes: new Uint8Array(0) }],
      ([first]) => [{ ...first!, hashes: first!.hashes.slice(32) }],
      ([first, ...others]) => [{ ...first!, first: 1, count: first!.count - 1 }, ...others],
    ];
    for (const edit of edits) {
      const recognizer: Recognizer = {
        async *blocks(file) {
          for await (const block of whole.blocks(file)) yield { ...block, runs: edit(block.runs ?? []) };
        },
      };
      expect(await verifyFiles([standard()], { engine, recognizer })).toStrictEqual(expected);
    }
  });

  it("a line as long as a line may be, and one that is longer", async () => {
    const lineOf = (length: number) => `{"a":"${"x".repeat(length - 8)}"}\n`;
    const found = async (length: number) => codesOf(await expectSame([lineOf(length) + standard().text()]));
    expect(await found(limits.lineBytes)).toEqual(["line.unknown"]);
    expect(await found(limits.lineBytes + 1)).toEqual(["encoding.line-too-long"]);
  });

  it("reading that ends: where a hundred thousand lines in a row cannot be read, or one has no end", async () => {
    const recognizer = referenceRecognizer(recorderOf({}), engine, { lines: 60_000, runs: "right" });
    // No checkpoint among them, which is read by its line whoever reads the entries.
    const entry = textOf(small().entryLines());
    const endless = function* () {
      for (let i = 0; i < 300; i++) yield new Uint8Array(1024 * 1024).fill(0x61);
    };
    const exports: readonly LedgerBytes[] = [
      Buffer.from("x\n".repeat(50_000) + entry + "x\n".repeat(100_010) + entry),
      endless(),
    ];
    const again = [exports[0]!, endless()];
    const stopped: boolean[] = [];
    for (const [i, bytes] of exports.entries()) {
      const byLine = await verifyWith(engine, [{ name: "export", bytes }], { trust });
      const files = [{ name: "export", bytes: again[i]! }];
      const byRecord = await verifyWith(engine, files, { trust }, recognizer);
      expect(isDeepStrictEqual(byRecord, byLine)).toBe(true);
      stopped.push(byRecord.stopped !== undefined);
    }
    expect(stopped).toEqual([true, true]);
  }, 120_000);
});
