import { engine } from "#engine";
import type { TrustFile } from "../keys/trust-file.js";
import { type PolicyBundle, readBundle } from "../policy/bundle.js";
import { releaseBundleFiles, releaseGroup } from "../policy/release-bundle.js";
import { type Calls, cedarEngine } from "./cedar.js";
import { loadTrust } from "./load-trust.js";
import { locateKeys } from "./locate.js";

/** The built-in bundle that decides releases, for as many owners as a trust file asks for; undefined where it has none. */
export function releaseBundleFor(trust: TrustFile, calls: Calls): PolicyBundle | undefined {
  const group = trust.groups.get(releaseGroup);
  if (group === undefined) return undefined;
  const read = readBundle(releaseBundleFiles(group.threshold), cedarEngine(calls), engine.sha3_256);
  if (!read.ok) throw new Error(`the built-in bundle is refused: ${JSON.stringify(read.problems)}`);
  return read.bundle;
}

/** Bundles for deciding a ledger again, and with them the built-in one that decides releases. */
export function withReleaseBundle(
  bundles: readonly PolicyBundle[],
  keys: string | undefined,
): readonly PolicyBundle[] {
  const located = bundles.length === 0 ? undefined : locateKeys(keys);
  const builtIn = located && releaseBundleFor(loadTrust(located, undefined), "many");
  return builtIn === undefined ? bundles : [...bundles, builtIn];
}
