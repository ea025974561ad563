import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, describe, expect, it } from "vitest";
import { RecognizeThreads } from "../../src/io/recognize-threads.js";
import type { KernelWork } from "../../src/kernel/staged-recognizer.js";

const folder = mkdtempSync(join(tmpdir(), "sclaw-threads-"));
afterAll(() => rmSync(folder, { recursive: true }));

/** Threads whose program is this, in place of one with a kernel. */
function threadsOf(program: string, count = 2): RecognizeThreads {
  const path = join(folder, `${Math.floor(program.length)}-${count}.mjs`);
  writeFileSync(path, program);
  const work = Promise.resolve({} as KernelWork);
  return new RecognizeThreads(work, { wholeLines: true }, count, { program: pathToFileURL(path) });
}

const answers = `
import { parentPort } from "node:worker_threads";
parentPort.on("message", (lines) => {
  if (!(lines instanceof Uint8Array)) return;
  if (lines[0] === 1) throw new Error("this program has a bug");
  if (lines[0] === 2) process.exit(7);
  parentPort.postMessage({ blocks: [{ bytes: lines, records: new Uint8Array(0) }] });
});`;

describe("threads that recognize", () => {
  it("answer what they were given", async () => {
    const threads = threadsOf(answers);
    const given = Array.from({ length: 9 }, (_, i) => Uint8Array.of(10 + i));
    const blocks = await Promise.all(given.map((lines) => threads.recognize(lines)));
    expect(blocks.map(([block]) => block!.bytes[0])).toEqual(given.map(([byte]) => byte));
    expect(given[0]).toEqual(Uint8Array.of(10));
    await threads.close();
  });

  it("pass on what their program throws, to all who wait and to whoever asks afterwards", async () => {
    const threads = threadsOf(answers);
    const asked = [3, 4, 1, 5, 6].map((byte) => threads.recognize(Uint8Array.of(byte)));
    const settled = await Promise.allSettled(asked);
    const reasons = settled.flatMap((one) => (one.status === "rejected" ? [String(one.reason)] : []));
    expect(reasons.length).toBeGreaterThan(0);
    expect(new Set(reasons)).toEqual(new Set(["Error: this program has a bug"]));
    await expect(threads.recognize(Uint8Array.of(3))).rejects.toThrow("this program has a bug");
    await threads.close();
  });

  it("refuse to conclude anything where one of them ends", async () => {
    const threads = threadsOf(answers, 1);
    await expect(threads.recognize(Uint8Array.of(2))).rejects.toThrow(
      "expected threads that verify to the end, found one that ended: exit code 7",
    );
    await threads.close();
  });

  it("refuse where one cannot be started", async () => {
    const threads = threadsOf("this is no program", 1);
    await expect(threads.recognize(Uint8Array.of(3))).rejects.toThrow(/Unexpected identifier/);
    await threads.close();
  });
});
