import { spawn } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { makeReleasedWorld, receiptsOf, type World } from "../support/gate-world.js";
import { inFolder, root, sclaw } from "../support/sclaw.js";
import { seeded } from "../support/seeded.mjs";

const { SCLAW_CRASH_ROUNDS: askedRounds, SCLAW_CRASH_SEED: askedSeed } = process.env;
const rounds = Number(askedRounds ?? 20);
const seed = Number(askedSeed ?? Math.floor(Math.random() * 2 ** 31));
const script = join(root, "test/support/gate-process.mjs");

/** What the process told before it was killed, or ended by itself. */
interface Life {
  readonly told: readonly Told[];
  readonly code: number | null;
  readonly stderr: string;
}

interface Told {
  readonly receipt_id?: string;
  readonly seq?: number;
  readonly status?: string;
  readonly opened?: boolean;
  readonly recovered?: number;
  readonly torn?: boolean;
  readonly closed?: boolean;
}

/** Runs the gate until it has told so many lines, then kills it a moment later; never where `killAfter` is undefined. */
function live(
  world: World,
  itsSeed: number,
  calls: number,
  killAfter?: { lines: number; ms: number },
): Promise<Life> {
  const child = spawn(process.execPath, [script, world.folder, String(itsSeed), String(calls)]);
  let stdout = "";
  let stderr = "";
  let isDoomed = false;
  child.stdout.on("data", (data) => {
    stdout += data;
    const lines = stdout.split("\n").length - 1;
    if (killAfter === undefined || isDoomed || lines < killAfter.lines) return;
    isDoomed = true;
    setTimeout(() => child.kill("SIGKILL"), killAfter.ms);
  });
  child.stderr.on("data", (data) => {
    stderr += data;
  });
  return new Promise((resolve) =>
    child.on("close", (code) => {
      const told = stdout.split("\n").slice(0, -1);
      resolve({ told: told.map((line) => JSON.parse(line) as Told), code, stderr });
    }),
  );
}

const linesIn = (path: string) =>
  existsSync(path) ? readFileSync(path, "utf8").split("\n").slice(0, -1) : [];

it(
  `loses nothing when it is killed ${rounds} times (seed ${seed})`,
  { timeout: 60_000 + rounds * 30_000 },
  () =>
    inFolder(async (folder) => {
      const random = seeded(seed);
      const world = await makeReleasedWorld(folder, { gate: { checkpoint: { receipts: 5 } } });
      const acknowledged = new Map<string, Told>();
      const tally = { killed: 0, ended: 0, opened: 0, recovered: 0, torn: 0 };
      for (let round = 0; round < rounds; round++) {
        const killAfter = { lines: 1 + Math.floor(random() * 40), ms: random() < 0.5 ? 0 : random() * 10 };
        const calls = random() < 0.2 ? Math.floor(random() * 30) : 1000;
        const { told, code, stderr } = await live(world, seed + round, calls, killAfter);
        // Killed, or done before: anything else is a start that was refused, or a bug.
        expect([null, 0], `seed ${seed}, round ${round}: ${stderr}`).toContain(code);
        if (code === null) tally.killed++;
        else tally.ended++;
        for (const one of told) {
          if (one.receipt_id !== undefined) acknowledged.set(one.receipt_id, one);
          if (one.opened) tally.opened++;
          tally.recovered += one.recovered ?? 0;
          if (one.torn) tally.torn++;
        }
      }
      const last = await live(world, seed + rounds, 20);
      expect(last, `seed ${seed}`).toMatchObject({ code: 0, stderr: "" });
      check(world, acknowledged);
      console.log(
        `crashes, seed ${seed}: ${JSON.stringify({ ...tally, acknowledged: acknowledged.size, receipts: receiptsOf(world).length, calls: linesIn(join(folder, "adapter.log")).length })}`,
      );
    }),
);

function check(world: World, acknowledged: ReadonlyMap<string, Told>): void {
  const receipts = receiptsOf(world);
  const byId = new Map(receipts.map((receipt) => [receipt.receipt_id as string, receipt]));
  const lost = [...acknowledged].filter(([id, { seq, status }]) => {
    const receipt = byId.get(id);
    return receipt?.seq !== seq || receipt?.outcome.status !== status;
  });
  expect(lost, `seed ${seed}: acknowledged receipts that are lost`).toEqual([]);

  const calls = linesIn(join(world.folder, "adapter.log")).map(
    (line) => JSON.parse(line) as { readonly correlationId: string; readonly nonce: string },
  );
  const nonces = calls.map(({ nonce }) => nonce);
  expect(nonces.length, `seed ${seed}: calls by one nonce`).toBe(new Set(nonces).size);
  const ran = new Set(
    receipts
      .filter(({ outcome }) => outcome.status !== "not_executed")
      .map(({ correlation_id, nonce }) => `${correlation_id} ${nonce}`),
  );
  const unrecorded = calls.filter(({ correlationId, nonce }) => !ran.has(`${correlationId} ${nonce}`));
  expect(unrecorded, `seed ${seed}: calls without a record`).toEqual([]);

  const verified = sclaw(["verify", "ledger.jsonl", "--fail-on", "warning"], { cwd: world.folder });
  expect(verified, `seed ${seed}: ${verified.stdout}`).toMatchObject({ status: 0 });
  const replayed = sclaw(["replay", "ledger.jsonl", "--policy", "policy"], { cwd: world.folder });
  expect(replayed, `seed ${seed}: ${replayed.stdout}`).toMatchObject({ status: 0 });
  expect(readFileSync(`${world.config.ledger}.journal`, "utf8")).toBe("");
}
