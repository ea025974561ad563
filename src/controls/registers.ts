import type { DigestText } from "../bytes/digest.js";
import type { Json } from "../json/json.js";
import { decodeShape, list, object, oneOf, type Shape, type Shaped, type ShapeIssue } from "../json/shape.js";
import type { Time } from "../json/time.js";
import { adapterId, agentId, digest, someText, tenant, time } from "../receipt/identifiers.js";

/** One entry of a register: who or what, from when to when, and for which tenants. */
export interface Registered {
  readonly id: string;
  /** From this time on; absent: always. */
  readonly from?: Time;
  /** Up to, and not including, this time. */
  readonly until?: Time;
  /** For these tenants only; absent: for all. */
  readonly tenants?: readonly string[];
}

/** A policy bundle that was released. */
interface ReleasedPolicy {
  readonly hash: DigestText;
  readonly version?: string;
  readonly from?: Time;
  readonly until?: Time;
}

/** An independent log of what reached the adapters: a CSV or JSON Lines file and its column of correlation ids. */
export interface ExecutionLog {
  readonly file: string;
  readonly column: string;
}

/** What the entity keeps outside the ledger, as a file holds it. A register that is absent is not evaluated. */
export interface Registers {
  readonly format: "sclaw.registers/1";
  readonly agents?: readonly Registered[];
  readonly adapters?: readonly Registered[];
  readonly tenants?: readonly Registered[];
  readonly policies?: readonly ReleasedPolicy[];
  readonly executions?: ExecutionLog;
}

function registered(id: Shape<string>): Shape<readonly Registered[]> {
  return list(
    object<Registered>({ id, from: time, until: time, tenants: list(tenant, { least: 1 }) }, [
      "from",
      "until",
      "tenants",
    ]),
  );
}

const shape = object<Registers>(
  {
    format: oneOf("sclaw.registers/1"),
    agents: registered(agentId),
    adapters: registered(adapterId),
    tenants: registered(tenant),
    policies: list(
      object<ReleasedPolicy>({ hash: digest, version: someText, from: time, until: time }, [
        "version",
        "from",
        "until",
      ]),
    ),
    executions: object<ExecutionLog>({ file: someText, column: someText }),
  },
  ["agents", "adapters", "tenants", "policies", "executions"],
);

/** Decodes a file of registers, or lists everything that is wrong with it. */
export function decodeRegisters(value: Json): Shaped<Registers> {
  const shaped = decodeShape(shape, value);
  if (!shaped.ok) return shaped;
  const issues: ShapeIssue[] = [];
  for (const name of ["agents", "adapters", "tenants", "policies"] as const) {
    shaped.value[name]?.forEach(({ from, until }, i) => {
      if (from === undefined || until === undefined || from < until) return;
      issues.push({ pointer: `/${name}/${i}/until`, expected: `a time after ${from}`, actual: until });
    });
  }
  return issues.length === 0 ? shaped : { ok: false, issues };
}

/** A register to look things up in: an id may have several entries, one a period. */
export class Roster {
  readonly #entries = new Map<string, Registered[]>();

  constructor(entries: readonly Registered[]) {
    for (const entry of entries) {
      const known = this.#entries.get(entry.id);
      if (known === undefined) this.#entries.set(entry.id, [entry]);
      else known.push(entry);
    }
  }

  /** Whether an id was registered at a time, for a tenant. */
  lists(id: string, at: Time, tenantName: string): boolean {
    return (this.#entries.get(id) ?? []).some(
      ({ from, until, tenants }) =>
        (from === undefined || from <= at) &&
        (until === undefined || at < until) &&
        (tenants === undefined || tenants.includes(tenantName)),
    );
  }
}
