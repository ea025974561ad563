import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { describe, expect, it } from "vitest";
import { type Alter, policyLedger } from "../../fixtures/make/platform.mjs";
import { DecideThreads, type Spread, spreadOf } from "../../src/io/decide-threads.js";
import { CannotDo } from "../../src/io/refusal.js";
import type { PolicyDecision } from "../../src/policy/decide.js";
import type { Item } from "../../src/population/item.js";
import { PopulationPass } from "../../src/population/population.js";
import { BacktestPass } from "../../src/replay/backtest-pass.js";
import { Decider, type Request } from "../../src/replay/decider.js";
import { ReplayPass } from "../../src/replay/replay-pass.js";
import { bundleOf, filesOf } from "../policy/support.js";
import { inFolder, root, sclaw } from "../support/sclaw.js";
import { verify } from "../support/verify.js";

const platform = bundleOf(filesOf("platform"));
const next = bundleOf(filesOf("platform-next"));
const program = pathToFileURL(join(root, "dist/cli/decide-worker.js"));
const spread = (part: Partial<Spread>): Spread => ({ ...spreadOf(1), program, ...part });

async function itemsOf(alter?: Alter): Promise<readonly Item[]> {
  const items: Item[] = [];
  const population = new PopulationPass({ unit: "receipt", filter: {} }, (item) => items.push(item));
  await verify(policyLedger(alter), { observe: (observed) => population.observe(observed) });
  return items;
}

const alterations: readonly (readonly [string, Alter | undefined])[] = [
  ["as it was decided", undefined],
  [
    "with a decision altered",
    (receipt, place) => {
      if (place === 2) Object.assign(receipt, { decision: "allow", outcome: { status: "not_executed" } });
    },
  ],
  [
    "with facts altered in every receipt",
    (receipt) => {
      receipt.facts = { path: "/" };
    },
  ],
];

const spreads: readonly Partial<Spread>[] = [
  { threads: 1, batch: 1 },
  { threads: 1, batch: 64 },
  { threads: 2, batch: 1, mostWaiting: 0 },
  { threads: 2, batch: 3 },
  { threads: 3, batch: 1, mostWaiting: 1 },
  { threads: 3, batch: 2, startAfter: 3 },
];

describe("a ledger's decisions are the same, whoever makes them", () => {
  it.each(spreads)("%j", async (part) => {
    for (const [, alter] of alterations) {
      const items = await itemsOf(alter);
      const run = async (passes: readonly { add(item: Item): void }[], pause: () => Promise<void>) => {
        for (const item of items) {
          for (const pass of passes) pass.add(item);
          await pause();
        }
      };
      const here = [new ReplayPass([platform]), new BacktestPass(next)] as const;
      await run(here, async () => {});
      const threads = new DecideThreads([platform, next], spread(part));
      try {
        const { decider } = threads;
        const there = [new ReplayPass([platform], decider), new BacktestPass(next, decider)] as const;
        await run(there, () => threads.pause());
        await threads.end();
        expect(there.map((pass) => pass.end())).toEqual(here.map((pass) => pass.end()));
      } finally {
        await threads.close();
      }
    }
  });
});

