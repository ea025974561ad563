// node bench/parts/node-version.mjs LEDGER KEYS
// What node-versions.mjs runs on each version: engines of the built library held against each other.
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { setFlagsFromString } from "node:v8";
import { engine as node } from "../../dist/io/engine-node.js";
import { compileKernel, Kernel } from "../../dist/kernel/kernel.js";
import { passesSelfTest } from "../../dist/kernel/self-test.js";
import { verifySignature } from "../../dist/keys/ed25519.js";
import { nobleEngine } from "../../dist/keys/engine-noble.js";
import { readPublicKey } from "../../dist/keys/public-key.js";
import { wasm as fma } from "../../dist/wasm/kernel-fma.js";
import { wasm as integer } from "../../dist/wasm/kernel-integer.js";
import { kernelAnswers, kernelCases } from "../../test/kernel/adversarial.mjs";
import { sclaw } from "./run.mjs";

const [ledger, keys] = process.argv.slice(2);
console.log(`Node ${process.version}, V8 ${process.versions.v8}`);
const say = (text) => console.log(`  ${text}`);
const fail = (text) => {
  process.exitCode = 1;
  say(`DIFFERS: ${text}`);
};

if (/^v2[01]\./.test(process.version)) setFlagsFromString("--experimental-wasm-relaxed-simd");
const kernels = [];
for (const [name, wasm] of Object.entries({ "kernel-fma": fma, "kernel-integer": integer })) {
  const module = await compileKernel(name, wasm);
  const passes = module !== undefined && (await passesSelfTest(module, node.sha3_256));
  if (passes) kernels.push(module);
  else fail(`${name} ${module === undefined ? "is not valid here" : "does not pass its self-test"}`);
}
say(`self-tests passed: ${kernels.map(({ name }) => name).join(", ")}`);

const hex = (text) => new Uint8Array(Buffer.from(text, "hex"));
const file = readFileSync(new URL("../../fixtures/ed25519/adversarial.jsonl", import.meta.url), "utf8");
const published = file
  .trimEnd()
  .split("\n")
  .map((line) => JSON.parse(line))
  .map((one) => ({ ...one, key: hex(one.key), message: hex(one.message), signature: hex(one.signature) }));
const read = new Map();
const readKey = (key) => {
  const name = Buffer.from(key).toString("hex");
  if (!read.has(name)) read.set(name, readPublicKey(node.sha3_256, key));
  return read.get(name);
};
const cases = [...published, ...kernelCases(5)].flatMap((one) => {
  const { ok, key } = readKey(one.key);
  return ok && one.signature.length === 64 ? [{ ...one, read: key }] : [];
});
const expected = cases.map(({ signature, message, read }) => verifySignature(node, signature, message, read));
for (const [i, { name, accepted }] of cases.entries())
  if (accepted !== undefined && accepted !== expected[i]) fail(`node:crypto on ${name}`);
const compare = (name, answers) => {
  const wrong = cases.filter((_, i) => answers[i] !== expected[i]);
  if (wrong.length > 0) fail(`${name} on ${wrong.length} signatures, the first: ${wrong[0].name}`);
};
compare(
  "noble",
  cases.map(({ signature, message, read }) => verifySignature(nobleEngine, signature, message, read)),
);
for (const module of kernels)
  for (const more of [0, 60])
    compare(`${module.name}, ${more} more keys`, kernelAnswers(await Kernel.start(module), cases, more));
say(
  `${cases.length} adversarial signatures, ${expected.filter(Boolean).length} of them accepted, by every engine`,
);

const runs = [
  ["node", 1],
  ["noble", 1],
];
for (const engine of ["auto", "kernel-fma", "kernel-integer"])
  for (const jobs of [1, 4]) runs.push([engine, jobs]);
const verdicts = new Set();
for (const [engine, jobs] of runs) {
  const own = [
    "verify",
    ledger,
    "--keys",
    keys,
    "--format",
    "json",
    "--engine",
    engine,
    "--jobs",
    String(jobs),
    "--verbose",
  ];
  const started = performance.now();
  const { status, stdout, stderr } = spawnSync(process.execPath, [sclaw, ...own], {
    encoding: "utf8",
    maxBuffer: 1 << 28,
  });
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  verdicts.add(`${status} ${stdout}`);
  say(`${engine}, --jobs ${jobs}: exit code ${status}, ${seconds} s, ${stderr.trim()}`);
}
if (verdicts.size !== 1) fail(`${verdicts.size} verdicts`);
say(
  `one verdict: SHA-256 ${createHash("sha256")
    .update([...verdicts][0])
    .digest("hex")
    .slice(0, 16)}`,
);
