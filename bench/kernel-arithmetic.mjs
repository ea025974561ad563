// node bench/kernel-arithmetic.mjs [operations] [--seed N] [--field fma|integer]…
// The kernel's arithmetic held against BigInt and node:crypto for so many operations (none by default), and
// what a signature costs, beside node:crypto, in batches of 1024 by 4 keys on one thread.
import { sign, verify } from "node:crypto";
import { parseArgs } from "node:util";
import { fields } from "../scripts/build-kernel.mjs";
import { checks, compile, keyPair, Verifier } from "../test/kernel/arithmetic.mjs";
import { seeded } from "../test/support/seeded.mjs";
import { median } from "./parts/run.mjs";

const { values, positionals } = parseArgs({
  options: {
    seed: { type: "string", default: "1" },
    field: { type: "string", multiple: true, default: fields },
  },
  allowPositionals: true,
});
const operations = Number(positionals[0] ?? 0);
const keyCount = 4;
const batch = 1024;
const rounds = 25;

const keys = Array.from({ length: keyCount }, (_, i) => keyPair(i));
const items = Array.from({ length: batch }, (_, i) => {
  const key = (i * 7 + (i >> 3)) % keyCount;
  const message = Buffer.alloc(47, `${i} `);
  return { key, message, signature: sign(null, message, keys[key].privateKey) };
});

/**
 * Microseconds of processor time for one of the `count` things that `run` does: the median of some rounds,
 * after a second in which the engine compiles what is used for good.
 */
function microseconds(run, count) {
  const start = performance.now();
  while (performance.now() - start < 1000) run();
  const times = Array.from({ length: rounds }, () => {
    const before = process.cpuUsage();
    run();
    const { user, system } = process.cpuUsage(before);
    return (user + system) / count;
  });
  return median(times);
}

const ofNode = microseconds(() => {
  for (const { key, message, signature } of items) verify(null, message, keys[key].publicKey, signature);
}, batch);
console.log(`node ${process.version}: ${ofNode.toFixed(1)} µs a signature by node:crypto`);

for (const field of values.field) {
  const fresh = await compile(field);
  const kernel = fresh();
  const { exports: e } = kernel;
  let start = performance.now();
  const verifier = new Verifier(kernel, keyCount);
  const preparing = performance.now() - start;
  start = performance.now();
  for (const { bytes } of keys) verifier.addKey(bytes);
  const perKey = (performance.now() - start) / keyCount;
  if (!verifier.check(items).every((ok) => ok)) throw new Error(`expected the field ${field} to accept all`);
  const checking = microseconds(() => e.check(verifier.items, batch), batch);
  const hashing = microseconds(() => {
    for (let i = 0; i < batch; i++) e.challenge(verifier.items + i * verifier.itemBytes, verifier.scratch);
  }, batch);
  const [a, b] = kernel.elements(2);
  e.setSmall(a, 3);
  e.setSmall(b, 5);
  const product = (microseconds(() => e.mulTimes(a, b, 20_000), 20_000) * 1000) / kernel.lanes;
  console.log(
    `${field}: ${checking.toFixed(2)} µs a signature to check, ${hashing.toFixed(2)} for k, ` +
      `${(ofNode / (checking + hashing)).toFixed(1)} times as fast as node:crypto; ` +
      `a product ${product.toFixed(1)} ns a lane; ` +
      `tables ${preparing.toFixed(1)} ms, and ${perKey.toFixed(1)} a key`,
  );
  for (const { name, run, share } of checks) {
    const count = Math.ceil((operations * share) / 1000);
    if (count === 0) continue;
    start = performance.now();
    run(fresh(), seeded(Number(values.seed)), count);
    const seconds = (performance.now() - start) / 1000;
    console.log(`${field}: ${count} ${name} as BigInt and node:crypto have them (${seconds.toFixed(0)} s)`);
  }
}
