// node bench/mutate.mjs [--room NAME]… [--file PATH]… [--operator NAME]… [--limit N] [--workers N]
//   [--slow] [--list] [--out FILE] [--again FILE]
// Turns the verifier's checks off one by one and reports which of them no test notices. Each
// mutant is tested in a copy of the work tree; the checkout is never touched.
//
// Exit code 1 where a survivor has no reason in mutants-accepted.json.
import { fork } from "node:child_process";
import {
  cpSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { basename, dirname, join, normalize } from "node:path";
import { parseArgs } from "node:util";
import { apply, mutantsOf } from "./parts/mutations.mjs";
import { benchFolder, cleanEnv, root } from "./parts/run.mjs";

const rooms = ["bytes", "json", "keys", "merkle", "receipt", "ledger"];
const { values: options } = parseArgs({
  options: {
    room: { type: "string", multiple: true, default: rooms },
    file: { type: "string", multiple: true },
    operator: { type: "string", multiple: true },
    // Only so many mutants, spread evenly over all.
    limit: { type: "string", default: "Infinity" },
    workers: { type: "string", default: "2" },
    // Also runs tests that take long: the whole run then takes hours.
    slow: { type: "boolean", default: false },
    // Only lists the mutants.
    list: { type: "boolean", default: false },
    // Writes the survivors without a reason, in the form of mutants-accepted.json.
    out: { type: "string" },
    // Only the mutants of a file that --out wrote: have new tests found them?
    again: { type: "string" },
  },
});

/** The rooms whose tests are run for every mutant, besides those of its own room. */
const wholeVerifier = ["receipt", "ledger", "conformance"];
/** And for those outside the verifier: whole papers over the corpus. */
const wholePapers = ["commands", "report"];
/** Run with --slow only. */
const slowTests = ["test/ledger/damage.test.ts"];
/** A mutant that loops for ever is noticed too. */
const patience = 180_000;

const filesBelow = (folder, ending) =>
  readdirSync(join(snapshot, folder), { recursive: true })
    .filter((name) => name.endsWith(ending))
    .map((name) => `${folder}/${name}`)
    .sort();

// The checkout as it is now: somebody may change it during the run.
const snapshot = mkdtempSync(join(tmpdir(), "sclaw-mutants-of-"));
process.once("exit", () => rmSync(snapshot, { recursive: true, force: true }));
for (const name of [
  // The kernels as they were built: some tests recognize lines by them.
  ...["src", "test", "fixtures", "docs", "schema", "starter", "dist/wasm"],
  ...["package.json", "tsconfig.json", "vitest.config.ts"],
])
  cpSync(join(root, name), join(snapshot, name), { recursive: true });

const sources = options.file ?? options.room.flatMap((room) => filesBelow(`src/${room}`, ".ts"));
const originals = new Map(sources.map((file) => [file, readFileSync(join(snapshot, file), "utf8")]));
const all = sources.flatMap((file) =>
  mutantsOf(originals.get(file))
    .filter(({ operator }) => options.operator?.includes(operator) ?? true)
    .map((mutant) => ({ file, ...mutant, source: lineOf(file, mutant) })),
);
const again =
  options.again === undefined
    ? undefined
    : new Set(JSON.parse(readFileSync(options.again, "utf8")).map(keyOf));
if (again !== undefined) all.splice(0, all.length, ...all.filter((mutant) => again.has(keyOf(mutant))));
const step = Math.max(1, all.length / Number(options.limit));
const mutants = all.filter((_, i) => Math.floor(i / step) !== Math.floor((i - 1) / step));
if (options.list) {
  const text = `${mutants.map(describe).join("\n")}\n${mutants.length} mutants\n`;
  await new Promise((resolve) => process.stdout.write(text, resolve));
  process.exit(0);
}

const accepted = JSON.parse(readFileSync(join(benchFolder, "mutants-accepted.json"), "utf8"));
const reasons = new Map(accepted.map((one) => [keyOf(one), one.reason]));

/** Tests that fail without any mutation. */
const except = [];
const testsOf = await testsByFile();
const queue = mutants.map((mutant) => ({ ...mutant, tests: testsOf(mutant.file) }));
const results = [];
const started = performance.now();
await Promise.all(Array.from({ length: Number(options.workers) }, work));
report();

/** Takes mutants off the queue until it is empty, with a runner and a tree of its own. */
async function work() {
  let runner = await startRunner();
  let last;
  for (;;) {
    const mutant = queue.shift();
    if (mutant === undefined) break;
    last = mutant;
    const original = originals.get(mutant.file);
    const result =
      mutant.tests.length === 0
        ? { noticed: false, ms: 0 }
        : await runner.test({
            file: mutant.file,
            text: apply(original, mutant),
            original,
            tests: mutant.tests,
            except,
          });
    results.push({ mutant, ...result });
    if (!result.noticed && !reasons.has(keyOf(mutant))) console.log(`survived  ${describe(mutant)}`);
    // On a busy machine, time that runs out says nothing of the mutant.
    if (result.lost) console.log(`${result.by}  ${describe(mutant)}`);
    if (results.length % 50 === 0) progress();
    if (result.lost) {
      runner.end();
      runner = await startRunner();
    }
  }
  if (last !== undefined) await control(runner, last);
  runner.end();
}

/** Tests that no mutant before has left a trace: without any mutation all is well again. */
async function control(runner, { file, tests }) {
  const original = originals.get(file);
  const { noticed, by } = await runner.test({ file, text: original, original, tests, except });
  if (noticed) throw new Error(`the tests fail without a mutation at the end: ${by}`);
}

/** Which tests to run for a source file: those that import it, its own first, fast ones before slow. */
async function testsByFile() {
  const runner = await startRunner();
  const [first] = sources;
  const text = originals.get(first);
  const ownRooms = sources.map((file) => dirname(file).slice(4));
  const isOfVerifier = ownRooms.every((room) => rooms.includes(room));
  const testRooms = new Set([...ownRooms, ...wholeVerifier, ...(isOfVerifier ? [] : wholePapers)]);
  let tests = runner.tests
    .filter((test) => testRooms.has(dirname(test).slice(5)))
    .filter((test) => options.slow || !slowTests.includes(test));
  const base = await runner.test({ file: first, text, original: text, tests, bail: 0 }, 900_000);
  if (base.lost) throw new Error(`the tests do not end: ${base.by}`);
  for (const { test, names } of base.failures) {
    console.log(
      `left out, since it fails without any mutation: ${test}: ${names.join("; ") || "does not load"}`,
    );
    if (names.length === 0) tests = tests.filter((other) => other !== test);
    except.push(...names);
  }
  runner.end();
  const duration = new Map(base.durations);
  const imported = new Map(tests.map((test) => [test, importsOf(test)]));
  return (file) => {
    const isOwn = (test) => basename(test, ".test.ts") === basename(file, ".ts");
    const isOfRoom = (test) => dirname(test) === dirname(file).replace("src", "test");
    const rank = (test) => (isOwn(test) ? 0 : isOfRoom(test) ? 1 : 2);
    return tests
      .filter((test) => imported.get(test).has(file))
      .sort((a, b) => rank(a) - rank(b) || duration.get(a) - duration.get(b));
  };
}

/** All files that a file imports, directly or not. */
function importsOf(file, seen = new Set()) {
  const text = readFileSync(join(snapshot, file), "utf8");
  for (const [, path] of text.matchAll(/(?:from|import\()\s*"(\.[^"]+)"/g)) {
    const target = normalize(join(dirname(file), path)).replace(/\.js$/, ".ts");
    // What only looks like an import, in a text that a test bundles, names no file.
    if (!target.endsWith(".ts") || seen.has(target) || !existsSync(join(snapshot, target))) continue;
    seen.add(target);
    importsOf(target, seen);
  }
  return seen;
}

async function startRunner() {
  const tree = mkdtempSync(join(tmpdir(), "sclaw-mutants-"));
  cpSync(snapshot, tree, { recursive: true });
  symlinkSync(join(root, "node_modules"), join(tree, "node_modules"));
  const child = fork(join(benchFolder, "parts/mutant-runner.mjs"), [tree], {
    stdio: ["ignore", "ignore", "ignore", "ipc"],
    env: cleanEnv,
  });
  let settle = () => {};
  child.on("message", (message) => settle(message));
  child.on("exit", () => settle({ noticed: true, by: "the runner ended", lost: true }));
  const answer = (limit) =>
    new Promise((resolve) => {
      const timer = setTimeout(() => settle({ noticed: true, by: "time out", lost: true }), limit);
      settle = (message) => {
        clearTimeout(timer);
        resolve(message);
      };
    });
  const { ready: tests } = await answer(60_000);
  if (tests === undefined) throw new Error("the test runner does not start");
  return {
    tests,
    test: (job, limit = patience) => {
      const result = answer(limit);
      child.send(job);
      return result;
    },
    end: () => {
      child.removeAllListeners("exit");
      child.kill("SIGKILL");
      rmSync(tree, { recursive: true, force: true });
    },
  };
}

function lineOf(file, { start }) {
  const text = originals.get(file);
  return text.slice(text.lastIndexOf("\n", start - 1) + 1, text.indexOf("\n", start)).trim();
}

/** What identifies a mutant as the source changes: not its line, but the text of it. */
function keyOf({ file, operator, source, was, becomes }) {
  return JSON.stringify([file, operator, source, short(was), short(becomes)]);
}

function describe({ file, line, operator, was, becomes }) {
  return `${file}:${line}  ${operator}  ${short(was)}  ->  ${short(becomes)}`;
}

function short(text) {
  const flat = text.replace(/\s+/g, " ");
  return flat.length > 110 ? `${flat.slice(0, 110)}…` : flat;
}

function progress() {
  const seconds = (performance.now() - started) / 1000;
  const survivors = results.filter(({ noticed }) => !noticed).length;
  console.log(
    `${results.length} of ${mutants.length}, ${survivors} survived, ${(seconds / results.length).toFixed(2)} s each`,
  );
}

function report() {
  const survivors = results.filter(({ noticed }) => !noticed).map(({ mutant }) => mutant);
  const unexplained = survivors.filter((mutant) => !reasons.has(keyOf(mutant)));
  unexplained.sort((a, b) => a.file.localeCompare(b.file) || a.line - b.line);
  progress();
  console.log("\nby file: mutants, survivors, survivors without a reason");
  for (const file of sources) {
    const count = (list) => list.filter((mutant) => mutant.file === file).length;
    if (count(mutants) > 0)
      console.log(`  ${file}  ${count(mutants)}  ${count(survivors)}  ${count(unexplained)}`);
  }
  console.log(`\n${unexplained.length} survivors without a reason`);
  for (const mutant of unexplained) console.log(`  ${describe(mutant)}\n      ${mutant.source}`);
  if (options.out !== undefined) {
    const entry = ({ file, line, operator, source, was, becomes }) => {
      return { file, line, operator, source, was: short(was), becomes: short(becomes), reason: "" };
    };
    writeFileSync(options.out, `${JSON.stringify(unexplained.map(entry), null, 2)}\n`);
  }
  const stale = accepted.filter(
    (one) =>
      options.operator === undefined &&
      sources.includes(one.file) &&
      !all.some((mutant) => keyOf(mutant) === keyOf(one)),
  );
  for (const one of stale) console.log(`accepted, but no longer a mutant: ${one.file}: ${one.source}`);
  process.exitCode = unexplained.length > 0 ? 1 : 0;
}
