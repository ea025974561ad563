// npm run demo: plays sclaw demo in ./demo, then verifies the ledger that came of it, and an edited copy.
import { spawnSync } from "node:child_process";
import { rmSync } from "node:fs";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const bin = `${root}bin/sclaw.js`;
const folder = `${root}demo`;

/** Runs the command line in a folder, and says whether it ended as it has to. */
function run(cwd, args, exit) {
  process.stdout.write(`\n$ sclaw ${args.join(" ")}\n\n`);
  const { status } = spawnSync(process.execPath, [bin, ...args], { cwd, stdio: "inherit" });
  process.stdout.write(`\n(exit ${status})\n`);
  return status === exit;
}

rmSync(folder, { recursive: true, force: true });
const ended = [
  run(root, ["demo", "demo"], 0),
  run(folder, ["verify"], 0),
  run(folder, ["replay"], 0),
  run(folder, ["verify", "edited.jsonl"], 1),
];
process.exitCode = ended.every(Boolean) ? 0 : 1;
