import { spawnSync } from "node:child_process";
import { expect, it } from "vitest";
import { type FindingCode, kindOf } from "../../src/findings/catalogue.js";
import { cases } from "../commands/papers.js";
import { corpusKeys, ledgerOf, sclaw } from "../support/sclaw.js";
import { needProgram } from "../support/system.js";

// The numbers of a report, counted again with jq from the ledger's lines: no code of src.
const program = `
  [inputs | fromjson? | .receipt // empty] as $all
  | def key: "\\(.correlation_id) \\(.nonce)";
    def ran: .outcome.status != "not_executed";
    def permitted: (.decision == "allow" and .approval.state == "not_required")
      or ((.decision == "approval" or .decision == "escalate") and .approval.state == "granted");
    ([$all[] | select(.approval.state != "pending")]) as $resolved
  | ([$resolved[] | key] | unique) as $keys
  | ([$all[] | select(.approval.state == "pending")] | group_by(key) | map(last)
      | map(select(key as $k | $keys | index([$k]) | not))) as $held
  | ($resolved + $held) as $items
  | {
      readable: ($all | length),
      items: ($items | length),
      by_month: ($items | group_by(.decided_at[0:7]) | map({month: .[0].decided_at[0:7], count: length})),
      ran: ([$items[] | select(ran)] | length),
      elevated: ([$items[] | select(ran and (.risk_tier == "T2_ELEVATED" or .risk_tier == "T3_SOVEREIGN"))] | length),
      permitted: ([$items[] | select(permitted)] | length),
      asked: ([$items[] | select(.decision == "approval" or .decision == "escalate")] | length),
      unauthorized: ([$all[] | select(ran and (permitted | not)) | key] | unique | length),
      unapproved: ([$all[] | select(ran and (.risk_tier == "T2_ELEVATED" or .risk_tier == "T3_SOVEREIGN") and .approval.state != "granted") | key] | unique | length),
      unknown: ([$items[] | select(permitted and .outcome.status == "unknown")] | length),
      reused: ([$all[] | select(ran)] | group_by(.nonce) | map(length - 1) | add // 0)
    }`;

function counted(ledger: string) {
  const run = spawnSync(needProgram("jq", "jq"), ["-nR", program, ledger], {
    encoding: "utf8",
    maxBuffer: 1 << 28,
  });
  if (run.status !== 0) throw new Error(run.stderr);
  return JSON.parse(run.stdout);
}

/** Ledgers whose integrity verifies without further arguments, with deviations or without. */
const isSound = (codes: readonly string[] = []) =>
  codes.every((code) => kindOf(code as FindingCode).severity !== "error");
const names = cases
  .filter(
    ({ case: name, args, must }) => args === undefined && /^(valid|ctl|apr)-/.test(name) && isSound(must),
  )
  .map(({ case: name }) => name);

it.each(names)("the numbers of the report on %s are those that jq counts", (name) => {
  const run = sclaw([
    "report",
    ledgerOf(name),
    "--keys",
    corpusKeys,
    "--criteria",
    "all",
    "--format",
    "json",
  ]);
  expect(run.stderr).toBe("");
  const { population, controls } = JSON.parse(run.stdout);
  const numbers = counted(ledgerOf(name));
  const control = (id: string) => controls.find((one: { id: string }) => one.id === id);
  const attribute = (id: string, letter: string) =>
    control(id).attributes.find((one: { letter: string }) => one.letter === letter);

  expect(population.entries).toBe(population.verified + population.withheld + population.unverified);
  expect(population.readable).toBe(numbers.readable);
  expect(population.items).toBe(numbers.items);
  expect(population.count).toBe(numbers.items);
  expect(population.by_month).toEqual(numbers.by_month);
  expect(control("SC-LA-1").population).toBe(numbers.items);
  expect(control("SC-LA-3").population).toBe(numbers.elevated);
  expect(control("SC-LA-4").population).toBe(numbers.ran);
  expect(control("SC-LM-3").population).toBe(numbers.asked);
  expect(control("SC-LM-4").population).toBe(numbers.permitted);
  expect(attribute("SC-LA-1", "B").deviated).toBe(numbers.unauthorized);
  const unapproved = attribute("SC-LA-3", "A").codes.find(
    (one: { code: string }) => one.code === "control.tier-without-approval",
  );
  expect(unapproved?.count ?? 0).toBe(numbers.unapproved);
  expect(attribute("SC-LA-4", "A").deviated).toBe(numbers.reused);
  expect(attribute("SC-LM-4", "A").deviated).toBe(numbers.unknown);
  for (const { attributes, tested, deviations } of controls) {
    for (const { agreed, deviated } of attributes)
      expect(agreed + deviated).toBeLessThanOrEqual(Math.max(tested, agreed));
    expect(deviations).toBeLessThanOrEqual(tested);
  }
});
