import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { blockOf, docsPath } from "../docs/support/pages.js";

// Runs docs/verify-by-hand.md as it stands. Needs tools beyond npm: it fails where one is
// missing, since a page that nobody has run proves nothing.
const packages = { openssl: "openssl", jq: "jq", sed: "sed", od: "coreutils", base64: "coreutils" };

const page = readFileSync(docsPath("verify-by-hand.md"), "utf8");
const format = readFileSync(docsPath("format.md"), "utf8");
let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "sclaw-by-hand-"));
  for (const file of ["keys.json", "ledger.jsonl"]) writeFileSync(join(folder, file), blockOf(format, file));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const fenced = (language: string) =>
  [...page.matchAll(new RegExp(`^\`\`\`${language}\n([\\s\\S]*?)^\`\`\`$`, "gm"))].map((match) => match[1]!);

function runPage() {
  const script = fenced("sh").join("");
  return spawnSync("sh", ["-eu"], { cwd: folder, input: script, encoding: "utf8" });
}

it.each(Object.entries(packages))("%s is installed (Debian package %s)", (tool, name) => {
  const found = spawnSync(tool, [tool === "openssl" ? "version" : "--version"], { encoding: "utf8" });
  if (found.error !== undefined)
    throw new Error(`expected ${tool}, found none: apt-get install ${name} (${found.error.message})`);
  if (tool === "openssl" && !/^OpenSSL (?:[3-9]|\d\d)\./.test(found.stdout))
    throw new Error(`expected OpenSSL 3 or later, found ${found.stdout.trim()}: apt-get install openssl`);
});

it("prints what the page says", () => {
  expect(fenced("sh")).toHaveLength(9);
  const { status, stdout, stderr } = runPage();
  expect({ stdout, stderr, status }).toEqual({ stdout: fenced("text").join(""), stderr: "", status: 0 });
});

it("fails on a receipt that was changed", () => {
  const ledger = blockOf(format, "ledger.jsonl").replace(
    "user:alice@acme.example",
    "user:mallo@acme.example",
  );
  writeFileSync(join(folder, "ledger.jsonl"), ledger);
  const { status, stdout } = runPage();
  expect(status).not.toBe(0);
  expect(stdout).toContain("Signature Verification Failure");
});
