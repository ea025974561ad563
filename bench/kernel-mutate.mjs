// node bench/kernel-mutate.mjs [--file NAME.ts]… [--list] [--from N] [--only FILE:LINE]…
// Turns the conditions of the kernel's sources off one by one, and reports which of these kernels
// make the same records of all lines of test/kernel: what no test would notice. Exit code 1 where
// a survivor has no reason in kernel-mutants-accepted.json.
import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { Worker } from "node:worker_threads";
import { compileKernel } from "../scripts/build-kernel.mjs";
import { bundled } from "./parts/bundle.mjs";
import { kernelMutantsOf } from "./parts/kernel-mutants.mjs";
import { apply } from "./parts/mutations.mjs";
import { benchFolder, root } from "./parts/run.mjs";

const { values: options } = parseArgs({
  options: {
    file: {
      type: "string",
      multiple: true,
      default: ["judge.ts", "entry.ts", "approval.ts", "values.ts", "block.ts"],
    },
    only: { type: "string", multiple: true },
    from: { type: "string", default: "0" },
    list: { type: "boolean", default: false },
  },
});
/** A kernel that loops for ever is noticed, too. */
const patience = 120_000;
const field = "integer";

const mutants = options.file
  .flatMap((file) => {
    const source = readFileSync(join(root, "kernel", file), "utf8");
    const lines = source.split("\n");
    return kernelMutantsOf(source).map((mutant) => ({
      file,
      ...mutant,
      source: lines[mutant.line - 1].trim(),
    }));
  })
  .filter(({ file, line }) => options.only === undefined || options.only.includes(`${file}:${line}`))
  .slice(Number(options.from));
const describe = ({ file, line, operator, was, becomes }) =>
  `${file}:${line} ${operator}: ${was.replace(/\s+/g, " ")} -> ${becomes.replace(/\s+/g, " ")}`;
if (options.list) {
  console.log(`${mutants.map(describe).join("\n")}\n${mutants.length} mutants`);
  process.exit(0);
}
const keyOf = ({ file, source, was, becomes }) => [file, source, was, becomes].join("\n");
const accepted = JSON.parse(readFileSync(join(benchFolder, "kernel-mutants-accepted.json"), "utf8"));
const reasons = new Map(accepted.map((one) => [keyOf(one), one.reason]));

const module = await bundled("test/kernel/long-runs.ts");
process.once("exit", () => rmSync(fileURLToPath(module), { force: true }));
const { acceptingKernel, corpora: makeCorpora, recordsOfCorpus } = await import(module);
const corpora = makeCorpora();
const compile = (mutant, accepting) =>
  compileKernel({
    field,
    quick: true,
    edit: (name, text) => {
      const own = name === mutant?.file ? apply(text, mutant) : text;
      // Small tables are built soon, and are as right as large ones.
      const changed =
        name === "signatures.ts" ? own.replace(/(?<=^const (?:baseWidth|widthOf\w+) = )\d+/gm, "4") : own;
      return accepting ? acceptingKernel(name, changed) : changed;
    },
  });
const originals = new Map([
  [false, await compile(undefined, false)],
  [true, await compile(undefined, true)],
]);
const expected = [];
for (const corpus of corpora) expected.push(await recordsOfCorpus(originals.get(corpus.accepting), corpus));
console.log(
  `${mutants.length} mutants; ${corpora.map(({ name, bytes }) => `${name} ${bytes.length}`).join(", ")}`,
);

let worker = start();
const survivors = [];
const by = new Map();
const started = performance.now();
for (const [i, mutant] of mutants.entries()) {
  const noticed = await test(mutant);
  by.set(noticed, (by.get(noticed) ?? 0) + 1);
  if (noticed === undefined) {
    survivors.push(mutant);
    console.log(`survived  ${describe(mutant)}${reasons.has(keyOf(mutant)) ? "  (accepted)" : ""}`);
  }
  if ((i + 1) % 25 === 0)
    console.log(`${i + 1} of ${mutants.length}, ${Math.round((performance.now() - started) / 1000)} s`);
}
await worker.terminate();
console.log(`${mutants.length - survivors.length} of ${mutants.length} noticed: ${JSON.stringify([...by])}`);
const unexplained = survivors.filter((mutant) => !reasons.has(keyOf(mutant)));
if (unexplained.length > 0) {
  console.log(
    JSON.stringify(
      unexplained.map(({ file, source, was, becomes }) => ({ file, source, was, becomes, reason: "" })),
      null,
      2,
    ),
  );
  process.exitCode = 1;
}

function start() {
  return new Worker(new URL("parts/kernel-mutant-worker.mjs", import.meta.url), {
    workerData: { module, corpora, expected },
  });
}

async function test(mutant) {
  for (const accepting of [false, true]) {
    let wasm;
    try {
      wasm = await compile(mutant, accepting);
    } catch {
      return "the compiler";
    }
    const noticed = await ask(wasm, accepting);
    if (noticed !== undefined) return noticed;
  }
  return undefined;
}

function ask(wasm, accepting) {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(async () => {
      await worker.terminate();
      worker = start();
      resolve("time");
    }, patience);
    worker.removeAllListeners("error");
    worker.once("error", reject);
    worker.removeAllListeners("message");
    worker.once("message", (noticed) => {
      clearTimeout(timer);
      resolve(noticed);
    });
    worker.postMessage({ wasm, accepting });
  });
}
