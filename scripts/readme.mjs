// Puts the present output of its commands into README.md, between the markers; --check only compares.
import { execFileSync, spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const folder = `${root}demo/forged-approval`;

execFileSync(process.execPath, [`${root}scripts/demo.mjs`], { stdio: "ignore" });
const readme = readFileSync(`${root}README.md`, "utf8");
const written = readme.replace(
  /(```console\n\$ sclaw ([^\n]+)\n)[\s\S]*?(\n```)/g,
  (_all, head, command, tail) => {
    const run = spawnSync(process.execPath, [`${root}bin/sclaw.js`, ...command.split(" ")], {
      cwd: folder,
      encoding: "utf8",
    });
    return `${head}${run.stdout.trimEnd()}${tail}`;
  },
);
if (written !== readme && process.argv.includes("--check")) {
  process.stderr.write(
    "README.md: expected the output that the tool prints now, found another; run: npm run readme\n",
  );
  process.exitCode = 1;
} else writeFileSync(`${root}README.md`, written);
