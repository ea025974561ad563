import { readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { basename } from "node:path";
import { describe, expect, it } from "vitest";
import { engine } from "../../src/io/engine-node.js";
import { readHead } from "../../src/writer/head-file.js";
import { readLedger } from "../../src/writer/read-ledger.js";
import { receiptsOf } from "../support/gate-world.js";
import { inFolder } from "../support/sclaw.js";
import {
  appendMany,
  openWriter,
  verdictOn,
  type WriterWorld,
  writeLedger,
  writerWorld,
} from "../support/writer-world.js";

const newline = 0x0a;

/** A ledger as a crash may leave it, with where its lines begin; its end last. */
interface Crashed {
  readonly world: WriterWorld;
  readonly bytes: Buffer;
  readonly starts: readonly number[];
}

/** Two receipts and their checkpoint, two more, and a checkpoint of all four where `closed`. */
function inCrashed(closed: boolean, work: (crashed: Crashed) => Promise<void>) {
  return inFolder(async (folder) => {
    const world = await writerWorld(folder);
    await writeLedger(world, 2);
    const head = readFileSync(`${world.path}.head`);
    const writer = await openWriter(world);
    await appendMany(writer, 2, 2);
    await writer.close();
    // The head that was kept before the crash.
    writeFileSync(`${world.path}.head`, head);
    const starts = [0];
    let bytes = readFileSync(world.path);
    for (let i = 0; i < bytes.length; i++) if (bytes[i] === newline) starts.push(i + 1);
    if (!closed) {
      starts.pop();
      bytes = bytes.subarray(0, starts.at(-1));
    }
    await work({ world, bytes, starts });
  });
}

const changes = {
  cut: (bytes: Buffer, at: number) => bytes.subarray(0, at),
  zeroed: (bytes: Buffer, at: number) =>
    Buffer.concat([bytes.subarray(0, at), Buffer.alloc(bytes.length - at)]),
  garbled: (bytes: Buffer, at: number) => {
    const changed = Buffer.from(bytes);
    changed[at]! ^= 0x01;
    return changed;
  },
  overwritten: (bytes: Buffer, at: number) =>
    Buffer.concat([bytes.subarray(0, at), Buffer.from("\xff\xfe garbage\n{}\n", "latin1")]),
};
type Change = keyof typeof changes;

/** What has to be found of the change at a byte of the last two lines: where, and whether it is inside. */
function expected(change: Change, at: number, { bytes, starts }: Crashed) {
  const lineStart = starts.findLast((start) => start <= at)!;
  if (change === "cut" && at === lineStart) return undefined;
  if (change !== "garbled") return { offset: lineStart, isInside: false };
  // Two lines that became one are one line that nobody can read.
  if (bytes[at] === newline) return { offset: lineStart, isInside: false };
  const isLast = lineStart === starts.at(-2);
  return { offset: lineStart, isInside: !isLast || isStillSigned(lineStart, at, bytes) };
}

/** Whether only the intent of a receipt is another one, which its signature does not cover. */
function isStillSigned(lineStart: number, at: number, bytes: Buffer): boolean {
  const line = changes.garbled(bytes, at).subarray(lineStart, -1);
  if (at - lineStart > line.lastIndexOf(',"receipt":{')) return false;
  try {
    const value = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(line));
    return Object.keys(value).join() === "intent,receipt,sig";
  } catch {
    return false;
  }
}

const cases = (Object.keys(changes) as Change[]).flatMap((change) =>
  [false, true].map((closed) => ({ change, closed, last: closed ? "a checkpoint" : "a receipt" })),
);

