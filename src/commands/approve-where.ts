import { existsSync } from "node:fs";
import { type GateConfig, readGateConfig } from "../gate/config.js";
import { PendingFolder } from "../gate/pending-folder.js";
import { loadTrust } from "../io/load-trust.js";
import { locateKeys } from "../io/locate.js";
import { CannotDo } from "../io/refusal.js";
import type { TrustFile } from "../keys/trust-file.js";
import type { KeysUsed } from "../report/asked-request.js";

export interface WhereOptions {
  readonly pending?: string | undefined;
  readonly config?: string | undefined;
  readonly keys?: string | undefined;
  readonly keysFingerprint?: string | undefined;
}

/** What approvers work with: the folder that they share with the gate, and their own trust file. */
export interface Where {
  readonly pending: PendingFolder;
  readonly trust: TrustFile | undefined;
  readonly keys: KeysUsed | undefined;
}

/**
 * Finds the pending folder and the trust file: what is named, else what the gate's configuration
 * here names. An approver needs neither the ledger nor the configuration. Throws a refusal where
 * there is no pending folder, and where what is there cannot be used.
 */
export function locateRequests(options: WhereOptions): Where {
  const config = options.config ?? (existsSync("gate.json") ? "gate.json" : undefined);
  let read: GateConfig | undefined;
  const gate = () => {
    read ??= config === undefined ? undefined : readGateConfig(config);
    return read;
  };
  return { pending: new PendingFolder(pendingFolder(options.pending, gate)), ...keysOf(options, gate) };
}

function pendingFolder(named: string | undefined, gate: () => GateConfig | undefined): string {
  if (named !== undefined) {
    if (existsSync(named)) return named;
    throw new CannotDo(`expected the folder of pending requests, found no such folder: ${named}`);
  }
  const found = gate()?.pending ?? (existsSync("pending") ? "pending" : undefined);
  if (found !== undefined) return found;
  throw new CannotDo(
    "expected the folder of pending requests, found none named, no gate.json and no folder pending here",
    "name it: sclaw approve list --pending DIR",
  );
}

function keysOf(options: WhereOptions, gate: () => GateConfig | undefined): Omit<Where, "pending"> {
  const located = locateKeys(options.keys);
  const path = located?.path ?? gate()?.keys;
  if (path === undefined) {
    if (options.keysFingerprint === undefined) return { trust: undefined, keys: undefined };
    throw new CannotDo(
      `expected keys with the fingerprint ${options.keysFingerprint}, found no trust file`,
      "name it with --keys",
    );
  }
  const trust = loadTrust(located ?? { path, namedBy: "option" }, options.keysFingerprint);
  return {
    trust,
    keys: { fingerprint: trust.fingerprint, path, namedBy: located?.namedBy ?? "gate.json" },
  };
}
