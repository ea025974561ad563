import { spawnSync } from "node:child_process";
import { closeSync, openSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { bin, corpus, corpusKeys, inFolder, ledgerOf, root, sclaw } from "../support/sclaw.js";
import { needProgram } from "../support/system.js";

const strace = needProgram("strace", "strace");
const since = join(corpus, "since-good/since.note");
const ledger = ledgerOf("since-good");
const keys = ["--keys", corpusKeys];
const platform = join(root, "fixtures/good/platform.jsonl");
const policy = join(root, "fixtures/policies/platform");
const platformKeys = ["--keys", join(root, "fixtures/keys.json")];

/** Every system call of the network family that a command made, in all its threads. */
function networkCalls(args: readonly string[], folder: string): string[] {
  const [trace, out] = [join(folder, "trace"), join(folder, "out")];
  // Files, since the pipes of a test runner are sockets themselves.
  const output = openSync(out, "w");
  const command = ["-f", "-e", "trace=network", "-o", trace, process.execPath, bin, ...args];
  const run = spawnSync(strace, command, { cwd: folder, stdio: ["ignore", output, output] });
  closeSync(output);
  expect(run.status, readFileSync(out, "utf8")).toBe(0);
  expect(readFileSync(out, "utf8")).not.toBe("");
  // A pair of connected sockets within the process has no address, and no network.
  return readFileSync(trace, "utf8")
    .split("\n")
    .filter((line) => /^\d+\s+\w+\(/.test(line) && !/\bsocketpair\(/.test(line));
}

const commands: readonly (readonly [string, ...string[]])[] = [
  ["verify", ledger, ...keys, "--since", since],
  ["verify", ledger, ...keys, "--format", "json"],
  ["show", ledger, "3", ...keys],
  ["prove", ledger, "3", ...keys],
  ["prove", "check", "proof.json", ...keys],
  ["keys", "new", "key.pem"],
  ["keys", "show", corpusKeys],
  ["keys", "fingerprint", corpusKeys],
  ["keys", "trust", "init", "acme.example/x", "--trust", "trust.json"],
  ["population", ledger, ...keys],
  ["sample", ledger, ...keys, "--n", "3"],
  ["plan", "--confidence", "90", "--tolerable", "20", "--expected", "0"],
  ["evaluate", "--n", "25", "--deviations", "1"],
  ["report", ledger, ...keys, "--criteria", "CC6"],
  ["policy", "init", "mine"],
  ["policy", "check", policy, ...platformKeys],
  ["policy", "test", policy],
  ["replay", platform, "--policy", policy, ...platformKeys],
  ["backtest", platform, "--policy", policy, ...platformKeys],
  ["verify", "--help"],
];

test.each(commands.map((args) => [args.filter((arg) => !arg.includes("/")).join(" "), args] as const))(
  "%s opens no socket",
  (_name, args) => {
    inFolder((folder) => {
      writeFileSync(join(folder, "proof.json"), sclaw(["prove", ledger, "3", ...keys]).stdout);
      expect(networkCalls(args, folder)).toEqual([]);
    });
  },
);

test("the trace would show one", () => {
  inFolder((folder) => {
    const trace = join(folder, "trace");
    const script = 'require("net").connect(9, "127.0.0.1").on("error", () => {})';
    spawnSync(strace, ["-f", "-e", "trace=network", "-o", trace, process.execPath, "-e", script]);
    expect(readFileSync(trace, "utf8")).toMatch(/connect\(/);
  });
});