it("the command prints the same bytes, whatever the number of threads", () => {
  inFolder((folder) => {
    const path = join(folder, "ledger.jsonl");
    writeFileSync(path, policyLedger(alterations[1]![1]).text());
    const fixtures = (name: string) => join(root, "fixtures", name);
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

/** Requests of many classes, some that cannot be understood between them. */
const requests = Array.from({ length: 400 }, (_, i): Request => {
  const intent = {
    schema: "sclaw.intent/1",
    tenant: "tenant:acme/prod",
    agent: { id: `agent:${i % 90}` },
    adapter_id: "adapter:kubernetes@1.31",
    operation: i % 7 === 3 ? "nothing" : "deployment.restart",
    resource: `deployment:${i % 11}`,
    params: { namespace: i % 2 === 0 ? "prod/shop" : "dev/shop", replicas: i % 40 },
  };
  return { bundle: platform, intent, at: `2026-06-0${1 + (i % 7)}T12:00:00.000Z` as Request["at"] };
});

describe("requests in any number", () => {
  it("come back decided in their order, and no more wait than may", async () => {
    const here: PolicyDecision[] = [];
    const decider = new Decider([platform]);
    for (const request of requests) decider.decide(request, (decided) => here.push(decided));
    const threads = new DecideThreads([platform], spread({ threads: 2, batch: 5, mostWaiting: 20 }));
    const there: PolicyDecision[] = [];
    try {
      for (const [i, request] of requests.entries()) {
        threads.decider.decide(request, (decided) => there.push(decided));
        if (i % 50 !== 49) continue;
        await threads.pause();
        expect(threads.decider.waiting).toBeLessThanOrEqual(20);
      }
      await threads.end();
      expect(threads.decider.waiting).toBe(0);
    } finally {
      await threads.close();
    }
    expect(there).toEqual(here);
  });

  it("are asked about once for each class", () => {
    let asked = 0;
    const waiting: (() => void)[] = [];
    const decider = new Decider([platform], ({ answers }) => {
      asked++;
      waiting.push(() => Object.assign(answers, { nothing: { ok: true, allows: false, determining: [] } }));
    });
    const decided: number[] = [];
    for (const _ of [1, 2])
      for (const [i, request] of requests.entries()) decider.decide(request, () => decided.push(i));
    expect(asked).toBe(waiting.length);
    const classes = asked;
    for (const answer of waiting.reverse()) {
      answer();
      decider.answered();
    }
    for (const request of requests) decider.decide(request, () => {});
    expect(asked).toBe(classes);
    expect(decided).toEqual([...requests.keys(), ...requests.keys()]);
  });

  it("start no thread while there is little to decide", async () => {
    const threads = new DecideThreads([platform], {
      ...spreadOf(undefined),
      program: new URL("data:text/javascript,process.exit(7)"),
    });
    let decided = 0;
    for (const request of requests.slice(0, 100)) threads.decider.decide(request, () => decided++);
    await threads.pause();
    await threads.end();
    await threads.close();
    expect(decided).toBe(100);
  });
});

const worker = (body: string) =>
  new URL(
    `data:text/javascript,${encodeURIComponent(`import { parentPort } from "node:worker_threads"; ${body}`)}`,
  );

describe("a thread that fails is an error, and no decision", () => {
  it.each([
    ["ends at once", "process.exit(0)", /found one that ended: exit code 0/, true],
    [
      "ends at its first batch",
      "parentPort.once('message', () => process.exit(7))",
      /ended: exit code 7/,
      true,
    ],
    [
      "has no memory left",
      "throw Object.assign(new Error('no memory'), { code: 'ERR_WORKER_OUT_OF_MEMORY' })",
      /found one that ended: no memory$/,
      true,
    ],
    ["throws", "parentPort.on('message', () => { throw new Error('boom'); })", /^boom$/, false],
    [
      "leaves one out",
      "parentPort.on('message', (text) => parentPort.postMessage(JSON.stringify(JSON.parse(text).slice(1).map(() => ({ nothing: { ok: true, allows: false, determining: [] } })))))",
      /expected 1 answers of a thread that decides, found 0/,
      false,
    ],
    ["answers nonsense", "parentPort.on('message', () => parentPort.postMessage('['))", /JSON/, false],
  ])("%s", async (_what, body, message, isRefusal) => {
    const threads = new DecideThreads([platform], spread({ batch: 1, program: worker(body) }));
    let decided = 0;
    try {
      threads.decider.decide(requests[0]!, () => decided++);
      const error = await threads.end().catch((thrown: unknown) => thrown);
      expect(String((error as Error).message)).toMatch(message);
      expect(error instanceof CannotDo).toBe(isRefusal);
      await expect(threads.pause()).rejects.toBe(error);
    } finally {
      await threads.close();
    }
    expect(decided).toBe(0);
  });

  it("ends the command, which says so", () => {
    inFolder((folder) => {
      const killer = join(folder, "killer.cjs");
      writeFileSync(
        killer,
        `const { isMainThread, parentPort } = require("node:worker_threads");
         if (!isMainThread) parentPort.once("message", () => process.exit(7));`,
      );
      const fixtures = (path: string) => join(root, "fixtures", path);
      const ledger = [fixtures("good/platform.jsonl"), "--keys", fixtures("keys.json")];
      const run = (command: string, ...more: readonly string[]) =>
        sclaw([command, ...ledger, "--policy", fixtures("policies/platform"), ...more], {
          env: { NODE_OPTIONS: `--require ${killer}` },
        });
      for (const command of ["replay", "backtest"])
        expect(run(command, "--jobs", "2")).toEqual({
          status: 2,
          stdout: "",
          stderr:
            "sclaw: expected threads that decide to the end, found one that ended: exit code 7\n  nothing was concluded; run it again, with --jobs 0 to decide without threads\n",
        });
      expect(run("replay", "--jobs", "0").status).toBe(0);
      expect(run("replay").status).toBe(0);
      expect(run("replay", "--jobs", "65").stderr).toContain("Expected from 0 to 64 threads.");
    });
  });
});
