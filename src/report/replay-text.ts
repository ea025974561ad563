import type { Verification } from "../ledger/verification.js";
import type { ReplayResult } from "../replay/replay-pass.js";
import { jsonText } from "./json-text.js";
import { count, labelled, type Page, wrap } from "./layout.js";
import { visible } from "./visible.js";

/** What was decided again, on what ledger and by which bundles. */
export interface ReplayPaper {
  readonly verification: Verification;
  readonly policies: readonly { readonly version: string; readonly hash: string }[];
  readonly result: ReplayResult;
  readonly tool: string;
}

/** How many differences are printed for a person; JSON has more. */
const shownDifferences = 20;

/** `sclaw replay` for a person. */
export function renderReplay({ verification, policies, result, tool }: ReplayPaper, page: Page): string {
  const { receipts, same, different, differences, notEvaluated } = result;
  const evaluated = same + different;
  const rest = receipts - evaluated;
  const head =
    different > 0
      ? page.paint.bad(`${different} OF ${count(evaluated, "RECEIPT", "RECEIPTS")} DECIDED OTHERWISE`)
      : page.paint.good(`NO DIFFERENCE in ${count(evaluated, "receipt")} decided again`);
  const rows: [string, string][] = [
    ["receipts", `${receipts}: ${same} decided as recorded, ${different} otherwise, ${rest} not evaluated`],
    ...[...notEvaluated].map(([reason, number]): [string, string] => [
      "not evaluated",
      `${number}: ${visible(reason)}`,
    ]),
    ...policies.map(({ version, hash }): [string, string] => ["policy", `${visible(version)}, ${hash}`]),
    ...result.unused.map(({ hash }): [string, string] => [
      "not used",
      `${hash}: no receipt names it, it is another policy`,
    ]),
    [
      "ledger",
      `${visible(verification.ledger)}, root ${verification.root ?? "not computed"} at size ${verification.size}, level ${verification.level}`,
    ],
  ];
  const parts = differences.slice(0, shownDifferences).map(({ line, seq, receiptId, differences: all }) => {
    const title = `deviation control.decision-differs at line ${line}, seq ${seq}, ${visible(receiptId)}`;
    const told = all.map(({ part, expected, actual }): [string, string] => [
      part,
      `${visible(expected)} by the policy, ${visible(actual)} in the receipt`,
    ]);
    return `${title}\n${labelled(told, page, "    ")}`;
  });
  const hidden = different - parts.length;
  const more =
    hidden > 0
      ? [
          wrap(
            `${hidden} more; --format json lists ${different === differences.length ? "all" : `the first ${differences.length}`}.`,
            page.width,
          ),
        ]
      : [];
  const statements = [
    "It shows that recorded decisions follow from the policies that they name, and their intents. It does not show that these policies were released, or right.",
    `Prepared by ${tool}. It is not an opinion, attestation or certification, nor a substitute for the examiner's judgment.`,
  ].map((line) => wrap(line, page.width, "  "));
  return `${[head, labelled(rows, page), ...parts, ...more, statements.join("\n")].join("\n\n")}\n`;
}

/** `sclaw replay --format json`: stable. */
export function renderReplayJson({ verification, policies, result, tool }: ReplayPaper): string {
  const { receipts, same, different, notEvaluated } = result;
  return jsonText({
    schema: "sclaw.replay/1",
    ok: different === 0 && same > 0,
    integrity: verification.integrity,
    level: verification.level,
    ledger: verification.ledger,
    size: verification.size,
    root: verification.root,
    policies,
    receipts,
    same,
    different,
    not_evaluated: [...notEvaluated].map(([reason, number]) => ({ reason, receipts: number })),
    unused: result.unused.map(({ hash, info }) => ({ version: info.version, hash })),
    findings: result.differences.map(({ line, seq, receiptId, decidedAt, differences }) => ({
      code: "control.decision-differs",
      severity: "deviation",
      line,
      seq,
      receipt_id: receiptId,
      decided_at: decidedAt,
      differences,
    })),
    tool,
  });
}
