import { expect, test } from "vitest";
import type { HeldRequest } from "../../src/gate/contract.js";
import { waitingWords } from "../../src/gate/waiting-words.js";

const request = {
  id: "corr_a1",
  required: [
    { group: "release-managers", threshold: 2 },
    { group: "security-oncall", threshold: 1 },
  ],
  expiresAt: "2026-06-01T13:00:00.000Z",
} as unknown as HeldRequest;

function words(...met: readonly number[]): string {
  const counted = met.map((threshold, i) => ({ group: request.required[i]!.group, threshold }));
  return waitingWords({ ...request, counted });
}

test.each([
  [[], "waits for 2 of release-managers and 1 of security-oncall"],
  [[0, 0], "waits for 2 of release-managers and 1 of security-oncall"],
  [[1, 0], "waits for 1 more of release-managers and 1 of security-oncall"],
  [[1, 1], "waits for 1 more of release-managers"],
  [[3, 0], "waits for 1 of security-oncall"],
  [[2, 1], "waits for the gate"],
])("with %j counted", (met, expected) => {
  expect(words(...met)).toBe(`${expected}; sclaw approve corr_a1; until 2026-06-01T13:00:00.000Z`);
});
