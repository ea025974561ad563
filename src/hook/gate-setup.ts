import { engine } from "#engine";
import type { GateConfig } from "../gate/config.js";
import { type OpenGateOptions, openGate } from "../gate/open-gate.js";
import { now } from "../io/clock.js";
import type { HookSetup } from "./handle.js";

/** A gate of this process's own, set up for hooks. */
export interface OpenedSetup {
  readonly setup: HookSetup;
  readonly close: () => Promise<void>;
}

/** Opens the gate of a configuration for hooks. Throws a refusal where it cannot be opened in time. */
export async function openSetup(
  config: GateConfig,
  options: OpenGateOptions & { readonly outcomeWithin: number },
): Promise<OpenedSetup> {
  const { outcomeWithin, ...opening } = options;
  const { gate, bundle } = await openGate(config, opening);
  const { adapters } = bundle.catalogue;
  const operations = Object.hasOwn(adapters, config.adapter) ? adapters[config.adapter]!.operations : {};
  const setup: HookSetup = {
    gate,
    sha3: engine.sha3_256,
    now: () => Date.parse((options.clock ?? now)()),
    tenant: config.tenant,
    agent: config.agent,
    adapterId: config.adapter,
    resourcePointer: (tool) => (Object.hasOwn(operations, tool) ? operations[tool]!.resource : undefined),
    holdFor: config.holdFor,
    outcomeWithin,
  };
  return { setup, close: () => gate.close() };
}
