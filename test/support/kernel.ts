import { setFlagsFromString } from "node:v8";
import type { Field } from "../../scripts/build-kernel.mjs";
import { encodeBase64 } from "../../src/bytes/base64.js";
import { compileKernel, Kernel, type KernelModule } from "../../src/kernel/kernel.js";
import { KernelRecognizer } from "../../src/kernel/kernel-recognizer.js";
import { passesSelfTest } from "../../src/kernel/self-test.js";
import { giveTrust, kernelTrustOf } from "../../src/kernel/trust.js";
import type { Engine } from "../../src/keys/engine.js";
import type { TrustFile } from "../../src/keys/trust-file.js";
import type { Recognizer } from "../../src/ledger/recognizer.js";
import { RecordCursor, recordAt, recordBytes, recordKinds } from "../../src/ledger/record.js";
import { LineSplitter, type RawLine } from "../../src/ledger/split-lines.js";
import type { LedgerBytes } from "../../src/ledger/verify.js";
import { scopeOf } from "../../src/receipt/signed-bytes.js";
import { recordLineWith } from "./recognizer.js";
import { engine as nodeEngine } from "./verify.js";

const built = {
  fma: () => import("#kernel-fma"),
  integer: () => import("#kernel-integer"),
} as const;

/** A kernel of bytes that a test compiled; undefined where this platform has not its instructions. */
export function moduleOf(name: string, wasm: Uint8Array): Promise<KernelModule | undefined> {
  // Node 20's V8 has them and waits to be told to use them.
  if (/^v2[01]\./.test(process.version)) setFlagsFromString("--experimental-wasm-relaxed-simd");
  return compileKernel(name, encodeBase64(wasm));
}

/** The kernels as they were built, of both fields or of the one that this machine can do. */
export async function builtKernels(): Promise<readonly KernelModule[]> {
  const modules: KernelModule[] = [];
  for (const field of ["fma", "integer"] as const satisfies readonly Field[]) {
    const { wasm } = await built[field]();
    const module = await moduleOf(`kernel-${field}`, Buffer.from(wasm, "base64"));
    if (module !== undefined && (await passesSelfTest(module, nodeEngine.sha3_256))) modules.push(module);
  }
  if (modules.length === 0) throw new Error("no kernel passes its self-test here");
  return modules;
}

/** A kernel that was started for a trust file and a tenant. */
export async function recognizerOf(
  module: KernelModule,
  trust: TrustFile,
  tenant?: string,
): Promise<KernelRecognizer> {
  const kernel = await Kernel.start(module);
  const scope = tenant === undefined ? undefined : scopeOf(nodeEngine.sha3_256, tenant);
  if (!giveTrust(kernel, kernelTrustOf(trust)!, scope)) throw new Error(`${module.name} refuses the trust`);
  return new KernelRecognizer(kernel);
}

const started = new WeakMap<KernelModule, WeakMap<TrustFile, Map<string | undefined, KernelRecognizer>>>();

/** The same, started once: its tables of many keys take a while. */
export async function sharedRecognizer(
  module: KernelModule,
  trust: TrustFile,
  tenant?: string,
): Promise<KernelRecognizer> {
  const ofModule = started.get(module) ?? new WeakMap<TrustFile, Map<string | undefined, KernelRecognizer>>();
  started.set(module, ofModule);
  const ofTrust = ofModule.get(trust) ?? new Map<string | undefined, KernelRecognizer>();
  ofModule.set(trust, ofTrust);
  const known = ofTrust.get(tenant) ?? (await recognizerOf(module, trust, tenant));
  ofTrust.set(tenant, known);
  return known;
}

/** A line and the record of it, as if it stood at 0, without the mark of what is suspect. */
export interface Recorded {
  readonly line: Uint8Array;
  readonly record: Uint8Array;
}

/** What a recognizer says of each line. */
export async function recordsOf(recognizer: Recognizer, bytes: LedgerBytes): Promise<Recorded[]> {
  const found: Recorded[] = [];
  for await (const { bytes: held, records } of recognizer.blocks(bytes)) {
    for (let at = 0; at < records.length; at += recordBytes) {
      const record = new RecordCursor(records.slice(at, at + recordBytes));
      const line = held.slice(record.offset, record.offset + record.length);
      record.offset = 0;
      if (record.kind === recordKinds.other) record.decision = 0;
      found.push({ line, record: record.bytes });
    }
  }
  return found;
}

/** How kernels and the reference recognizer differ over some lines. */
export interface Agreement {
  readonly lines: number;
  /** Lines that a kernel made a record of. */
  readonly ordinary: number;
  /** Where a kernel made a record that it should not have made, or another one. */
  readonly wrong: readonly string[];
  /** How many ordinary lines each reason made a kernel hand over; an empty reason is none that is known. */
  readonly handedOver: ReadonlyMap<string, number>;
  /** The first few lines without a known reason. */
  readonly unexplained: readonly string[];
}

export interface Compared {
  readonly trust: TrustFile;
  readonly tenant?: string | undefined;
  readonly engine?: Engine;
}

