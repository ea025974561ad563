import { base64, digestText, jcs, sha3 } from "../../fixtures/make/bytes.mjs";
import { keyOf } from "../../fixtures/make/keys.mjs";
import { approvalStatement, epoch, type HoldDraft, Ledger, withheldOf } from "../../fixtures/make/ledger.mjs";
import type { Loose } from "../../fixtures/make/loose.mjs";
import { oddUser, variety } from "./variety.js";

/**
 * Entries edited in their values and signed again by those who signed them, so that nothing but the
 * rule that an edit breaks is wrong with them.
 */

const labels = [
  ...[
    "gate-1",
    "gate-2",
    "gate-3",
    "gate-0",
    "alice",
    "alice-2",
    "bob",
    "carol",
    "dave",
    "erin",
    "erin-lost",
  ],
  ...["frank", "grace", "mallory", "w1", "odd", "nobody"],
];
const keys = new Map(labels.map((label) => [keyOf(label).id, keyOf(label)]));

/** Makes what is signed fit a receipt that was edited: its intent's hash, its approvals and itself. */
export function signedAgain(
  line: Loose,
  how: { readonly hash: boolean; readonly approvals: boolean },
): Loose {
  const { intent, receipt } = line;
  if (typeof receipt !== "object" || receipt === null) return line;
  if (how.hash && intent !== undefined) receipt.ir_hash = digestText(sha3(jcs(intent)));
  const signatures = receipt.approval?.signatures;
  if (how.approvals && Array.isArray(signatures)) {
    for (const signature of signatures) {
      const key = keys.get(signature?.signer);
      if (key === undefined || typeof receipt.policy !== "object" || receipt.policy === null) continue;
      const statement = jcs(approvalStatement(receipt, signature));
      signature.sig = base64(key.sign(Buffer.from("sclaw.approve/1"), sha3(statement)));
    }
  }
  return { ...line, sig: signatureOf(jcs(receipt), receipt.signer) };
}

/** The ledger's signature over the text of a receipt, whatever it is. */
export function signatureOf(receipt: string | Uint8Array, signer: unknown): string {
  const key = keys.get(String(signer)) ?? keyOf("gate-1");
  return base64(key.sign(Buffer.from("sclaw.receipt/1"), sha3(receipt)));
}

type Path = readonly (string | number)[];

/** Paths to every value in a value, itself left out. */
function pathsIn(value: Loose, path: Path = []): Path[] {
  if (typeof value !== "object" || value === null) return [];
  const names = Array.isArray(value) ? value.keys() : Object.keys(value);
  return [...names].flatMap((name) => [[...path, name], ...pathsIn(value[name], [...path, name])]);
}

const names: { readonly [name: string]: readonly unknown[] } = {
  decision: ["allow", "deny", "escalate", "approval", "Allow"],
  risk_tier: ["T0_OBSERVE", "T1_STANDARD", "T2_ELEVATED", "T3_SOVEREIGN", "T4"],
  status: ["executed", "failed", "not_executed", "unknown", "done"],
  state: ["not_required", "pending", "granted", "rejected", "expired", "open"],
  verdict: ["approve", "reject", "abstain"],
  signer: [...keys.keys(), `ed25519:${"0".repeat(32)}`, keyOf("gate-1").id.toUpperCase()],
  approver: [
    ...["alice", "bob", "carol", "dave", "erin", "nurse"].map((name) => `user:${name}@acme.example`),
    ...[oddUser, "agent:intake-bot", "user:", "use:x"],
  ],
  on_behalf_of: [
    ...["user:alice@acme.example", "user:bob@acme.example", "user:dave@acme.example"],
    ...["user:", "user", "agent:x", "user:x"],
  ],
  id: ["agent:", "agent", "user:alice@acme.example", "agent:a\nb"],
  group: [
    ...["release-managers", "platform-owners", "security-oncall", "payments", "advisers", "bounded"],
    ...["in turns", "😀", "\ufb33", "none", ""],
  ],
  threshold: [0, 1, 2, 3, 4, 1.5, -1, 999999999999999, 1e15],
  tenant: [
    ...["tenant:acme-pay/prod", "tenant:é", "tenant:", "tenant:/", "tenant:a/", "tenant:/b", "tenant:a/b/c"],
    ...["tenant:a//b", "tenant", "tenan:a", "tenant:a\\b", 'tenant:"'],
  ],
  adapter_id: [
    ...[
      "adapter:sclaw.policy@1",
      "adapter:sclaw.policy@1 ",
      "adapter:@1",
      "adapter:a@",
      "adapter:a",
      "adapter:",
    ],
    ...["adapter:a@b@c", "adapter:@a@b", "adapte:a@1", "adapter:sclaw.policy@", 'adapter:"@"'],
  ],
  correlation_id: [
    ...[
      "corr_",
      "corr-x",
      "corr_é",
      "corr_a b",
      "corr_a.b",
      "corr_[",
      "corr_`",
      "corr_{",
      "corr_@",
      "corr_/",
    ],
    ...["corr_:", `corr_${"x".repeat(64)}`, `corr_${"x".repeat(65)}`],
  ],
  ledger: ["acme.example/agents-pro", "acme.example/agents-prod2", "", "acme.example/agents-prod\n"],
  schema: ["sclaw.receipt/1", "sclaw.intent/1", "sclaw.receipt/2"],
  seq: [0, 1, 400, 401, 402, 999999999999999, 1e15, 2 ** 53 - 1, 2 ** 53, -1, 0.5],
  receipt_id: [
    ...["rcpt_8ZZZZZZZZZZZZZZZZZZZZZZZZZ", "rcpt_7ZZZZZZZZZZZZZZZZZZZZZZZZZ", "rcpt_", "rcp_0"],
    ...[..."ILOUilou/:@[`{é"].map((letter) => `rcpt_0${letter}${"0".repeat(24)}`),
    ...["0".repeat(25), "0".repeat(27)].map((digits) => `rcpt_${digits}`),
  ],
  nonce: [
    "",
    "AAAAAAAAAAAAAAAAAAAAAA==",
    "AAAAAAAAAAAAAAAAAAAAAB==",
    "AAAAAAAAAAAAAAAAAAAAAA=",
    "AAAAAAAAAAAAAAAA",
  ],
};

