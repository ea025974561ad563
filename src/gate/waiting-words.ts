import type { HeldRequest } from "./contract.js";

/**
 * What a call waits for, in one line for the client that waits: how many signatures are missing of
 * whom, how to give them, and until when.
 */
export function waitingWords({ id, required, counted, expiresAt }: HeldRequest): string {
  const missing = required.flatMap(({ group, threshold }) => {
    const met = counted.find((other) => other.group === group)?.threshold ?? 0;
    return met >= threshold ? [] : [`${threshold - met}${met === 0 ? "" : " more"} of ${group}`];
  });
  const what = missing.length === 0 ? "waits for the gate" : `waits for ${listed(missing)}`;
  return `${what}; sclaw approve ${id}; until ${expiresAt}`;
}

function listed(words: readonly string[]): string {
  return words.length < 2 ? words.join("") : `${words.slice(0, -1).join(", ")} and ${words.at(-1)}`;
}
