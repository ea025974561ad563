/**
 * sclaw as a library: verify ledger exports, signatures, proofs and trust files. The same
 * code runs in Node and, bundled, in a browser; `#engine` is node:crypto in the one and
 * pure JavaScript in the other, with the same answers.
 */
import { engine } from "#engine";
import { firstKernel, kernelNames } from "./kernel/choose-kernel.js";
import { kernelPays } from "./kernel/kernel-pays.js";
import { StagedRecognizer } from "./kernel/staged-recognizer.js";
import { verifyEd25519With } from "./keys/ed25519.js";
import { readTrustFile as readTrustFileWith, type TrustFileResult } from "./keys/trust-file.js";
import type { VerifyOptions } from "./ledger/options.js";
import { RecognizerDisputed } from "./ledger/recognizer.js";
import type { Verification } from "./ledger/verification.js";
import { bytesAgain, type LedgerBytes, type LedgerFile, verifyWith } from "./ledger/verify.js";
import { type BundleResult, readBundle } from "./policy/bundle.js";
import type { CedarEngine } from "./policy/engine.js";
import type { PolicyFiles } from "./policy/files.js";

/**
 * Verifies a ledger export (docs/format.md): encoding, signatures, chain, Merkle roots,
 * checkpoints, intents, controls and approvals.
 *
 * Takes the export's bytes, whole or in pieces, or several named files in order that are one
 * ledger; and what to verify it against. Returns a verdict with findings: bad evidence is a
 * finding, never an exception. Long ledgers are verified by a WebAssembly kernel where one runs, and
 * come to the same; in little memory where bytes are whole, or can be read again (docs/engines.md,
 * "Memory, and two looks"). Rejects only where reading the bytes fails, where they were others when
 * they were read again, and where kernel and engine disagree about bytes that cannot be read again.
 */
export async function verifyLedger(
  ledger: LedgerBytes | readonly LedgerFile[],
  options: VerifyOptions,
): Promise<Verification> {
  const files = isFileList(ledger) ? ledger : [{ name: "ledger", bytes: ledger }];
  const recognizer = new StagedRecognizer(
    () => firstKernel(kernelNames, engine, options.trust, options.tenant),
    {
      kernelFrom: kernelPays,
      helpersFrom: 0,
      startHelpers: undefined,
      sample: undefined,
    },
  );
  try {
    return await verifyWith(engine, files, options, recognizer);
  } catch (error) {
    // What was read from a stream is gone; bytes that are still there are verified without the kernel.
    const again = filesAgain(files);
    if (!(error instanceof RecognizerDisputed) || again === undefined || options.observe !== undefined)
      throw error;
    return verifyWith(engine, again, options);
  }
}

/** The files to be read once more; undefined where one of them cannot be. */
function filesAgain(files: readonly LedgerFile[]): readonly LedgerFile[] | undefined {
  const again = files.map(({ name, ...file }) => ({ name, bytes: bytesAgain(file)?.() }));
  return again.every((file): file is LedgerFile => file.bytes !== undefined) ? again : undefined;
}

function isFileList(ledger: LedgerBytes | readonly LedgerFile[]): ledger is readonly LedgerFile[] {
  return (
    Array.isArray(ledger) &&
    ledger.length > 0 &&
    ledger.every((file: unknown) => {
      return typeof file === "object" && file !== null && "name" in file && "bytes" in file;
    })
  );
}

/**
 * Reads a trust file (docs/format.md, "Trust file") from its bytes. Returns the trust file,
 * or every reason why all of it is refused. Never throws.
 */
export function readTrustFile(bytes: Uint8Array): TrustFileResult {
  return readTrustFileWith(bytes, engine);
}

/**
 * Whether an Ed25519 signature is accepted by the format's one rule (docs/format.md, "Trust
 * file"): 64 bytes, S < L, R not the identity, a key that is the canonical encoding of a
 * point of prime order, and R = encode([S]B - [k]A) byte for byte. Never throws.
 */
export function verifyEd25519(signature: Uint8Array, message: Uint8Array, publicKey: Uint8Array): boolean {
  return verifyEd25519With(engine, signature, message, publicKey);
}

/**
 * Reads a policy bundle (docs/policy.md) from its files' bytes, by name, and prepares it in a
 * Cedar engine: `cedarEngine()` of `sclaw/cedar` in Node, `@cedar-policy/cedar-wasm/web` in a
 * browser. Returns the bundle,
 * or everything that is wrong with it, by file, line and column. Never throws.
 */
export function readPolicy(files: PolicyFiles, cedar: CedarEngine): BundleResult {
  return readBundle(files, cedar, engine.sha3_256);
}

export {
  catalogue as findingCatalogue,
  type FindingCode,
  type FindingKind,
  type Severity,
} from "./findings/catalogue.js";
export type { Finding } from "./findings/finding.js";
export { canonicalize } from "./json/canonical.js";
export type { Json } from "./json/json.js";
export type { TrustFile, TrustFileResult } from "./keys/trust-file.js";
export { type Level, levels, neverDetectable } from "./ledger/level.js";
export type { ObservedEntry, VerifyOptions } from "./ledger/options.js";
export type { FailedLedger, UndecidedLedger, Verification, VerifiedLedger } from "./ledger/verification.js";
export type { LedgerBytes, LedgerFile } from "./ledger/verify.js";
export { CompactRange } from "./merkle/compact-range.js";
export { verifyConsistency, verifyInclusion } from "./merkle/proof.js";
export type { BundleResult, PolicyBundle } from "./policy/bundle.js";
export { allowsWith, decide, type PolicyDecision, type Question, understand } from "./policy/decide.js";
export type { CedarEngine } from "./policy/engine.js";
export type { PolicyFiles } from "./policy/files.js";
export type { PolicyProblem } from "./policy/problem.js";
export type { Obligation, Rule } from "./policy/rule.js";
export { isTenant } from "./receipt/identifiers.js";