const isTime = (text: string) => /^\d{4}-\d\d-\d\dT[\d:.]+Z$/.test(text);

/** Times that stand close to each other in one entry: where one of two may not be the earlier. */
function timesNear(receipt: Loose): string[] {
  const known = JSON.stringify(receipt).match(/(?<=")\d{4}-\d\d-\d\dT[\d:.]+Z(?=")/g) ?? [];
  return [...new Set(known)].flatMap((time) =>
    [-1, 0, 1].map((shift) => new Date(Date.parse(time) + shift).toISOString()),
  );
}

const noTimes = [
  ...[
    "2026-02-29T00:00:00.000Z",
    "2026-06-01T24:00:00.000Z",
    "2026-06-01T12:00:60.000Z",
    "2026-13-01T00:00:00.000Z",
  ],
  ...[
    "2026-06-31T00:00:00.000Z",
    "2026-00-01T00:00:00.000Z",
    "2026-06-00T00:00:00.000Z",
    "2026-06-01T12:60:00.000Z",
  ],
  ...[
    "2026-06-01t12:00:00.000Z",
    "2026-06-01T12:00:00.00Z",
    "2026-06-01T12:00:00.0000Z",
    "2026-06-01T12:00:00.000z",
  ],
];

/** What may stand in the place of a value. */
function valuesFor(name: string | number, value: unknown, near: readonly string[]): readonly unknown[] {
  const any = [null, true, 0, "", [], {}, [value], { a: value }];
  const own = typeof name === "string" ? (names[name] ?? []) : [];
  switch (typeof value) {
    case "string": {
      const shapes = [
        `${value}x`,
        [...value].slice(0, -1).join(""),
        `x${value}`,
        value.toUpperCase(),
        `${value}\n`,
        `${value}é`,
      ];
      const digests = value.startsWith("sha3-256:")
        ? [
            value.slice(0, -1),
            `${value}0`,
            `${value.slice(0, -1)}g`,
            digestText(sha3(value)),
            digestText(Buffer.alloc(32)),
          ]
        : [];
      const bytes =
        value.length === 88
          ? [`${value.slice(0, 85)}B==`, base64(Buffer.alloc(64)), base64(Buffer.alloc(63))]
          : [];
      return [
        ...any,
        ...own,
        ...shapes,
        ...digests,
        ...bytes,
        ...(isTime(value) ? [...near, ...noTimes] : []),
      ];
    }
    case "number":
      return [...any, ...own, value + 1, -value, value + 0.5, String(value), 1e15, 2 ** 53];
    case "boolean":
      return [...any, !value, String(value)];
    default:
      return [...any, ...own];
  }
}

function parentOf(root: Loose, path: Path): Loose {
  return path.slice(0, -1).reduce((value: Loose, name) => value[name], root);
}

