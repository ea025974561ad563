import type { DigestText } from "../bytes/digest.js";
import { object, oneOf, refine, type Shape, type ShapeIssue } from "../json/shape.js";
import type { Time } from "../json/time.js";
import { anyText, digest, time } from "./identifiers.js";

export type Status = "executed" | "failed" | "not_executed" | "unknown";

/** What happened at the adapter. */
export interface Outcome {
  readonly status: Status;
  readonly started_at?: Time;
  readonly completed_at?: Time;
  readonly result_hash?: DigestText;
  readonly error?: { readonly code: string; readonly message?: string };
}

type OutcomeMember = Exclude<keyof Outcome, "status">;

interface StatusFacts {
  /** Whether the operation reached its adapter: a receipt with this status *ran*. */
  readonly ran: boolean;
  readonly needs: readonly OutcomeMember[];
  readonly forbids: readonly OutcomeMember[];
}

export const statuses: { readonly [S in Status]: StatusFacts } = {
  executed: { ran: true, needs: ["started_at", "completed_at"], forbids: [] },
  failed: { ran: true, needs: ["started_at", "completed_at"], forbids: [] },
  unknown: { ran: true, needs: ["started_at"], forbids: [] },
  not_executed: { ran: false, needs: [], forbids: ["started_at", "completed_at", "result_hash"] },
};

function membersFitStatus(outcome: Outcome, pointer: string, issues: ShapeIssue[]): void {
  const facts = statuses[outcome.status];
  for (const name of facts.needs) {
    if (outcome[name] !== undefined) continue;
    issues.push({
      pointer: `${pointer}/${name}`,
      expected: `this member beside ${outcome.status}`,
      actual: "nothing",
    });
  }
  for (const name of facts.forbids) {
    if (outcome[name] === undefined) continue;
    issues.push({
      pointer: `${pointer}/${name}`,
      expected: `no such member beside ${outcome.status}`,
      actual: "one",
    });
  }
}

export const outcome: Shape<Outcome> = refine(
  object<Outcome>(
    {
      status: oneOf("executed", "failed", "not_executed", "unknown"),
      started_at: time,
      completed_at: time,
      result_hash: digest,
      error: object<NonNullable<Outcome["error"]>>({ code: anyText, message: anyText }, ["message"]),
    },
    ["started_at", "completed_at", "result_hash", "error"],
  ),
  membersFitStatus,
);
