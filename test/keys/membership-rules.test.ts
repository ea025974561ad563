import { describe, expect, it } from "vitest";
import type { Json } from "../../src/json/json.js";
import type { ShapeIssue } from "../../src/json/shape.js";
import { groupRules } from "../../src/keys/trust-rules.js";

const dayOf = (i: number) => new Date(Date.UTC(2026, 0, 1 + i)).toISOString();

/** Memberships that count how often their holders and times are asked for. */
function counting(members: readonly { holder: string; from?: string; until?: string }[]) {
  let reads = 0;
  const watched = members.map((member) => {
    const read = (value: string) => () => {
      reads++;
      return value;
    };
    return Object.defineProperties(
      {},
      Object.fromEntries(
        Object.entries(member).map(([name, value]) => [name, { get: read(value), enumerable: true }]),
      ),
    );
  });
  return { group: { members: watched } as unknown as Json, reads: () => reads };
}

function issuesOf(group: Json): ShapeIssue[] {
  const issues: ShapeIssue[] = [];
  groupRules(group, "/groups/g", issues);
  return issues;
}

describe("a group's memberships", () => {
  it.each([
    ["of one person, in a row", (i: number) => ({ holder: "user:x", from: dayOf(i), until: dayOf(i + 1) })],
    ["of one person, backwards", (i: number) => ({ holder: "user:x", from: dayOf(-i), until: dayOf(1 - i) })],
    ["of different people", (i: number) => ({ holder: `user:${i}` })],
  ])("%s, take no more looks at each the more there are", (_name, member) => {
    const looks = (count: number) => {
      const { group, reads } = counting(Array.from({ length: count }, (_, i) => member(i)));
      expect(issuesOf(group)).toEqual([]);
      return reads();
    };
    // Counted and not timed: two hundred times as many take two hundred times as many looks.
    expect(looks(2000)).toBe(200 * looks(10));
  });

  it("that share a moment are found wherever they stand", () => {
    const members = [
      { holder: "user:x", from: dayOf(20), until: dayOf(30) },
      { holder: "user:x", until: dayOf(5) },
      { holder: "user:y", from: dayOf(0) },
      { holder: "user:x", from: dayOf(10), until: dayOf(21) },
      { holder: "user:x", from: dayOf(5), until: dayOf(10) },
      { holder: "user:x", from: dayOf(25), until: dayOf(26) },
    ];
    expect(issuesOf({ members }).map(({ pointer, actual }) => [pointer, actual])).toEqual([
      ["/groups/g/members/3", "the holder of /groups/g/members/0 again"],
      ["/groups/g/members/5", "the holder of /groups/g/members/0 again"],
    ]);
  });

  it.each([
    ["start at one moment", (i: number) => ({ holder: "user:x", from: dayOf(0), until: dayOf(9 - i) })],
    ["end at one moment", (i: number) => ({ holder: "user:x", from: dayOf(i), until: dayOf(9) })],
    ["are the same", () => ({ holder: "user:x" })],
  ])("that %s are each told of as the first of them again", (_name, member) => {
    expect(
      issuesOf({ members: [0, 1, 2].map(member) }).map(({ pointer, actual }) => [pointer, actual]),
    ).toEqual([
      ["/groups/g/members/1", "the holder of /groups/g/members/0 again"],
      ["/groups/g/members/2", "the holder of /groups/g/members/0 again"],
    ]);
  });
});