/** Every way in which one value of an entry is another, missing, there twice, or beside one too many. */
function* editsOf(line: Loose): Generator<(copy: Loose) => void> {
  const near = timesNear(line.receipt);
  for (const path of pathsIn({ intent: line.intent, receipt: line.receipt })) {
    const name = path.at(-1)!;
    const value = parentOf(line, path)?.[name];
    if (value === undefined) continue;
    for (const other of valuesFor(name, value, near)) {
      yield (copy) => {
        parentOf(copy, path)[name] = structuredClone(other);
      };
    }
    yield (copy) => {
      const parent = parentOf(copy, path);
      if (Array.isArray(parent)) parent.splice(Number(name), 1);
      else delete parent[name];
    };
    if (Array.isArray(value)) {
      yield (copy) => parentOf(copy, path)[name].push(...structuredClone(value.slice(0, 1)));
      yield (copy) => parentOf(copy, path)[name].reverse();
    } else if (typeof value === "object" && value !== null) {
      for (const more of ["0", "zz", "é"]) {
        yield (copy) => {
          parentOf(copy, path)[name][more] = 1;
        };
      }
    } else if (typeof name === "string") {
      yield (copy) => {
        const parent = parentOf(copy, path);
        parent[`${name}x`] = parent[name];
        delete parent[name];
      };
    }
  }
}

const optional: readonly ((receipt: Loose) => void)[] = [
  (receipt) => (receipt.ext = { a: 1 }),
  (receipt) => (receipt.ext = { a: -1 }),
  (receipt) => (receipt.ext = { a: [0.5] }),
  (receipt) => (receipt.ext = []),
  (receipt) => (receipt.facts = { a: null }),
  (receipt) => (receipt.facts = { a: {} }),
  (receipt) => (receipt.facts = { a: [] }),
  (receipt) => (receipt.facts = { a: -1 }),
  (receipt) => (receipt.outcome.error = { code: "a" }),
  (receipt) => (receipt.outcome.error = { code: "a", message: "b" }),
  (receipt) => (receipt.outcome.error = { message: "b" }),
  (receipt) => (receipt.outcome.error = { code: 1 }),
  (receipt) => (receipt.outcome.result_hash = digestText(sha3("x"))),
  (receipt) => (receipt.outcome.started_at = receipt.decided_at),
  (receipt) => (receipt.outcome.completed_at = receipt.decided_at),
  (receipt) => (receipt.outcome = { status: "not_executed" }),
  (receipt) => (receipt.outcome = { status: "unknown", started_at: receipt.decided_at }),
  (receipt) => (receipt.approval = { state: "not_required" }),
  (receipt) => (receipt.agent = { id: "agent:x" }),
  (receipt) => (receipt.agent.on_behalf_of = "user:alice@acme.example"),
  (receipt) => (receipt.agent.on_behalf_of = "user:dave@acme.example"),
];

/** Every entry of some lines that is the edit of one of them, signed again as a whole and in parts. */
export function* editedLines(lines: readonly Loose[]): Generator<Loose> {
  for (const line of lines) {
    if (line.receipt === undefined) continue;
    const edits = [
      ...editsOf(line),
      ...optional.map((edit) => (copy: Loose) => edit(copy.receipt)),
      // What the intent says, too, since it has to be the same.
      ...["agent", "tenant", "adapter_id"].flatMap((name) =>
        [...(names[name] ?? []), { id: "agent:x" }, { id: "agent:x", more: 1 }].map(
          (value) => (copy: Loose) => {
            copy.receipt[name] = value;
            if (copy.intent !== undefined) copy.intent[name] = value;
          },
        ),
      ),
    ];
    for (const edit of edits) yield* waysOf(line, [edit]);
  }
}

/** Edits put together at random, two or three of them. */
export function* mixedLines(lines: readonly Loose[], random: () => number): Generator<Loose> {
  const entries = lines.filter((line) => line.receipt !== undefined);
  const all = entries.map((line) => [
    ...editsOf(line),
    ...optional.map((edit) => (copy: Loose) => edit(copy.receipt)),
  ]);
  for (;;) {
    const which = Math.floor(random() * entries.length);
    const edits = Array.from({ length: 2 + Math.floor(random() * 2) }, () => {
      const own = all[which]!;
      return own[Math.floor(random() * own.length)]!;
    });
    yield* waysOf(entries[which]!, edits);
  }
}

