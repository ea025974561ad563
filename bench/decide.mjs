// node bench/decide.mjs [--receipts N] [--distinct N] [--entities N] [--rounds N]
// What deciding costs: our profile beside the stock engine called directly with the same
// requests, a replay of many receipts without their verification, all in one thread, and one cold `sclaw decide`.
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { decide, readPolicy, understand } from "../dist/index.js";
import { cedarEngine } from "../dist/io/cedar.js";
import { readBundleFiles } from "../dist/io/load-bundle.js";
import { askEngine, requestOf } from "../dist/policy/decide.js";
import { Replayer } from "../dist/replay/replayer.js";
import { dataFolder, measure, median, printMachine, printTable, root, sclaw } from "./parts/run.mjs";

const { values } = parseArgs({
  options: {
    receipts: { type: "string", default: "1000000" },
    distinct: { type: "string", default: "50000" },
    entities: { type: "string", default: "1000" },
    rounds: { type: "string", default: "5" },
  },
});
const [receipts, distinct, agents, rounds] = ["receipts", "distinct", "entities", "rounds"].map((name) =>
  Number(values[name]),
);

const cedar = cedarEngine();
const files = new Map(readBundleFiles(join(root, "fixtures/policies/payments")));
files.set("entities.json", Buffer.from(JSON.stringify(Array.from({ length: agents }, (_, i) => agentOf(i)))));
files.delete("tests.json");
const result = readPolicy(files, cedar);
if (!result.ok) throw new Error(JSON.stringify(result.problems));
const { bundle } = result;

function agentOf(i) {
  return { uid: { type: "Agent", id: `agent:${i}` }, attrs: { tenant: "tenant:acme-pay/prod" }, parents: [] };
}

/** Distinct requests: agents, accounts and amounts around the policy's limits. */
function intentOf(i) {
  return {
    schema: "sclaw.intent/1",
    tenant: "tenant:acme-pay/prod",
    agent: { id: `agent:${i % agents}` },
    adapter_id: "adapter:payments@2.0.1",
    operation: "payout.run",
    resource: `account:${i % 97}`,
    params: { amount_cents: (i * 7919) % 30_000_000, currency: "EUR", recipients: ["vendor:paper"] },
  };
}

const start = Date.UTC(2026, 5, 1);
const timeOf = (i) => new Date(start + i * 1000).toISOString();

printMachine();
decisionsPerSecond(20_000);
replayAlone();
coldStart();

/** Each request once, in turn by thousands: nothing is remembered. */
function decisionsPerSecond(count) {
  const ask = askEngine(bundle);
  const stock = (question) =>
    cedar.statefulIsAuthorized({
      ...requestOf(bundle, question, []),
      preparsedPolicySetId: bundle.hash,
      preparsedSchemaName: bundle.hash,
      validateRequest: true,
    });
  const questions = Array.from(
    { length: count },
    (_, i) => understand(bundle, intentOf(i), timeOf(i)).question,
  );
  const times = { stock: [], ours: [] };
  for (let at = 0; at < count; at += 1000) {
    let begun = performance.now();
    for (let i = at; i < at + 1000; i++) stock(questions[i]);
    times.stock.push(performance.now() - begun);
    begun = performance.now();
    for (let i = at; i < at + 1000; i++) decide(bundle, intentOf(i), timeOf(i), ask);
    times.ours.push(performance.now() - begun);
  }
  const per = (name) => 1e6 / median(times[name]);
  console.log(
    `${count} distinct requests, ${bundle.rules.length} policies, ${agents} entities, one thread\n`,
  );
  printTable([
    ["", "a second"],
    ["stock engine, one call each", Math.round(per("stock"))],
    ["our decisions, one call or two each", Math.round(per("ours"))],
  ]);
}

/** Receipts as they would come from a ledger that verified, recorded by the policy itself. */
function replayAlone() {
  const replayer = new Replayer([bundle]);
  const cpu = process.cpuUsage();
  const begun = performance.now();
  let same = 0;
  for (let i = 0; i < receipts; i++) {
    const intent = intentOf(i % distinct);
    const receipt = {
      policy: { hash: bundle.hash, version: bundle.info.version },
      decided_at: timeOf(i),
      decision: "allow",
      risk_tier: "T1_STANDARD",
      rationale: { rules: ["PAY-12"] },
      facts: {
        amount_cents: intent.params.amount_cents,
        currency: "EUR",
        known_recipient: true,
        recipients: 1,
      },
      approval: { state: "not_required" },
    };
    if (replayer.outcomeOf({ receipt, members: { intent }, verified: true }).kind === "same") same++;
  }
  const seconds = (performance.now() - begun) / 1000;
  const { user, system } = process.cpuUsage(cpu);
  console.log(
    `\nreplay without verification: ${receipts} receipts, ${distinct} distinct intents, each at another time: ${seconds.toFixed(1)} s (${((user + system) / 1e6).toFixed(1)} CPU s), ${Math.round(receipts / seconds)} a second, ${same} the same`,
  );
}

/** Whole processes: Node's own start beside one decision. */
function coldStart() {
  const folder = join(dataFolder, "policy");
  mkdirSync(folder, { recursive: true });
  for (const [name, bytes] of readBundleFiles(join(root, "fixtures/policies/payments")))
    writeFileSync(join(folder, name), bytes);
  const intent = join(dataFolder, "intent.json");
  writeFileSync(
    intent,
    JSON.stringify({
      ...intentOf(0),
      agent: { id: "agent:payout-bot" },
      params: { amount_cents: 100, currency: "EUR", recipients: ["vendor:paper"] },
    }),
  );
  const times = { node: [], decide: [] };
  for (let round = 0; round < rounds; round++) {
    times.node.push(measure(["-e", "0"], { oneCore: false }).wallSeconds);
    times.decide.push(
      measure([sclaw, "decide", "--policy", folder, "--intent", intent, "--at", "2026-06-01T10:00:00.000Z"], {
        oneCore: false,
      }).wallSeconds,
    );
  }
  const ms = (name) => Math.round(1000 * median(times[name]));
  console.log(`\ncold, medians of ${rounds}: node -e 0 ${ms("node")} ms, sclaw decide ${ms("decide")} ms`);
}
