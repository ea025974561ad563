import { spawnSync } from "node:child_process";
import { appendFileSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { makeWorld, receiptsOf, type World } from "../support/gate-world.js";
import { inFolder, root } from "../support/sclaw.js";
import { needProgram } from "../support/system.js";
import { verdictOn } from "../support/writer-world.js";

const strace = needProgram("strace", "strace");
const script = join(root, "test/support/writer-process.mjs");

interface Told {
  readonly seq?: number;
  readonly receipt_id?: string;
  readonly failed?: string;
  readonly kind?: string;
  readonly closed?: boolean;
}

/** The files that the writer writes, by their names beside the ledger; what is prepared for one is named when it is put in place. */
const files = ["", ".head", ".lock", ".torn-1", ".recovery"];

function writes(world: World, call?: string, ...options: readonly string[]): readonly Told[] {
  const command = [process.execPath, script, world.folder];
  const paths = [world.folder, ...files.map((name) => `${world.config.ledger}${name}`)];
  // Of a rename strace looks at the old name only, which is made up anew each time; nobody else renames here.
  const only = call === "rename" || call === "unlink" ? [] : paths.flatMap((path) => ["-P", path]);
  const traced = [
    strace,
    "-f",
    "-q",
    "-o",
    join(world.folder, "trace"),
    ...only,
    "-e",
    `trace=${call}`,
    ...options,
  ];
  const all = call === undefined ? command : [...traced, ...command];
  // strace counts the calls of each thread: there is one besides the main one.
  const env = { ...process.env, UV_THREADPOOL_SIZE: "1" };
  const run = spawnSync(all[0]!, all.slice(1), { encoding: "utf8", env });
  expect(run.stderr).toBe("");
  const told = run.stdout.split("\n").slice(0, -1);
  return told.map((line) => JSON.parse(line) as Told);
}

/** A world with a ledger of nine receipts, whose end a crash left torn. */
function tornWorld(folder: string): { readonly world: World; readonly before: readonly Told[] } {
  const world = makeWorld(folder);
  const before = writes(world);
  expect(before.at(-1)).toEqual({ closed: true });
  appendFileSync(world.config.ledger, '{"receipt":{"adapter_id":"ada');
  return { world, before };
}

const calls = [
  "write",
  "fdatasync",
  "fsync",
  "ftruncate",
  "openat",
  "rename",
  "link",
  "unlink",
  "fstat",
] as const;

/** How many of each call a run makes on the writer's files, in the thread that makes most of them. */
const counts = new Map(calls.map((call) => [call, inFolder((folder) => countOf(call, folder))]));

function countOf(call: string, folder: string): number {
  const { world } = tornWorld(folder);
  expect(writes(world, call).at(-1)).toEqual({ closed: true });
  const threads = new Map<string, number>();
  const trace = readFileSync(join(folder, "trace"), "utf8");
  for (const [, thread] of trace.matchAll(new RegExp(`^(\\d+) +${call}\\(`, "gm")))
    threads.set(thread!, (threads.get(thread!) ?? 0) + 1);
  return Math.max(0, ...threads.values());
}

const faults = calls.flatMap((call) =>
  (["EIO", "ENOSPC"] as const).flatMap((error) =>
    Array.from({ length: counts.get(call)! }, (_, i) => ({ call, error, when: i + 1 })),
  ),
);

describe("a writer whose system calls fail", () => {
  test("makes the calls that are made to fail here", () => {
    for (const call of ["write", "fdatasync", "fsync", "ftruncate", "openat", "rename", "link"] as const)
      expect(counts.get(call), call).toBeGreaterThan(0);
  });

  test.each(faults)("loses nothing: $call $error, time $when", ({ call, error, when }) =>
    inFolder(async (folder) => {
      const { world, before } = tornWorld(folder);
      const told = writes(world, call, "-e", `inject=${call}:error=${error}:when=${when}`);
      expect(readFileSync(join(folder, "trace"), "utf8")).toContain("(INJECTED)");
      const { failed, kind, closed } = told.at(-1)!;
      // It goes on without what it can do without, or says in a person's words what failed, and where.
      if (closed !== true) {
        expect(kind).toBe("CannotDo");
        expect(failed).toContain(error === "EIO" ? "the disk reported an error" : "the disk is full");
        expect(failed).toContain(world.config.ledger);
      }
      const after = writes(world);
      expect(after.at(-1), JSON.stringify(told)).toEqual({ closed: true });
      const ids = new Map(receiptsOf(world).map(({ receipt_id, seq }) => [receipt_id as string, seq]));
      const lost = [...before, ...told, ...after].filter(
        ({ receipt_id, seq }) => receipt_id !== undefined && ids.get(receipt_id) !== seq,
      );
      expect(lost).toEqual([]);
      expect(await verdictOn(world)).toBe("verified");
    }),
  );
});
