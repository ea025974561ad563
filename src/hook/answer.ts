import type { Refused } from "../gate/contract.js";
import { visible } from "../report/visible.js";
import type { Dialect } from "./dialect.js";

/** What a hook says to its agent: all of standard output and error, and the exit code. */
export interface HookAnswer {
  readonly exit: 0 | 2;
  readonly stdout: string;
  readonly stderr: string;
}

/** No opinion: the agent goes on as if there were no hook, and asks its user where it would have. */
export const noObjection: HookAnswer = { exit: 0, stdout: "{}\n", stderr: "" };

/** A call that may not run, in the agent's own form, with the reason for its model to read. */
export function denyAnswer(dialect: Dialect, reason: string): HookAnswer {
  return { exit: 0, stdout: `${JSON.stringify(denials[dialect](reason))}\n`, stderr: "" };
}

/**
 * Something went wrong: exit code 2, on which every agent that is known blocks, and never 1 or 3,
 * on which they go on. Some need a message beside it.
 */
export function blockAnswer(message: string, hint?: string): HookAnswer {
  const lines = [`sclaw: ${visible(message)}`, ...(hint === undefined ? [] : [`  ${visible(hint)}`])];
  return { exit: 2, stdout: "", stderr: `${lines.join("\n")}\n` };
}

/** How each agent is told no. */
const denials: { readonly [D in Dialect]: (reason: string) => object } = {
  claude: (reason) => ({
    hookSpecificOutput: {
      hookEventName: "PreToolUse",
      permissionDecision: "deny",
      permissionDecisionReason: reason,
    },
  }),
  gemini: (reason) => ({ decision: "deny", reason }),
  cursor: (reason) => ({ permission: "deny", user_message: reason, agent_message: reason }),
};

/** Why a call was refused, for the model that proposed it and the person who reads along. */
export function reasonOf({ why, decision, irHash, receipt, request }: Refused): string {
  const rules = decision.rules.map((rule, i) => {
    const because = decision.why[i];
    return because === undefined ? rule : `${rule}: ${because}`;
  });
  const needed = (request?.required ?? decision.required)
    .map(({ group, threshold }) => `${threshold} of ${group}`)
    .join(" and ");
  const lines: { readonly [W in Refused["why"]]: readonly string[] } = {
    denied: [`denied by ${rules.join("; ")}`],
    held: [
      `held by ${rules.join("; ")}`,
      `needs ${needed}${request === undefined ? "" : ` until ${request.expiresAt}`}`,
      ...(request === undefined ? [] : [`to sign it: sclaw approve ${request.id}`]),
      "then make the same call again, unchanged; do not look for another way to the same end",
    ],
    rejected: [`rejected by a person who was asked (${rules.join("; ")})`],
    expired: [`expired before it was signed: needs ${needed} (${rules.join("; ")})`],
    withdrawn: [`withdrawn before it was signed (${rules.join("; ")})`],
  };
  return [
    `sclaw: ${lines[why][0]}`,
    ...lines[why].slice(1),
    `request ${irHash}`,
    `receipt ${receipt.receipt_id}`,
  ]
    .map(visible)
    .join("\n");
}
