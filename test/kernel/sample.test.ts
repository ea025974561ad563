import { expect, it } from "vitest";
import { concatBytes } from "../../src/bytes/bytes.js";
import { encodeHex } from "../../src/bytes/hex.js";
import { encodeUtf8 } from "../../src/bytes/utf8.js";
import { sample } from "../../src/kernel/sample.js";
import { RecordCursor, recordAt } from "../../src/ledger/record.js";
import { LineSplitter } from "../../src/ledger/split-lines.js";
import { CompactRange } from "../../src/merkle/compact-range.js";
import { recordLineWith } from "../support/recognizer.js";
import { brief, engine, trustOf, verify } from "../support/verify.js";

const trust = trustOf({
  format: "sclaw.keys/1",
  ledger: sample.ledger,
  tiers: { T2_ELEVATED: [sample.group], T3_SOVEREIGN: [] },
  groups: {
    [sample.group]: {
      threshold: 2,
      members: sample.keys.filter(({ role }) => role === "approver").map(({ holder }) => ({ holder })),
    },
  },
  keys: sample.keys.map(({ id, publicKey, role, holder }) => {
    return { id: `ed25519:${id}`, role, holder, public_key: publicKey };
  }),
});

it("what a kernel has to find in the sample is what the way line by line says of it", () => {
  const recordOf = recordLineWith(trust, engine);
  const records: Uint8Array[] = [];
  const tree = CompactRange.empty(engine.sha3_256, 0);
  let offset = 0;
  for (const raw of new LineSplitter(1 << 20).push(encodeUtf8(sample.lines))) {
    const record = recordOf(raw);
    new RecordCursor(record).offset = offset;
    offset += raw.length + 1;
    records.push(record);
    tree.append(record.slice(recordAt.leaf, recordAt.leaf + 32));
  }
  expect(records.map(([kind]) => kind)).toEqual([1, 1, 1, 1, 2]);
  expect(encodeHex(engine.sha3_256(concatBytes(...records, ...tree.hashes)))).toBe(sample.found);
});

it("the refused line is a signature with the identity as R", async () => {
  const { findings } = await verify(`${sample.refused[0]}\n`, { trust });
  expect(brief(findings)).toContain("signature.invalid@1");
  expect(sample.refused[0]).toMatch(/"sig":"AQA{40}/);
});
