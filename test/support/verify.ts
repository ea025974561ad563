import { makeTrust } from "../../fixtures/make/keys.mjs";
import type { Ledger } from "../../fixtures/make/ledger.mjs";
import { textOf } from "../../fixtures/make/ledger.mjs";
import type { Loose } from "../../fixtures/make/loose.mjs";
import { encodeUtf8 } from "../../src/bytes/utf8.js";
import type { Finding } from "../../src/findings/finding.js";
import { engine } from "../../src/io/engine-node.js";
import type { Engine } from "../../src/keys/engine.js";
import { readTrustFile, type TrustFile } from "../../src/keys/trust-file.js";
import type { VerifyOptions } from "../../src/ledger/options.js";
import type { Recognizer } from "../../src/ledger/recognizer.js";
import type { Verification } from "../../src/ledger/verification.js";
import { verifyWith } from "../../src/ledger/verify.js";

export { engine };

/** Reads a trust file; throws where it is refused, since then the test is wrong. */
export function trustOf(value: unknown): TrustFile {
  const text = typeof value === "string" ? value : JSON.stringify(value);
  const read = readTrustFile(encodeUtf8(text), engine);
  if (!read.ok) throw new Error(`the trust file is refused: ${JSON.stringify(read.reasons)}`);
  return read.trust;
}

export const trust = trustOf(makeTrust());

/** Options of a verification in a test: the trust file may be left out, or be edited. */
export interface Asked extends Omit<VerifyOptions, "trust" | "tenant"> {
  readonly trust?: TrustFile;
  readonly editTrust?: (trust: Loose) => void;
  readonly tenant?: string;
  readonly engine?: Engine;
  readonly recognizer?: Recognizer;
}

/** A ledger, its lines, or its bytes. */
export type Source = Ledger | readonly Loose[] | string | Uint8Array;

export function bytesOfSource(source: Source): Uint8Array {
  if (source instanceof Uint8Array) return source;
  if (typeof source === "string") return encodeUtf8(source);
  return encodeUtf8("text" in source ? source.text() : textOf(source));
}

/** Verifies one export through the library. */
export function verify(source: Source, asked: Asked = {}): Promise<Verification> {
  return verifyFiles([source], asked);
}

/** Verifies an export in several files. */
export function verifyFiles(sources: readonly Source[], asked: Asked = {}): Promise<Verification> {
  const { editTrust, engine: other, recognizer, ...options } = asked;
  const files = sources.map((source, i) => ({ name: `part-${i + 1}`, bytes: bytesOfSource(source) }));
  const all = {
    ...options,
    trust: asked.trust ?? (editTrust === undefined ? trust : trustOf(makeTrust(editTrust))),
  } as VerifyOptions;
  return verifyWith(other ?? engine, files, all, recognizer);
}

/** Findings as short texts: `code@line`, and `<index` of what explains it. */
export function brief(findings: readonly Finding[]): string[] {
  return findings.map(
    ({ code, line, follows_from }) =>
      `${code}@${line}${follows_from === undefined ? "" : `<${follows_from}`}`,
  );
}

/** What one export is found to be, in short. */
export async function found(source: Source, asked: Asked = {}): Promise<string[]> {
  return brief((await verify(source, asked)).findings);
}

/** The options that further arguments of `sclaw verify` mean; `note` reads a file that they name. */
export function optionsOf(args: readonly string[], note: (path: string) => string): Asked {
  const options: { -readonly [Name in keyof Asked]: Asked[Name] } = {};
  for (let i = 0; i < args.length; i++) {
    switch (args[i]) {
      case "--start":
        options.start = Number(args[++i]);
        break;
      case "--tenant":
        options.tenant = args[++i]!;
        break;
      case "--since":
        options.since = note(args[++i]!);
        break;
      case "--allow-withheld":
        options.allowWithheld = true;
        break;
      default:
        throw new Error(`unknown argument ${args[i]}`);
    }
  }
  return options;
}
