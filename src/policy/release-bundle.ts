import type { DigestText, HashFunction } from "../bytes/digest.js";
import { encodeUtf8 } from "../bytes/utf8.js";
import { type PolicyFiles, policyHash } from "./files.js";

/** A change of policy is itself a governed operation (docs/policy.md, "Releases"), of this built-in adapter. */
export const releaseAdapter = "adapter:sclaw.policy@1";
export const releaseOperation = "policy.release";
/** Who has to sign a release. */
export const releaseGroup = "policy-owners";

/**
 * The built-in bundle that decides releases: held at T3 until so many policy owners have signed.
 * It is not the operator's to change, or a bundle could make the next release easier. Its text is
 * fixed for each number, so that anyone derives its hash (docs/policy.md, "Releases").
 */
export function releaseBundleFiles(threshold: number): PolicyFiles {
  const obligation = `${threshold}:${releaseGroup}`;
  const texts: { readonly [file: string]: string } = {
    "bundle.json": `{
  "format": "sclaw.policy/1",
  "version": "sclaw.policy-release@v1",
  "released_at": "2026-11-27T00:00:00.000Z"
}
`,
    "policy.cedar": `// Decides releases of policy bundles. Part of sclaw: see docs/policy.md, "Releases".

@id("RELEASE-001") @tier("T0_OBSERVE")
@why("a policy can be released")
permit (principal, action == Action::"release", resource);

@id("RELEASE-002") @tier("T3_SOVEREIGN") @outcome("approval") @obligation("${obligation}")
@why("a policy is released by its owners")
forbid (principal, action == Action::"release", resource)
unless { context.satisfied.contains("${obligation}") };
`,
    "schema.cedarschema": `entity Agent;
entity Resource { tenant: String };

type Context = {
  adapter: String,
  operation: String,
  tenant: String,
  at: Long,
  weekday: Long,
  minute: Long,
  on_behalf_of?: String,
  satisfied: Set<String>,
  facts: { from: String, to: String, version: String },
};

action release appliesTo {
  principal: [Agent],
  resource: [Resource],
  context: Context,
};
`,
    "catalogue.json": `{
  "format": "sclaw.catalogue/1",
  "adapters": {
    "${releaseAdapter}": {
      "operations": {
        "${releaseOperation}": {
          "action": "release",
          "tier": "T3_SOVEREIGN",
          "facts": {
            "from": { "from": "/params/from", "type": "string", "default": "none" },
            "to": { "from": "/params/to", "type": "string" },
            "version": { "from": "/params/version", "type": "string" }
          }
        }
      }
    }
  }
}
`,
    "entities.json": "[]\n",
  };
  return new Map(Object.entries(texts).map(([name, text]) => [name, encodeUtf8(text)]));
}

const knownHashes = new Map<number, DigestText>();

/** The hash by which receipts of releases name the built-in bundle, for a number of owners. */
export function releasePolicyHash(threshold: number, sha3: HashFunction): DigestText {
  const known = knownHashes.get(threshold);
  if (known !== undefined) return known;
  const hash = policyHash(releaseBundleFiles(threshold), sha3);
  if (knownHashes.size < 1000) knownHashes.set(threshold, hash);
  return hash;
}
