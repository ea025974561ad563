import { describe, expect, it } from "vitest";
import { sha256 } from "../../fixtures/make/bytes.mjs";
import { keyOf, ledgerName, rotation, trustKey, witnessNames } from "../../fixtures/make/keys.mjs";
import { Ledger, type NoteOptions } from "../../fixtures/make/ledger.mjs";
import type { Loose } from "../../fixtures/make/loose.mjs";
import { checkpointText, ledgerLine, noteOf, signatureLine, witnessLine } from "../../fixtures/make/note.mjs";
import { small } from "../../fixtures/make/story.mjs";
import { rootOf } from "../../fixtures/make/tree.mjs";
import { found, verify } from "../support/verify.js";

/** `small` with another last checkpoint, at line 8. */
function last(note: unknown): Loose[] {
  return small().lines.with(7, { checkpoint: note });
}
const noted = (options: NoteOptions) => last(small().note(options));

/** A note over any text that gate-1 signs. */
const signed = (text: string, ...more: readonly string[]) =>
  noteOf(text, [ledgerLine(ledgerName, keyOf("gate-1"), text), ...more]);
const goodText = checkpointText(ledgerName, 6, rootOf(small().leaves));
const refused = ["checkpoint.signature@8", "checkpoint.uncovered@5<0"];

const stranger = signatureLine("stranger.example", Buffer.from("01020304", "hex"), Buffer.alloc(64, 1));
const hashOf = (label: string) =>
  sha256(`${ledgerName}\n`, Buffer.of(1), keyOf(label).publicKey).subarray(0, 4);

describe("the signature of a checkpoint", () => {
  it("is of a ledger key", async () => {
    expect(await found(noted({}))).toEqual([]);
    expect(await found(noted({ keys: ["nobody"] }))).toEqual(refused);
    expect(await found(noted({ keys: ["alice"] }))).toEqual(refused);
    expect(await found(noted({ keys: [], witnesses: ["w1", "w2"] }))).toEqual(refused);
  });

  it("is in the ledger's name", async () => {
    const line = ledgerLine("acme.example/other", keyOf("gate-1"), goodText);
    expect(await found(last(noteOf(goodText, [line])))).toEqual(refused);
  });

  it("may be one of several; strangers are ignored", async () => {
    expect(await found(noted({ keys: ["gate-1", "gate-2"] }))).toEqual([]);
    expect(await found(noted({ lines: () => [stranger] }))).toEqual([]);
    expect(
      await found(last(noteOf(goodText, [stranger, ledgerLine(ledgerName, keyOf("gate-1"), goodText)]))),
    ).toEqual([]);
    const sameName = signatureLine(ledgerName, Buffer.from("ffffffff", "hex"), Buffer.alloc(64));
    expect(await found(last(signed(goodText, sameName)))).toEqual([]);
  });

  it("that fails spoils the note where its key is known, though another verifies", async () => {
    for (const label of ["gate-0", "gate-1", "gate-2"]) {
      const failing = signatureLine(ledgerName, hashOf(label), Buffer.alloc(64, 1));
      expect(await found(last(signed(goodText, failing))), label).toEqual(refused);
      const short = signatureLine(ledgerName, hashOf(label), Buffer.alloc(63, 1));
      expect(await found(last(signed(goodText, short))), label).toEqual(refused);
    }
  });

  it("covers the text", async () => {
    const other = checkpointText(ledgerName, 6, rootOf(small().leaves), ["extension"]);
    expect(await found(last(noteOf(other, [ledgerLine(ledgerName, keyOf("gate-1"), goodText)])))).toEqual(
      refused,
    );
    expect(await found(last(signed(other)))).toEqual([]);
  });

  it("is that of this ledger", async () => {
    const text = goodText.replace(ledgerName, "acme.example/other");
    const note = noteOf(text, [ledgerLine("acme.example/other", keyOf("gate-1"), text)]);
    expect(await found(last(note))).toEqual(["ledger.mismatch@8", "checkpoint.uncovered@5<0"]);
  });
});

