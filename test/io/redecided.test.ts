import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { type Alter, policyLedger } from "../../fixtures/make/platform.mjs";
import { inFolder, root, sclaw } from "../support/sclaw.js";

const altered: Alter = (receipt, place) => {
  if (place === 2) Object.assign(receipt, { decision: "allow", outcome: { status: "not_executed" } });
};

const fixtures = (path: string) => join(root, "fixtures", path);

/** What a command is run with so that each of its threads runs this program first. */
function withFirst(folder: string, program: string): { readonly env: { readonly NODE_OPTIONS: string } } {
  const path = join(folder, "first.cjs");
  writeFileSync(path, program);
  return { env: { NODE_OPTIONS: `--require ${path}` } };
}

it("the command prints the same bytes, whatever the number of threads", () => {
  inFolder((folder) => {
    const path = join(folder, "ledger.jsonl");
    writeFileSync(path, policyLedger(altered).text());
    for (const [command, policy] of [
      ["replay", "platform"],
      ["backtest", "platform-next"],
    ] as const) {
      const run = (...more: readonly string[]) =>
        sclaw([
          ...[command, path, "--keys", fixtures("keys.json"), "--policy", fixtures(`policies/${policy}`)],
          ...more,
        ]);
      const here = run("--jobs", "0");
      expect(here).toMatchObject({ status: 1, stderr: "" });
      expect(run("--jobs", "1")).toEqual(here);
      expect(run("--jobs", "3")).toEqual(here);
      expect(run()).toEqual(here);
    }
  });
});

it("threads decide what they recognize, and what they find is printed", () => {
  inFolder((folder) => {
    // Says something else in place of what a thread found.
    const liar = withFirst(
      folder,
      `const { isMainThread, parentPort } = require("node:worker_threads");
       if (!isMainThread) {
         const post = parentPort.postMessage.bind(parentPort);
         parentPort.postMessage = (answer, memory) => {
           for (const { notes } of answer.blocks)
             notes.texts = notes.texts.map(() => '{"kind":"not evaluated","reason":"a thread says so"}');
           post(answer, memory);
         };
       }`,
    );
    for (const command of ["replay", "backtest"]) {
      const ledger = [fixtures("good/platform.jsonl"), "--keys", fixtures("keys.json")];
      const policy = ["--policy", fixtures("policies/platform")];
      const { stdout } = sclaw([command, ...ledger, ...policy, "--jobs", "2"], liar);
      expect(stdout).toContain("a thread says so");
    }
  });
});

it("a thread that cannot be started is no bug, and the others do not keep the process from its end", () => {
  inFolder((folder) => {
    const few = withFirst(
      folder,
      `const threads = require("node:worker_threads");
       const { Worker, isMainThread } = threads;
       let started = 0;
       if (isMainThread) {
         threads.Worker = class extends Worker {
           constructor(...given) {
             if (++started === 2) throw Object.assign(new Error("no more threads"), { code: "EAGAIN" });
             super(...given);
           }
         };
         require("node:module").syncBuiltinESMExports();
       }`,
    );
    const ledger = [fixtures("good/platform.jsonl"), "--keys", fixtures("keys.json"), "--jobs", "3"];
    const run = (...args: readonly string[]) => sclaw(args, few);
    expect(run("verify", ...ledger)).toEqual({
      status: 2,
      stdout: "",
      stderr:
        "sclaw: expected threads that verify to the end, found one that ended: one of 3 could not be started (no more threads)\n  nothing was concluded; run it again, with --jobs 1 to verify in one thread, or SCLAW_ENGINE=node where there is no --jobs\n",
    });
    const replayed = run("replay", ...ledger, "--policy", fixtures("policies/platform"));
    expect(replayed.status).toBe(2);
    expect(replayed.stderr).toContain("one of 3 could not be started");
  });
});

describe("a thread that fails is an error, and no decision", () => {
  it("ends the command, which says so", () => {
    inFolder((folder) => {
      const killer = withFirst(
        folder,
        `const { isMainThread, parentPort } = require("node:worker_threads");
         if (!isMainThread) parentPort.once("message", () => process.exit(7));`,
      );
      const ledger = [fixtures("good/platform.jsonl"), "--keys", fixtures("keys.json")];
      const run = (command: string, ...more: readonly string[]) =>
        sclaw([command, ...ledger, "--policy", fixtures("policies/platform"), ...more], killer);
      for (const command of ["replay", "backtest"])
        expect(run(command, "--jobs", "2")).toEqual({
          status: 2,
          stdout: "",
          stderr:
            "sclaw: expected threads that verify and decide to the end, found one that ended: exit code 7\n  nothing was concluded; run it again, with --jobs 0 to do both in one thread, or SCLAW_ENGINE=node where there is no --jobs\n",
        });
      expect(run("replay", "--jobs", "0").status).toBe(0);
      expect(run("replay").status).toBe(0);
      expect(run("replay", "--jobs", "65").stderr).toContain("Expected from 0 to 64 threads.");
    });
  });
});
