import { describe, expect, it } from "vitest";
import { approve, makeReleasedWorld, openWorld, proposal, receiptsOf } from "../support/gate-world.js";
import { inFolder, sclaw } from "../support/sclaw.js";

describe("gate", () => {
  it("runs what is allowed", () =>
    inFolder(async (folder) => {
      const world = await makeReleasedWorld(folder);
      const { gate } = await openWorld(world);
      const ran = await gate.run(proposal(world, "config.read", "/etc/app"), async () => ({
        status: "executed",
        result: new Uint8Array([1]),
      }));
      expect(ran.kind).toBe("ran");
      const denied = await gate.run(proposal(world, "config.read", "/etc/secrets/x"), async () => {
        throw new Error("reached");
      });
      expect(denied).toMatchObject({ kind: "refused", why: "denied" });
      const held = await gate.run(
        proposal(world, "config.write", "/etc/app", { environment: "prod" }),
        async () => {
          throw new Error("reached");
        },
      );
      if (held.kind !== "refused") throw new Error("x");
      console.log(held.request, held.decision.rules);
      approve(world, held.request!.id, "alice");
      approve(world, held.request!.id, "carol");
      if (held.request!.required.some(({ group }) => group === "security-oncall"))
        approve(world, held.request!.id, "dave");
      const granted = await gate.run(
        proposal(world, "config.write", "/etc/app", { environment: "prod" }),
        async () => ({ status: "executed" }),
      );
      console.log(granted.kind);
      await gate.close();
      console.log(receiptsOf(world).map((r) => `${r.decision} ${r.approval.state} ${r.outcome.status}`));
      const run = sclaw(["verify", world.config.ledger, "--keys", world.config.keys]);
      console.log(run.stdout, run.stderr);
    }));
});
