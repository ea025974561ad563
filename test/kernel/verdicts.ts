import { jcs } from "../../fixtures/make/bytes.mjs";
import { withheldOf } from "../../fixtures/make/ledger.mjs";
import { released, request, single, standard, twoTenants } from "../../fixtures/make/story.mjs";
import type { Engine } from "../../src/keys/engine.js";
import type { VerifyOptions } from "../../src/ledger/options.js";
import type { Recognizer } from "../../src/ledger/recognizer.js";
import { verifyWith } from "../../src/ledger/verify.js";
import { renderVerificationJson } from "../../src/report/verification-json.js";
import { bytesOfSource, engine } from "../support/verify.js";
import { variety } from "./variety.js";

/** Whole verdicts, as a command prints them, of ledgers that were damaged in every way. */

const provenance = {
  keysSource: "option",
  keysPath: "keys.json",
  keysFoundInFolder: false,
  sinceFoundInFolder: false,
} as const;

function* piecesOf(bytes: Uint8Array, size: number): Generator<Uint8Array> {
  // Whoever reads a file may use its buffer again: what is wanted later has to be copied.
  const buffer = new Uint8Array(Math.min(size, bytes.length));
  for (let at = 0; at < bytes.length; at += size) {
    const piece = bytes.subarray(at, at + size);
    buffer.set(piece);
    yield buffer.subarray(0, piece.length);
  }
}

/** How a ledger is verified; no answer may depend on it. */
export interface Way {
  readonly engine?: Engine;
  readonly recognizer?: Recognizer | undefined;
  /** Bytes that are read at once; all of them where it is left out. */
  readonly chunk?: number | undefined;
}

/** The JSON of a verdict on some files. */
export async function verdictBy(
  files: readonly Uint8Array[],
  options: VerifyOptions,
  { engine: own = engine, recognizer, chunk }: Way = {},
): Promise<string> {
  const named = files.map((bytes, i) => {
    return { name: `part-${i + 1}`, bytes: chunk === undefined ? bytes : piecesOf(bytes, chunk) };
  });
  return renderVerificationJson(await verifyWith(own, named, options, recognizer), provenance);
}

/** Ledgers to damage. */
export function wholeLedgers(): Buffer[] {
  return [
    standard(),
    standard().withhold(({ seq }) => seq % 3 === 1),
    twoTenants().withhold(({ tenant }) => tenant !== "tenant:acme-health/prod"),
    request(),
    single({ status: "executed", decision: "deny" }),
    released(`sha3-256:${"1".repeat(64)}`),
    variety(),
  ].map((ledger) => Buffer.from(bytesOfSource(ledger)));
}

const withLf = (lines: readonly (string | Uint8Array)[]) =>
  Buffer.concat(lines.flatMap((line) => [Buffer.from(line as string), Buffer.of(0x0a)]));

/** One ledger with some damage, as the files that it comes in. */
export function damagedFiles(whole: Buffer, random: () => number): Buffer[] {
  const draw = (count: number) => Math.floor(random() * count);
  const lines = whole.toString("utf8").trimEnd().split("\n");
  const at = draw(lines.length);
  const other = draw(lines.length);
  switch (draw(18)) {
    case 0:
      return [whole.subarray(0, draw(whole.length))];
    case 1:
      return [whole.subarray(draw(whole.length))];
    case 2: {
      const copy = Buffer.from(whole);
      for (let i = draw(4); i >= 0; i--) copy[draw(copy.length)]! ^= 1 << draw(8);
      return [copy];
    }
    case 3:
      return [withLf(lines.with(at, lines[other]!).with(other, lines[at]!))];
    case 4:
      return [withLf(lines.toSpliced(at, 1 + draw(3)))];
    case 5:
      return [withLf(lines.toSpliced(at, 0, ...lines.slice(other, other + 1 + draw(5))))];
    case 6:
      return [Buffer.from(`${lines.join("\r\n")}\r\n`)];
    case 7:
      return [withLf(lines.with(at, `${lines[at]}\r`))];
    case 8:
      return [Buffer.concat([Buffer.from("\ufeff"), whole])];
    case 9:
      return [whole.subarray(0, whole.length - 1)];
    case 10:
      return [withLf(lines.toSpliced(at, 0, "x".repeat(1024 * 1024 - 1 + draw(3))))];
    case 11:
      return [withLf(lines.toSpliced(at, 0, ...Array<string>(1 + draw(3)).fill("")))];
    case 12: {
      const cut = draw(whole.length);
      return [whole.subarray(0, cut), whole.subarray(cut)];
    }
    case 13: {
      const parts = withLf(lines.slice(0, at));
      return [parts, Buffer.of(), withLf(lines.slice(at)), Buffer.from("\n")];
    }
    case 14:
      return [withLf([...lines, ...lines])];
    case 15: {
      const line = JSON.parse(lines[at]!) as { receipt?: object };
      return [withLf(line.receipt === undefined ? lines : lines.with(at, jcs(withheldOf(line))))];
    }
    case 16:
      return [withLf(lines.with(at, lines[at]!.replace(/(?<="sig":")./, "A")))];
    default:
      return [withLf(lines), withLf(lines.slice(at))];
  }
}

/** Sizes of pieces in which a file may come. */
export const chunkSizes = [undefined, 1, 7, 1000, 65536, 1024 * 1024] as const;
