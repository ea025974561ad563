import { describe, expect, it } from "vitest";
import { Ledger } from "../../fixtures/make/ledger.mjs";
import { encodeUtf8 } from "../../src/bytes/utf8.js";
import { engine } from "../../src/io/engine-node.js";
import { checkConsistency, checkInclusion } from "../../src/ledger/check-proof.js";
import { LeafStore, proveConsistency, proveInclusion } from "../../src/ledger/make-proof.js";
import type { ObservedEntry } from "../../src/ledger/options.js";
import {
  type ConsistencyDocument,
  formatHashes,
  type InclusionDocument,
  readProofDocument,
} from "../../src/ledger/proof-document.js";
import { type Source, trust, verify } from "../support/verify.js";

const minute = 60_000;
const start = Date.parse("2026-06-01T12:00:00.000Z");
const hash = engine.sha3_256;

/** Eleven entries, checkpoints after the sixth and the last. */
function eleven(odd: Parameters<Ledger["add"]>[0] = {}): Ledger {
  const ledger = new Ledger({ label: "proofs" });
  for (let i = 0; i < 11; i++) {
    ledger.add({ at: start + i * minute, ...(i === 4 ? odd : {}) });
    if (i === 5) ledger.checkpoint();
  }
  return ledger.checkpoint();
}

/** Verifies a source and keeps what proofs are made of. */
async function known(source: Source, options: object = {}) {
  const leaves = new LeafStore();
  const entries: ObservedEntry[] = [];
  const verification = await verify(source, {
    ...options,
    allowWithheld: true,
    observe: (observed: ObservedEntry) => {
      leaves.add(observed.entry.leaf!);
      entries.push(observed);
    },
  });
  const tree = { start: verification.start, frontier: verification.frontier, leaves };
  return { verification, entries, tree };
}

async function inclusion(source: Source, place: number, options: object = {}): Promise<InclusionDocument> {
  const { verification, entries, tree } = await known(source, options);
  const found = entries.find((entry) => entry.place === place)!;
  return {
    format: "sclaw.proof/1",
    kind: "inclusion",
    entry: found.line.members,
    proof: formatHashes(proveInclusion(tree, place, verification.size, hash)!),
    checkpoint: verification.latestNote!,
  };
}

const codes = (document: InclusionDocument) =>
  checkInclusion(document, trust, engine).problems.map(({ code }) => code);

describe("an inclusion document", () => {
  it("of every entry, of the whole and of every range, holds", async () => {
    for (let place = 0; place < 11; place++) {
      expect(codes(await inclusion(eleven(), place))).toEqual([]);
      for (let from = 1; from <= place; from++) {
        expect(codes(await inclusion(eleven().range(from), place, { start: from }))).toEqual([]);
      }
    }
  });

  it("names what it shows", async () => {
    const check = checkInclusion(await inclusion(eleven(), 4), trust, engine);
    expect(check).toMatchObject({ entry: { seq: 4 }, checkpoints: [{ checkpoint: { size: 11 } }] });
    expect(check.approval?.signatures).toEqual([]);
  });

  it("of something else than an entry is refused", async () => {
    const document = await inclusion(eleven(), 4);
    expect(codes({ ...document, entry: { checkpoint: document.checkpoint } })).toEqual(["line.unknown"]);
    expect(codes({ ...document, entry: {} })).toEqual(["line.unknown"]);
  });

  it("of a forged, misnamed or unsigned entry says so, and judges no control of it", async () => {
    const denied = await inclusion(eleven({ decision: "deny", status: "executed" }), 4);
    expect(codes(denied)).toEqual(["control.executed-without-authority"]);
    const receipt = denied.entry["receipt"] as object;
    expect(codes({ ...denied, entry: { ...denied.entry, receipt: { ...receipt, seq: 5 } } })).toEqual([
      "signature.invalid",
      "checkpoint.root",
    ]);
    expect(codes({ ...denied, entry: { ...denied.entry, sig: "" } })).toEqual([
      "receipt.schema",
      "checkpoint.root",
    ]);
    expect(
      codes(await inclusion(eleven({ edit: (r) => Object.assign(r, { ledger: "acme.example/other" }) }), 4)),
    ).toEqual(["ledger.mismatch"]);
    expect(codes(await inclusion(eleven({ key: "stranger" }), 4).catch(() => denied))).not.toEqual([]);
  });

  it("shows an edited intent, and a damaged checkpoint or proof", async () => {
    const document = await inclusion(eleven(), 4);
    const intent = document.entry["intent"] as object;
    expect(
      codes({ ...document, entry: { ...document.entry, intent: { ...intent, operation: "x" } } }),
    ).toEqual(["intent.hash"]);
    expect(codes({ ...document, checkpoint: document.checkpoint.replace("11", "12") })).toEqual([
      "checkpoint.signature",
    ]);
    expect(codes({ ...document, proof: document.proof.slice(1) })).toEqual(["checkpoint.root"]);
  });
});

describe("a consistency document", () => {
  async function consistency(): Promise<ConsistencyDocument> {
    const { tree, verification } = await known(eleven());
    const notes = eleven()
      .text()
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line) as { checkpoint?: string })
      .flatMap((line) => line.checkpoint ?? []);
    const proof = formatHashes(proveConsistency(tree, 6, verification.size, hash)!);
    return { format: "sclaw.proof/1", kind: "consistency", older: notes[0]!, newer: notes[1]!, proof };
  }
  const problems = (document: ConsistencyDocument) =>
    checkConsistency(document, trust, engine).problems.map(({ code, where }) => [code, where]);

  it("of two genuine checkpoints holds", async () => {
    expect(problems(await consistency())).toEqual([]);
  });

  it("says which note is not genuine, and that hashes do not fit", async () => {
    const document = await consistency();
    expect(problems({ ...document, older: "x" })).toEqual([["checkpoint.signature", "/older"]]);
    expect(problems({ ...document, newer: "x" })).toEqual([["checkpoint.signature", "/newer"]]);
    expect(problems({ ...document, proof: document.proof.slice(1) })).toEqual([
      ["checkpoint.root", "the proof"],
    ]);
    expect(problems({ ...document, newer: document.older, older: document.newer })).toEqual([
      ["checkpoint.root", "the proof"],
    ]);
  });
});

describe("a proof's file", () => {
  it.each([
    ["nothing", ""],
    ["no JSON", "{"],
    ["a member twice", '{"format":"sclaw.proof/1","format":"sclaw.proof/1"}'],
    ["no object", "[]"],
    ["another kind", '{"format":"sclaw.proof/1","kind":"x"}'],
    [
      "65 hashes",
      JSON.stringify({
        format: "sclaw.proof/1",
        kind: "inclusion",
        entry: {},
        checkpoint: "",
        proof: Array(65).fill(`sha3-256:${"0".repeat(64)}`),
      }),
    ],
    [
      "a further member",
      JSON.stringify({
        format: "sclaw.proof/1",
        kind: "inclusion",
        entry: {},
        checkpoint: "",
        proof: [],
        x: 1,
      }),
    ],
  ])("of %s is refused with reasons", (_name, text) => {
    expect(readProofDocument(encodeUtf8(text))).toMatchObject({
      ok: false,
      issues: expect.arrayContaining([expect.anything()]),
    });
  });

  it("in any layout is read", async () => {
    const document = await inclusion(eleven(), 3);
    expect(readProofDocument(encodeUtf8(JSON.stringify(document, null, 4)))).toMatchObject({
      ok: true,
      document: { kind: "inclusion" },
    });
  });
});
