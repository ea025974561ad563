/**
 * `sclaw/gate`: the gate as a library for Node. It writes a ledger and reads keys, so that it is no
 * part of `sclaw` itself, which runs in a browser too.
 */
import { type GateConfig, readGateConfig } from "./config.js";
import type { Gate } from "./contract.js";
import { type OpenGateOptions, openGate } from "./open-gate.js";

/**
 * Opens a gate: reads its keys, policy and pending requests, takes the ledger's lock, and makes
 * receipts of what was interrupted before (docs/gate.md).
 *
 * Takes the path of a `gate.json`, or what `readGateConfig` made of one. Rejects, with what was
 * expected and found, where the policy was not released, another process writes the ledger, the
 * ledger is damaged, or a key is not what it has to be.
 */
export async function createGate(config: string | GateConfig, options: OpenGateOptions = {}): Promise<Gate> {
  const { gate } = await openGate(typeof config === "string" ? readGateConfig(config) : config, options);
  return gate;
}

export { type GateConfig, readGateConfig } from "./config.js";
export type {
  Adapter,
  AdapterCall,
  AdapterError,
  AdapterResult,
  AskOptions,
  Gate,
  HeldRequest,
  Malformed,
  Permit,
  Proposal,
  Ran,
  RefusalKind,
  Refused,
} from "./contract.js";
export type { OpenGateOptions } from "./open-gate.js";
