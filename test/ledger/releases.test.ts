import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { digestText, sha3 } from "../../fixtures/make/bytes.mjs";
import { type HoldDraft, type Signatures, withheldOf } from "../../fixtures/make/ledger.mjs";
import type { Loose } from "../../fixtures/make/loose.mjs";
import { released, releaseOf } from "../../fixtures/make/story.mjs";
import type { FindingCode } from "../../src/findings/catalogue.js";
import { engine } from "../../src/io/engine-node.js";
import type { Time } from "../../src/json/time.js";
import type { Entry } from "../../src/ledger/entry.js";
import { emptyFacts } from "../../src/ledger/facts.js";
import { Releases } from "../../src/ledger/releases.js";
import { releaseBundleFiles, releasePolicyHash } from "../../src/policy/release-bundle.js";
import type { Receipt } from "../../src/receipt/receipt.js";
import { bundleOf, filesOf } from "../policy/support.js";
import { root } from "../support/sclaw.js";
import { verify } from "../support/verify.js";

/** The policy that entries of the fixtures are decided by. */
const usual = digestText(sha3("policy v7"));
const other = `sha3-256:${"0".repeat(64)}`;

async function codesOf(ledger: ReturnType<typeof released>): Promise<readonly [FindingCode, number][]> {
  const { findings, integrity } = await verify(ledger);
  expect(integrity).toBe("verified");
  return findings.map(({ code, line }) => [code, line]);
}

describe("the built-in bundle", () => {
  it("is what the fixtures hold, file by file", () => {
    const folder = `${root}/fixtures/policies/release`;
    const files = releaseBundleFiles(2);
    expect(readdirSync(folder).sort()).toEqual([...files.keys()].sort());
    for (const [name, bytes] of files) expect(readFileSync(`${folder}/${name}`).equals(bytes)).toBe(true);
  });

  it("is a bundle without problems, whatever the number of owners", () => {
    for (const threshold of [1, 2, 7]) {
      const bundle = bundleOf(releaseBundleFiles(threshold));
      expect(bundle.hash).toBe(releasePolicyHash(threshold, engine.sha3_256));
    }
    expect(bundleOf(filesOf("release")).hash).toBe(releasePolicyHash(2, engine.sha3_256));
  });
});

describe("after a release", () => {
  it("the released policy decides", async () => {
    expect(await codesOf(released(usual))).toEqual([]);
  });

  it("another one that decides is a deviation", async () => {
    expect(await codesOf(released(other))).toEqual([["control.policy-not-released", 4]]);
  });

  it("what was decided before it is not judged", async () => {
    const ledger = released(usual);
    ledger.add({ intent: false, draft: decidedAt("2026-06-01T12:00:20.399Z") });
    ledger.checkpoint();
    expect(await codesOf(ledger)).toEqual([]);
  });

  it("it decides from the millisecond on in which its receipt completed", async () => {
    const ledger = released(usual);
    // The release took force when its receipt completed.
    ledger.add({ intent: false, draft: decidedAt("2026-06-01T12:00:20.400Z") });
    ledger.add({ intent: false, draft: decidedAt("2026-06-01T12:00:20.401Z") });
    ledger.checkpoint();
    expect(await codesOf(ledger)).toEqual([
      ["control.policy-not-released", 6],
      ["control.policy-not-released", 7],
    ]);
  });
});

it("the ledger says of a decision from the first release on which policy was in force, and of none before", async () => {
  const judged: boolean[] = [];
  await verify(released(other), { observe: ({ policyJudged }) => judged.push(policyJudged) });
  expect(judged).toEqual([false, true, true, true]);
});

