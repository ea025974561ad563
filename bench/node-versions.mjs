// node bench/node-versions.mjs [VERSION]…
// Runs the built library and command line on other versions of Node, each as the npm package
// "node" has it (by default 20, 22, 24 and 26): the kernels' self-tests, the adversarial signatures
// through every engine, and a ledger of 5,000 receipts by every engine, in one thread and in four.
// Exit code 1 where any two differ.
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { writeLedger } from "./parts/ledger-writer.mjs";
import { benchFolder, cleanEnv, dataFolder } from "./parts/run.mjs";

const asked = process.argv.slice(2);
const versions = asked.length === 0 ? ["20", "22", "24", "26"] : asked;
const ledger = join(dataFolder, "versions.jsonl");
const keys = join(dataFolder, "versions.keys.json");
writeLedger(5000, ledger, keys);

for (const version of versions) {
  const folder = join(dataFolder, `node-${version}`);
  const node = join(folder, "node_modules/node/bin/node");
  if (!existsSync(node)) {
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, "package.json"), '{ "private": true }\n');
    spawnSync("npm", ["install", "--no-audit", "--no-fund", `node@${version}`], {
      cwd: folder,
      stdio: "inherit",
    });
  }
  if (!existsSync(node)) {
    console.log(`${version}: the package node has no such version for this machine`);
    continue;
  }
  const program = join(benchFolder, "parts/node-version.mjs");
  const { status, stdout, stderr } = spawnSync(node, [program, ledger, keys], {
    env: cleanEnv,
    encoding: "utf8",
  });
  console.log(`${version}: ${stdout}${stderr}`);
  if (status !== 0) process.exitCode = 1;
}
