// The verifiers of others that bench/speed.mjs runs beside ours: which packages they are, where
// they are installed, and how their loops are timed. They are no dependencies of this project.
import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { dataFolder } from "./run.mjs";

/** Exact versions; each peer has a folder of its own, so that one that cannot be had stops no other. */
export const peers = {
  "agent-receipts": ["@obsigna/sdk-ts@0.16.0"],
  peac: ["@peac/crypto@0.16.4", "@peac/schema@0.16.4"],
};

export const peerFolder = (peer) => join(dataFolder, "peers", peer);

/** The name and version of a peer's first package as it is installed; undefined where it is not. */
export function installed(peer) {
  const name = peers[peer][0].replace(/@[^@]*$/, "");
  const path = join(peerFolder(peer), "node_modules", name, "package.json");
  return existsSync(path) ? `${name} ${JSON.parse(readFileSync(path, "utf8")).version}` : undefined;
}

export async function importFrom(peer, specifier) {
  const { resolve } = createRequire(join(peerFolder(peer), "package.json"));
  return import(pathToFileURL(resolve(specifier)).href);
}

const warmUp = 300;

/**
 * Prints, as JSON, what each loop took over all records, after some to get warm. Each of
 * `loops` takes a list of records and returns how many of them are good; it has to refuse
 * `tampered`.
 */
export async function timeLoops(program, records, tampered, loops) {
  const results = [];
  for (const [name, verifyAll] of Object.entries(loops)) {
    await verifyAll(records.slice(0, warmUp));
    if ((await verifyAll([tampered])) !== 0) throw new Error(`${name} accepts a record that was changed`);
    const cpuBefore = process.cpuUsage();
    const started = performance.now();
    const good = await verifyAll(records);
    const seconds = (performance.now() - started) / 1000;
    const { user, system } = process.cpuUsage(cpuBefore);
    if (good !== records.length) throw new Error(`${name} refuses good records`);
    results.push({ name, seconds, cpuSeconds: (user + system) / 1e6 });
  }
  const bytes = records.reduce((sum, record) => sum + Buffer.byteLength(record), 0);
  console.log(JSON.stringify({ program, records: records.length, bytes, loops: results }));
}
