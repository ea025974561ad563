import type { Problem } from "../findings/finding.js";
import type { Time } from "../json/time.js";
import type { Approval } from "../receipt/approval.js";
import { statuses } from "../receipt/outcome.js";
import type { Decision, Receipt, RiskTier } from "../receipt/receipt.js";

/** Whether what ran in a tier must have been granted by people. */
const needsApproval: { readonly [T in RiskTier]: boolean } = {
  T0_OBSERVE: false,
  T1_STANDARD: false,
  T2_ELEVATED: true,
  T3_SOVEREIGN: true,
};

/** Whether an operation reached its adapter. */
export function ran(receipt: Receipt): boolean {
  return statuses[receipt.outcome.status].ran;
}

/** Whether the policy, and the people where it asked them, permitted the operation. */
export function permitted(decision: Decision, approval: Approval["state"]): boolean {
  switch (decision) {
    case "allow":
      return approval === "not_required";
    case "approval":
    case "escalate":
      return approval === "granted";
    case "deny":
      return false;
  }
}

/** Holds one genuine receipt against the controls that it alone can show (docs/format.md, "Receipt"). */
export function checkControls(receipt: Receipt): Problem[] {
  const problems: Problem[] = [];
  const { status } = receipt.outcome;
  if (ran(receipt) && !permitted(receipt.decision, receipt.approval.state)) {
    problems.push({
      code: "control.executed-without-authority",
      expected: "not_executed",
      actual: `${status} after ${receipt.decision}, approval ${receipt.approval.state}`,
    });
  }
  if (ran(receipt) && needsApproval[receipt.risk_tier] && receipt.approval.state !== "granted") {
    problems.push({
      code: "control.tier-without-approval",
      expected: `approval granted for ${receipt.risk_tier}`,
      actual: `${status}, approval ${receipt.approval.state}`,
    });
  }
  const disorder = outOfOrder(receipt);
  if (disorder !== undefined) problems.push(disorder);
  return problems;
}

/** `decided_at` ≤ `started_at` ≤ `completed_at` ≤ `issued_at`, of those that are there. */
function outOfOrder(receipt: Receipt): Problem | undefined {
  const times: readonly (readonly [string, Time | undefined])[] = [
    ["decided_at", receipt.decided_at],
    ["started_at", receipt.outcome.started_at],
    ["completed_at", receipt.outcome.completed_at],
    ["issued_at", receipt.issued_at],
  ];
  let before: readonly [string, Time] | undefined;
  for (const [name, time] of times) {
    if (time === undefined) continue;
    if (before !== undefined && time < before[1]) {
      return {
        code: "control.time-order",
        expected: `${name} not before ${before[0]} ${before[1]}`,
        actual: time,
      };
    }
    before = [name, time];
  }
  return undefined;
}
