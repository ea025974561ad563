import { spawnSync } from "node:child_process";
import { closeSync, openSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { bin, corpus, corpusKeys, inFolder, ledgerOf } from "../support/sclaw.js";
import { needProgram } from "../support/system.js";

const strace = needProgram("strace", "strace");
const since = join(corpus, "since-good/since.note");
const ledger = ledgerOf("since-good");

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

test.each([
  ["verify", ["verify", ledger, "--keys", corpusKeys, "--since", since]],
  ["verify as JSON", ["verify", ledger, "--keys", corpusKeys, "--format", "json"]],
  ["show", ["show", ledger, "3", "--keys", corpusKeys]],
  ["prove", ["prove", ledger, "3", "--keys", corpusKeys]],
  ["keys new", ["keys", "new", "key.pem"]],
  ["keys show", ["keys", "show", corpusKeys]],
  ["help", ["verify", "--help"]],
])("%s opens no socket", (_name, args) => {
  inFolder((folder) => {
    expect(networkCalls(args, folder)).toEqual([]);
  });
});

test("the trace would show one", () => {
  inFolder((folder) => {
    const trace = join(folder, "trace");
    const script = 'require("net").connect(9, "127.0.0.1").on("error", () => {})';
    spawnSync(strace, ["-f", "-e", "trace=network", "-o", trace, process.execPath, "-e", script]);
    expect(readFileSync(trace, "utf8")).toMatch(/connect\(/);
  });
});
