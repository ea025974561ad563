// A process of its own that holds one Vitest for one copy of the work tree, and tests one
// mutant after the other: a mutant costs the running of its tests, not the start of a runner.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { createVitest } from "vitest/node";

const [tree] = process.argv.slice(2);
process.chdir(tree);
const vitest = await createVitest("test", {
  root: tree,
  watch: false,
  run: true,
  bail: 1,
  isolate: false,
  fileParallelism: false,
  maxWorkers: 1,
  pool: "threads",
  reporters: [{}],
  coverage: { enabled: false },
  snapshotOptions: { updateSnapshot: "none" },
  // A busy machine is no failure; what loops for ever is ended from outside.
  testTimeout: 600_000,
});
const specifications = new Map(
  (await vitest.globTestSpecifications()).map((one) => [one.moduleId.slice(tree.length + 1), one]),
);

process.on("message", async ({ file, text, original, tests, except = [], bail = 1 }) => {
  const started = performance.now();
  const path = join(tree, file);
  const put = (content) => {
    writeFileSync(path, content);
    vitest.invalidateFile(path);
  };
  for (const { config } of [vitest, ...vitest.projects]) config.bail = bail;
  if (except.length > 0)
    vitest.setGlobalTestNamePattern(new RegExp(`^(?!(${except.map(escaped).join("|")})$)`));
  put(text);
  try {
    process.send({ ...(await run(tests)), ms: performance.now() - started });
  } finally {
    put(original);
  }
});
process.send({ ready: [...specifications.keys()] });

async function run(tests) {
  const chosen = tests.map((test) => specifications.get(test));
  // Failures of the mutant before would count towards `bail`.
  vitest.state.filesMap.clear();
  vitest.state.idMap.clear();
  const { testModules, unhandledErrors } = await vitest.runTestSpecifications(chosen);
  const durations = testModules.map((module) => [nameOf(module), module.diagnostic().duration]);
  const failures = testModules
    .filter((module) => module.state() === "failed")
    .map((module) => ({ test: nameOf(module), names: failedNames(module) }));
  const [first] = failures;
  const by = first ? `${first.test} > ${first.names[0] ?? "(loading)"}` : String(unhandledErrors[0] ?? "");
  return { noticed: first !== undefined || unhandledErrors.length > 0, by, failures, durations };
}

function failedNames(module) {
  const failed = [...module.children.allTests()].filter((test) => test.result().state === "failed");
  return failed.map((test) => test.fullName);
}

function nameOf(module) {
  return module.moduleId.slice(tree.length + 1);
}

/** Test name patterns are held against the names of suites and test with spaces between. */
function escaped(fullName) {
  return fullName.replaceAll(" > ", " ").replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
}
