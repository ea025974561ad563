import { describe, expect, it } from "vitest";
import { digestText, jcs, timeText } from "../../fixtures/make/bytes.mjs";
import { type Draft, epoch, Ledger, textOf, withheldOf } from "../../fixtures/make/ledger.mjs";
import type { Loose } from "../../fixtures/make/loose.mjs";
import { pay, single, small, standard, twoTenants } from "../../fixtures/make/story.mjs";
import { brief, bytesOfSource, found, verify, verifyFiles } from "../support/verify.js";

/** `small` with its second line written in another way. */
function rewritten(change: (line: string) => string): string {
  const { lines } = small();
  return textOf(lines.with(1, `${change(jcs(lines[1]))}\n`));
}

/** A raw line put in as the second; it takes no place. */
const inserted = (raw: string | Uint8Array) => {
  const [first, ...rest] = small().lines;
  return Buffer.concat([bytesOfSource([first]), Buffer.from(raw), Buffer.from("\n"), bytesOfSource(rest)]);
};

/** What a lost second entry leads to. */
const lost = [
  "seq.gap@3<0",
  "chain.prev@3<1",
  "checkpoint.size@4<1",
  "checkpoint.size@8<1",
  "checkpoint.uncovered@1<4",
];

describe("encoding", () => {
  it.each<readonly [string, (line: string) => string]>([
    ["a space", (line) => line.replace(",", ", ")],
    ["a trailing space", (line) => `${line} `],
    ["a leading tab", (line) => `\t${line}`],
    ["a fraction", (line) => line.replace('"rows":20', '"rows":20.0')],
    ["an exponent", (line) => line.replace('"rows":20', '"rows":2e1')],
    ["a needless escape", (line) => line.replace("allow", "\\u0061llow")],
    ["an escaped solidus", (line) => line.replace("acme-health/prod", "acme-health\\/prod")],
    [
      "members out of order",
      (line) => line.replace(/^\{"receipt":(.*),"sig":("[^"]*")\}$/, '{"sig":$2,"receipt":$1}'),
    ],
    ["CR", (line) => `${line}\r`],
  ])("%s is not canonical, and the line is read on in its canonical form", async (_, change) => {
    expect(rewritten(change)).not.toBe(small().text());
    expect(await found(rewritten(change))).toEqual(["encoding.not-canonical@2"]);
  });

  it.each<readonly [string, string, (line: string) => string]>([
    [
      "a member twice",
      "duplicate-key",
      (line) => line.replace('"decision":"allow"', '"decision":"allow","decision":"allow"'),
    ],
    [
      "a member twice behind an escape",
      "duplicate-key",
      (line) => line.replace('"decision":"allow"', '"decision":"allow","d\\u0065cision":"deny"'),
    ],
    ["a lone surrogate", "invalid-unicode", (line) => line.replace("R-001", "\\udc00")],
    ["a noncharacter", "invalid-unicode", (line) => line.replace("R-001", "\ufdd0")],
    ["no JSON", "not-json", (line) => line.replace(":", "")],
    [
      "65 levels",
      "too-deep",
      (line) => line.replace('"rows":20', `"rows":${"[".repeat(62)}${"]".repeat(62)}`),
    ],
    ["a number that no double holds", "not-canonical", (line) => line.replace('"rows":20', '"rows":1e400')],
  ])("%s makes the line unreadable", async (_, code, change) => {
    expect(await found(rewritten(change))).toEqual([`encoding.${code}@2`, ...lost]);
  });

  it("64 levels are allowed, and read", async () => {
    const deep = rewritten((line) => line.replace('"rows":20', `"rows":${"[".repeat(61)}${"]".repeat(61)}`));
    expect(await found(deep)).toContain("receipt.schema@2");
  });

  it("one kind of damage does not hide another in the same line", async () => {
    const both = rewritten(
      (line) =>
        `${line.replace('"decision":"allow"', '"decision":"allow", "decision":"deny"').replace("R-001", "\\ud800")}\r`,
    );
    const codes = await found(both);
    for (const code of ["duplicate-key", "invalid-unicode", "not-canonical"])
      expect(codes).toContain(`encoding.${code}@2`);
  });

  it("invalid UTF-8", async () => {
    for (const bytes of [[0xff], [0xc0, 0x80], [0xed, 0xa0, 0x80], [0xe2, 0x82], [0xf5, 0x80, 0x80, 0x80]]) {
      const raw = Buffer.concat([Buffer.from('{"x":"'), Buffer.from(bytes), Buffer.from('"}')]);
      expect(await found(inserted(raw))).toEqual(["encoding.invalid-unicode@2"]);
    }
  });

  it("a byte order mark says what changed the file", async () => {
    const { findings } = await verify(Buffer.concat([Buffer.from("\ufeff"), Buffer.from(small().text())]));
    expect(brief(findings)).toEqual(["encoding.not-canonical@1"]);
    expect(findings[0]!.message).toContain("byte order mark");
  });

  it("CR LF everywhere is found in every line, says what did it, and hides nothing", async () => {
    const { findings, disclosed } = await verify(small().text().replaceAll("\n", "\r\n"));
    expect(brief(findings)).toEqual(Array.from({ length: 8 }, (_, i) => `encoding.not-canonical@${i + 1}`));
    for (const finding of findings) expect(finding.message).toContain("CR LF");
    expect(disclosed).toBe(6);
  });

  it("a line is 1,048,576 bytes at most, its LF not counted", async () => {
    const wide = (bytes: number) => inserted(`{"x":"${"y".repeat(bytes - 8)}"}`);
    expect(await found(wide(1_048_576))).toEqual(["line.unknown@2"]);
    expect(await found(wide(1_048_577))).toEqual(["encoding.line-too-long@2"]);
    expect(await found(wide(3_000_000))).toEqual(["encoding.line-too-long@2"]);
  });

  it("a last line without LF is torn, though it is whole", async () => {
    const text = small().text().slice(0, -1);
    expect(await found(text)).toEqual(["encoding.torn-line@8", "checkpoint.uncovered@5<0"]);
    expect(await found(`${small().text()}{`)).toEqual(["encoding.torn-line@9"]);
    expect(await found(`${small().text()}{\n`)).toEqual(["encoding.not-json@9"]);
  });

  it("blank lines and other JSON are no lines of a ledger", async () => {
    expect(await found(inserted(""))).toEqual(["encoding.not-json@2"]);
    for (const raw of ["null", "1", '"x"', "[]", "{}"])
      expect(await found(inserted(raw))).toEqual(["line.unknown@2"]);
  });

  it("lines end at LF and nowhere else", async () => {
    const ledger = single({ intent: true, operation: "a\u2028b\u2029c\u0085d\u000be\u000cf\rg" });
    expect(await found(ledger)).toEqual([]);
  });

  it("a member named __proto__ is data like any other", async () => {
    const members = JSON.parse('{"__proto__":{"limit":1},"constructor":{"prototype":{}}}');
    const ledger = single({
      intent: true,
      params: members,
      claims: members,
      ext: members,
      facts: JSON.parse('{"__proto__":"x"}'),
    });
    expect(ledger.text()).toContain('"__proto__"');
    expect(await found(ledger)).toEqual([]);
    const changed = ledger
      .text()
      .replace('"params":{"__proto__":{"limit":1}', '"params":{"__proto__":{"limit":2}');
    expect(await found(changed)).toEqual(["intent.hash@2"]);
  });
});

describe("kinds of lines", () => {
  const entry = () => small().lines[0];
  it.each<readonly [string, () => Loose]>([
    ["an entry with a further member", () => ({ ...entry(), more: 1 })],
    ["an entry without sig", () => ({ intent: entry().intent, receipt: entry().receipt })],
    ["a sig alone", () => ({ sig: entry().sig })],
    ["a checkpoint with a further member", () => ({ checkpoint: "x", more: 1 })],
    ["a checkpoint with an intent", () => ({ checkpoint: "x", intent: {} })],
    ["a withheld entry without scope", () => ({ ...withheldOf(entry()), scope: undefined })],
    ["a withheld entry with an intent", () => ({ ...withheldOf(entry()), intent: {} })],
    ["a withheld entry with its receipt", () => ({ ...withheldOf(entry()), receipt: entry().receipt })],
  ])("%s is line.unknown", async (_, line) => {
    expect(await found(inserted(jcs(line())))).toEqual(["line.unknown@2"]);
  });
});

describe("places", () => {
  const { lines } = small();

  it("a gap, with what it leads to", async () => {
    expect(await found(lines.toSpliced(0, 1))).toEqual([
      "seq.gap@1",
      "chain.prev@1<0",
      "checkpoint.size@3<0",
      "checkpoint.size@7<0",
      "checkpoint.uncovered@1<3",
    ]);
  });

  it("an old entry once more, far behind: seq.order", async () => {
    const codes = await found(lines.toSpliced(6, 0, lines[0]));
    expect(codes.slice(0, 2)).toEqual(["seq.order@7", "chain.prev@7<0"]);
    // The next is expected behind the largest so far, not behind the one before.
    expect(codes.filter((code) => code.startsWith("seq"))).toEqual(["seq.order@7"]);
  });

  it("the same entry three times: seq.repeated twice", async () => {
    const codes = await found(lines.toSpliced(1, 0, lines[1], lines[1]));
    expect(codes.filter((code) => code.startsWith("seq"))).toEqual(["seq.repeated@3", "seq.repeated@4<0"]);
  });

  it("behind a gap, what was missing is out of order", async () => {
    const codes = await found([lines[0], lines[2], lines[1]]);
    expect(codes.filter((code) => code.startsWith("seq"))).toEqual(["seq.gap@2", "seq.order@3<0"]);
  });

  it("an unreadable line takes none", async () => {
    expect(await found(inserted("what"))).toEqual(["encoding.not-json@2"]);
  });

  it("the first entry links to 64 zeros", async () => {
    const ledger = new Ledger({ label: "first" });
    ledger.add({
      intent: false,
      edit: (receipt) => {
        receipt.prev = `sha3-256:${"1".repeat(64)}`;
      },
    });
    expect(await found(ledger.checkpoint())).toEqual(["chain.prev@1"]);
  });
});

describe("ids and times from receipt to receipt", () => {
  const withId = (id: (before: string) => string) => {
    const ledger = new Ledger({ label: "ids" });
    const { receipt_id } = ledger.add({ intent: false });
    ledger.add({
      intent: false,
      edit: (receipt) => {
        receipt.receipt_id = id(receipt_id);
      },
    });
    return ledger.checkpoint();
  };

  it("an id is greater than the one before", async () => {
    expect(await found(withId((before) => before))).toEqual(["receipt.id-order@2"]);
    expect(await found(withId((before) => `${before.slice(0, -1)}1`))).toEqual([]);
    expect(await found(withId(() => `rcpt_${"0".repeat(26)}`))).toEqual(["receipt.id-order@2"]);
    // The first character that differs decides, whatever stands behind it.
    expect(await found(withId(() => `rcpt_${"0".repeat(24)}ZZ`))).toEqual(["receipt.id-order@2"]);
    expect(await found(withId((before) => `${before.slice(0, 12)}Z${"0".repeat(18)}`))).toEqual([]);
  });

  it("also where one stands between that is withheld, or not whole", async () => {
    const three = (middle: Draft) => {
      const ledger = new Ledger({ label: "between" });
      const { receipt_id } = ledger.add({ intent: false });
      ledger.add({ intent: false, ...middle });
      ledger.add({ intent: false, edit: (receipt) => Object.assign(receipt, { receipt_id }) });
      return ledger.checkpoint();
    };
    expect(
      await found(
        three({}).withhold(({ seq }) => seq === 1),
        { allowWithheld: true },
      ),
    ).toEqual(["receipt.id-order@3"]);
    const broken = three({ edit: (receipt) => Object.assign(receipt, { more: 1 }) });
    expect(await found(broken)).toEqual(["receipt.schema@2", "receipt.id-order@3<0"]);
  });

  it("also of two receipts of requests, which say more than their id", async () => {
    const ledger = new Ledger({ label: "requests" });
    const held = ledger.hold({ intent: false });
    const [{ receipt }] = ledger.lines as [Loose];
    const { receipt_id } = receipt;
    ledger.grant(held, ["alice", "bob"], {
      intent: false,
      edit: (later: Loose) => Object.assign(later, { receipt_id }),
    });
    expect(await found(ledger.checkpoint())).toEqual(["receipt.id-order@2"]);
  });

  it("issued_at may stand still and never goes back", async () => {
    const at = (ms: number) => single({ at: epoch + ms });
    expect(await found(at(0))).toEqual([]);
    expect(await found(at(-1))).toEqual(["chain.time@2"]);
  });

  it("withheld entries between are no excuse", async () => {
    const ledger = new Ledger({ label: "between" });
    for (const at of [20_000, 30_000, 19_999]) ledger.add({ intent: false, at: epoch + at });
    ledger.checkpoint().withhold(({ seq }) => seq === 1);
    expect(await found(ledger, { allowWithheld: true })).toEqual(["chain.time@3"]);
  });
});

describe("intents", () => {
  it("may be taken out, and the verdict counts them", async () => {
    const { lines } = small();
    const all = await verify(lines);
    const none = await verify(small().withoutIntents());
    expect([all.intentsDisclosed, none.intentsDisclosed, none.disclosed]).toEqual([3, 0, 6]);
    expect(none.findings).toEqual([]);
    expect(none.root).toBe(all.root);
  });

  it("have the hash that the receipt binds", async () => {
    const changed = (change: (intent: Loose) => void) =>
      found(single({ intent: true, after: (line) => change(line.intent) }));
    expect(await changed((intent) => Object.assign(intent.params, { limit: 21 }))).toEqual(["intent.hash@2"]);
    expect(await changed((intent) => Object.assign(intent, { claims: {} }))).toEqual(["intent.hash@2"]);
  });

  it.each<readonly [string, (receipt: Loose) => void]>([
    ["tenant", (receipt) => Object.assign(receipt, { tenant: "tenant:acme-pay/prod" })],
    ["adapter_id", (receipt) => Object.assign(receipt, { adapter_id: "adapter:records@2" })],
    ["agent", (receipt) => Object.assign(receipt.agent, { on_behalf_of: "user:other" })],
    ["agent", (receipt) => delete receipt.agent.on_behalf_of],
  ])("name the same %s as the receipt", async (_, draft) => {
    expect(await found(single({ intent: true, draft }))).toEqual(["intent.mismatch@2"]);
    expect(await found(single({ intent: false, draft }))).toEqual([]);
  });

  it("of another shape are intent.schema, whatever is wrong with them", async () => {
    const shaped = (editIntent: (intent: Loose) => void) => found(single({ intent: true, editIntent }));
    expect(await shaped((intent) => Object.assign(intent, { more: 1 }))).toEqual(["intent.schema@2"]);
    expect(await shaped((intent) => Object.assign(intent, { params: [] }))).toEqual(["intent.schema@2"]);
    for (const intent of [null, 1, "x", []]) {
      const codes = await found(single({ intent: true, after: (line) => Object.assign(line, { intent }) }));
      expect(codes).toEqual(["intent.schema@2", "intent.hash@2"]);
    }
  });
});

describe("a receipt that is not whole", () => {
  const edited = (edit: (receipt: Loose) => void, more = {}) => found(single({ edit, ...more }));

  it("is still tested by signature, key, chain and tree", async () => {
    const broken = (receipt: Loose) => {
      receipt.more = 1;
    };
    expect(await edited(broken)).toEqual(["receipt.schema@2"]);
    expect(await edited(broken, { sign: () => Buffer.alloc(64, 1) })).toEqual([
      "receipt.schema@2",
      "signature.invalid@2",
    ]);
    expect(await edited(broken, { key: "nobody" })).toEqual(["receipt.schema@2", "key.unknown@2"]);
    expect(
      await edited((receipt) => {
        broken(receipt);
        receipt.prev = `sha3-256:${"0".repeat(64)}`;
        receipt.seq = 7;
      }),
    ).toEqual(["receipt.schema@2", "seq.gap@2<0", "chain.prev@2<1", "seq.order@3<1"]);
  });

  it("is not tested by intent, id, controls and approvals", async () => {
    expect(
      await edited(
        (receipt) => {
          receipt.more = 1;
          receipt.decision = "deny";
          receipt.receipt_id = `rcpt_${"0".repeat(26)}`;
        },
        { intent: true, after: (line: Loose) => Object.assign(line.intent, { operation: "other" }) },
      ),
    ).toEqual(["receipt.schema@2"]);
  });

  it("without a seq has no place that could be wrong", async () => {
    expect(await edited((receipt) => Object.assign(receipt, { seq: "1" }))).toEqual([
      "receipt.schema@2",
      "seq.gap@3<0",
    ]);
  });

  it("without a tenant has no leaf: what follows is marked", async () => {
    const codes = await edited((receipt) => {
      delete receipt.tenant;
    });
    expect(codes).toEqual(["receipt.schema@2", "checkpoint.root@4<0", "checkpoint.uncovered@1<1"]);
  });

  it("with a sig that is not 64 bytes of base64", async () => {
    for (const sig of [
      "",
      "AAAA",
      null,
      5,
      Buffer.alloc(65).toString("base64"),
      `${Buffer.alloc(64).toString("base64").slice(0, -3)}B==`,
    ]) {
      const { lines } = small();
      const codes = await found(lines.with(1, { ...lines[1], sig }));
      expect(codes, String(sig)).toEqual([
        "receipt.schema@2",
        "checkpoint.root@4<0",
        "checkpoint.root@8<0",
        "checkpoint.uncovered@1<2",
      ]);
    }
  });

  it("counts as disclosed and untested", async () => {
    const result = await verify(single({ edit: (receipt) => delete receipt.policy }));
    expect([result.disclosed, result.controlsUntested]).toEqual([3, 1]);
  });
});

describe("withheld entries", () => {
  const withheld = (...places: readonly number[]) => small().withhold(({ seq }) => places.includes(seq));

  it("need an agreement", async () => {
    expect(await found(withheld(1, 4))).toEqual(["entry.withheld@2", "entry.withheld@6"]);
    const result = await verify(withheld(1, 4), { allowWithheld: true });
    expect(result.findings).toEqual([]);
    expect([result.withheld, result.disclosed, result.controlsUntested]).toEqual([2, 4, 2]);
    expect(result.root).toBe((await verify(small())).root);
  });

  it("all of them: no receipt is disclosed", async () => {
    const all = small().withhold(() => true);
    expect(await found(all, { allowWithheld: true })).toEqual(["line.empty@8"]);
    expect(await found("")).toEqual(["line.empty@1", "checkpoint.missing@1"]);
    expect(await found(small().header().lines.slice(0, 1))).toEqual(["line.empty@1", "checkpoint.missing@1"]);
  });

  it.each<readonly [string, unknown]>([
    ["digest", "sha3-256:x"],
    ["scope", 5],
    ["seq", -1],
    ["sig", "AAAA"],
    ["signer", "gate-1"],
  ])("with a malformed %s are receipt.schema", async (name, value) => {
    const { lines } = withheld(1);
    const codes = await found(lines.with(1, { ...lines[1], [name]: value }), { allowWithheld: true });
    expect(codes[0]).toBe("receipt.schema@2");
    for (const code of codes.slice(1)) expect(code).toMatch(/^(checkpoint|seq|chain)\..*<\d+$/);
  });

  it("with another scope or digest break the tree, and the next link", async () => {
    const { lines } = withheld(1);
    const other = digestText(Buffer.alloc(32, 9));
    const change = (name: string) =>
      found(lines.with(1, { ...lines[1], [name]: other }), { allowWithheld: true });
    const tree = ["chain.prev@3", "checkpoint.root@4<0", "checkpoint.root@8<0", "checkpoint.uncovered@1<2"];
    expect(await change("scope")).toEqual(tree);
    expect(await change("digest")).toEqual([
      "signature.invalid@2",
      "chain.prev@3<0",
      "checkpoint.root@4<0",
      "checkpoint.root@8<0",
      "checkpoint.uncovered@1<3",
    ]);
  });
});

describe("one tenant", () => {
  const own = "tenant:acme-health/prod";
  const others = () => twoTenants().withhold(({ tenant }) => tenant === pay.tenant);

  it("the entries of others may be withheld", async () => {
    expect(await found(others(), { tenant: own })).toEqual([]);
    expect(await found(others())).toHaveLength(5);
  });

  it("its own may not, whatever else was agreed", async () => {
    const asked = { tenant: pay.tenant, allowWithheld: true };
    const ledger = twoTenants().withhold(({ seq }) => seq === 4);
    expect(await found(ledger, asked)).toEqual(["entry.withheld-in-scope@5"]);
    expect(await found(ledger, { tenant: own })).toEqual([]);
  });

  it("has at least one receipt", async () => {
    expect(await found(twoTenants(), { tenant: "tenant:acme-health" })).toEqual(["line.empty@18"]);
    expect(await found(twoTenants(), { tenant: "tenant:nobody/prod" })).toEqual(["line.empty@18"]);
  });
});

describe("the ledger's name", () => {
  it("is the trust file's, in header, receipts and notes", async () => {
    const other = small({ name: "acme.example/agents-test" });
    const codes = await found(other.header());
    expect(new Set(codes.map((code) => code.replace(/@.*/, "")))).toEqual(
      new Set(["ledger.mismatch", "checkpoint.uncovered"]),
    );
    expect(codes.filter((code) => code.startsWith("ledger.mismatch"))).toHaveLength(9);
  });
});

describe("several files", () => {
  const { lines } = standard();

  it("are one ledger, wherever it is cut", async () => {
    for (let cut = 0; cut <= lines.length; cut += 3) {
      const result = await verifyFiles([lines.slice(0, cut), lines.slice(cut)]);
      expect(result.findings).toEqual([]);
      expect(result.integrity).toBe("verified");
    }
    const each = lines.map((line) => [line]);
    expect((await verifyFiles(each)).findings).toEqual([]);
  });

  it("findings name the file and count in it", async () => {
    const changed = lines.with(10, { hello: 1 });
    const { findings } = await verifyFiles([changed.slice(0, 8), changed.slice(8)]);
    expect(findings[0]).toMatchObject({ code: "line.unknown", file: "part-2", line: 3 });
  });

  it("in another order are not", async () => {
    expect((await verifyFiles([lines.slice(8), lines.slice(0, 8)])).integrity).toBe("failed");
  });

  it("a header stands in the first alone", async () => {
    const whole = small().header().lines;
    expect((await verifyFiles([whole.slice(0, 4), whole.slice(4)])).findings).toEqual([]);
    const { findings } = await verifyFiles([whole.slice(0, 4), [whole[0], ...whole.slice(4)]]);
    expect(findings.map(({ code, file, line }) => [code, file, line])).toEqual([
      ["line.unknown", "part-2", 1],
    ]);
  });

  it("a torn end of the first is found there, and the second goes on", async () => {
    const text = textOf(lines.slice(0, 8));
    const { findings } = await verifyFiles([text.slice(0, -1), lines.slice(8)]);
    expect(findings[0]).toMatchObject({ code: "encoding.torn-line", file: "part-1", line: 8 });
    // The torn line was a checkpoint, which later ones cover.
    expect(findings).toHaveLength(1);
  });

  it("a line cut in two over two files is not joined", async () => {
    const text = textOf(lines);
    const at = text.indexOf("\n") + 50;
    const { findings } = await verifyFiles([text.slice(0, at), text.slice(at)]);
    expect(findings[0]).toMatchObject({ code: "encoding.torn-line", file: "part-1", line: 2 });
    expect(findings[1]).toMatchObject({ code: "encoding.not-json", file: "part-2", line: 1 });
  });

  it("an empty file among them is nothing", async () => {
    expect((await verifyFiles(["", lines, ""])).findings).toEqual([]);
  });
});

describe("a decimal fraction in the receipt", () => {
  it("is receipt.schema: receipts hold integers alone", async () => {
    const fact = (rows: unknown) => found(single({ facts: { rows } }));
    for (const rows of [0.5, -1, 2 ** 53, 1e21]) expect(await fact(rows)).toEqual(["receipt.schema@2"]);
    expect(await fact(2 ** 53 - 1)).toEqual([]);
  });

  it("is in order in an intent", async () => {
    expect(
      await found(single({ intent: true, params: { a: -1.5e-9, b: 1e21 }, claims: { c: 0.1 } })),
    ).toEqual([]);
  });
});

it("the time that the maker gives an entry", () => {
  expect(small().receipts[1].decided_at).toBe(timeText(epoch + 10_000));
});
