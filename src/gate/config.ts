import { dirname, resolve } from "node:path";
import { readSmallFile } from "../io/read-file.js";
import { CannotDo } from "../io/refusal.js";
import { decodeShape, integer, list, object, oneOf, refine, type Shape } from "../json/shape.js";
import { decodeStrict } from "../json/strict-decoder.js";
import { adapterId, someText, type Tenant, tenant } from "../receipt/identifiers.js";
import { type Agent, agent } from "../receipt/intent.js";

/** Methods of MCP besides `tools/call` that can be gated. */
export const gateableMethods = ["resources/read", "prompts/get"] as const;

/** `gate.json`: one deployment of a gate (docs/gate.md). */
interface GateFile {
  readonly format: "sclaw.gate/1";
  readonly ledger: string;
  readonly ledger_key: string;
  readonly keys: string;
  readonly policy: string;
  readonly pending: string;
  readonly tenant: Tenant;
  readonly agent: Agent;
  readonly adapter: string;
  readonly session?: string;
  readonly gated?: readonly (typeof gateableMethods)[number][];
  readonly approval?: { readonly expires_minutes?: number; readonly hold_seconds?: number };
  readonly checkpoint?: { readonly receipts?: number; readonly seconds?: number };
}

/** A gate's configuration, with its paths made absolute and its defaults filled in. */
export interface GateConfig {
  /** The file that it was read from. */
  readonly path: string;
  readonly ledger: string;
  readonly ledgerKey: string;
  readonly keys: string;
  readonly policy: string;
  /** The folder that approvers share. */
  readonly pending: string;
  readonly tenant: Tenant;
  readonly agent: Agent;
  readonly adapter: string;
  /** What stands for the session where the transport has none. */
  readonly session: string;
  readonly gated: readonly (typeof gateableMethods)[number][];
  /** Milliseconds. */
  readonly expiresAfter: number;
  /** Milliseconds; how long a held call waits before it is answered. */
  readonly holdFor: number;
  readonly checkpoint: { readonly receipts: number; readonly seconds: number };
}

function between(least: number, most: number): Shape<number> {
  return refine(integer(least), (value, pointer, issues) => {
    if (value > most) issues.push({ pointer, expected: `at most ${most}`, actual: String(value) });
  });
}

const shape: Shape<GateFile> = object<GateFile>(
  {
    format: oneOf("sclaw.gate/1"),
    ledger: someText,
    ledger_key: someText,
    keys: someText,
    policy: someText,
    pending: someText,
    tenant,
    agent,
    adapter: adapterId,
    session: someText,
    gated: list(oneOf(...gateableMethods)),
    approval: object<NonNullable<GateFile["approval"]>>(
      { expires_minutes: between(1, 60 * 24 * 30), hold_seconds: between(0, 50) },
      ["expires_minutes", "hold_seconds"],
    ),
    checkpoint: object<NonNullable<GateFile["checkpoint"]>>(
      { receipts: between(1, 1_000_000), seconds: between(1, 86_400) },
      ["receipts", "seconds"],
    ),
  },
  ["session", "gated", "approval", "checkpoint"],
);

/** Reads a gate's configuration. Throws a refusal with everything that is wrong with it. */
export function readGateConfig(path: string): GateConfig {
  const { value, issues } = decodeStrict(readSmallFile(path, "gate configuration"), { canonical: false });
  if (value === undefined || issues.length > 0)
    throw new CannotDo(
      `the gate configuration ${path} is not valid JSON: ${issues.map(({ offset, expected, actual }) => `byte ${offset}: expected ${expected}, found ${actual}`).join("; ")}`,
    );
  const shaped = decodeShape(shape, value);
  if (!shaped.ok)
    throw new CannotDo(
      `the gate configuration ${path} cannot be used: ${shaped.issues.map(({ pointer, expected, actual }) => `${pointer || "the whole"}: expected ${expected}, found ${actual}`).join("; ")}`,
      'docs/gate.md, "Configuration", shows a whole one',
    );
  return withDefaults(path, shaped.value);
}

function withDefaults(path: string, file: GateFile): GateConfig {
  const at = (name: string) => resolve(dirname(path), name);
  const { approval = {}, checkpoint = {} } = file;
  return {
    path: resolve(path),
    ledger: at(file.ledger),
    ledgerKey: at(file.ledger_key),
    keys: at(file.keys),
    policy: at(file.policy),
    pending: at(file.pending),
    tenant: file.tenant,
    agent: file.agent,
    adapter: file.adapter,
    session: file.session ?? "configured",
    gated: file.gated ?? [],
    expiresAfter: (approval.expires_minutes ?? 60) * 60_000,
    holdFor: (approval.hold_seconds ?? 0) * 1000,
    checkpoint: { receipts: checkpoint.receipts ?? 1000, seconds: checkpoint.seconds ?? 60 },
  };
}
