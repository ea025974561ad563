import { execFileSync, spawnSync } from "node:child_process";
import { copyFileSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createContext, runInContext } from "node:vm";
import { build } from "esbuild";
import { describe, expect, test } from "vitest";
import { installPacked } from "./support/packed.js";
import { corpusKeys, inFolder, ledgerOf, root } from "./support/sclaw.js";

describe("the package, packed and put into an empty folder", () => {
  test("verifies a ledger by its command and as a library", () => {
    inFolder((folder) => {
      const installed = installPacked(folder);
      writeFileSync(join(folder, "package.json"), '{"private":true}');
      copyFileSync(ledgerOf("valid-standard"), join(folder, "ledger.jsonl"));
      copyFileSync(corpusKeys, join(folder, "keys.json"));
      const command = spawnSync(process.execPath, [join(installed, "bin/sclaw.js"), "verify"], {
        cwd: folder,
        encoding: "utf8",
      });
      expect(command.stdout).toMatch(/^VERIFIED /);
      const script = `
        import { readFileSync } from "node:fs";
        import { readTrustFile, verifyLedger } from "sclaw";
        const { trust } = readTrustFile(readFileSync("keys.json"));
        const { integrity, size } = await verifyLedger(readFileSync("ledger.jsonl"), { trust });
        console.log(integrity, size);`;
      const library = spawnSync(process.execPath, ["--input-type=module", "-e", script], {
        cwd: folder,
        encoding: "utf8",
      });
      expect(library.stdout).toBe("verified 26\n");
    });
  });

  test("decides a ledger again, in threads of its own", () => {
    inFolder((folder) => {
      const installed = installPacked(folder);
      const fixtures = (path: string) => join(root, "fixtures", path);
      const args = ["replay", fixtures("good/platform.jsonl"), "--keys", fixtures("keys.json")];
      const run = spawnSync(
        process.execPath,
        [join(installed, "bin/sclaw.js"), ...args, "--policy", fixtures("policies/platform"), "--jobs", "2"],
        { cwd: folder, encoding: "utf8" },
      );
      expect(run.stdout).toMatch(/^NO DIFFERENCE in 10 receipts decided again\n/);
      expect(run.status).toBe(0);
    });
  });

  test("holds what a user needs and nothing of ours", () => {
    const listed = execFileSync("npm", ["pack", "--ignore-scripts", "--dry-run", "--json", "--silent"], {
      cwd: root,
      encoding: "utf8",
    });
    const files: string[] = JSON.parse(listed)[0].files.map((file: { path: string }) => file.path);
    for (const needed of [
      "bin/sclaw.js",
      "dist/index.js",
      "dist/index.d.ts",
      "dist/cli/help.txt",
      "dist/io/cedar.js",
      "dist/cli/recognize-worker.js",
      "dist/gate/library.js",
      "starter/policy.cedar",
      "example/notes-server.mjs",
      "README.md",
      "LICENSE",
      "CHANGELOG.md",
    ]) {
      expect(files).toContain(needed);
    }
    expect(
      files.filter(
        (file) =>
          !/^(bin|dist|docs|example|schema|starter)\/|^(README|CHANGELOG)\.md$|^LICENSE$|^package\.json$/.test(
            file,
          ),
      ),
    ).toEqual([]);
  });
});

describe("the library, bundled for a browser", () => {
  const entry = `
    import { readTrustFile, verifyLedger, verifyEd25519, canonicalize } from "sclaw";
    globalThis.run = async (ledger, keys) => {
      const read = readTrustFile(keys);
      if (!read.ok) return read.reasons;
      const { integrity, deviations, size, root } = await verifyLedger(ledger, { trust: read.trust });
      return { integrity, deviations, size, root, types: [typeof verifyEd25519, typeof canonicalize] };
    };`;

  test("needs nothing of Node and gives the same verdicts", async () => {
    // The bundler fails at any import of a module of Node's.
    const bundle = await build({
      stdin: { contents: entry, resolveDir: root },
      bundle: true,
      write: false,
      format: "iife",
      platform: "browser",
      tsconfigRaw: "{}",
      target: "es2022",
      logLevel: "silent",
    });
    const context = createContext({ TextEncoder, TextDecoder, Uint8Array });
    runInContext(bundle.outputFiles[0]!.text, context);
    const run = context["run"] as (ledger: Uint8Array, keys: Uint8Array) => Promise<unknown>;
    const keys = readFileSync(corpusKeys);
    expect(await run(readFileSync(ledgerOf("valid-standard")), keys)).toMatchObject({
      integrity: "verified",
      deviations: 0,
      size: 26,
      types: ["function", "function"],
    });
    expect(await run(readFileSync(ledgerOf("apr-replayed")), keys)).toMatchObject({
      integrity: "verified",
      deviations: 2,
    });
    expect(await run(readFileSync(ledgerOf("flip-decision")), keys)).toMatchObject({ integrity: "failed" });
  });
});
