import type { Json } from "../json/json.js";
import type { ApprovalSignature } from "../receipt/approval.js";
import {
  type KeysUsed,
  keysWords,
  type LookedAt,
  type NotedAttempt,
  standingWords,
  timesWords,
} from "./asked-request.js";
import type { Page } from "./layout.js";
import { quotedText, type Row, rowsText, valueRows } from "./request-rows.js";
import { visible } from "./visible.js";

/**
 * One request in full, for whoever is asked to sign it: first all that a signature binds, then what
 * the file says beside it, then what was signed. Nothing is shortened.
 */
export function renderRequest(looked: LookedAt, keys: KeysUsed | undefined, page: Page): string {
  const { asked, problems } = looked;
  const paint = problems.length > 0 ? page.paint.bad : page.paint.strong;
  const parts = [
    `${paint(visible(looked.id))}  ${visible(standingWords(looked))}`,
    ...problems.map((problem) => page.paint.bad(`DO NOT SIGN: ${visible(problem)}`)),
    ...(asked === undefined ? [] : [boundPart(looked, page), besidePart(looked, page)]),
    part("Signatures", rowsText(signatureRows(looked), page), page),
    ...attemptsPart(looked, page),
    rowsText([["keys", visible(keysWords(keys))]], page),
  ];
  return `${parts.join("\n\n")}\n`;
}

function part(title: string, body: string, page: Page): string {
  return `${page.paint.strong(title)}\n${body}`;
}

/** What the statement holds (docs/format.md, "Approvals"), and the intent that it binds by its hash. */
function boundPart(looked: LookedAt, page: Page): string {
  const { intent, ledger, draft } = looked.asked!;
  const { approval, policy } = draft;
  const proposed: Row[] = [
    ["agent", quotedText(intent.agent.id)],
    ["for", intent.agent.on_behalf_of === undefined ? "nobody" : quotedText(intent.agent.on_behalf_of)],
    ["tenant", quotedText(intent.tenant)],
    ["adapter", quotedText(intent.adapter_id)],
    ["operation", quotedText(intent.operation)],
    ["resource", quotedText(intent.resource)],
  ];
  const bound: Row[] = [
    ["tier", draft.risk_tier],
    [
      "required",
      visible(approval.required.map(({ group, threshold }) => `${threshold} of ${group}`).join(" and ")),
    ],
    ["asked", timesWords(looked)],
    ["ledger", quotedText(ledger)],
    ["policy hash", policy.hash],
    ["nonce", draft.nonce],
    ["intent hash", hashWords(looked)],
  ];
  const claims = intent.claims as Json | undefined;
  return [
    part("What a signature binds", rowsText(proposed, page), page),
    `  params\n${rowsText(valueRows(intent.params), page, "    ")}`,
    ...(claims === undefined
      ? []
      : [
          `  claims: what the model says of it; nothing was decided on them\n${rowsText(valueRows(claims), page, "    ")}`,
        ]),
    `  facts\n${rowsText(valueRows(draft.facts), page, "    ")}`,
    rowsText(bound, page),
  ].join("\n");
}

function hashWords({ asked, irHash }: LookedAt): string {
  const { ir_hash: said } = asked!.draft;
  return irHash === said
    ? `${said}, computed here from the intent above`
    : `${said} it says; ${irHash} computed here`;
}

function besidePart({ asked }: LookedAt, page: Page): string {
  const { draft, session } = asked!;
  const rows: Row[] = [
    ["decision", `${draft.decision}, by ${visible(draft.rationale.rules.join(", "))}`],
    ["why", quotedText(draft.rationale.summary)],
    ["policy", quotedText(draft.policy.version)],
    ["session", quotedText(session)],
  ];
  const ext = draft.ext === undefined ? [] : valueRows(draft.ext, "/ext");
  return part(
    "What the file says beside it; no signature binds this",
    rowsText([...rows, ...ext], page),
    page,
  );
}

function signatureRows({ signatures, standing, others }: LookedAt): Row[] {
  const row = (signature: ApprovalSignature, answer: string): Row => [
    signature.verdict,
    `${quotedText(signature.approver)} at ${signature.at} with ${signature.signer}: ${visible(answer)}`,
  ];
  const rows =
    standing === undefined
      ? signatures.map((signature) => row(signature, "not judged"))
      : [
          ...standing.counted.map((signature) => row(signature, "counts")),
          ...standing.early.map((signature) =>
            row(signature, "dated later than now: looked at from then on"),
          ),
          ...standing.refused.map(({ signature, reason }) => row(signature, `does not count: ${reason}`)),
        ];
  const all: Row[] = [...rows, ...others.map((other): Row => ["none", visible(other)])];
  return all.length === 0 ? [["none", "yet"]] : all;
}

function attemptsPart({ attempts }: LookedAt, page: Page): string[] {
  if (attempts.length === 0) return [];
  return [part("Refused attempts", rowsText(attempts.map(attemptRow), page), page)];
}

/** A signature that lies there and does not count, as an attempt. */
export function notCounted({ standing }: LookedAt): readonly NotedAttempt[] {
  return (standing?.refused ?? []).map(({ signature, reason }) => ({ ...signature, reason }));
}

/** An attempt as its note says it; anybody who writes in the folder can write notes. */
export function attemptRow({ at, reason, approver, verdict, signer }: NotedAttempt): Row {
  const who =
    approver === undefined
      ? ""
      : `${verdict ?? "signature"} by ${quotedText(approver)} with ${visible(signer ?? "no key")}: `;
  return [visible(at), `${who}${visible(reason)}`];
}
