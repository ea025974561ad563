import type { BacktestGroup, BacktestResult } from "../replay/backtest-pass.js";
import type { SideOfChange } from "../replay/backtester.js";
import { jsonText } from "./json-text.js";
import { count, labelled, type Page, wrap } from "./layout.js";
import { visible } from "./visible.js";

/** What a new policy would have decided of a recorded population. */
export interface BacktestPaper {
  readonly ledger: { readonly name: string; readonly size: number; readonly level: string };
  readonly policy: { readonly version: string; readonly hash: string };
  readonly result: BacktestResult;
}

const shownGroups = 30;

/** `sclaw backtest` for a person: what weakens first. */
export function renderBacktest({ ledger, policy, result }: BacktestPaper, page: Page): string {
  const { receipts, same, changed, weaker, notEvaluated, groups, groupsLeftOut } = result;
  const head =
    changed === 0
      ? page.paint.good(`NO CHANGE in ${count(same, "decision")}`)
      : (weaker > 0 ? page.paint.bad : page.paint.warn)(
          `${changed} OF ${count(changed + same, "DECISION", "DECISIONS")} CHANGE, ${weaker === 0 ? "NONE" : weaker} WEAKER`,
        );
  const rows: [string, string][] = [
    [
      "receipts",
      `${receipts}: ${same} the same, ${changed} changed, ${receipts - same - changed} not evaluated`,
    ],
    ...[...notEvaluated].map(([reason, number]): [string, string] => [
      "not evaluated",
      `${number}: ${visible(reason)}`,
    ]),
    ["policy", `${visible(policy.version)}, ${policy.hash}`],
    ["ledger", `${visible(ledger.name)}, ${count(ledger.size, "entry", "entries")}, level ${ledger.level}`],
  ];
  return `${[
    head,
    labelled(rows, page),
    ...groups.slice(0, shownGroups).map((group) => groupText(group, page)),
    ...notShown(groups.length, groupsLeftOut),
    wrap(
      "Weaker: a less strict decision (deny, escalate, approval, allow), or of what is not denied, a lower tier or fewer signatures.",
      page.width,
      "  ",
    ),
  ].join("\n\n")}\n`;
}

function groupText({ before, after, weaker, receipts, examples }: BacktestGroup, page: Page): string {
  const title = `${before.decision} -> ${after.decision}${weaker ? " (weaker)" : ""}: ${count(receipts, "decision")}`;
  const rows: [string, string][] = [
    ["before", sideWords(before)],
    ["after", sideWords(after)],
    ...examples.map(({ receiptId, seq, agent, operation, resource }, i): [string, string] => [
      i === 0 ? "such as" : "",
      visible(`seq ${seq}, ${receiptId}: ${agent} ${operation} ${resource}`),
    ]),
  ];
  return `${weaker ? page.paint.bad(title) : title}\n${labelled(rows, page, "    ")}`;
}

/** What the table does not show: kinds of change, and receipts of kinds that were not kept. */
function notShown(kinds: number, receiptsLeftOut: number): string[] {
  const hidden = kinds - shownGroups;
  const listed = receiptsLeftOut > 0 ? `the first ${kinds}` : "all";
  return [
    ...(hidden > 0
      ? [`${count(hidden, "more kind", "more kinds")} of change; --format json lists ${listed}.`]
      : []),
    ...(receiptsLeftOut > 0
      ? [
          `${count(receiptsLeftOut, "receipt changes", "receipts change")} in further ways, which are not listed.`,
        ]
      : []),
  ];
}

function sideWords({ decision, tier, rules, required }: SideOfChange): string {
  return visible(
    `${decision} ${tier} by ${rules.join(", ")}${required.length === 0 ? "" : `, needs ${required.join(", ")}`}`,
  );
}

/** `sclaw backtest --format json`: stable. */
export function renderBacktestJson({ ledger, policy, result }: BacktestPaper): string {
  const { receipts, same, changed, weaker, notEvaluated, groups, groupsLeftOut } = result;
  return jsonText({
    schema: "sclaw.backtest/1",
    ok: weaker === 0,
    ledger,
    policy,
    receipts,
    same,
    changed,
    weaker,
    not_evaluated: [...notEvaluated].map(([reason, number]) => ({ reason, receipts: number })),
    changes: groups.map(({ before, after, weaker: isWeaker, receipts: number, examples }) => ({
      before,
      after,
      weaker: isWeaker,
      receipts: number,
      examples: examples.map(({ seq, receiptId, decidedAt, agent, operation, resource }) => ({
        seq,
        receipt_id: receiptId,
        decided_at: decidedAt,
        agent,
        operation,
        resource,
      })),
    })),
    changes_left_out: groupsLeftOut,
  });
}
