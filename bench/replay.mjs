// node bench/replay.mjs [--receipts N] [--rounds N] [--jobs LIST]
// What threads take off the first one, by which the whole is bound where there are cores enough:
// `sclaw backtest` of one export by two policies with 0, 1, … of them, which verify and decide, beside
// `verify`. One policy has few classes of requests, the other reads the clock so that each is a class of
// its own. Whole processes in turn, on all cores.
import { existsSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { writeLedger } from "./parts/ledger-writer.mjs";
import { dataFolder, measure, median, printMachine, printTable, sclaw } from "./parts/run.mjs";

const { values } = parseArgs({
  options: {
    receipts: { type: "string", default: "100000" },
    rounds: { type: "string", default: "3" },
    jobs: { type: "string", default: "0,1,2" },
  },
});
const receipts = Number(values.receipts);
const rounds = Number(values.rounds);
const jobs = values.jobs.split(",");

const ledger = join(dataFolder, `ledger-${receipts}.jsonl`);
const keys = join(dataFolder, "keys.json");
if (!existsSync(ledger)) writeLedger(receipts, ledger, keys);

/** Policies for the intents of make-ledger.mjs. */
function writeBundle(name, condition) {
  const folder = join(dataFolder, `policy-${name}`);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder);
  const write = (file, text) =>
    writeFileSync(join(folder, file), typeof text === "string" ? text : `${JSON.stringify(text)}\n`);
  const facts = { rows: { from: "/params/rows", type: "integer" } };
  const operations = Object.fromEntries(
    ["read", "export"].map((action) => [action, { action, tier: "T1_STANDARD", facts }]),
  );
  write("bundle.json", {
    format: "sclaw.policy/1",
    version: name,
    released_at: "2026-06-01T00:00:00.000Z",
  });
  write("catalogue.json", {
    format: "sclaw.catalogue/1",
    adapters: { "adapter:ehr@1.4": { operations }, "adapter:pay@2.0": { operations } },
  });
  write("entities.json", []);
  write(
    "schema.cedarschema",
    `entity Agent;
entity Resource { tenant: String };
action read, export appliesTo {
  principal: Agent,
  resource: Resource,
  context: {
    adapter: String, operation: String, tenant: String, at: Long, weekday: Long, minute: Long,
    on_behalf_of?: String, facts: { rows: Long }, satisfied: Set<String>
  }
};
`,
  );
  write(
    "policy.cedar",
    `@id("B-1") @tier("T1_STANDARD") @why("reading") permit (principal, action, resource);
@id("B-2") @tier("T2_ELEVATED") @outcome("approval") @obligation("2:releasers") @why("exports")
forbid (principal, action == Action::"export", resource)
unless { context.satisfied.contains("2:releasers") };
@id("B-3") @tier("T1_STANDARD") @why("too many rows")
forbid (principal, action == Action::"read", resource) when { ${condition} };
`,
  );
  return folder;
}

const policies = {
  "few classes": writeBundle("few", "context.facts.rows > 3000"),
  "each a class": writeBundle("each", "context.at + context.facts.rows < 3000"),
};
const commands = { verify: ["verify", ledger] };
for (const [name, folder] of Object.entries(policies))
  for (const count of jobs)
    commands[`backtest, ${name}, --jobs ${count}`] = [
      ...["backtest", ledger, "--policy", folder, "--jobs", count],
    ];

const names = Object.keys(commands);
const runs = Object.fromEntries(names.map((name) => [name, []]));
const printed = new Map();
for (let round = 0; round < rounds; round++) {
  for (const name of names) {
    console.error(`round ${round + 1}: ${name} …`);
    const run = measure([sclaw, ...commands[name], "--keys", keys], { oneCore: false, statuses: [0, 1] });
    runs[name].push(run);
    const policy = name.split(", ")[1] ?? name;
    if ((printed.get(policy) ?? run.stdout) !== run.stdout)
      throw new Error(`expected the same output with any number of jobs: ${name}`);
    printed.set(policy, run.stdout);
  }
}

const of = (name, what) => median(runs[name].map((run) => run[what]));
printMachine();
console.log(`${receipts} receipts, rounds: ${rounds}, in turn, medians, all cores\n`);
printTable([
  ["command", "CPU s", "of the first thread", "times verify, by round", "wall s", "peak MB"],
  ...names.map((name) => [
    name,
    of(name, "cpuSeconds").toFixed(1),
    of(name, "mainSeconds").toFixed(1),
    runs[name].map((run, i) => (run.mainSeconds / runs.verify[i].mainSeconds).toFixed(2)).join(" "),
    of(name, "wallSeconds").toFixed(1),
    Math.round(of(name, "peakMb")),
  ]),
]);
