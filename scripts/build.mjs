// Builds dist/: the library by the TypeScript compiler, and the command line as few files,
// since Node spends more time on finding files than on running them.
import { execFileSync } from "node:child_process";
import { rmSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const root = fileURLToPath(new URL("..", import.meta.url));
const at = (path) => `${root}/${path}`;

rmSync(at("dist"), { recursive: true, force: true });
execFileSync(process.execPath, [at("node_modules/typescript/bin/tsc"), "-p", root], { stdio: "inherit" });
await build({
  entryPoints: [at("dist/commands/main.js")],
  outdir: at("dist/cli"),
  bundle: true,
  splitting: true,
  format: "esm",
  platform: "node",
  target: "node20",
  // Packages stay what npm installed: their licences and their updates with them.
  packages: "external",
  logLevel: "warning",
});

// `sclaw --help` is asked for more often than anything else: print it without loading the parser.
const help = execFileSync(process.execPath, ["--input-type=module", "-e", helpScript()], {
  encoding: "utf8",
});
writeFileSync(at("dist/cli/help.txt"), help);

function helpScript() {
  return `const { main } = await import(${JSON.stringify(at("dist/cli/main.js"))}); process.exitCode = await main(["node", "sclaw", "--help"]);`;
}
