import { generateKeyPairSync, sign } from "node:crypto";
import {
  appendFileSync,
  copyFileSync,
  existsSync,
  readFileSync,
  rmSync,
  truncateSync,
  unlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { encodeBase64 } from "../../src/bytes/base64.js";
import { loadPrivateKey } from "../../src/io/private-key.js";
import type { JsonObject } from "../../src/json/json.js";
import { receiptsOf } from "../support/gate-world.js";
import { inFolder } from "../support/sclaw.js";
import {
  appendMany,
  draftOf,
  handClock,
  linesOf,
  openWriter,
  trustOf,
  verdictOn,
  type WriterWorld,
  writeLedger,
  writerWorld,
} from "../support/writer-world.js";

const inWorld = (
  work: (world: WriterWorld) => Promise<void>,
  change: Parameters<typeof writerWorld>[1] = {},
) => inFolder(async (folder) => work(await writerWorld(folder, change)));

const headPath = ({ path }: WriterWorld) => `${path}.head`;
const readHead = (world: WriterWorld) =>
  JSON.parse(readFileSync(headPath(world), "utf8")) as { head: JsonObject; sig: string };

function changeTrust({ config }: WriterWorld, change: (trust: { keys: JsonObject[] }) => void): void {
  const trust = JSON.parse(readFileSync(config.keys, "utf8"));
  change(trust);
  writeFileSync(config.keys, JSON.stringify(trust));
}

describe("a ledger", () => {
  it("holds what was appended, in order, and verifies", () =>
    inWorld(async (world) => {
      const writer = await openWriter(world);
      const receipts = await appendMany(writer, 100);
      expect(receipts.map(({ seq }) => seq)).toEqual([...Array(100).keys()]);
      await writer.close();
      expect(receiptsOf(world)).toEqual(receipts);
      expect(await verdictOn(world)).toBe("verified");
    }));

  it("is not made where nobody asked for it", () =>
    inWorld(async (world) => {
      await expect(openWriter(world, { create: false })).rejects.toThrow("found no file");
    }));

  it("is written by one process", () =>
    inWorld(async (world) => {
      const writer = await openWriter(world);
      await expect(openWriter(world)).rejects.toThrow(`found that process ${process.pid} holds`);
      await writer.close();
      await writer.close();
      await (await openWriter(world)).close();
    }));

  it("takes nothing any more where its lock was taken", () =>
    inWorld(async (world) => {
      const writer = await openWriter(world);
      await appendMany(writer, 2);
      unlinkSync(`${world.path}.lock`);
      const other = await openWriter(world);
      await expect(appendMany(writer, 1, 2)).rejects.toThrow("another process took it");
      await appendMany(other, 1, 3);
      await writer.close();
      await other.close();
      expect(await verdictOn(world)).toBe("verified");
      expect(receiptsOf(world)).toHaveLength(3);
    }));

  it("takes nothing any more where its size changed behind it", () =>
    inWorld(async (world) => {
      const writer = await openWriter(world);
      await appendMany(writer, 2);
      appendFileSync(world.path, "x");
      await expect(appendMany(writer, 1, 2)).rejects.toThrow("something else wrote to it");
      await expect(appendMany(writer, 1, 2)).rejects.toThrow("something else wrote to it");
      expect(() => writer.requireWritable()).toThrow("something else wrote to it");
      await writer.close();
      const again = await openWriter(world);
      expect(again.torn?.bytes).toBe(1);
      await appendMany(again, 1, 2);
      await again.close();
      expect(await verdictOn(world)).toBe("verified");
    }));

  it("has times and ids that never go back, whatever the clock does", () =>
    inWorld(async (world) => {
      const clock = handClock("2026-06-01T12:00:00.000Z");
      const writer = await openWriter(world, { clock: clock.now });
      await appendMany(writer, 3);
      clock.set("2026-06-01T11:00:00.000Z");
      await appendMany(writer, 3, 3);
      await writer.close();
      clock.set("2020-01-01T00:00:00.000Z");
      const again = await openWriter(world, { clock: clock.now });
      await appendMany(again, 3, 6);
      clock.set("2026-06-01T12:00:00.001Z");
      await appendMany(again, 1, 9);
      await again.close();
      const receipts = receiptsOf(world);
      const ids = receipts.map(({ receipt_id }) => receipt_id);
      expect(ids).toEqual([...new Set(ids)].sort());
      expect(receipts.map(({ issued_at }) => issued_at).slice(-2)).toEqual([
        "2026-06-01T12:00:00.000Z",
        "2026-06-01T12:00:00.001Z",
      ]);
      expect(await verdictOn(world)).toBe("verified");
    }));

  it("issues no receipt before what it says happened", () =>
    inWorld(async (world) => {
      const writer = await openWriter(world);
      const outcome = {
        status: "executed",
        started_at: "2026-06-01T12:00:01.000Z",
        completed_at: "2026-06-01T12:00:02.000Z",
      } as never;
      const { draft, intentText } = draftOf(0, { outcome });
      expect((await writer.append(draft, intentText)).issued_at).toBe("2026-06-01T12:00:02.000Z");
      await writer.close();
      expect(await verdictOn(world)).toBe("verified");
    }));

  it("takes no draft that makes no receipt, and goes on", () =>
    inWorld(async (world) => {
      const writer = await openWriter(world);
      const { draft, intentText } = draftOf(0);
      await expect(writer.append({ ...draft, ext: { a: 0.5 } }, intentText)).rejects.toThrow(
        "/receipt/ext/a",
      );
      const long = "x".repeat(1 << 20);
      await expect(writer.append({ ...draft, ext: { long } }, intentText)).rejects.toThrow("1048576 bytes");
      await appendMany(writer, 1);
      await writer.close();
      expect(await verdictOn(world)).toBe("verified");
    }));
});

describe("checkpoints", () => {
  const sizesOf = ({ path }: WriterWorld) =>
    linesOf(path)
      .filter((line) => line.startsWith('{"checkpoint"'))
      .map((line) => Number(JSON.parse(line).checkpoint.split("\n")[1]));

  it("are written after so many receipts, and at the end", () =>
    inWorld(
      async (world) => {
        const writer = await openWriter(world);
        for (let i = 0; i < 10; i++) await appendMany(writer, 1, i);
        await writer.close();
        expect(sizesOf(world)).toEqual([4, 8, 10]);
        expect(await verdictOn(world)).toBe("verified");
      },
      { checkpoint: { receipts: 4, seconds: 3600 } },
    ));

  it("are written some time after the first receipt that none covers", () =>
    inWorld(
      async (world) => {
        const writer = await openWriter(world);
        await appendMany(writer, 2);
        while (sizesOf(world).length < 1) await new Promise((resolve) => setTimeout(resolve, 10));
        expect(sizesOf(world)).toEqual([2]);
        await writer.close();
        expect(sizesOf(world)).toEqual([2]);
      },
      { checkpoint: { receipts: 1000, seconds: 0.05 } },
    ));

  it("cover what a crash left uncovered, also where nothing follows", () =>
    inWorld(
      async (world) => {
        await writeLedger(world, 3);
        const lines = linesOf(world.path);
        writeFileSync(world.path, `${lines.slice(0, -1).join("\n")}\n`);
        rmSync(headPath(world));
        const writer = await openWriter(world);
        while (sizesOf(world).length < 1) await new Promise((resolve) => setTimeout(resolve, 10));
        await writer.close();
        expect(await verdictOn(world)).toBe("verified");
      },
      { checkpoint: { receipts: 1000, seconds: 0.05 } },
    ));

  it("are written on demand, once", () =>
    inWorld(async (world) => {
      const writer = await openWriter(world);
      const appended = appendMany(writer, 5);
      const note = await writer.checkpoint();
      await appended;
      expect(note).toContain("acme.example/agents-test\n5\n");
      expect(await writer.checkpoint()).toBeUndefined();
      expect(writer.lastCheckpoint).toEqual({ size: 5, note });
      await writer.close();
      const again = await openWriter(world);
      expect(again.lastCheckpoint).toEqual({ size: 5, note });
      await again.close();
      expect(sizesOf(world)).toEqual([5]);
    }));

  it("leave a head that the next start takes, whatever was under way", () =>
    inWorld(
      async (world) => {
        const writer = await openWriter(world);
        // Checkpoints come about while batches are being written.
        const work: Promise<unknown>[] = [];
        for (let i = 0; i < 200; i++) {
          work.push(appendMany(writer, 1, i));
          if (i % 10 === 0) await new Promise((resolve) => setImmediate(resolve));
        }
        await Promise.all(work);
        const { head } = readHead(world);
        const before = readFileSync(world.path)
          .subarray(0, head["offset"] as number)
          .toString();
        expect(before.endsWith(`${JSON.stringify({ checkpoint: head["checkpoint"] })}\n`)).toBe(true);
        await writer.close();
        await (await openWriter(world)).close();
      },
      { checkpoint: { receipts: 7, seconds: 3600 } },
    ));
});

describe("the head file", () => {
  async function goesOn(world: WriterWorld): Promise<void> {
    const writer = await openWriter(world);
    await appendMany(writer, 2, 100 + writer.size);
    await writer.close();
    expect(await verdictOn(world)).toBe("verified");
  }

  it("may be missing, or be none", () =>
    inWorld(async (world) => {
      await writeLedger(world, 5);
      rmSync(headPath(world));
      await goesOn(world);
      for (const text of ["", "null", "{}", "garbage"]) {
        writeFileSync(headPath(world), text);
        await goesOn(world);
      }
    }));

  it("may be older than the ledger", () =>
    inWorld(async (world) => {
      await writeLedger(world, 4);
      copyFileSync(headPath(world), `${headPath(world)}.old`);
      await goesOn(world);
      copyFileSync(`${headPath(world)}.old`, headPath(world));
      await goesOn(world);
    }));

  it.each([
    ["prev", (head: JsonObject) => ({ ...head, prev: `sha3-256:${"0".repeat(64)}` })],
    ["frontier", (head: JsonObject) => ({ ...head, frontier: [`sha3-256:${"1".repeat(64)}`] })],
    [
      "release",
      (head: JsonObject) => ({ ...head, release: { hash: head["prev"]!, from: "2026-06-01T12:00:00.000Z" } }),
    ],
    ["receipt_id", (head: JsonObject) => ({ ...head, receipt_id: "rcpt_7ZZZZZZZZZZZZZZZZZZZZZZZZZ" })],
  ])("that somebody changed (%s) is not believed", (_name, change) =>
    inWorld(async (world) => {
      await writeLedger(world, 4);
      const signed = readHead(world);
      writeFileSync(headPath(world), JSON.stringify({ ...signed, head: change(signed.head) }));
      const writer = await openWriter(world);
      expect(writer.release).toBeUndefined();
      await writer.close();
      await goesOn(world);
    }),
  );

  it("that another key signed is not believed", () =>
    inWorld(async (world) => {
      await writeLedger(world, 4);
      const signed = readHead(world);
      const { privateKey } = generateKeyPairSync("ed25519");
      const sig = encodeBase64(sign(null, Buffer.from(JSON.stringify(signed.head)), privateKey));
      writeFileSync(headPath(world), JSON.stringify({ head: signed.head, sig }));
      await goesOn(world);
    }));

  it("of a longer ledger says that this one was cut, and nothing is written", () =>
    inWorld(async (world) => {
      await writeLedger(world, 4);
      truncateSync(world.path, readFileSync(world.path).length - 1);
      const before = readFileSync(world.path);
      await expect(openWriter(world)).rejects.toThrow("it was cut");
      await expect(openWriter(world, { whole: true })).rejects.toThrow("it was cut");
      rmSync(world.path);
      await expect(openWriter(world)).rejects.toThrow("it was cut");
      writeFileSync(world.path, before);
      expect(existsSync(`${world.path}.torn-1`)).toBe(false);
    }));

  it("of another ledger of this name is told", () =>
    inWorld(async (world) => {
      await writeLedger(world, 4);
      const first = readFileSync(headPath(world));
      rmSync(headPath(world));
      rmSync(world.path);
      await writeLedger(
        { ...world, options: { ...world.options, clock: handClock("2026-06-02T00:00:00.000Z").now } },
        9,
      );
      writeFileSync(headPath(world), first);
      await expect(openWriter(world)).rejects.toThrow(/expected .* to have the checkpoint of size 4/);
    }));
});

describe("the ledger's key", () => {
  it("has to be a ledger key of the trust file", () =>
    inWorld(async (world) => {
      const signer = await loadPrivateKey(join(world.folder, "alice.pem"), async () => "");
      await expect(openWriter(world, { signer })).rejects.toThrow("a key of role approver");
      changeTrust(world, ({ keys }) =>
        keys.splice(
          keys.findIndex(({ role }) => role === "ledger"),
          1,
          {
            ...keys.find(({ role }) => role === "ledger")!,
            valid_from: "2027-01-01T00:00:00.000Z",
          },
        ),
      );
      await expect(openWriter(world, { trust: trustOf(world) })).rejects.toThrow(
        "a key that is not valid at 2026",
      );
    }));

  it("signs nothing beyond its last place, nor when its time is over", () =>
    inWorld(async (world) => {
      changeTrust(world, ({ keys }) => {
        Object.assign(keys.find(({ role }) => role === "ledger")!, {
          valid_until: "2026-07-01T00:00:00.000Z",
          last_seq: 2,
        });
      });
      const clock = handClock();
      const trust = trustOf(world);
      const writer = await openWriter(world, { trust, clock: clock.now });
      await appendMany(writer, 2);
      clock.set("2026-07-01T00:00:00.000Z");
      await expect(appendMany(writer, 1, 2)).rejects.toThrow("not valid at 2026-07-01");
      expect(() => writer.requireWritable()).toThrow("not valid");
      clock.set("2026-06-30T00:00:00.000Z");
      await appendMany(writer, 1, 2);
      await expect(appendMany(writer, 1, 3)).rejects.toThrow("place 3");
      await writer.close();
      expect(await verdictOn(world)).toBe("verified");
    }));

  it("is followed by another one at a place, also after a crash", () =>
    inWorld(async (world) => {
      await writeLedger(world, 3);
      // A crash: the last checkpoint is missing, and the old key writes no more.
      const lines = linesOf(world.path);
      writeFileSync(world.path, `${lines.slice(0, -1).join("\n")}\n`);
      rmSync(headPath(world));
      const next = await writerWorld(join(world.folder, "next"));
      const nextKeys = JSON.parse(readFileSync(next.config.keys, "utf8")).keys as JsonObject[];
      const nextKey = nextKeys.find(({ role }) => role === "ledger")!;
      changeTrust(world, ({ keys }) => {
        Object.assign(keys.find(({ role }) => role === "ledger")!, { last_seq: 2 });
        keys.push({ ...nextKey, first_seq: 3 });
      });
      const trust = trustOf(world);
      await expect(openWriter(world, { trust })).rejects.toThrow("place 3");
      const opened = await openWriter(world, { trust, signer: next.options.signer });
      // What only the old key may cover is covered with the new key's first receipt.
      expect(await opened.checkpoint()).toBeUndefined();
      await appendMany(opened, 1, 3);
      await opened.close();
      expect(await verdictOn(world)).toBe("verified");
    }));
});