describe("what is no note", () => {
  const root = goodText.split("\n")[2]!;
  const text = (...lines: string[]) => signed(lines.map((line) => `${line}\n`).join(""));
  const good = signed(goodText);
  it.each<readonly [string, unknown]>([
    ["a number", 5],
    ["null", null],
    ["an object", { note: good }],
    ["nothing", ""],
    ["no signature", goodText],
    ["no last line end", good.slice(0, -1)],
    ["no blank line", good.replace("\n\n", "\n")],
    ["CR LF", good.replaceAll("\n", "\r\n")],
    ["a hyphen for the dash", good.replace("— ", "- ")],
    ["two spaces", good.replace(`— ${ledgerName} `, `— ${ledgerName}  `)],
    ["junk behind the signature", good.replace(/\n$/, " x\n")],
    ["junk in the base64", good.replace(/=\n$/, "=*\n")],
    ["no padding", good.replace(/=+\n$/, "\n")],
    ["a key hash alone", `${goodText}\n— ${ledgerName} ${hashOf("gate-1").toString("base64")}\n`],
    ["65 signature lines", good + stranger.repeat(64)],
    ["a line behind", `${good}more\n`],
    ["two lines", text(ledgerName, "6")],
    ["a leading zero", text(ledgerName, "06", root)],
    ["a plus sign", text(ledgerName, "+6", root)],
    ["a fraction", text(ledgerName, "6.0", root)],
    ["no digits", text(ledgerName, "six", root)],
    ["a size beyond 2^53", text(ledgerName, "9007199254740992", root)],
    ["a short root", text(ledgerName, "6", Buffer.alloc(31).toString("base64"))],
    ["a root in hex", text(ledgerName, "6", rootOf(small().leaves).toString("hex"))],
    ["a root without padding", text(ledgerName, "6", root.replace("=", ""))],
  ])("%s", async (_, note) => {
    expect(await found(last(note))).toEqual(refused);
  });

  it("64 signature lines are as many as may be", async () => {
    expect(await found(last(good + stranger.repeat(63)))).toEqual([]);
  });
});

describe("size and root", () => {
  it.each([0, 3, 5, 7, 1_000_000])("size %i of 6", async (size) => {
    const text = checkpointText(ledgerName, size, rootOf(small().leaves.slice(0, size)));
    const keys = size > rotation + 1 ? "gate-2" : "gate-1";
    const note = noteOf(text, [ledgerLine(ledgerName, keyOf(keys), text)]);
    expect(await found(last(note))).toEqual(["checkpoint.size@8", "checkpoint.uncovered@5<0"]);
  });

  it("another root", async () => {
    expect(await found(noted({ root: Buffer.alloc(32, 7) }))).toEqual([
      "checkpoint.root@8",
      "checkpoint.uncovered@5<0",
    ]);
  });

  it("of nothing at the start is in order", async () => {
    const ledger = new Ledger({ label: "zero" });
    ledger.checkpoint();
    ledger.add({ intent: false });
    expect(await found(ledger.checkpoint())).toEqual([]);
  });

  it('of nothing, with another root than H("")', async () => {
    const ledger = new Ledger({ label: "zero" });
    ledger.checkpoint({ root: Buffer.alloc(32) });
    ledger.add({ intent: false });
    expect(await found(ledger.checkpoint())).toEqual(["checkpoint.root@1"]);
  });

  it("of every size from 1 to 20 agrees with the definition of the tree", async () => {
    const ledger = new Ledger({ label: "sizes" });
    for (let i = 0; i < 20; i++) {
      ledger.add({ intent: false });
      ledger.checkpoint();
    }
    expect(await found(ledger)).toEqual([]);
  });
});

describe("the keys of a checkpoint", () => {
  it("are judged by the place of the last entry", async () => {
    const atRotation = (size: number, key: string) => {
      const ledger = new Ledger({ label: "by-place" });
      for (let i = 0; i < size; i++) ledger.add({ intent: false });
      return ledger.checkpoint({ keys: [key] });
    };
    expect(await found(atRotation(rotation + 1, "gate-1"))).toEqual([]);
    expect(await found(atRotation(rotation + 2, "gate-2"))).toEqual([]);
    expect(await found(atRotation(rotation + 1, "gate-2"))).toEqual([
      `key.not-valid@${rotation + 2}`,
      "checkpoint.uncovered@1<0",
    ]);
    expect(await found(atRotation(rotation + 2, "gate-1"))).toEqual([
      `key.not-valid@${rotation + 3}`,
      "checkpoint.uncovered@1<0",
    ]);
  });

  it("need one that counts", async () => {
    const verification = await verify(noted({ keys: ["gate-1", "gate-2"] }));
    expect(verification.checkpoints.at(-1)?.signers).toEqual([keyOf("gate-1").id]);
    expect(await found(noted({ keys: ["gate-2", "gate-0"] }))).toEqual([
      "key.not-valid@8",
      "checkpoint.uncovered@5<0",
    ]);
  });

  it("are judged at the issued_at of the last receipt disclosed before", async () => {
    const ledger = small();
    const issued = ledger.receipts[5].issued_at;
    const until = (time: string) => ({
      editTrust: (trust: Loose) => {
        trustKey(trust, "gate-2").first_seq = 0;
        Object.assign(trustKey(trust, "gate-2"), { valid_until: time, last_seq: 100 });
      },
    });
    expect(await found(noted({ keys: ["gate-2"] }), until("2026-06-01T12:00:50.501Z"))).toEqual([]);
    expect(issued).toBe("2026-06-01T12:00:50.500Z");
    expect(await found(noted({ keys: ["gate-2"] }), until(issued))).toEqual([
      "key.not-valid@8",
      "checkpoint.uncovered@5<0",
    ]);
  });

  it("of size 0 are judged at place 0", async () => {
    const ledger = new Ledger({ label: "zero" });
    ledger.checkpoint({ keys: ["gate-2"] });
    ledger.add({ intent: false });
    expect(await found(ledger.checkpoint())).toEqual(["key.not-valid@1"]);
    const genuine = new Ledger({ label: "zero" });
    genuine.checkpoint({ keys: ["gate-0"] });
    genuine.add({ intent: false });
    // Nothing is disclosed before: gate-0, long revoked, is judged by its place alone.
    expect(await found(genuine.checkpoint())).toEqual([]);
  });
});

