// Bundles a module of the tests, which are TypeScript, for the Node that runs this.
import { dirname, join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { build } from "esbuild";
import { dataFolder, root } from "./run.mjs";

/** The address of a bundle of a module; what is JavaScript already stays where it is. */
export async function bundled(path) {
  const outfile = join(dataFolder, `${path.replaceAll("/", "-")}-${process.pid}.mjs`);
  await build({
    entryPoints: [join(root, path)],
    outfile,
    bundle: true,
    format: "esm",
    platform: "node",
    target: "node20",
    packages: "external",
    alias: {
      "#engine": join(root, "src/io/engine-node.ts"),
      "#kernel-fma": join(root, "dist/wasm/kernel-fma.js"),
      "#kernel-integer": join(root, "dist/wasm/kernel-integer.js"),
    },
    tsconfigRaw: "{}",
    plugins: [
      {
        name: "scripts as they are",
        setup({ onResolve }) {
          onResolve({ filter: /^\..*\.mjs$/ }, ({ path: from, importer }) => ({
            path: pathToFileURL(resolve(dirname(importer), from)).href,
            external: true,
          }));
        },
      },
    ],
  });
  return pathToFileURL(outfile).href;
}