function* waysOf(line: Loose, edits: readonly ((copy: Loose) => void)[]): Generator<Loose> {
  const made = new Set<string>();
  for (const how of [
    { hash: true, approvals: true },
    { hash: false, approvals: false },
  ]) {
    const copy = structuredClone(line);
    try {
      for (const edit of edits) edit(copy);
      if (typeof copy.receipt !== "object" || copy.receipt === null || Array.isArray(copy.receipt)) continue;
      const signed = signedAgain(copy, how);
      const text = jcs(signed);
      if (made.has(text)) continue;
      made.add(text);
      yield signed;
    } catch (error) {
      // Edits one after the other may not fit each other: a member of what is no object any more.
      if (!(error instanceof TypeError)) throw error;
    }
  }
}

/** Withheld entries with other members than they should have; nothing but the digest is signed. */
export function* editedWithheld(line: Loose): Generator<Loose> {
  const withheld = withheldOf(line);
  for (const edit of editsOf({ receipt: withheld })) {
    const copy = structuredClone({ receipt: withheld });
    edit(copy);
    if (typeof copy.receipt === "object" && copy.receipt !== null) yield copy.receipt;
  }
}

/** Texts of entries that are JSON and not canonical: members twice, in another order, or spaced. */
export function* looseTexts(line: Loose): Generator<string> {
  const receipt = jcs(line.receipt);
  const intent = line.intent === undefined ? undefined : jcs(line.intent);
  const texts = [receipt, ...(intent === undefined ? [] : [intent])];
  for (const [i, text] of texts.entries()) {
    const value = JSON.parse(text) as Loose;
    for (const path of pathsIn({ "": value })) {
      const at = parentOf({ "": value }, path);
      if (path.length < 2 || Array.isArray(at)) continue;
      const name = String(path.at(-1));
      const member = `${jcs(name)}:${jcs(at[name])}`;
      const others = [
        `${member},${member}`,
        `${jcs(name)}: ${jcs(at[name])}`,
        `${member.slice(0, -1)}`,
        `,${member}`,
        `${member},`,
      ];
      const next = Object.keys(at).sort()[Object.keys(at).sort().indexOf(name) + 1];
      const pair = next === undefined ? undefined : `${member},${jcs(next)}:${jcs(at[next])}`;
      const changes = [
        ...others.map((other) => text.replace(member, () => other)),
        ...(pair === undefined ? [] : [text.replace(pair, () => `${jcs(next)}:${jcs(at[next!])},${member}`)]),
      ];
      for (const changed of changes) {
        if (changed === text) continue;
        yield i === 0
          ? entryText(changed, intent, line.receipt)
          : entryText(receiptWith(line.receipt, changed), changed, line.receipt);
      }
    }
  }
}

/** A receipt that gives the hash of an intent's text. */
function receiptWith(receipt: Loose, intent: string): string {
  return jcs({ ...receipt, ir_hash: digestText(sha3(intent)) });
}

/** An entry of a receipt's text, signed by its ledger key whatever it is. */
export function entryText(receipt: string, intent: string | undefined, { signer }: Loose): string {
  const before = intent === undefined ? "" : `"intent":${intent},`;
  return `{${before}"receipt":${receipt},"sig":"${signatureOf(receipt, signer)}"}`;
}

/** Entries of which nothing is wrong, one of each kind that judgement treats in a way of its own. */
export function basicLines(): Loose[] {
  const ledger = new Ledger({ label: "basic", keyAt: () => "gate-1" });
  ledger.add({ ext: { a: [1] }, claims: { a: 1 } });
  ledger.add({ status: "unknown", agent: { id: "agent:x" }, intent: false });
  ledger.add({ status: "not_executed", decision: "deny", tier: "T2_ELEVATED", intent: false });
  const held = ledger.hold();
  ledger.grant(held, ["alice", "bob"]);
  ledger.resolve(held, "rejected", { signatures: [{ by: "alice", verdict: "reject" }], intent: false });
  ledger.resolve(held, "expired", { intent: false });
  // Requests whose first receipt is not in the ledger, granted some seconds later.
  const granted = (hold: HoldDraft, signatures: readonly string[]) => {
    const request = ledger.hold({ intent: false, first: false, ...hold });
    ledger.grant(request, signatures, { at: ledger.decidedAt() + 5000 });
  };
  granted({ tier: "T3_SOVEREIGN", required: ["platform-owners", "security-oncall"], decision: "escalate" }, [
    "alice",
    "bob",
    "dave",
  ]);
  granted({ required: ["bounded"] }, ["dave"]);
  granted({ required: ["in turns"], at: epoch + 90_000 }, ["dave"]);
  granted({ tier: "T1_STANDARD" }, ["alice", "bob", "carol"]);
  return ledger.lines;
}

/** The lines of the variety, for edits that are drawn from many. */
export const variedLines = (): Loose[] => variety().lines;