describe("cosignatures", () => {
  const at = 1780315260;
  it("of known witnesses verify, and are named", async () => {
    const { checkpoints } = await verify(noted({ witnesses: ["w1", "w2"] }));
    expect(checkpoints.at(-1)?.cosigners).toEqual([keyOf("w1").id, keyOf("w2").id]);
  });

  it.each<readonly [string, (text: string) => string]>([
    ["over another text", (text) => witnessLine(witnessNames["w1"]!, keyOf("w1"), `${text}x\n`, at)],
    [
      "as a plain signature",
      (text) => {
        const { publicKey, sign } = keyOf("w1");
        const hash = sha256(`${witnessNames["w1"]}\n`, Buffer.of(4), publicKey).subarray(0, 4);
        return signatureLine(witnessNames["w1"]!, hash, sign(Buffer.from(text)));
      },
    ],
    [
      "with another time than was signed",
      (text) => {
        const line = witnessLine(witnessNames["w1"]!, keyOf("w1"), text, at);
        const bytes = Buffer.from(line.split(" ")[2]!, "base64");
        bytes[11]! ^= 1;
        return signatureLine(witnessNames["w1"]!, bytes.subarray(0, 4), bytes.subarray(4));
      },
    ],
  ])("%s are a warning", async (_, line) => {
    const result = await verify(noted({ lines: (text) => [line(text)] }));
    expect(result.findings.map(({ code, line, severity }) => [code, line, severity])).toEqual([
      ["checkpoint.cosignature", 8, "warning"],
    ]);
    expect(result.integrity).toBe("verified");
    expect(result.checkpoints.at(-1)?.cosigners).toEqual([]);
  });

  it("of a witness in another name are a stranger's", async () => {
    const lines = (text: string) => [witnessLine("witness.example/w3", keyOf("w1"), text, at)];
    const result = await verify(noted({ lines }));
    expect(result.findings).toEqual([]);
    expect(result.checkpoints.at(-1)?.cosigners).toEqual([]);
  });
});

describe("coverage", () => {
  it("ends with the largest checkpoint that passed", async () => {
    const { lines } = small();
    expect(await found(lines.slice(0, 7))).toEqual(["checkpoint.uncovered@5"]);
    expect(await found(lines.slice(0, 5))).toEqual(["checkpoint.uncovered@5"]);
    expect(await found(lines.slice(0, 4))).toEqual([]);
    expect(await found(lines.toSpliced(3, 1))).toEqual([]);
  });

  it("a failed checkpoint in the middle is covered by a later one", async () => {
    const { lines } = small();
    expect(
      await found(lines.with(3, { checkpoint: small().note({ size: 3, root: Buffer.alloc(32) }) })),
    ).toEqual(["checkpoint.root@4"]);
  });

  it("without any checkpoint line is said to be missing", async () => {
    const entries = small().entryLines();
    expect(await found(entries)).toEqual(["checkpoint.missing@6"]);
    expect(await found([...entries, { checkpoint: "x" }])).toEqual([
      "checkpoint.signature@7",
      "checkpoint.uncovered@1<0",
    ]);
  });

  it("a header's note is no checkpoint line", async () => {
    const lines = small().range(3).slice(0, -1);
    expect(await found(lines, { start: 3 })).toEqual(["checkpoint.missing@4"]);
  });
});
