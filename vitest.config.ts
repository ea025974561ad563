import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

const at = (path: string) => fileURLToPath(new URL(path, import.meta.url));

export default defineConfig({
  resolve: {
    alias: {
      "#engine": at("src/io/engine-node.ts"),
      "#kernel-fma": at("dist/wasm/kernel-fma.js"),
      "#kernel-integer": at("dist/wasm/kernel-integer.js"),
    },
  },
  test: {
    include: ["test/**/*.test.ts"],
    exclude: ["test/system/**"],
    testTimeout: 120_000,
    // Most of the time goes into commands that tests wait for: as many at once as there are cores.
    maxWorkers: "100%",
    coverage: { provider: "v8", include: ["src/**"], reporter: ["text-summary"] },
  },
});
