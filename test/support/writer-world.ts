import { createHash, randomFillSync } from "node:crypto";
import { readFileSync } from "node:fs";
import { encodeBase64 } from "../../src/bytes/base64.js";
import { formatDigest } from "../../src/bytes/digest.js";
import { engine } from "../../src/io/engine-node.js";
import { loadTrust } from "../../src/io/load-trust.js";
import { loadPrivateKey } from "../../src/io/private-key.js";
import { canonicalize } from "../../src/json/canonical.js";
import type { Json } from "../../src/json/json.js";
import type { Time } from "../../src/json/time.js";
import type { TrustFile } from "../../src/keys/trust-file.js";
import type { Verification } from "../../src/ledger/verification.js";
import { verifyWith } from "../../src/ledger/verify.js";
import { LedgerWriter, type LedgerWriterOptions } from "../../src/writer/ledger-writer.js";
import type { ReceiptDraft } from "../../src/writer/receipt-draft.js";
import { makeWorld, type World } from "./gate-world.js";

/** A ledger for the writer alone, in a world without any gate. */
export interface WriterWorld extends World {
  readonly path: string;
  readonly options: LedgerWriterOptions;
}

/** A clock that a test moves by hand: it stands still, or goes on by so many milliseconds at each look. */
export function handClock(start = "2026-06-01T12:00:00.000Z", step = 0) {
  let at = Date.parse(start);
  return {
    now: (): Time => {
      const time = new Date(at).toISOString() as Time;
      at += step;
      return time;
    },
    set: (text: string) => {
      at = Date.parse(text);
    },
  };
}

export async function writerWorld(
  folder: string,
  change: Partial<LedgerWriterOptions> = {},
): Promise<WriterWorld> {
  const world = makeWorld(folder);
  const path = world.config.ledger;
  const options: LedgerWriterOptions = {
    path,
    trust: trustOf(world),
    signer: await loadPrivateKey(world.config.ledgerKey, async () => ""),
    engine,
    clock: handClock().now,
    random: (bytes) => randomFillSync(new Uint8Array(bytes)),
    checkpoint: { receipts: 1000, seconds: 3600 },
    create: true,
    ...change,
  };
  return { ...world, path, options };
}

export function trustOf(world: World): TrustFile {
  return loadTrust({ path: world.config.keys, namedBy: "option" }, undefined);
}

export function openWriter(
  world: WriterWorld,
  change: Partial<LedgerWriterOptions> = {},
): Promise<LedgerWriter> {
  return LedgerWriter.open({ ...world.options, ...change });
}

/** A draft of an allowed read, and its intent's text: the number is all that differs. */
export function draftOf(number: number, change: Partial<ReceiptDraft> = {}, tenant = "tenant:acme/prod") {
  const intent = {
    schema: "sclaw.intent/1",
    tenant,
    agent: { id: "agent:sre-bot" },
    adapter_id: "adapter:config@2.3",
    operation: "config.read",
    resource: `/etc/app/${number}`,
    params: { note: 'line\u2028separators and {"receipt":{} in a text' },
  };
  const intentText = canonicalize(intent as unknown as Json);
  const at = "2026-06-01T12:00:00.000Z" as Time;
  const draft = {
    correlation_id: `corr_${number}`,
    tenant: intent.tenant,
    agent: intent.agent,
    adapter_id: intent.adapter_id,
    ir_hash: formatDigest(engine.sha3_256(Buffer.from(intentText))),
    nonce: encodeBase64(createHash("sha256").update(`${tenant} ${number}`).digest().subarray(0, 16)),
    facts: { path: intent.resource },
    risk_tier: "T0_OBSERVE",
    policy: { version: "test@1", hash: formatDigest(new Uint8Array(32)) },
    decision: "allow",
    rationale: { rules: ["P-010"], summary: "platform agents may read" },
    approval: { state: "not_required" },
    decided_at: at,
    outcome: { status: "executed", started_at: at, completed_at: at },
    ...change,
  } as unknown as ReceiptDraft;
  return { draft, intentText };
}

/** Appends so many receipts, all at once, numbered from `from`. */
export function appendMany(writer: LedgerWriter, count: number, from = 0) {
  return Promise.all(
    Array.from({ length: count }, (_, i) => {
      const { draft, intentText } = draftOf(from + i);
      return writer.append(draft, intentText);
    }),
  );
}

/** A ledger of so many receipts, closed. */
export async function writeLedger(world: WriterWorld, count: number): Promise<void> {
  const writer = await openWriter(world);
  await appendMany(writer, count);
  await writer.close();
}

export function linesOf(path: string): readonly string[] {
  return readFileSync(path, "utf8").split("\n").slice(0, -1);
}

export function verifyFile(world: World, path = world.config.ledger): Promise<Verification> {
  return verifyWith(engine, [{ name: path, bytes: [readFileSync(path)] }], { trust: trustOf(world) });
}

/** What is wrong with a ledger as it stands, in short; `integrity` where nothing is. */
export async function verdictOn(world: World, path?: string): Promise<string> {
  const { integrity, findings } = await verifyFile(world, path);
  return findings.length === 0 ? integrity : findings.map(({ code, line }) => `${code}@${line}`).join(" ");
}
