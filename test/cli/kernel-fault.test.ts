import { spawnSync } from "node:child_process";
import { cpSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { wasm } from "#kernel-integer";
import { compileKernel } from "../../scripts/build-kernel.mjs";
import { corpusKeys, inFolder, ledgerOf, root, sclaw } from "../support/sclaw.js";

/** A copy of this package whose integer kernel was compiled with a fault in one of its files. */
async function faulty(folder: string, file: string, good: string, bad: string): Promise<string> {
  const compiled = await compileKernel({
    field: "integer",
    edit: (name, text) => {
      if (name !== file) return text;
      expect(text.split(good)).toHaveLength(2);
      return text.replace(good, bad);
    },
  });
  for (const name of ["bin", "dist", "package.json"])
    cpSync(join(root, name), join(folder, name), { recursive: true });
  symlinkSync(join(root, "node_modules"), join(folder, "node_modules"));
  const cli = join(folder, "dist/cli");
  const holders = readdirSync(cli).filter((name) => readFileSync(join(cli, name), "utf8").includes(wasm));
  expect(holders).toHaveLength(1);
  const path = join(cli, holders[0]!);
  const text = readFileSync(path, "utf8").replace(wasm, Buffer.from(compiled).toString("base64"));
  writeFileSync(path, text);
  return join(folder, "bin/sclaw.js");
}

const run = (bin: string, args: readonly string[]) => {
  const { status, stdout, stderr } = spawnSync(process.execPath, [bin, ...args], { encoding: "utf8" });
  return { status, stdout, stderr };
};

const asked = ["--keys", corpusKeys, "--format", "json"];

test("a kernel that refuses a good signature costs time and no verdict", () =>
  inFolder(async (folder) => {
    const bin = await faulty(
      folder,
      "block.ts",
      "let signed = true;",
      "let signed = load<f64>(candidate.record, 16) != 7;",
    );
    const ledger = ledgerOf("valid-standard");
    const { status, stdout } = sclaw(["verify", ledger, ...asked, "--engine", "node"]);
    for (const jobs of ["1", "2"]) {
      expect(run(bin, ["verify", ledger, ...asked, "--engine", "kernel-integer", "--jobs", jobs])).toEqual({
        status,
        stdout,
        stderr:
          "sclaw: the kernel and node:crypto disagree about line 8: verified again without the kernel; please report this\n",
      });
    }
    const other = spawnSync(process.execPath, [bin, "population", ledger, "--keys", corpusKeys], {
      encoding: "utf8",
      env: { ...process.env, SCLAW_ENGINE: "kernel-integer" },
    });
    expect(other.status).toBe(2);
    expect(other.stdout).toBe("");
    expect(other.stderr).toBe(
      "sclaw: expected one answer of every engine, found that the kernel and node:crypto disagree about line 8\n  run it again with SCLAW_ENGINE=node, and please report this: it is a bug in sclaw, or in this machine\n",
    );
  }));

test("a kernel that computes something else fails its self-test and is not used", () =>
  inFolder(async (folder) => {
    const bin = await faulty(
      folder,
      "keccak.ts",
      "0x0000000080000001, 0x8000000080008081, 0x8000000000008009",
      "0x0000000080000001, 0x8000000080008080, 0x8000000000008009",
    );
    const ledger = ledgerOf("valid-standard");
    const refused = run(bin, ["verify", ledger, ...asked, "--engine", "kernel-integer"]);
    expect(refused.status).toBe(2);
    expect(refused.stderr).toMatch(
      /expected that kernel-integer runs here and knows all keys, found that it fails its self-test/,
    );
    const { stdout } = sclaw(["verify", ledger, ...asked, "--engine", "node"]);
    expect(run(bin, ["verify", ledger, ...asked, "--jobs", "1"])).toEqual({ status: 0, stdout, stderr: "" });
  }));