describe("a tail", () => {
  it.each(cases)(
    "$change at every byte of its last two lines, $last last, is seen for what it is",
    ({ change, closed }) =>
      inCrashed(closed, async (crashed) => {
        const { world, bytes, starts } = crashed;
        const { path, options } = world;
        const head = readHead(path, options.trust, engine)!;
        const wrong: unknown[] = [];
        // Where the bytes that follow are no ledger's, the place alone makes little difference.
        const step = change === "overwritten" ? 7 : 1;
        for (let at = starts.at(-3)!; at < bytes.length; at += step) {
          writeFileSync(path, changes[change](bytes, at));
          // From the head, and now and then the whole.
          const { damage } = readLedger(path, at % 8 === 0 ? undefined : head, options.trust, engine);
          const wanted = expected(change, at, crashed);
          const isRight = damage?.offset === wanted?.offset && damage?.isInside === wanted?.isInside;
          if (!isRight) wrong.push({ at, wanted, damage });
        }
        expect(wrong).toEqual([]);
      }),
  );

  it.each(cases)("$change is cut and noted, or nothing is written ($last last)", ({ change, closed }) =>
    inCrashed(closed, async (crashed) => {
      const { world, bytes, starts } = crashed;
      const { path } = world;
      const beside = readdirSync(world.folder);
      const head = readFileSync(`${path}.head`);
      for (let at = starts.at(-3)!; at < bytes.length; at += 97) {
        const changed = changes[change](bytes, at);
        writeFileSync(path, changed);
        const wanted = expected(change, at, crashed);
        if (wanted?.isInside === true) {
          await expect(openWriter(world)).rejects.toThrow(
            `damaged at byte ${wanted.offset}, with genuine lines`,
          );
          expect(readFileSync(path).equals(changed)).toBe(true);
          expect(readdirSync(world.folder)).toEqual(beside);
          continue;
        }
        const writer = await openWriter(world);
        const savedAs = `${path}.torn-1`;
        if (wanted === undefined) expect(writer.torn).toBeUndefined();
        else {
          expect(readFileSync(savedAs).equals(changed.subarray(wanted.offset))).toBe(true);
          expect(writer.torn).toMatchObject({ bytes: changed.length - wanted.offset, savedAs });
        }
        await appendMany(writer, 2, 10);
        await writer.close();
        const [first, second] = receiptsOf(world).slice(-2);
        expect(first!.ext?.["recovery"]).toEqual(writer.torn?.note);
        expect(second!.ext).toBeUndefined();
        expect(await verdictOn(world)).toBe("verified");
        for (const name of readdirSync(world.folder))
          if (!beside.includes(name)) rmSync(`${world.folder}/${name}`);
        writeFileSync(`${path}.head`, head);
      }
    }),
  );

  it("is cut once, and noted in the first receipt behind it, whoever writes that", () =>
    inCrashed(false, async ({ world, bytes }) => {
      writeFileSync(world.path, bytes.subarray(0, -3));
      const first = await openWriter(world);
      await first.close();
      const second = await openWriter(world);
      expect(second.torn).toBeUndefined();
      await appendMany(second, 1, 10);
      await second.close();
      const note = { ...first.torn!.note, saved_as: basename(`${world.path}.torn-1`) };
      expect(receiptsOf(world).at(-1)!.ext).toEqual({ recovery: note });
      const third = await openWriter(world);
      await appendMany(third, 1, 11);
      await third.close();
      expect(receiptsOf(world).at(-1)!.ext).toBeUndefined();
      expect(await verdictOn(world)).toBe("verified");
    }));

  it("that repeats a genuine line is no torn write", () =>
    inCrashed(false, async ({ world, bytes, starts }) => {
      writeFileSync(world.path, Buffer.concat([bytes, bytes.subarray(starts.at(-2))]));
      await expect(openWriter(world)).rejects.toThrow("seq.repeated");
    }));

  it("that a power cut left with a hole is no torn write: what stands behind it is genuine", () =>
    inCrashed(true, async ({ world, bytes, starts }) => {
      const holed = Buffer.from(bytes).fill(0, starts.at(-3), starts.at(-2)! - 1);
      writeFileSync(world.path, holed);
      await expect(openWriter(world)).rejects.toThrow("with genuine lines at or behind it");
    }));
});
