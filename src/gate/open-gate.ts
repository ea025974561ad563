import { randomFillSync } from "node:crypto";
import { engine } from "#engine";
import { now } from "../io/clock.js";
import { requireBundle } from "../io/load-bundle.js";
import { loadTrust } from "../io/load-trust.js";
import { askPassphrase, requirePassphrase } from "../io/passphrase.js";
import { loadPrivateKey } from "../io/private-key.js";
import { CannotDo } from "../io/refusal.js";
import type { Time } from "../json/time.js";
import type { TrustFile } from "../keys/trust-file.js";
import type { PolicyBundle } from "../policy/bundle.js";
import { checkAgainstTrust } from "../policy/check-trust.js";
import type { Receipt } from "../receipt/receipt.js";
import { LedgerWriter } from "../writer/ledger-writer.js";
import type { TornTail } from "../writer/recover.js";
import type { GateConfig } from "./config.js";
import type { Gate } from "./contract.js";
import { GateCore } from "./gate.js";
import { Holds } from "./holds.js";
import { Journal } from "./journal.js";
import { PendingFolder } from "./pending-folder.js";

export interface OpenGateOptions {
  /** How long to wait for another process that writes the ledger; milliseconds, default 0. */
  readonly wait?: number;
  /** The present time; the system's by default. */
  readonly clock?: () => Time;
  /** Whether nobody sits at this process: then an encrypted key's passphrase has to be given, and is not asked for. */
  readonly unattended?: boolean;
  /** How many decisions this process makes: a few start faster. */
  readonly calls?: "few" | "many";
}

/** A gate that is open, and what opening it found. */
export interface OpenedGate {
  readonly gate: Gate;
  readonly bundle: PolicyBundle;
  readonly trust: TrustFile;
  /** The ledger's torn end, where it had one. */
  readonly torn: TornTail | undefined;
  /** Receipts of what was interrupted before. */
  readonly recovered: readonly Receipt[];
}

/** How often requests that wait are looked at; milliseconds. */
const sweepEvery = 2000;

/**
 * Opens the gate of a configuration: keys, policy, ledger, what waits and what was interrupted.
 * Throws a refusal where anything of it is not right, above all where the policy was not released.
 */
export async function openGate(config: GateConfig, options: OpenGateOptions = {}): Promise<OpenedGate> {
  const trust = loadTrust({ path: config.keys, namedBy: "option" }, undefined);
  const bundle = requireBundle(config.policy, options.calls ?? "many");
  const problems = checkAgainstTrust(bundle, trust);
  if (problems.length > 0)
    throw new CannotDo(
      `the policy bundle ${config.policy} does not fit the trust file ${config.keys}: ${problems.map(({ expected, actual }) => `expected ${expected}, found ${actual}`).join("; ")}`,
      `sclaw policy check ${config.policy} --keys ${config.keys}`,
    );
  const writer = await openWriter(config, trust, options);
  return gateOn(writer, config, bundle, trust, { ...options, use: "decide" });
}

/**
 * A gate on a ledger that is open: `use` says whether the bundle has to be the released one, or is
 * the built-in one that decides releases. Closes the ledger where it throws.
 */
export async function gateOn(
  writer: LedgerWriter,
  config: GateConfig,
  bundle: PolicyBundle,
  trust: TrustFile,
  { clock, use }: OpenGateOptions & { readonly use: "decide" | "release" },
): Promise<OpenedGate> {
  let journal: Journal | undefined;
  try {
    if (use === "decide") requireReleased(writer, bundle, config);
    journal = Journal.open(config.ledger, writer.stillOurs);
    const holds = new Holds(config.ledger, new PendingFolder(config.pending), trust, engine);
    const core = new GateCore({
      bundle,
      writer,
      journal,
      holds,
      engine,
      ledger: trust.ledger,
      clock: clock ?? now,
      random,
      expiresAfter: config.expiresAfter,
      voidsOthers: use === "decide",
    });
    const recovered = await core.start(sweepEvery);
    return { gate: core, bundle, trust, torn: writer.torn, recovered };
  } catch (error) {
    // What went wrong first is what is told.
    await journal?.close().catch(() => {});
    await writer.close().catch(() => {});
    throw error;
  }
}

/** Opens the ledger of a configuration for writing. */
export async function openWriter(
  config: GateConfig,
  trust: TrustFile,
  {
    wait,
    clock,
    create,
    whole,
    unattended,
  }: OpenGateOptions & { readonly create?: boolean; readonly whole?: boolean },
): Promise<LedgerWriter> {
  const signer = await loadPrivateKey(
    config.ledgerKey,
    unattended === true ? requirePassphrase : askPassphrase,
  );
  return LedgerWriter.open({
    path: config.ledger,
    trust,
    signer,
    engine,
    clock: clock ?? now,
    random,
    checkpoint: config.checkpoint,
    ...(create === undefined ? {} : { create }),
    ...(wait === undefined ? {} : { wait }),
    ...(whole === undefined ? {} : { whole }),
  });
}

function requireReleased({ release }: LedgerWriter, { hash, info }: PolicyBundle, config: GateConfig): void {
  if (release?.hash === hash) return;
  const found =
    release === undefined ? "a ledger without a release" : `that ${release.hash} was released last`;
  throw new CannotDo(
    `expected ${info.version} (${hash}) to be the released policy, found ${found}`,
    `its owners release it: sclaw policy release ${config.policy}`,
  );
}

/** Random bytes that were asked of the system together: one call for each few costs more than their use. */
let pool = new Uint8Array(0);
let used = 0;

function random(bytes: number): Uint8Array {
  if (used + bytes > pool.length) {
    pool = randomFillSync(new Uint8Array(4096));
    used = 0;
  }
  const taken = pool.slice(used, used + bytes);
  // Nobody is given the same twice, not even by a look into memory.
  pool.fill(0, used, used + bytes);
  used += bytes;
  return taken;
}
