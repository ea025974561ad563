import { type DigestText, formatDigest, type HashFunction } from "../bytes/digest.js";
import { canonicalBytes } from "../json/canonical.js";
import { isJsonObject, type Json, type JsonObject } from "../json/json.js";
import type { PinFile } from "./pin-file.js";

/**
 * The digest of a tool's definition: SHA3-256 of the RFC 8785 form of its object in the answer to
 * tools/list. Undefined of one that has no such form (a lone surrogate, too many levels).
 */
export function definitionDigest(tool: JsonObject, sha3: HashFunction): DigestText | undefined {
  try {
    return formatDigest(sha3(canonicalBytes(tool)));
  } catch (error) {
    if (error instanceof TypeError) return undefined;
    throw error;
  }
}

export interface DefinitionsOptions {
  readonly pins: PinFile;
  readonly sha3: HashFunction;
  /** The digest that the policy names for a tool. */
  readonly inPolicy: (tool: string) => DigestText | undefined;
}

/** Why a tool may not be called. */
export interface ChangedDefinition {
  readonly reason: string;
  readonly about: JsonObject;
}

/**
 * What the models were told that tools are. A tool whose definition is another than the policy
 * names, or than the first one seen, may not be called.
 */
export class Definitions {
  readonly #options: DefinitionsOptions;
  /** As last listed in this session; undefined where it has no digest. */
  readonly #listed = new Map<string, DigestText | undefined>();

  constructor(options: DefinitionsOptions) {
    this.#options = options;
  }

  /** Takes one page of tools; a tool that nobody pinned is pinned before this returns. */
  take(tools: Json | undefined): void {
    const { pins, sha3, inPolicy } = this.#options;
    const fresh = new Map<string, DigestText>();
    for (const tool of Array.isArray(tools) ? (tools as readonly Json[]) : []) {
      if (!isJsonObject(tool) || typeof tool["name"] !== "string") continue;
      const { name } = tool;
      const digest = definitionDigest(tool, sha3);
      this.#listed.set(name, digest);
      if (digest === undefined || inPolicy(name) !== undefined || fresh.has(name)) continue;
      if (pins.get(name) === undefined) fresh.set(name, digest);
    }
    if (fresh.size > 0) pins.add(fresh);
  }

  /**
   * Why a tool may not be called; undefined where it may. A tool that was not listed in this session
   * may be called where only its first definition is pinned: nobody was told anything new here, and
   * clients may keep lists. Where the policy names its definition, it has to be seen first.
   */
  problem(tool: string): ChangedDefinition | undefined {
    const { pins, inPolicy } = this.#options;
    const named = inPolicy(tool);
    if (!this.#listed.has(tool)) {
      if (named === undefined) return undefined;
      return {
        reason: `expected the definition ${named}, which the policy names, found none: list the tools first`,
        about: { tool, pinned: named },
      };
    }
    const listed = this.#listed.get(tool);
    if (listed === undefined)
      return { reason: "expected a definition with a digest, found none that has one", about: { tool } };
    if (listed === (named ?? pins.get(tool))) return undefined;
    if (named === undefined) pins.reload();
    const pinned = named ?? pins.get(tool);
    if (pinned === undefined) {
      // Its operator took the pin away: the definition that is listed now is the first one.
      pins.add(new Map([[tool, listed]]));
      return undefined;
    }
    if (listed === pinned) return undefined;
    const by = named === undefined ? `pinned in ${pins.path}` : "which the policy names";
    return {
      reason: `expected the definition ${pinned}, ${by}, found ${listed}: the tool changed`,
      about: { tool, pinned, definition: listed },
    };
  }
}