/** Holds what kernels say of each line against what the reference says. */
export async function compareRecords(
  bytes: Uint8Array,
  modules: readonly KernelModule[],
  { trust, tenant, engine = nodeEngine }: Compared,
): Promise<Agreement> {
  const reference = recordLineWith(trust, engine, tenant);
  const splitter = new LineSplitter(1024 * 1024);
  const lines: RawLine[] = [...splitter.push(bytes)].map((raw) => ({ ...raw, bytes: raw.bytes.slice() }));
  const last = splitter.end();
  if (last !== undefined) lines.push(last);
  const expected = lines.map((raw) => reference(raw));

  const wrong: string[] = [];
  const unexplained: string[] = [];
  const handedOver = new Map<string, number>();
  let ordinary = 0;
  for (const module of modules) {
    const found = await recordsOf(await sharedRecognizer(module, trust, tenant), bytes);
    if (found.length !== lines.length)
      wrong.push(`${module.name}: ${found.length} records of ${lines.length} lines`);
    found.forEach(({ line, record }, i) => {
      const text = Buffer.from(line).toString("utf8");
      const should = expected[i]!;
      if (record[0] !== recordKinds.other) ordinary++;
      if (Buffer.compare(record, should) === 0) return;
      if (record[0] !== recordKinds.other || !isBare(record, should)) {
        wrong.push(`${module.name}, ${differing(record, should)}: ${text}`);
        return;
      }
      const reason = whyHandedOver(text);
      handedOver.set(reason, (handedOver.get(reason) ?? 0) + 1);
      if (reason === "" && unexplained.length < 20) unexplained.push(text);
    });
  }
  return { lines: lines.length, ordinary, wrong, handedOver, unexplained };
}

/** Whether a record says of a line its length and that it ended, and no more. */
function isBare(record: Uint8Array, of: Uint8Array): boolean {
  const cursor = new RecordCursor(of);
  const bare = new RecordCursor(new Uint8Array(recordBytes));
  bare.length = cursor.length;
  bare.flags = cursor.flags & 128;
  return Buffer.compare(record, bare.bytes) === 0;
}

const parts = { kind: 0, decision: 1, tier: 2, status: 3, flags: 4, state: 5, length: 12, seq: 16 } as const;
const laterParts = { issuedAt: 24, decidedAt: 32, signer: 40, ...recordAt } as const;

function differing(record: Uint8Array, should: Uint8Array): string {
  const at = record.findIndex((byte, i) => byte !== should[i]);
  const names = Object.entries({ ...parts, ...laterParts }).sort(([, a], [, b]) => a - b);
  return `byte ${at} (${names.findLast(([, start]) => start <= at)?.[0]})`;
}

/**
 * Why a kernel may hand over a line of which nothing is wrong: it says "no" where a case is rare and
 * costs code. Whatever is not listed here is speed that was lost.
 */
const reasons: readonly (readonly [reason: string, holds: (receipt: Loose, text: string) => boolean])[] = [
  ["a number of over 15 digits or with an exponent", (_receipt, text) => hasLongNumber(text)],
  ["over 16 requirements", ({ approval }) => approval.required?.length > 16],
  ["a tenant of over 208 bytes", ({ tenant }) => Buffer.byteLength(tenant) > 208],
  ["an escape in a tenant", ({ tenant }) => JSON.stringify(tenant) !== `"${tenant}"`],
  [
    "an approver of over 1022 bytes",
    ({ approval }) => approval.signatures?.some(({ approver }: Loose) => bytesOf(approver) > 1024),
  ],
  ["statements of over 1 MiB in all", (receipt) => statementBytes(receipt) > 1024 * 1024],
  [
    "a person who signs twice, the second time to reject",
    ({ approval }) =>
      approval.signatures?.some(
        ({ approver, verdict }: Loose, i: number) =>
          verdict === "reject" &&
          approval.signatures.findIndex((other: Loose) => other.approver === approver) < i,
      ),
  ],
];

// biome-ignore lint/suspicious/noExplicitAny: a parsed line
type Loose = any;

const bytesOf = (value: unknown) => Buffer.byteLength(JSON.stringify(value) ?? "");

function statementBytes(receipt: Loose): number {
  const { adapter_id, agent, approval, correlation_id, facts, ledger, tenant } = receipt;
  if (approval.signatures === undefined) return 0;
  const parts = [adapter_id, agent, agent, approval.required, correlation_id, facts, ledger, tenant];
  const sum = parts.reduce((all: number, part) => all + bytesOf(part), 1000);
  return sum * (approval.signatures.length + 1) + 1024 * approval.signatures.length;
}

/** Outside strings: an exponent, or more than 15 digits that count. */
function hasLongNumber(text: string): boolean {
  const numbers = text.replaceAll(/"(?:[^"\\]|\\.)*"/g, "").match(/-?\d[\d.eE+-]*/g) ?? [];
  return numbers.some(
    (number) => /[eE]/.test(number) || number.replace(/^-?(?:0\.0*)?/, "").replace(".", "").length > 15,
  );
}

function whyHandedOver(text: string): string {
  const line = JSON.parse(text) as Loose;
  if (line.receipt === undefined)
    return hasLongNumber(text) ? "a number of over 15 digits or with an exponent" : "";
  return reasons.find(([, holds]) => holds(line.receipt, text))?.[0] ?? "";
}
