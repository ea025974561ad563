import { expect, it } from "vitest";
import type { BacktestGroup } from "../../src/replay/backtest-pass.js";
import { renderBacktest, renderBacktestJson } from "../../src/report/backtest-text.js";
import { noPaint } from "../../src/report/layout.js";

const group = (rule: number): BacktestGroup => {
  const side = { decision: "deny", tier: "T1_STANDARD", rules: [`P-${rule}`], required: [] } as const;
  return { before: side, after: { ...side, decision: "allow" }, weaker: true, receipts: 1, examples: [] };
};

const paper = (kinds: number, groupsLeftOut: number) => {
  const changed = kinds + groupsLeftOut;
  return {
    ledger: { name: "acme.example/agents", size: 100, level: "L0" },
    policy: { version: "next", hash: "sha3-256:00" },
    result: {
      ...{ receipts: changed, same: 0, changed, weaker: changed, notEvaluated: new Map<string, number>() },
      ...{ groups: Array.from({ length: kinds }, (_, i) => group(i)), groupsLeftOut },
    },
  };
};

it.each([
  [30, 0, []],
  [31, 0, ["1 more kind of change; --format json lists all."]],
  [18, 13, ["13 receipts change in further ways, which are not listed."]],
  [30, 1, ["1 receipt changes in further ways, which are not listed."]],
  [
    1000,
    4,
    [
      "970 more kinds of change; --format json lists the first 1000.",
      "4 receipts change in further ways, which are not listed.",
    ],
  ],
] as const)(
  "of %i kinds and %i receipts left out, a backtest says what it does not show",
  (kinds, leftOut, expected) => {
    const text = renderBacktest(paper(kinds, leftOut), { paint: noPaint, width: 100 });
    const said = text.split("\n").filter((line) => /more kind|further ways/.test(line));
    expect(said.map((line) => line.trim())).toEqual(expected);
    expect(JSON.parse(renderBacktestJson(paper(kinds, leftOut)))["changes_left_out"]).toBe(leftOut);
  },
);
