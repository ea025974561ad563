import {
  type KeysUsed,
  keysWords,
  type LookedAt,
  type NotedAttempt,
  standingWords,
  timesWords,
} from "./asked-request.js";
import { count, type Page } from "./layout.js";
import { quotedText, type Row, rowsText } from "./request-rows.js";
import { attemptRow, notCounted } from "./request-text.js";
import { visible } from "./visible.js";

/** Refused attempts of one request that a list shows; `show` has all. */
const shownAttempts = 3;

/** The requests of a pending folder for a person; `hidden` of them have ended and are not shown. */
export function renderRequests(
  requests: readonly LookedAt[],
  hidden: number,
  keys: KeysUsed | undefined,
  page: Page,
): string {
  const open = requests.filter(({ ended }) => ended === undefined).length;
  const head = `${count(open, "request")} without an end${hidden === 0 ? "" : `; ${hidden} that ended (--all shows them)`}`;
  const parts = [
    page.paint.strong(head),
    ...requests.map((looked) => requestBlock(looked, page)),
    rowsText([["keys", visible(keysWords(keys))]], page),
  ];
  return `${parts.join("\n\n")}\n`;
}

function requestBlock(looked: LookedAt, page: Page): string {
  const { id, asked, ended, problems, others } = looked;
  const paint = problems.length > 0 ? page.paint.bad : page.paint.strong;
  const rows: Row[] = problems.map((problem): Row => ["DO NOT SIGN", visible(problem)]);
  if (asked !== undefined) rows.push(...askedRows(looked));
  const attempts = refusedAttempts(looked);
  for (const attempt of attempts.slice(-shownAttempts)) {
    const [at, text] = attemptRow(attempt);
    rows.push(["refused", `${at} ${text}`]);
  }
  const more = attempts.length - shownAttempts;
  if (more > 0) rows.push(["", `and ${more} before; sclaw approve show ${visible(id)}`]);
  if (others.length > 0)
    rows.push([
      "besides",
      `${count(others.length, "file or more that is no signature", "files or more that are no signatures")}`,
    ]);
  if (ended !== undefined) rows.push(["ended", visible(`${ended.at}, receipt ${ended.receipt_id}`)]);
  return `${paint(visible(id))}  ${visible(standingWords(looked))}\n${rowsText(rows.length === 0 ? [["", "nothing else is known of it"]] : rows, page)}`;
}

/** What was noted, and what lies there and was not noted yet. */
function refusedAttempts(looked: LookedAt): readonly NotedAttempt[] {
  const { attempts } = looked;
  const isNoted = ({ signer, verdict }: NotedAttempt) =>
    attempts.some((other) => other.signer === signer && other.verdict === verdict);
  return [...attempts, ...notCounted(looked).filter((attempt) => !isNoted(attempt))];
}

function askedRows(looked: LookedAt): Row[] {
  const { intent, draft } = looked.asked!;
  const behalf = intent.agent.on_behalf_of;
  return [
    ["what", `${quotedText(intent.operation)} on ${quotedText(intent.resource)}`],
    [
      "by",
      `${quotedText(intent.agent.id)}${behalf === undefined ? "" : ` for ${quotedText(behalf)}`}, ${quotedText(intent.tenant)}`,
    ],
    ["tier", `${draft.risk_tier}, by ${visible(draft.rationale.rules.join(", "))}`],
    ["required", visible(requiredWords(looked))],
    ["asked", timesWords(looked)],
  ];
}

function requiredWords({ asked, standing }: LookedAt): string {
  return asked!.draft.approval.required
    .map(({ group, threshold }) => {
      const met = standing?.met.find((other) => other.group === group)?.threshold;
      return met === undefined ? `${threshold} of ${group}` : `${met} of ${threshold} ${group}`;
    })
    .join(", ");
}
