// node bench/peers/install.mjs
// Installs the verifiers of others, in exact versions, into bench/.data/peers. One that the
// registry does not have is named, and bench/speed.mjs does without it.
import { spawnSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { installed, peerFolder, peers } from "../parts/peers.mjs";

for (const [peer, packages] of Object.entries(peers)) {
  const folder = peerFolder(peer);
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "package.json"), '{ "private": true }\n');
  const options = ["--no-audit", "--no-fund", "--ignore-scripts", "--save-exact", "--loglevel", "error"];
  const { stderr } = spawnSync("npm", ["install", ...options, ...packages], {
    cwd: folder,
    encoding: "utf8",
  });
  const got = installed(peer);
  const why = stderr.includes("E404") ? "the registry does not have it" : stderr.trim();
  console.log(
    got === undefined ? `${peer}: ${packages.join(" ")} is not installed: ${why}` : `${peer}: ${got}`,
  );
}
