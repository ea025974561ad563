#!/usr/bin/env node
const [first, ...others] = process.argv.slice(2);
const asksForHelp = first === undefined || ((first === "--help" || first === "-h") && others.length === 0);

if (asksForHelp) {
  // Written by the build from the same parser, and printed without loading it.
  const { readFileSync, writeSync } = await import("node:fs");
  const help = readFileSync(new URL("../dist/cli/help.txt", import.meta.url));
  try {
    writeSync(1, help);
  } catch {
    // A reader that has gone away needs no help.
  }
} else {
  const { main } = await import("../dist/cli/main.js");
  process.exitCode = await main(process.argv);
}
