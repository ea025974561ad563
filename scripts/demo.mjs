// npm run demo: verifies a good ledger, one with a forged approval and an edited one in ./demo.
import { spawnSync } from "node:child_process";
import { copyFileSync, mkdirSync } from "node:fs";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const corpus = `${root}test/conformance/corpus`;
const cases = [
  { folder: "good", ledger: "valid-standard", exit: 0 },
  { folder: "forged-approval", ledger: "apr-replayed", exit: 1 },
  { folder: "edited", ledger: "flip-decision", exit: 1 },
];

let unexpected = 0;
for (const { folder, ledger, exit } of cases) {
  const here = `${root}demo/${folder}`;
  mkdirSync(here, { recursive: true });
  copyFileSync(`${corpus}/${ledger}/ledger.jsonl`, `${here}/ledger.jsonl`);
  copyFileSync(`${corpus}/keys.json`, `${here}/keys.json`);
  process.stdout.write(`\n$ cd demo/${folder} && sclaw verify ledger.jsonl\n\n`);
  const run = spawnSync(process.execPath, [`${root}bin/sclaw.js`, "verify", "ledger.jsonl"], {
    cwd: here,
    stdio: "inherit",
  });
  process.stdout.write(`\n(exit ${run.status})\n`);
  if (run.status !== exit) unexpected++;
}
process.stdout.write(`
Look further, in demo/forged-approval:
  node ../../bin/sclaw.js show ledger.jsonl 5
  node ../../bin/sclaw.js prove ledger.jsonl 5 --out proof.json
  node ../../bin/sclaw.js prove check proof.json
`);
process.exitCode = unexpected === 0 ? 0 : 1;
