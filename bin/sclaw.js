#!/usr/bin/env node
const [first, ...others] = process.argv.slice(2);
const asksForHelp = first === undefined || ((first === "--help" || first === "-h") && others.length === 0);
// As `sclaw hook install` writes it: a coding agent waits for this at each of its calls.
const isHook = first === "hook" && others.length === 2 && others[0] === "--config";

if (asksForHelp) {
  // Written by the build from the same parser, and printed without loading it.
  const { readFileSync, writeSync } = await import("node:fs");
  const help = readFileSync(new URL("../dist/cli/help.txt", import.meta.url));
  try {
    writeSync(1, help);
  } catch {
    // A reader that has gone away needs no help.
  }
} else if (isHook) {
  const { hookOnce } = await import("../dist/cli/hook-once.js");
  process.exitCode = await hookOnce(others[1]);
} else {
  const { main } = await import("../dist/cli/main.js");
  process.exitCode = await main(process.argv);
}
