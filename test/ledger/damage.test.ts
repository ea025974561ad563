import { describe, expect, it } from "vitest";
import { jcs, sha256 } from "../../fixtures/make/bytes.mjs";
import { keyOf, ledgerName, witnessNames } from "../../fixtures/make/keys.mjs";
import { Ledger, textOf } from "../../fixtures/make/ledger.mjs";
import type { Loose } from "../../fixtures/make/loose.mjs";
import { signatureLine } from "../../fixtures/make/note.mjs";
import { memoEngine } from "../support/memo-engine.js";
import { type Asked, bytesOfSource, trust, verify } from "../support/verify.js";

/**
 * Every flipped byte and every cut of a whole ledger is found, but for what docs/format.md,
 * "Findings", names at its end. What survives is predicted here without the verifier, and has
 * to be exactly that.
 */

const engine = memoEngine();

/** Milliseconds for some ten thousand verifications on a busy machine. */
const slow = 300_000;

/** Whether nothing at all is found: a warning counts as found. */
async function survives(source: Uint8Array | readonly Loose[], asked: Asked): Promise<boolean> {
  const { findings, integrity } = await verify(source, { ...asked, trust, engine });
  return findings.length === 0 && integrity === "verified";
}

const stranger = signatureLine("stranger.example", Buffer.from("01020304", "hex"), Buffer.from("who knows"));

/** Header, intents, an approval, a withheld entry, cosigned checkpoints, a stranger's line. */
function whole(): Ledger {
  const ledger = new Ledger({ label: "damage" });
  ledger.add();
  const held = ledger.hold({ intent: false, required: ["release-managers", "security-oncall"] });
  ledger.checkpoint({ witnesses: ["w1"] });
  ledger.grant(held, ["alice", "bob", "dave"]);
  ledger.checkpoint({ lines: () => [stranger] });
  ledger.add({ intent: false });
  ledger.withhold(({ seq }) => seq === 3);
  ledger.add({
    claims: { risk: "low" },
    status: "unknown",
    ext: { note: "é\u2028" },
    params: { share: 0.5 },
  });
  return ledger.checkpoint({ witnesses: ["w1", "w2"] }).header();
}

/** A range from 3 on, which has a frontier and a note in its header. */
function ranged(): Loose[] {
  const ledger = new Ledger({ label: "damaged-range" });
  for (let i = 0; i < 5; i++) {
    if (i === 3) ledger.checkpoint();
    ledger.add({ intent: i === 4 });
  }
  return ledger.checkpoint().range(3);
}

const samples: readonly { readonly name: string; readonly lines: readonly Loose[]; readonly asked: Asked }[] =
  [
    { name: "a whole ledger", lines: whole().lines, asked: { allowWithheld: true } },
    { name: "a range", lines: ranged(), asked: { start: 3 } },
  ];

/** Keys that a note may be signed with, by name and key hash. */
const knownLines = new Set([
  ...["gate-0", "gate-1", "gate-2"].map((label) => lineOf(ledgerName, 1, label)),
  ...["w1", "w2"].map((label) => lineOf(witnessNames[label]!, 4, label)),
]);

function lineOf(name: string, algorithm: number, label: string): string {
  const hash = sha256(`${name}\n`, Buffer.of(algorithm), keyOf(label).publicKey).subarray(0, 4);
  return `${name} ${hash.toString("hex")}`;
}

/** A well-formed signature line of nobody known: the format says that it is ignored. */
function isStrangersLine(line: string): boolean {
  const [, name, base64] = /^— ([^\p{White_Space}\u0000-\u001f+]+) ([A-Za-z0-9+/]+={0,2})$/u.exec(line) ?? [];
  if (name === undefined || base64 === undefined) return false;
  const bytes = Buffer.from(base64, "base64");
  if (bytes.toString("base64") !== base64 || bytes.length < 5) return false;
  return !knownLines.has(`${name} ${bytes.subarray(0, 4).toString("hex")}`);
}

/**
 * Whether all that a change did is to a signature line of a note that is, afterwards, one of
 * an unknown name: a witness's or a stranger's, never the ledger's own.
 */
