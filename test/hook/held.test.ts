import { describe, expect, it } from "vitest";
import { approve, receiptsOf } from "../support/gate-world.js";
import { noObjection, reasonOf, withAgent } from "./agent.js";
import { post, pre, project, told } from "./support.js";

describe("a held call", () => {
  const idIn = (reason: string) => /sclaw approve (\S+)/.exec(reason)![1]!;

  it("is denied with how to approve it, and runs once when it is", () =>
    withAgent(async ({ world, say, restart }) => {
      const reason = reasonOf(await say(pre("git push")));
      expect(reason).toMatch(
        /^sclaw: held by C-020: what leaves the machine needs a maintainer\nneeds 1 of maintainers until /,
      );
      expect(reason).toContain("make the same call again, unchanged");
      await restart();
      approve(world, idIn(reason), "carol");
      expect(await say(pre("git push", { tool_use_id: "toolu_2" }))).toEqual(noObjection);
      expect(await say(post("git push", { tool_use_id: "toolu_2" }))).toEqual(noObjection);
      expect(reasonOf(await say(pre("git push", { tool_use_id: "toolu_3" })))).toMatch(/^sclaw: held/);
      expect(told(world)).toEqual([
        "approval C-020 not_executed",
        "approval C-020 executed",
        "approval C-020 not_executed",
      ]);
      expect(receiptsOf(world).at(-2)!.approval).toMatchObject({ state: "granted" });
    }));

  it("of one session is not granted to another, nor in another folder, nor another command", () =>
    withAgent(async ({ world, say }) => {
      approve(world, idIn(reasonOf(await say(pre("git push")))), "carol");
      for (const other of [
        pre("git push", { session_id: "session-2" }),
        pre("git push", { cwd: `${project}/packages` }),
        pre("git push origin"),
      ])
        expect(reasonOf(await say(other))).toMatch(/^sclaw: held/);
      expect(await say(pre("git push"))).toEqual(noObjection);
      await say(post("git push"));
      expect(told(world)).toHaveLength(5);
    }));

  it("that a person rejects is denied", () =>
    withAgent(async ({ world, say }) => {
      approve(world, idIn(reasonOf(await say(pre("git push")))), "carol", { verdict: "reject" });
      expect(reasonOf(await say(pre("git push")))).toMatch(/^sclaw: rejected by a person/);
    }));

  it("that nobody signs in time expires", () =>
    withAgent(async ({ world, say, wait, restart }) => {
      await say(pre("git push"));
      wait(61);
      await restart();
      expect(receiptsOf(world).at(-1)!.approval).toMatchObject({ state: "expired" });
      expect(reasonOf(await say(pre("git push")))).toMatch(/^sclaw: held/);
    }));

  it("waits for its signatures as long as it is configured", () =>
    withAgent(
      async ({ world, say }) => {
        const answer = say(pre("git push"));
        let id: string | undefined;
        while (id === undefined) {
          await new Promise((resolve) => setTimeout(resolve, 5));
          id = receiptsOf(world).find(
            ({ approval }) => approval.state === "pending" && approval.required[0]!.group === "maintainers",
          )?.correlation_id;
        }
        approve(world, id, "carol");
        expect(await answer).toEqual(noObjection);
        await say(post("git push"));
      },
      { approval: { hold_seconds: 50 } },
    ));
});
