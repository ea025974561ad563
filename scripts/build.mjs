// Builds dist/: the library by the TypeScript compiler, and the command line as few files,
// since Node spends more time on finding files than on running them. Built beside and then
// put in place, so that whoever runs it meanwhile finds the old one or the new one.
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { fields, kernelModule } from "./build-kernel.mjs";

const root = fileURLToPath(new URL("..", import.meta.url));
const at = (path) => `${root}${path}`;
const fresh = `dist.${process.pid}`;

try {
  execFileSync(process.execPath, [at("node_modules/typescript/bin/tsc"), "-p", root, "--outDir", at(fresh)], {
    stdio: "inherit",
  });
  mkdirSync(at(`${fresh}/wasm`));
  for (const field of fields) {
    const file = at(`${fresh}/wasm/kernel-${field}`);
    writeFileSync(`${file}.js`, await kernelModule(field));
    writeFileSync(`${file}.d.ts`, "export declare const wasm: string;\n");
  }
  const options = {
    outdir: at(`${fresh}/cli`),
    bundle: true,
    format: "esm",
    platform: "node",
    target: "node20",
    // Packages stay what npm installed: their licences and their updates with them.
    packages: "external",
    tsconfigRaw: "{}",
    alias: {
      "#engine": at(`${fresh}/io/engine-node.js`),
      ...Object.fromEntries(
        fields.map((field) => [`#kernel-${field}`, at(`${fresh}/wasm/kernel-${field}.js`)]),
      ),
      // Types only: what it exports at run time is commander itself.
      "@commander-js/extra-typings": "commander",
    },
    logLevel: "warning",
  };
  await build({
    ...options,
    entryPoints: {
      main: at(`${fresh}/commands/main.js`),
      // Beside the code that starts it, which looks for it by its own address.
      "recognize-worker": at(`${fresh}/io/recognize-worker.js`),
      "by-gate": at(`${fresh}/hook/by-gate.js`),
    },
    splitting: true,
  });
  // What a coding agent waits for at each call, as one file; the gate stands beside it.
  await build({
    ...options,
    entryPoints: { "hook-once": at(`${fresh}/hook/once.js`) },
    external: ["./by-gate.js"],
  });
  // `sclaw --help` is asked for more often than anything else: print it without loading the parser.
  const script = `const { main } = await import(${JSON.stringify(at(`${fresh}/cli/main.js`))}); process.exitCode = await main(["node", "sclaw", "--help"]);`;
  writeFileSync(
    at(`${fresh}/cli/help.txt`),
    execFileSync(process.execPath, ["--input-type=module", "-e", script]),
  );
  putInPlace();
} finally {
  rmSync(at(fresh), { recursive: true, force: true });
}

function putInPlace() {
  const old = `${fresh}.old`;
  if (existsSync(at("dist"))) renameSync(at("dist"), at(old));
  renameSync(at(fresh), at("dist"));
  rmSync(at(old), { recursive: true, force: true });
}
