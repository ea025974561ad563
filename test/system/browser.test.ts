import { spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { build } from "esbuild";
import { expect, test } from "vitest";
import { ledgerLines, trustFile } from "../../bench/parts/ledger-writer.mjs";
import { corpusKeys, inFolder, ledgerOf, root, sclaw } from "../support/sclaw.js";
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

interface Held {
  readonly ledger: Buffer;
  readonly keys: Buffer;
}

/** A page that verifies ledgers which it holds itself: it makes no request. */
async function pageFor(held: { readonly [name: string]: Held }): Promise<string> {
  const files = Object.entries(held).map(([name, { ledger, keys }]) => {
    return [name, ledger.toString("base64"), keys.toString("base64")];
  });
  const entry = `
    import { readTrustFile, verifyLedger } from "sclaw";
    const bytes = (text) => Uint8Array.from(atob(text), (c) => c.charCodeAt(0));
    const { compile } = WebAssembly;
    let kernels = 0;
    WebAssembly.compile = (...args) => {
      kernels++;
      return compile(...args);
    };
    const results = {};
    for (const [name, ledger, keys] of ${JSON.stringify(files)}) {
      const { trust } = readTrustFile(bytes(keys));
      const { integrity, deviations, size, root, findings } = await verifyLedger(bytes(ledger), { trust });
      results[name] = { integrity, deviations, size, root, codes: findings.map((finding) => finding.code), kernels };
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

/** What the page says when Chromium has shown it. */
function shown(page: string): unknown {
  return inFolder((folder) => {
    const path = join(folder, "page.html");
    writeFileSync(path, page);
    const run = spawnSync(
      chromium,
      [...flags, `--user-data-dir=${join(folder, "profile")}`, `file://${path}`],
      { encoding: "utf8", timeout: 100_000, maxBuffer: 1 << 26 },
    );
    const text = /<body>(\{.*?\})<\/body>/s.exec(run.stdout)?.[1];
    expect(text, run.stdout.slice(-400)).toBeDefined();
    return JSON.parse(text!);
  });
}

test("Chromium gives the verdicts that Node gives", async () => {
  const keys = readFileSync(corpusKeys);
  const names = ["valid-standard", "apr-replayed", "flip-decision"];
  const held = names.map((name) => [name, { ledger: readFileSync(ledgerOf(name)), keys }] as const);
  expect(shown(await pageFor(Object.fromEntries(held)))).toEqual({
    "valid-standard": expect.objectContaining({
      integrity: "verified",
      deviations: 0,
      codes: [],
      kernels: 0,
    }),
    "apr-replayed": expect.objectContaining({
      integrity: "verified",
      deviations: 2,
      codes: ["approval.signature", "approval.quorum"],
    }),
    "flip-decision": expect.objectContaining({
      integrity: "failed",
      codes: expect.arrayContaining(["signature.invalid"]),
    }),
  });
});

test("Chromium verifies a long ledger by the kernel, as Node does without it", async () => {
  const made = inFolder((folder) => {
    const [ledger, keys] = [join(folder, "ledger.jsonl"), join(folder, "keys.json")];
    writeFileSync(ledger, [...ledgerLines(1200)].join(""));
    writeFileSync(keys, JSON.stringify(trustFile()));
    const run = sclaw(["verify", ledger, "--keys", keys, "--engine", "node", "--format", "json"]);
    return { ledger: readFileSync(ledger), keys: readFileSync(keys), verdict: JSON.parse(run.stdout) };
  });
  const { integrity, deviations, size, root: head } = made.verdict;
  expect(shown(await pageFor({ long: made }))).toEqual({
    long: { integrity, deviations, size, root: head, codes: [], kernels: 1 },
  });
  expect(size).toBe(1200);
});
