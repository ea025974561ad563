import { dirname, join } from "node:path";
import type { HashFunction } from "../bytes/digest.js";
import type { GateConfig } from "../gate/config.js";
import type { OpenedGate } from "../gate/open-gate.js";
import type { Operation } from "../policy/catalogue.js";
import { Definitions } from "./definitions.js";
import { PinFile } from "./pin-file.js";
import type { ProxyOptions } from "./proxy.js";

/** How long a cancelled call may take to be answered, before its outcome is unknown; milliseconds. */
const cancelledFor = 30_000;

type SessionParts = Omit<ProxyOptions, "server" | "input" | "output" | "note">;

/** Where the definitions of tools are pinned that no policy names: beside the ledger. */
export function definitionsPath({ ledger }: GateConfig): string {
  return join(dirname(ledger), "definitions.json");
}

/** What a session needs of an open gate and its configuration. Throws a refusal for pins that cannot be read. */
export function sessionParts(
  config: GateConfig,
  { gate, bundle }: Pick<OpenedGate, "gate" | "bundle">,
  sha3: HashFunction,
): SessionParts {
  const { tenant, agent, adapter, session, gated, holdFor } = config;
  const { adapters } = bundle.catalogue;
  const operations = Object.hasOwn(adapters, adapter) ? adapters[adapter]!.operations : {};
  const operation = (name: string): Operation | undefined =>
    Object.hasOwn(operations, name) ? operations[name] : undefined;
  const definitions = new Definitions({
    pins: new PinFile(definitionsPath(config), adapter),
    sha3,
    inPolicy: (tool) => operation(tool)?.definition,
  });
  return {
    gate,
    caller: { tenant, agent, adapterId: adapter, session },
    gated,
    holdFor,
    operation,
    definitions,
    sha3,
    cancelledFor,
  };
}
