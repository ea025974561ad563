import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { receiptsOf } from "../support/gate-world.js";
import { Deployment, later, noon, withDeployments } from "./held-support.js";

withDeployments();

// The gate looks at what waits every two seconds: here, when we say so.
beforeEach(() => {
  vi.useFakeTimers({ toFake: ["setInterval", "clearInterval"] });
});
afterEach(() => {
  vi.useRealTimers();
});

/** Lets the gate look once, and closes it, which waits for what that began. */
async function lookAndClose(d: Deployment): Promise<void> {
  await vi.advanceTimersByTimeAsync(2000);
  await d.close();
}

test("a request that nobody comes back for ends while the gate runs", async () => {
  const d = await Deployment.open();
  const id = await d.held();
  for (const person of ["alice", "bob"] as const) d.sign(id, person);
  d.time = later(noon, 61);
  await lookAndClose(d);
  expect(d.states(id)).toEqual(["pending not_executed", "expired not_executed"]);
  expect(d.pending.resolution(id)).toMatchObject({ state: "expired" });
});

test("a rejection ends it at once, and is in its receipt", async () => {
  const d = await Deployment.open();
  const id = await d.held();
  d.sign(id, "alice");
  d.sign(id, "carol", { verdict: "reject" });
  await lookAndClose(d);
  expect(d.states(id)).toEqual(["pending not_executed", "rejected not_executed"]);
  expect(receiptsOf(d.world).at(-1)!.approval).toMatchObject({
    signatures: expect.arrayContaining([expect.objectContaining({ verdict: "reject" })]),
  });
});

test("a grant waits for its agent, and is nobody's to end before its time", async () => {
  const d = await Deployment.open();
  const id = await d.held();
  for (const person of ["alice", "bob"] as const) d.sign(id, person);
  await lookAndClose(d);
  expect(d.states(id)).toEqual(["pending not_executed"]);
  expect(d.pending.resolution(id)).toBeUndefined();
});