function onlyTouchesStrangers(before: string, after: string): boolean {
  const [was, is] = [before.split("\n"), after.split("\n")];
  const at = was.findIndex((line, i) => line !== is[i]);
  if (was.length !== is.length || was.some((line, i) => i !== at && line !== is[i])) return false;
  let value: Loose;
  try {
    value = JSON.parse(is[at]!);
  } catch {
    return false;
  }
  if (typeof value?.checkpoint !== "string" || jcs(value) !== is[at]) return false;
  const [noteWas, noteIs] = [JSON.parse(was[at]!).checkpoint.split("\n"), value.checkpoint.split("\n")];
  const changed = noteWas.findIndex((line: string, i: number) => line !== noteIs[i]);
  if (noteWas.length !== noteIs.length || changed < 5) return false;
  return isStrangersLine(noteIs[changed]);
}

describe.each(samples)("$name", ({ lines, asked }) => {
  const bytes = bytesOfSource(lines);
  const text = new TextDecoder().decode(bytes);

  it("verifies as it is", async () => {
    expect(await survives(bytes, asked)).toBe(true);
  });

  /** Every byte, changed by one rule. */
  const changes: readonly (readonly [string, (byte: number) => number])[] = [
    ["with its last bit flipped", (byte) => byte ^ 0x01],
    ["made a NUL", () => 0x00],
    ["made a line end", () => 0x0a],
    ["made a space", () => 0x20],
    ["made no UTF-8", () => 0xff],
  ];
  it.each(changes)(
    "any byte %s is found, but for lines of strangers",
    async (_, change) => {
      const unexpected: string[] = [];
      for (const [at, byte] of bytes.entries()) {
        const other = change(byte);
        if (other === byte) continue;
        const damaged = bytes.slice();
        damaged[at] = other;
        const survived = await survives(damaged, asked);
        const predicted =
          isUtf8(damaged) && onlyTouchesStrangers(text, Buffer.from(damaged).toString("utf8"));
        if (survived !== predicted) {
          const context = Buffer.from(bytes.slice(Math.max(0, at - 20), at + 20)).toString();
          unexpected.push(`byte ${at} to ${other}: ${survived ? "survives" : "found"} in ${context}`);
        }
      }
      expect(unexpected).toEqual([]);
    },
    slow,
  );

  it("a stranger's line is what survives a change, and a witness's name", async () => {
    const survivors: string[] = [];
    for (const name of ["stranger.example", "witness.example"]) {
      const at = text.indexOf(name);
      if (at < 0) continue;
      const start = Buffer.byteLength(text.slice(0, at));
      const damaged = bytes.slice();
      damaged[start]! ^= 0x01;
      if (await survives(damaged, asked)) survivors.push(name);
    }
    expect(survivors).toEqual(text.includes("stranger") ? ["stranger.example", "witness.example"] : []);
  });

  it(
    "cut anywhere is found, but for the ends of checkpoint lines",
    async () => {
      const ends = new Set<number>([bytes.length]);
      let end = 0;
      for (const line of lines) {
        end += bytesOfSource([line]).length;
        if (line.checkpoint !== undefined) ends.add(end);
      }
      const survivors: number[] = [];
      for (let length = 0; length <= bytes.length; length++) {
        if (await survives(bytes.slice(0, length), asked)) survivors.push(length);
      }
      expect(survivors).toEqual([...ends].sort((a, b) => a - b));
    },
    slow,
  );

  it(
    "cut at the front is found",
    async () => {
      const survivors: number[] = [];
      for (let from = 1; from < bytes.length; from++) {
        if (await survives(bytes.slice(from), asked)) survivors.push(from);
      }
      // Without its header, which says nothing, a whole ledger is the same.
      expect(survivors).toEqual(asked.start === undefined ? [bytesOfSource([lines[0]]).length] : []);
    },
    slow,
  );

  it(
    "with a byte taken out anywhere is found, but for lines of strangers",
    async () => {
      const unexpected: number[] = [];
      for (let at = 0; at < bytes.length; at++) {
        const damaged = Buffer.concat([bytes.slice(0, at), bytes.slice(at + 1)]);
        const predicted = isUtf8(damaged) && onlyTouchesStrangers(text, damaged.toString("utf8"));
        if ((await survives(damaged, asked)) !== predicted) unexpected.push(at);
      }
      expect(unexpected).toEqual([]);
    },
    slow,
  );

  const kindOf = (line: Loose) => Object.keys(line).find((name) => name !== "intent")!;

  it("with a line taken out is found, but for checkpoints between others and a header that says nothing", async () => {
    for (const [i, line] of lines.entries()) {
      const harmless =
        (kindOf(line) === "export" && asked.start === undefined) ||
        (kindOf(line) === "checkpoint" && i !== lines.length - 1);
      const survived = await survives(lines.toSpliced(i, 1), asked);
      expect(survived, `line ${i + 1}, ${kindOf(line)}`).toBe(harmless);
    }
  });

  it("with a line repeated is found, but for checkpoints", async () => {
    for (const [i, line] of lines.entries()) {
      const survived = await survives(lines.toSpliced(i, 0, line), asked);
      expect(survived, `line ${i + 1}, ${kindOf(line)}`).toBe(kindOf(line) === "checkpoint");
    }
  });

  it("with two neighbours changed over is found", async () => {
    for (let i = 0; i + 1 < lines.length; i++) {
      const survived = await survives(lines.toSpliced(i, 2, lines[i + 1], lines[i]), asked);
      expect(survived, `lines ${i + 1} and ${i + 2}`).toBe(false);
    }
  });

  it("with an intent taken out whole says how many were disclosed", async () => {
    for (const [i, line] of lines.entries()) {
      if (line.intent === undefined) continue;
      const { intent: _, ...rest } = line;
      const before = await verify(lines, { ...asked, trust, engine });
      const after = await verify(lines.with(i, rest), { ...asked, trust, engine });
      expect(after.findings).toEqual([]);
      expect(after.intentsDisclosed).toBe(before.intentsDisclosed - 1);
    }
  });

  it("with a signature line put in is found, unless it is a stranger's", async () => {
    const at = lines.length - 1;
    const withLine = (line: string) => lines.with(at, { checkpoint: lines[at].checkpoint + line });
    expect(await survives(withLine(stranger), asked)).toBe(true);
    const ownHash = sha256(`${ledgerName}\n`, Buffer.of(1), keyOf("gate-1").publicKey).subarray(0, 4);
    expect(await survives(withLine(signatureLine(ledgerName, ownHash, Buffer.alloc(64, 1))), asked)).toBe(
      false,
    );
  });

  it("with any member of any line taken out is found, but for an intent", async () => {
    for (const [i, line] of lines.entries()) {
      for (const path of pathsOf(line)) {
        const damaged = structuredClone(line);
        const parent = path.slice(0, -1).reduce((value, name) => value[name], damaged);
        if (Array.isArray(parent)) parent.splice(Number(path.at(-1)), 1);
        else delete parent[path.at(-1)!];
        const survived = await survives(lines.with(i, damaged), asked);
        expect(survived, `line ${i + 1} ${path.join("/")}`).toBe(path.join("/") === "intent");
      }
    }
  });
});

function isUtf8(bytes: Uint8Array): boolean {
  try {
    new TextDecoder("utf-8", { fatal: true }).decode(bytes);
    return true;
  } catch {
    return false;
  }
}

/** The path of every member and item of a value. */
function pathsOf(value: Loose, path: readonly string[] = []): string[][] {
  if (typeof value !== "object" || value === null) return [];
  return Object.keys(value).flatMap((name) => [[...path, name], ...pathsOf(value[name], [...path, name])]);
}

it("the sample has every kind of line", () => {
  const kinds = new Set(whole().lines.map((line: Loose) => Object.keys(line).sort().join()));
  expect(kinds).toEqual(
    new Set(["export", "intent,receipt,sig", "receipt,sig", "digest,scope,seq,sig,signer", "checkpoint"]),
  );
  expect(textOf(whole().lines).length).toBeLessThan(10_000);
});
