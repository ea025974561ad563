import { digestText, jcs, sha3 } from "../../fixtures/make/bytes.mjs";
import { withheldOf } from "../../fixtures/make/ledger.mjs";
import type { Loose } from "../../fixtures/make/loose.mjs";
import { compileKernel } from "../../scripts/build-kernel.mjs";
import type { Engine } from "../../src/keys/engine.js";
import { engine } from "../support/verify.js";

/**
 * Lines with bytes changed, where every signature is accepted: nothing but the reading of a text is
 * between it and a record.
 */

/** An engine that accepts what the rule of the format leaves to it. */
export const acceptingEngine: Engine = { ...engine, equationHolds: () => true };

/** The same in the kernel: no signature's equation is compared. */
export function acceptingKernel(name: string, text: string): string {
  const compares = "  if (!same(encoded, item)) store<u32>(item, 0, ok);\n";
  if (name !== "signatures.ts") return text;
  if (!text.includes(compares)) throw new Error("the kernel compares signatures in another way now");
  return text.replace(compares, "");
}

/** Compiles a kernel that accepts every signature. */
export const compileAccepting = () => compileKernel({ field: "integer", quick: true, edit: acceptingKernel });

/** A line whose intent's hash is that of the intent's text as it stands. */
function withIntentHash(line: Buffer): Buffer {
  const [start, end] = ['{"intent":', ',"receipt":'];
  const cut = line.indexOf(end);
  if (!line.subarray(0, start.length).equals(Buffer.from(start)) || cut < 0) return line;
  const hash = digestText(sha3(line.subarray(start.length, cut)));
  const name = '"ir_hash":"';
  const at = line.indexOf(name, cut) + name.length;
  if (at < name.length || line.length < at + hash.length) return line;
  return Buffer.concat([line.subarray(0, at), Buffer.from(hash), line.subarray(at + hash.length)]);
}

const telling = [...'"\\{}[],:0123456789abcdefghijklmnopqrstuvwxyzTZ-+.eE =/@_\u0000\t\r', "é", "\u00ff"].map(
  (text) => Buffer.from(text, "latin1")[0]!,
);

/** One line with one change of a few bytes, drawn from `random`. Never an LF, which would make two of it. */
export function damagedLine(line: Buffer, random: () => number): Buffer {
  const draw = (count: number) => Math.floor(random() * count);
  const byte = () => (random() < 0.7 ? telling[draw(telling.length)]! : draw(256));
  const at = draw(line.length);
  const before = line.subarray(0, at);
  let changed: Buffer;
  switch (draw(6)) {
    case 0:
      changed = Buffer.concat([before, Buffer.of(byte()), line.subarray(at + 1)]);
      break;
    case 1:
      changed = Buffer.concat([before, Buffer.of(byte()), line.subarray(at)]);
      break;
    case 2:
      changed = Buffer.concat([before, line.subarray(at + 1 + draw(3))]);
      break;
    case 3:
      changed = Buffer.concat([before, Buffer.of(line[at]! ^ (1 << draw(8))), line.subarray(at + 1)]);
      break;
    case 4: {
      // A piece of the line again, or in another place.
      const from = draw(line.length);
      const piece = line.subarray(from, from + 1 + draw(20));
      changed = Buffer.concat([before, piece, line.subarray(at + (random() < 0.5 ? 0 : piece.length))]);
      break;
    }
    default: {
      // A digit, a letter or a sign for one of its own kind: what is read then is most often well formed.
      const old = line[at]!;
      const kinds = ["0123456789", "abcdefghijklmnopqrstuvwxyz", "ABCDEFGHIJKLMNOPQRSTUVWXYZ"];
      const kind = kinds.find((letters) => letters.includes(String.fromCharCode(old))) ?? "@/_- .,";
      changed = Buffer.concat([before, Buffer.from(kind[draw(kind.length)]!), line.subarray(at + 1)]);
    }
  }
  const plain = Buffer.from(changed.map((one) => (one === 0x0a ? 0x0b : one)));
  return withIntentHash(plain);
}

/** The texts of some lines, disclosed and withheld. */
export function textsOf(lines: readonly Loose[]): Buffer[] {
  const entries = lines.filter((line) => line.receipt !== undefined);
  return [...entries, withheldOf(entries[0])].map((line) => Buffer.from(jcs(line)));
}

/** Each line with each of its bytes that are no letters or digits taken out, doubled, and replaced by others. */
export function* brokenTexts(lines: readonly Buffer[]): Generator<Buffer> {
  const others = [...'"}],:0 x'].map((text) => Buffer.from(text));
  for (const line of lines) {
    for (let at = 0; at < line.length; at++) {
      if (/[A-Za-z0-9]/.test(String.fromCharCode(line[at]!))) continue;
      const [before, after] = [line.subarray(0, at), line.subarray(at + 1)];
      yield Buffer.concat([before, after]);
      yield Buffer.concat([before, line.subarray(at, at + 1), line.subarray(at)]);
      for (const other of others)
        if (other[0] !== line[at]) yield withIntentHash(Buffer.concat([before, other, after]));
    }
  }
}