describe("after a release, the ledger says of no policy that it was in force", () => {
  type Edit = (lines: readonly Loose[]) => readonly Loose[];
  const forged = (line: Loose): Loose => ({ ...line, receipt: { ...line.receipt, decision: "deny" } });
  it.each<[string, Edit, readonly boolean[]]>([
    [
      "where the receipt is withheld",
      (lines) => lines.with(3, withheldOf(lines[3])),
      [false, true, true, false],
    ],
    ["where the receipt is forged", (lines) => lines.with(3, forged(lines[3])), [false, true, true, false]],
    [
      "where the receipt is out of its place",
      (lines) => lines.toSpliced(4, 0, lines[3]),
      [false, true, true, true, false],
    ],
  ])("%s", async (_, edit, expected) => {
    const judged: boolean[] = [];
    await verify(edit(released(usual).lines), { observe: ({ policyJudged }) => judged.push(policyJudged) });
    expect(judged).toEqual(expected);
  });
});

it("of two releases the later decides, and in its millisecond either", async () => {
  const ledger = released(other);
  ledger.lines.pop();
  const asked = ledger.hold(releaseOf(usual));
  ledger.grant(asked, ["alice", "bob"]);
  const { completed_at: at } = ledger.receipts.at(-1)!.outcome;
  const after = new Date(Date.parse(at) + 1).toISOString();
  for (const time of [at, after]) ledger.add({ intent: false, draft: decidedAt(time) });
  ledger.add({ intent: false });
  ledger.checkpoint();
  expect(await codesOf(ledger)).toEqual([
    ["control.policy-not-released", 4],
    ["control.policy-not-released", 8],
  ]);
});

it("the last ten thousand releases are remembered, and what was decided before all of them is not judged", async () => {
  const entries: Entry[] = [];
  await verify(released(usual), { observe: ({ entry }) => entries.push(entry) });
  const [, , release, decided] = entries.map(({ receipt }) => receipt!) as [
    Receipt,
    Receipt,
    Receipt,
    Receipt,
  ];
  const factsOf = (receipt: Receipt) => {
    const facts = emptyFacts();
    const standing = { isGenuine: true, isOfTenant: false, isRejected: false, lineage: undefined };
    facts.takeEntry({ ...entries[0]!, receipt }, standing);
    return facts;
  };
  const first = Date.parse(release.outcome.completed_at!);
  const timeOf = (number: number) => new Date(first + number).toISOString() as Time;
  const releases = new Releases(engine.sha3_256);
  for (let i = 0; i <= 10_000; i++)
    releases.check(factsOf({ ...release, outcome: { ...release.outcome, completed_at: timeOf(i) } }), true);
  const judged = [0, 1].map(
    (i) => releases.check(factsOf({ ...decided, decided_at: timeOf(i) }), true).judged,
  );
  expect(judged).toEqual([false, true]);
});

describe("no release is", () => {
  type Change = HoldDraft & { readonly grant?: Signatures };
  const cases: readonly [string, Change, readonly FindingCode[]][] = [
    ["one that its owners did not grant", { grant: ["alice"] }, ["approval.quorum"]],
    [
      "one of another group",
      { required: [{ group: "platform-owners", threshold: 2 }] },
      ["control.policy-not-released", "control.policy-not-released"],
    ],
    [
      "one that another policy decided",
      { draft: otherPolicy },
      ["control.policy-not-released", "control.policy-not-released"],
    ],
    ["one that did not run", { status: "not_executed" }, []],
  ];
  it.each(cases)("%s", async (_, { grant = ["alice", "bob"], status = "executed", ...release }, codes) => {
    // Were it one, the last entry would be decided by a policy that is not released.
    const ledger = released(other, { release, grant, status });
    expect(
      (await codesOf(ledger)).map(([code]) => code).filter((code) => code !== "approval.tier-group"),
    ).toEqual(codes);
  });
});

/** Another policy decided, at this time. */
const decidedAt = (time: string) => (receipt: Loose) => {
  otherPolicy(receipt);
  receipt.decided_at = time;
};

function otherPolicy(receipt: Loose): void {
  receipt.policy = { version: "other", hash: other };
}
