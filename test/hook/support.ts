import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "vitest";
import { readGateConfig } from "../../src/gate/config.js";
import { requireBundle } from "../../src/io/load-bundle.js";
import type { PolicyBundle } from "../../src/policy/bundle.js";
import { PopulationPass } from "../../src/population/population.js";
import { ReplayPass } from "../../src/replay/replay-pass.js";
import { makeWorld, receiptsOf, release, type World } from "../support/gate-world.js";
import { type Run, root, sclaw } from "../support/sclaw.js";
import { trustOf, verify } from "../support/verify.js";

export const project = "/projects/app";

let template: Promise<World> | undefined;

/** A coding agent's deployment, with its policy released and a group that signs for it. */
export async function hookWorld(folder: string, gate: object = {}): Promise<World> {
  // A release takes longer than all that a test does with it: it is made once, and copied.
  template ??= makeTemplate();
  const { folder: made, keys } = await template;
  cpSync(made, folder, { recursive: true });
  const path = join(folder, "gate.json");
  writeFileSync(path, JSON.stringify({ ...JSON.parse(readFileSync(path, "utf8")), ...gate }));
  return { folder, keys, config: readGateConfig(path) };
}

async function makeTemplate(): Promise<World> {
  const folder = mkdtempSync(join(tmpdir(), "sclaw-test-"));
  process.once("exit", () => rmSync(folder, { recursive: true, force: true }));
  const world = makeWorld(folder, {
    policy: join(root, "fixtures/policies/coding-agent"),
    gate: { agent: { id: "agent:coder" }, adapter: "adapter:claude-code@1" },
  });
  const trust = JSON.parse(readFileSync(world.config.keys, "utf8"));
  trust.groups.maintainers = { threshold: 1, members: trust.groups["release-managers"].members };
  trust.tiers.T2_ELEVATED.push("maintainers");
  writeFileSync(world.config.keys, JSON.stringify(trust));
  await release(world, world.config.policy, { create: true });
  return world;
}

/** An event of Claude Code; members that are undefined are left out. */
export function eventOf(
  name: string,
  tool: string,
  input: object,
  more: { readonly [name: string]: unknown } = {},
): string {
  return JSON.stringify({
    session_id: "session-1",
    transcript_path: "/users/dev/transcript.jsonl",
    cwd: project,
    permission_mode: "default",
    hook_event_name: name,
    tool_name: tool,
    tool_input: input,
    tool_use_id: "toolu_1",
    ...more,
  });
}

export const pre = (command: string, more: object = {}) =>
  eventOf("PreToolUse", "Bash", { command }, { ...more });
export const post = (command: string, more: object = {}) =>
  eventOf("PostToolUse", "Bash", { command }, { tool_response: { stdout: "", interrupted: false }, ...more });

/** Other processes may hold the ledger for long on a busy machine. */
export const patient = ["--wait", "600"];

/** Runs `sclaw hook` as an agent would. */
export function hook(world: World, event: string | Uint8Array, args: readonly string[] = patient): Run {
  return sclaw(["hook", "--config", world.config.path, ...args], { input: event });
}

/** The reason of a denial in Claude Code's form. */
export function reasonIn({ status, stdout }: Run): string {
  expect(status).toBe(0);
  const { hookSpecificOutput: output } = JSON.parse(stdout);
  expect(output).toMatchObject({ hookEventName: "PreToolUse", permissionDecision: "deny" });
  return output.permissionDecisionReason;
}

/** What the hook's receipts say, those of the release left out. */
export function told(world: World): string[] {
  return receiptsOf(world)
    .filter(({ adapter_id }) => adapter_id === world.config.adapter)
    .map(({ decision, rationale, outcome }) => `${decision} ${rationale.rules.join(",")} ${outcome.status}`);
}

let bundle: PolicyBundle | undefined;

/** By the library: the ledger verifies without finding, and its decisions follow from the policy. */
export async function expectVerified(world: World): Promise<void> {
  const { ledger, keys, policy } = world.config;
  bundle ??= requireBundle(policy, "many");
  const pass = new ReplayPass([bundle]);
  const population = new PopulationPass({ unit: "receipt", filter: {} }, (item) => pass.add(item));
  const verdict = await verify(readFileSync(ledger), {
    trust: trustOf(readFileSync(keys, "utf8")),
    observe: (observed) => population.observe(observed),
  });
  expect(verdict).toMatchObject({ integrity: "verified", findings: [] });
  expect(pass.end()).toMatchObject({ different: 0, unused: [] });
}

/** The same by the commands. */
export function expectGood(world: World): void {
  const verdict = sclaw(["verify", world.config.ledger, "--keys", world.config.keys, "--format", "json"]);
  expect(JSON.parse(verdict.stdout)).toMatchObject({ integrity: "verified", findings: [] });
  expect(verdict.status).toBe(0);
  const { ledger, keys, policy } = world.config;
  const replay = sclaw(["replay", ledger, "--keys", keys, "--policy", policy, "--format", "json"]);
  expect(replay.stderr).toBe("");
  expect(JSON.parse(replay.stdout)).toMatchObject({ different: 0, not_evaluated: [] });
  expect(replay.status).toBe(0);
}
