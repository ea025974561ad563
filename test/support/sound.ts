import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "vitest";
import { engine } from "../../src/io/engine-node.js";
import { loadBundle } from "../../src/io/load-bundle.js";
import { releaseBundleFor } from "../../src/io/release-bundle.js";
import { readTrustFile } from "../../src/keys/trust-file.js";
import { verifyWith } from "../../src/ledger/verify.js";
import { PopulationPass } from "../../src/population/population.js";
import { ReplayPass } from "../../src/replay/replay-pass.js";
import type { World } from "./gate-world.js";

/**
 * Expects of the ledger of a world, whose gate is closed, that it verifies without any finding, and
 * that every decision in it follows from its policy: those given, or else the world's.
 */
export async function expectSound(
  { config, folder }: Pick<World, "config" | "folder">,
  policies: readonly string[] = [join(folder, "policy")],
): Promise<void> {
  const read = readTrustFile(readFileSync(config.keys), engine);
  if (!read.ok) throw new Error(JSON.stringify(read.reasons));
  const bundles = policies.map((path) => {
    const loaded = loadBundle(path, "many");
    if (!loaded.ok) throw new Error(JSON.stringify(loaded.problems));
    return loaded.bundle;
  });
  const replay = new ReplayPass([...bundles, releaseBundleFor(read.trust, "many")!]);
  const population = new PopulationPass({ unit: "receipt", filter: {} }, (item) => replay.add(item));
  const files = [{ name: "ledger", bytes: new Uint8Array(readFileSync(config.ledger)) }];
  const verification = await verifyWith(engine, files, {
    trust: read.trust,
    observe: (observed) => population.observe(observed),
  });
  expect(verification.findings).toEqual([]);
  expect(verification.integrity).toBe("verified");
  const { receipts, same, notEvaluated, differences } = replay.end();
  expect(differences).toEqual([]);
  expect([...notEvaluated]).toEqual([]);
  expect(same).toBe(receipts);
  expect(receipts).toBe(verification.size);
}
