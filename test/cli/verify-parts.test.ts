import { spawnSync } from "node:child_process";
import { copyFileSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { bin, corpusKeys, inFolder, ledgerOf, type Run, sclaw } from "../support/sclaw.js";

/** Runs `sclaw verify --part`, and puts what it writes into a file. */
function part(folder: string, range: string, file: string, args: readonly string[] = ["ledger.jsonl"]): Run {
  const run = spawnSync(process.execPath, [bin, "verify", ...args, "--part", range, "--format", "part"], {
    cwd: folder,
  });
  writeFileSync(join(folder, file), run.stdout);
  return { status: run.status, stdout: "", stderr: run.stderr.toString("utf8") };
}

function delivered(folder: string, name: string): void {
  copyFileSync(ledgerOf(name), join(folder, "ledger.jsonl"));
  copyFileSync(corpusKeys, join(folder, "keys.json"));
}

const said = ({ status, stderr }: Run) => `${stderr}exit ${status}`;

describe("verify in parts", () => {
  test.each(["valid-standard", "apr-replayed", "delete-middle"])("%s, as whole", (name) =>
    inFolder((folder) => {
      delivered(folder, name);
      for (const k of [1, 2, 3]) expect(said(part(folder, `${k}/3`, `part-${k}`))).toBe("exit 0");
      const parts = ["part-3", "part-1", "part-2"];
      for (const format of ["json", "table"]) {
        const whole = sclaw(["verify", "--format", format], { cwd: folder });
        const merged = sclaw(["verify", "merge", ...parts, "--format", format], { cwd: folder });
        expect(merged).toEqual(whole);
      }
    }),
  );

  test("several files are one ledger: bytes count through them, and findings name the file", () =>
    inFolder((folder) => {
      delivered(folder, "apr-replayed");
      const ledger = readFileSync(join(folder, "ledger.jsonl"));
      const cut = ledger.indexOf("\n", 3000) + 1;
      writeFileSync(join(folder, "a.jsonl"), ledger.subarray(0, cut));
      writeFileSync(join(folder, "b.jsonl"), ledger.subarray(cut));
      const files = ["a.jsonl", "b.jsonl"];
      const ranges = [`0:${cut - 100}`, `${cut - 100}:${cut + 5000}`, `${cut + 5000}:${ledger.length}`];
      for (const range of ranges) expect(said(part(folder, range, range, files))).toBe("exit 0");
      const whole = sclaw(["verify", ...files, "--format", "json"], { cwd: folder });
      expect(sclaw(["verify", "merge", ...ranges, "--format", "json"], { cwd: folder })).toEqual(whole);
      expect(whole.status).toBe(1);
    }));

  test("merge refuses what is not all of one ledger", () =>
    inFolder((folder) => {
      delivered(folder, "valid-standard");
      const { length } = readFileSync(join(folder, "ledger.jsonl"));
      for (const k of [1, 2, 3]) part(folder, `${k}/3`, `part-${k}`);
      const merge = (args: readonly string[]) => said(sclaw(["verify", "merge", ...args], { cwd: folder }));
      const third = Math.floor(length / 3);
      expect(merge(["part-1", "part-3"])).toBe(
        `sclaw: expected parts of the whole ledger, found none of the bytes from ${third} to ${Math.floor((2 * length) / 3)}\n  make it: sclaw verify --part ${third}:${Math.floor((2 * length) / 3)} --format part\nexit 2`,
      );
      expect(merge(["part-1", "part-2"])).toMatch(
        new RegExp(`found none of the bytes from [0-9]+ to ${length}\n`),
      );
      expect(merge(["part-1", "part-2", "part-2", "part-3"])).toMatch(
        /expected each byte in one part, found byte [0-9]+ again in part-2/,
      );
      expect(merge(["part-1", "ledger.jsonl"])).toMatch(
        /cannot read the part ledger.jsonl: expected the head of a sclaw.part\/1/,
      );
      expect(merge(["nowhere"])).toMatch(/cannot read the part nowhere: no such file/);
      expect(merge(["part-1", "part-2", "part-3", "--tenant", "tenant:acme-health/prod"])).toMatch(
        /expected parts that were made with --tenant tenant:acme-health\/prod, found them made without --tenant/,
      );

      writeFileSync(
        join(folder, "longer.jsonl"),
        Buffer.concat([readFileSync(join(folder, "ledger.jsonl")), Buffer.from("\n")]),
      );
      part(folder, "3/3", "part-of-longer", ["longer.jsonl"]);
      expect(merge(["part-1", "part-2", "part-of-longer"])).toMatch(
        /expected parts of one ledger, found other files/,
      );
      const trust = JSON.parse(readFileSync(corpusKeys, "utf8")) as {
        witness_quorum?: number;
        groups: object;
      };
      writeFileSync(
        join(folder, "other.json"),
        JSON.stringify({
          ...trust,
          groups: { ...trust.groups, more: { threshold: 1, members: [{ holder: "user:x" }] } },
        }),
      );
      expect(merge(["part-1", "part-2", "part-3", "--keys", "other.json"])).toMatch(
        /expected parts that were made with the trust file sha3-256:[0-9a-f]{64}, found sha3-256:/,
      );
    }));

  test("a part is taken of files that are stored as they are, and written by a kernel", () =>
    inFolder((folder) => {
      delivered(folder, "valid-standard");
      writeFileSync(join(folder, "ledger.gz"), gzipSync(readFileSync(join(folder, "ledger.jsonl"))));
      const refused = (range: string, args: readonly string[]) => said(part(folder, range, "out", args));
      expect(refused("0:1", ["-"])).toMatch(
        /expected files to take a part of, found standard input\n {2}put it into a file first\nexit 2/,
      );
      expect(refused("0:1", ["ledger.gz"])).toMatch(
        /found a gzip stream: ledger.gz\n {2}decompress it first\nexit 2/,
      );
      expect(refused("0:1", ["."])).toMatch(/found something else: \.\nexit 2/);
      expect(refused("0:99999999", ["ledger.jsonl"])).toMatch(
        /expected a part that ends at [0-9]+ or before/,
      );
      expect(refused("0:1", ["ledger.jsonl", "--engine", "node"])).toMatch(
        /expected a kernel for a part, found another engine/,
      );
      for (const range of ["", "1", "2:1", "0/3", "4/3", "a:b", "1:2:3", "-1:2", "1/0"]) {
        expect(refused(range, ["ledger.jsonl"]), range).toMatch(/'--part <range>' argument .* is invalid/);
      }
      const alone = sclaw(["verify", "--part", "0:1"], { cwd: folder });
      expect(said(alone)).toMatch(/expected --part and --format part together, found one of them/);
      expect(said(sclaw(["verify", "--format", "part"], { cwd: folder }))).toMatch(
        /together, found one of them/,
      );
    }));
});

describe("verify --engine", () => {
  test("all engines print the same, and --verbose says which it was", () =>
    inFolder((folder) => {
      delivered(folder, "apr-replayed");
      const by = (args: readonly string[], env = {}) =>
        sclaw(["verify", "--format", "json", "--verbose", ...args], { cwd: folder, env });
      const { stdout } = by([]);
      const runs: readonly (readonly [readonly string[], string])[] = [
        [[], "node, one thread"],
        [["--engine", "node"], "node, one thread"],
        [["--engine", "noble"], "noble, one thread"],
        [["--engine", "kernel-fma"], "kernel-fma"],
        [["--engine", "kernel-integer", "--jobs", "1"], "kernel-integer"],
        [["--engine", "kernel-integer", "--jobs", "3"], "kernel-integer, 3 threads"],
      ];
      for (const [args, name] of runs) {
        expect(by(args), name).toEqual({ status: 1, stdout, stderr: `sclaw: verified by ${name}\n` });
      }
      const named = by([], { SCLAW_ENGINE: "noble" });
      expect(named.stderr).toBe("sclaw: verified by noble, one thread\n");
      expect(said(by([], { SCLAW_ENGINE: "fast" }))).toMatch(
        /expected SCLAW_ENGINE to be one of auto, .*, found fast\nexit 2/,
      );
    }));
});
