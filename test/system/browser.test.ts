import { spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { build } from "esbuild";
import { expect, test } from "vitest";
import { corpusKeys, inFolder, ledgerOf, root } from "../support/sclaw.js";
import { needProgram } from "../support/system.js";

const chromium = needProgram("chromium", "chromium");
const flags = [
  "--headless",
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  "--virtual-time-budget=60000",
  "--dump-dom",
];

/** A page that verifies ledgers which it holds itself: it makes no request. */
async function pageFor(names: readonly string[]): Promise<string> {
  const files = Object.fromEntries(names.map((name) => [name, readFileSync(ledgerOf(name), "base64")]));
  const entry = `
    import { readTrustFile, verifyLedger } from "sclaw";
    const bytes = (text) => Uint8Array.from(atob(text), (c) => c.charCodeAt(0));
    const { trust } = readTrustFile(bytes(${JSON.stringify(readFileSync(corpusKeys, "base64"))}));
    const results = {};
    for (const [name, text] of Object.entries(${JSON.stringify(files)})) {
      const { integrity, deviations, findings } = await verifyLedger(bytes(text), { trust });
      results[name] = { integrity, deviations, codes: findings.map((finding) => finding.code) };
    }
    document.body.textContent = JSON.stringify(results);`;
  const bundle = await build({
    stdin: { contents: entry, resolveDir: root },
    bundle: true,
    write: false,
    format: "esm",
    platform: "browser",
    tsconfigRaw: "{}",
    target: "es2022",
  });
  return `<!doctype html><meta charset="utf-8"><body><script type="module">${bundle.outputFiles[0]!.text.replaceAll("</script", "<\\/script")}</script>`;
}

test("Chromium gives the verdicts that Node gives", async () => {
  const page = await pageFor(["valid-standard", "apr-replayed", "flip-decision"]);
  inFolder((folder) => {
    const path = join(folder, "page.html");
    writeFileSync(path, page);
    const run = spawnSync(
      chromium,
      [...flags, `--user-data-dir=${join(folder, "profile")}`, `file://${path}`],
      { encoding: "utf8", timeout: 100_000 },
    );
    const text = /<body>(\{.*?\})<\/body>/s.exec(run.stdout)?.[1];
    expect(text, run.stdout.slice(-400)).toBeDefined();
    expect(JSON.parse(text!)).toEqual({
      "valid-standard": { integrity: "verified", deviations: 0, codes: [] },
      "apr-replayed": {
        integrity: "verified",
        deviations: 2,
        codes: ["approval.signature", "approval.quorum"],
      },
      "flip-decision": expect.objectContaining({
        integrity: "failed",
        codes: expect.arrayContaining(["signature.invalid"]),
      }),
    });
  });
});
