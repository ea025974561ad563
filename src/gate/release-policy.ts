import { requireBundle } from "../io/load-bundle.js";
import { loadTrust } from "../io/load-trust.js";
import { CannotDo } from "../io/refusal.js";
import { releaseBundleFor } from "../io/release-bundle.js";
import type { TrustFile } from "../keys/trust-file.js";
import type { PolicyBundle } from "../policy/bundle.js";
import { checkAgainstTrust } from "../policy/check-trust.js";
import { releaseAdapter, releaseGroup, releaseOperation } from "../policy/release-bundle.js";
import { runCases } from "../policy/run-cases.js";
import type { Intent } from "../receipt/intent.js";
import type { GateConfig } from "./config.js";
import type { Ran, Refused } from "./contract.js";
import { gateOn, type OpenGateOptions, openWriter } from "./open-gate.js";

export interface ReleaseOptions extends OpenGateOptions {
  /** Whether a ledger that is not there is made. */
  readonly create?: boolean;
  /** Who asks for the release; that person cannot approve it. */
  readonly by?: string;
  /** How long to wait for the owners' signatures; milliseconds. */
  readonly holdFor?: number;
}

export interface ReleaseResult {
  readonly bundle: PolicyBundle;
  /** The bundle that was in force before. */
  readonly before: string | undefined;
  readonly answer: Ran | Refused | "released before";
}

/**
 * Asks for the release of a bundle, or completes it where its owners have signed (docs/policy.md,
 * "Releases"). The granted receipt in the ledger is the release. Throws a refusal where the bundle
 * is not right, or the trust file has no policy owners.
 */
export async function releasePolicy(
  config: GateConfig,
  folder: string,
  options: ReleaseOptions = {},
): Promise<ReleaseResult> {
  const trust = loadTrust({ path: config.keys, namedBy: "option" }, undefined);
  const bundle = requireReleasable(folder, trust, config.keys);
  const deciding = releaseBundle(trust, config.keys);
  const writer = await openWriter(config, trust, options);
  const before = writer.release?.hash;
  if (before === bundle.hash) {
    await writer.close();
    return { bundle, before, answer: "released before" };
  }
  const { gate } = await gateOn(writer, config, deciding, trust, { ...options, use: "release" });
  try {
    const { by, holdFor } = options;
    const answer = await gate.run(
      { intent: releaseIntent(config, bundle, before, by), session: releaseOperation },
      // The granted receipt is all that there is to a release.
      async () => ({ status: "executed" }),
      holdFor === undefined ? {} : { holdFor },
    );
    return { bundle, before, answer };
  } finally {
    await gate.close();
  }
}

function releaseIntent(
  { tenant }: GateConfig,
  { hash, info }: PolicyBundle,
  before: string | undefined,
  by: string | undefined,
): Intent {
  return {
    schema: "sclaw.intent/1",
    tenant,
    agent: { id: "agent:sclaw.policy-release", ...(by === undefined ? {} : { on_behalf_of: by }) },
    adapter_id: releaseAdapter,
    operation: releaseOperation,
    resource: info.version,
    params: { ...(before === undefined ? {} : { from: before }), to: hash, version: info.version },
  };
}

/** The built-in bundle for the number of owners that the trust file asks for. */
function releaseBundle(trust: TrustFile, keys: string): PolicyBundle {
  const bundle = releaseBundleFor(trust, "few");
  if (bundle !== undefined && trust.tiers.T3_SOVEREIGN.includes(releaseGroup)) return bundle;
  const found =
    bundle === undefined ? `no group ${releaseGroup}` : `${releaseGroup} without the tier T3_SOVEREIGN`;
  throw new CannotDo(
    `expected a trust file whose group ${releaseGroup} may approve T3_SOVEREIGN, found ${found} in ${keys}`,
    "a policy is released by its owners: sclaw keys trust group and sclaw keys trust tier name them",
  );
}

function requireReleasable(folder: string, trust: TrustFile, keys: string): PolicyBundle {
  const bundle = requireBundle(folder, "few");
  const misfits = checkAgainstTrust(bundle, trust).length;
  const failing = runCases(bundle, bundle.cases).filter(({ differences }) => differences.length > 0).length;
  if (misfits + failing > 0)
    throw new CannotDo(
      `expected a bundle that fits the trust file and passes its own tests, found ${misfits} misfits and ${failing} failing cases in ${folder}`,
      `sclaw policy check ${folder} --keys ${keys} says all that is wrong`,
    );
  return bundle;
}
