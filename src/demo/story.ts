import { spawnSync } from "node:child_process";
import { copyFileSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { CannotDo } from "../io/refusal.js";
import { packageFolder } from "../io/version.js";
import { DemoAgent } from "./agent.js";
import { exampleFile, makeWorld, type Person } from "./world.js";

const program = join(packageFolder(), "bin/sclaw.js");

/** Says what happens, a line at a time. */
export type Say = (line: string) => void;

/**
 * Plays the demo in a folder: makes a world, releases its policy, lets an agent work behind the real
 * gate, and leaves the ledger that came of it, with an edited copy. Throws a refusal where a step
 * does not end as it has to.
 */
export async function playDemo(folder: string, say: Say): Promise<void> {
  makeWorld(folder);
  say("Keys for a ledger and four people, a trust file, a policy and a gate's configuration are there.");
  releaseThePolicy(folder, say);
  await letTheAgentWork(folder, say);
  editACopy(folder);
  say("edited.jsonl is a copy in which the refused deletion reads as if it had been allowed.");
}

function releaseThePolicy(folder: string, say: Say): void {
  say("The policy's owners release it: a gate starts with a released policy only.");
  sclaw(folder, ["ledger", "init"], say, 0);
  const listed = sclaw(folder, ["approve", "list", "--format", "json"], say, 0);
  const [request] = (JSON.parse(listed) as { readonly requests: readonly { readonly id: string }[] })
    .requests;
  for (const person of ["alice", "dave"] as const) sign(folder, request!.id, person, say);
  sclaw(folder, ["policy", "release"], say, 0);
}

async function letTheAgentWork(folder: string, say: Say): Promise<void> {
  say("An agent works with notes, behind the gate. The MCP server does all that reaches it.");
  const server = [process.execPath, exampleFile("notes-server.mjs"), "notes"];
  const agent = new DemoAgent(
    process.execPath,
    [program, "gate", "mcp", "--config", "gate.json", "--", ...server],
    folder,
  );
  const workspace = "tenant:acme/prod";
  const call = async (name: string, args: { readonly [name: string]: string }, refused: boolean) => {
    const answer = await agent.call(name, { workspace, ...args });
    say(`  agent: ${name} ${Object.values(args).join(", ")}`);
    say(`    ${answer.text.split("\n").join("\n    ")}`);
    if (answer.isError !== refused) throw new CannotDo(`the demo expected another answer to ${name}`);
    return answer;
  };
  await agent.start();
  await call("write_note", { name: "plan", text: "ship on Friday" }, false);
  await call("read_note", { name: "plan" }, false);
  await call("read_note", { name: "plan", workspace: "tenant:globex/prod" }, true);
  await call("delete_note", { name: "plan" }, true);
  const { request } = await call("publish_note", { name: "plan" }, true);
  if (request === undefined) throw new CannotDo("the demo expected publish_note to be held");
  say("Two of three release managers sign what they are shown; the agent tries again.");
  for (const person of ["alice", "bob"] as const) sign(folder, request, person, say);
  await call("publish_note", { name: "plan" }, false);
  const code = await agent.end();
  if (code !== 0) throw new CannotDo(`the demo expected the gate to end with 0, found ${code}`);
}

function sign(folder: string, request: string, person: Person, say: Say): void {
  sclaw(folder, ["approve", request, "--key", `${person}.pem`, "--yes"], say, 0);
}

/** Runs the command line as a person would, in the demo's folder. */
function sclaw(folder: string, args: readonly string[], say: Say, expected: number): string {
  say(`  $ sclaw ${args.join(" ")}`);
  const run = spawnSync(process.execPath, [program, ...args], { cwd: folder, encoding: "utf8" });
  if (run.status !== expected)
    throw new CannotDo(
      `the demo expected sclaw ${args.join(" ")} to end with ${expected}, found ${run.status}: ${run.stderr}`,
    );
  return run.stdout;
}

/** What somebody would do who wants a refused deletion to look allowed. */
function editACopy(folder: string): void {
  const [from, to] = [join(folder, "ledger.jsonl"), join(folder, "edited.jsonl")];
  copyFileSync(from, to);
  const lines = readFileSync(to, "utf8").split("\n");
  const at = lines.findIndex((line) => line.includes('"operation":"delete_note"'));
  lines[at] = lines[at]!.replace('"decision":"deny"', '"decision":"allow"');
  writeFileSync(to, lines.join("\n"));
}
