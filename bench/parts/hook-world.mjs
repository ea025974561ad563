// A coding agent's deployment in bench/.data, made by the commands as a person would.
import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { cleanEnv, dataFolder, root, sclaw } from "./run.mjs";

/** Makes it anew and returns the path of its gate.json. */
export function makeHookWorld(name) {
  const folder = join(dataFolder, name);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const run = (...args) =>
    execFileSync(process.execPath, [sclaw, ...args], {
      cwd: folder,
      env: cleanEnv,
      encoding: "utf8",
      stdio: "pipe",
    });
  const person = "user:olivia@acme.example";
  for (const key of ["ledger", "olivia"]) run("keys", "new", `${key}.pem`);
  run("keys", "trust", "init", "acme.example/coding");
  run("keys", "trust", "add", "ledger.pem.pub", "--holder", "acme.example", "--role", "ledger");
  run("keys", "trust", "add", "olivia.pem.pub", "--holder", person, "--role", "approver");
  for (const group of ["policy-owners", "maintainers"])
    run("keys", "trust", "group", group, "--threshold", "1", "--member", person);
  run("keys", "trust", "tier", "T3_SOVEREIGN", "policy-owners");
  run("keys", "trust", "tier", "T2_ELEVATED", "maintainers");
  cpSync(join(root, "fixtures/policies/coding-agent"), join(folder, "policy"), { recursive: true });
  const gate = {
    format: "sclaw.gate/1",
    ledger: "ledger.jsonl",
    ledger_key: "ledger.pem",
    keys: "keys.json",
    policy: "policy",
    pending: "pending",
    tenant: "tenant:acme",
    agent: { id: "agent:coder" },
    adapter: "adapter:claude-code@1",
  };
  const path = join(folder, "gate.json");
  writeFileSync(path, JSON.stringify(gate));
  const [request] = /corr_[A-Za-z0-9_-]+/.exec(run("ledger", "init"));
  run("approve", request, "--key", "olivia.pem", "--yes");
  run("policy", "release");
  return path;
}

/** How many receipts its ledger has. */
export function receiptsIn(path) {
  const text = readFileSync(join(path, "..", "ledger.jsonl"), "utf8");
  return text.split("\n").filter((line) => line.includes('"receipt":')).length;
}
