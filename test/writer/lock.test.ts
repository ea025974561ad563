import { spawn, spawnSync } from "node:child_process";
import { readdirSync, readFileSync, unlinkSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { takeLock } from "../../src/writer/lock.js";
import { inFolder } from "../support/sclaw.js";

const inLockFolder = (work: (path: string, folder: string) => Promise<void>) =>
  inFolder((folder) => work(join(folder, "ledger.lock"), folder));

/** A process that has ended, with all that its lock would say. */
async function deadHolder(path: string): Promise<Record<string, unknown>> {
  const lock = await takeLock(path);
  const holder = JSON.parse(readFileSync(path, "utf8")) as Record<string, unknown>;
  lock.release();
  const { pid } = spawnSync(process.execPath, ["-e", ""]);
  return { ...holder, pid, token: "dead" };
}

describe("the lock", () => {
  it("is one process's, until it is released", () =>
    inLockFolder(async (path, folder) => {
      const lock = await takeLock(path);
      await expect(takeLock(path)).rejects.toThrow(`found that process ${process.pid} holds ${path}`);
      lock.check();
      lock.release();
      lock.release();
      (await takeLock(path)).release();
      expect(readdirSync(folder)).toEqual([]);
    }));

  it("is waited for, as long as the caller does", () =>
    inLockFolder(async (path) => {
      const lock = await takeLock(path);
      const waiting = takeLock(path, { wait: 60_000 });
      setTimeout(lock.release, 50);
      (await waiting).check();
    }));

  it("of a dead process is taken over at once", () =>
    inLockFolder(async (path, folder) => {
      writeFileSync(path, JSON.stringify(await deadHolder(path)));
      const lock = await takeLock(path);
      lock.check();
      lock.release();
      expect(readdirSync(folder)).toEqual([]);
    }));

  it("of a process whose number another one has by now is taken over", () =>
    inLockFolder(async (path) => {
      const dead = await deadHolder(path);
      writeFileSync(path, JSON.stringify({ ...dead, pid: process.pid, start: "1" }));
      (await takeLock(path)).check();
    }));

  it("of before the machine was started again is taken over", () =>
    inLockFolder(async (path) => {
      const dead = await deadHolder(path);
      writeFileSync(path, JSON.stringify({ ...dead, pid: process.pid, boot: "another", host: hostname() }));
      (await takeLock(path)).check();
    }));

  it.each([
    ["another machine", { boot: "another", host: "elsewhere" }, "of the machine elsewhere"],
    ["another container", { namespace: "pid:[1]" }, "of another container"],
  ])("of %s is left alone, since nobody here can tell", (_name, change, words) =>
    inLockFolder(async (path) => {
      writeFileSync(path, JSON.stringify({ ...(await deadHolder(path)), ...change }));
      await expect(takeLock(path)).rejects.toThrow(words);
    }),
  );

  it.each(["", "null", "[]", '{"pid":1}', "garbage"])("that says %j is left alone", (content) =>
    inLockFolder(async (path) => {
      writeFileSync(path, content);
      await expect(takeLock(path)).rejects.toThrow("found a lock that cannot be read");
    }),
  );

  it("that somebody took away is noticed, and not released", () =>
    inLockFolder(async (path) => {
      const lock = await takeLock(path);
      unlinkSync(path);
      expect(lock.check).toThrow("found that another process took it");
      const other = await takeLock(path);
      expect(lock.check).toThrow("found that another process took it");
      lock.release();
      other.check();
    }));

  it("goes on from a process that died while it took over from a dead one", () =>
    inLockFolder(async (path, folder) => {
      const dead = await deadHolder(path);
      writeFileSync(path, JSON.stringify(dead));
      writeFileSync(`${path}.dead.claim`, JSON.stringify({ ...dead, token: "dead-too" }));
      writeFileSync(`${path}.dead-too.claim`, JSON.stringify({ ...dead, token: "dead-as-well" }));
      const lock = await takeLock(path);
      lock.check();
      lock.release();
      expect(readdirSync(folder)).toEqual([]);
    }));

  it("that a living process takes over is that process's", () =>
    inLockFolder(async (path) => {
      const dead = await deadHolder(path);
      const other = await takeLock(`${path}.dead.claim`);
      writeFileSync(path, JSON.stringify(dead));
      await expect(takeLock(path)).rejects.toThrow(`found that process ${process.pid} holds`);
      other.release();
      (await takeLock(path)).check();
    }));

  it("of a killed process is one of many takers' at a time", { timeout: 120_000 }, () =>
    inLockFolder(async (path, folder) => {
      const log = join(folder, "log");
      // Each takes the lock some times and is killed with it at the end of its life.
      const script = `
        const { takeLock } = await import(${JSON.stringify(join(process.cwd(), "dist/writer/lock.js"))});
        const { appendFileSync } = await import("node:fs");
        for (let i = 0; i < 5; i++) {
          const lock = await takeLock(process.argv[1], { wait: 100_000 });
          appendFileSync(process.argv[2], "in\\n");
          lock.check();
          await new Promise((resolve) => setTimeout(resolve, 1));
          lock.check();
          appendFileSync(process.argv[2], "out\\n");
          if (i < 4) lock.release();
        }
        process.kill(process.pid, "SIGKILL");`;
      const runs = Array.from({ length: 6 }, () => {
        const child = spawn(process.execPath, ["--input-type=module", "-e", script, path, log]);
        let stderr = "";
        child.stderr.on("data", (data) => {
          stderr += data;
        });
        return new Promise<string>((resolve) =>
          child.on("close", (_code, signal) => resolve(`${signal} ${stderr}`)),
        );
      });
      expect(await Promise.all(runs)).toEqual(Array(6).fill("SIGKILL "));
      expect(readFileSync(log, "utf8")).toBe("in\nout\n".repeat(30));
      (await takeLock(path)).release();
    }),
  );
});
