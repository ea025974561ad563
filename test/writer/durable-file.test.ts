import { appendFileSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { CannotDo } from "../../src/io/refusal.js";
import { DurableFile } from "../../src/writer/durable-file.js";
import { inFolder } from "../support/sclaw.js";

const ours = () => {};
const text = (value: string) => new TextEncoder().encode(value);
const turn = () => new Promise<void>((resolve) => setImmediate(resolve));

function withFile(work: (file: DurableFile, path: string) => Promise<void>, stillOurs = ours) {
  return inFolder(async (folder) => {
    const path = join(folder, "file");
    const file = DurableFile.open(path, stillOurs);
    try {
      await work(file, path);
    } finally {
      await file.close();
    }
  });
}

describe("a durable file", () => {
  it("writes in the order of the calls, and resolves in that order", () =>
    withFile(async (file, path) => {
      const order: number[] = [];
      const all = Array.from({ length: 500 }, async (_, i) => {
        if (i % 7 === 0) await turn();
        const place = file.end;
        await file.append(text(`${i}\n`), { durable: i % 3 !== 0 });
        order.push(place);
      });
      await Promise.all(all);
      expect(order).toEqual([...order].sort((a, b) => a - b));
      expect(readFileSync(path, "utf8").split("\n").length).toBe(501);
    }));

  it("knows where the next append begins while a batch is being written", () =>
    withFile(async (file, path) => {
      const first = file.append(text("first\n"));
      for (let turns = 0; turns < 20; turns++) {
        await turn();
        const before = file.end;
        const marked = `at ${before}\n`;
        await Promise.all([file.append(text(marked)), file.append(text("beside\n"))]);
        expect(readFileSync(path, "utf8").slice(before)).toBe(`${marked}beside\n`);
      }
      await first;
    }));

  it("says what is flushed, which no crash takes back", () =>
    withFile(async (file) => {
      await file.append(text("only written\n"), { durable: false });
      expect([file.end, file.flushed]).toEqual([13, 0]);
      await file.append(text("flushed\n"));
      expect([file.end, file.flushed]).toEqual([21, 21]);
    }));

  it("ends where something else wrote to the file", () =>
    withFile(async (file, path) => {
      await file.append(text("mine\n"));
      appendFileSync(path, "yours\n");
      await expect(file.append(text("mine again\n"))).rejects.toThrow(
        /expected .* to have 5 bytes, found 11: something else wrote to it/,
      );
      await expect(file.append(text("and again\n"))).rejects.toThrow(/found 11/);
      expect(readFileSync(path, "utf8")).toBe("mine\nyours\n");
    }));

  it("ends, with all that waits, where the file is another process's by now", async () => {
    let lost = false;
    const stillOurs = () => {
      if (lost) throw new CannotDo("the lock is gone");
    };
    await withFile(async (file, path) => {
      await file.append(text("mine\n"));
      lost = true;
      const both = await Promise.allSettled([file.append(text("a\n")), file.append(text("b\n"))]);
      expect(both.map(({ status }) => status)).toEqual(["rejected", "rejected"]);
      lost = false;
      await expect(file.append(text("c\n"))).rejects.toThrow("the lock is gone");
      await expect(file.rewrite(() => text("d\n"))).rejects.toThrow("the lock is gone");
      expect(readFileSync(path, "utf8")).toBe("mine\n");
    }, stillOurs);
  });

  it("takes nothing after it was closed: its number may be another file's", () =>
    withFile(async (file, path) => {
      const last = file.append(text("last\n"));
      await Promise.all([file.close(), file.close()]);
      await last;
      await expect(file.append(text("later\n"))).rejects.toThrow("found it closed");
      await expect(file.rewrite(() => text(""))).rejects.toThrow("found it closed");
      expect(readFileSync(path, "utf8")).toBe("last\n");
    }));

  it("is rewritten between two batches, with what was appended behind", () =>
    withFile(async (file, path) => {
      const appended = [file.append(text("old\n")), file.append(text("older\n"))];
      const rewritten = file.rewrite(() => text("new content\n"));
      const after = rewritten.then(() => file.append(text("after\n")));
      await Promise.all([...appended, rewritten, after]);
      expect(readFileSync(path, "utf8")).toBe("new content\nafter\n");
      expect([file.end, file.flushed]).toEqual([18, 18]);
      await file.rewrite(() => new Uint8Array());
      await file.append(text("on an empty one\n"));
      expect(readFileSync(path, "utf8")).toBe("on an empty one\n");
      expect(statSync(path).mode & 0o777).toBe(0o600);
    }));

  it("does two rewrites that are asked for at once as one, with the newest content", () =>
    inFolder(async (folder) => {
      const file = DurableFile.open(join(folder, "file"), ours);
      let asked = 0;
      const contents = () => text(`content ${++asked}\n`);
      await Promise.all([file.append(text("x")), file.rewrite(contents), file.rewrite(contents)]);
      await file.close();
      expect(asked).toBe(1);
      expect(readdirSync(folder)).toEqual(["file"]);
    }));
});
