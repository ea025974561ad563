import { spawn } from "node:child_process";
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { bin, corpusKeys, ledgerOf, type Run, root, sclaw, sclawFed } from "../support/sclaw.js";

const megabyte = 1024 * 1024;
/** Memory that hardly depends on the input: Node's own and some pieces of it. */
const boundedKb = 250 * 1024;

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "sclaw-hostile-"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Ends with a verdict or a refusal, said in words: never a stack trace, never silence. */
function endsWell(run: Run, status: 1 | 2): void {
  expect(run.status).toBe(status);
  expect(run.stderr).not.toMatch(/\n\s+at .*:\d+:\d+/);
  expect(run.stdout + run.stderr).not.toBe("");
  if (status === 2) expect(run.stderr).toMatch(/^sclaw: \S/);
}

function feedTimes(chunk: Uint8Array, times: number) {
  let left = times;
  return (write: (chunk: Uint8Array) => boolean) => {
    while (left-- > 0) if (!write(chunk)) return true;
    return false;
  };
}

const verifyStdin = ["verify", "-", "--keys", corpusKeys, "--format", "json"];

describe("input made to break a verifier", () => {
  test.each([
    ["binary", Buffer.from(Array.from({ length: 4096 }, (_, i) => (i * 197) % 256))],
    ["nothing but LF", Buffer.alloc(50_000, 0x0a)],
    ["a picture's first bytes", Buffer.from("89504e470d0a1a0a0000000d49484452", "hex")],
    ["UTF-16", Buffer.from('\ufeff{"receipt":{}}\n', "utf16le")],
    ["a million levels", Buffer.from(`${"[".repeat(1_000_000)}\n`)],
    ["a million levels of objects", Buffer.from(`${'{"a":'.repeat(200_000)}\n`)],
    ["a number of a million digits", Buffer.from(`{"a":${"9".repeat(1_000_000)}}\n`)],
    ["an entry of nothing", Buffer.from('{"receipt":null,"sig":null}\n')],
    ["an entry of numbers", Buffer.from('{"intent":1,"receipt":2,"sig":3}\n')],
    ["a header of nothing", Buffer.from('{"export":null}\n')],
    [
      "a header that starts at 2^53-1",
      Buffer.from(
        '{"export":{"checkpoint":"","format":"sclaw.ledger/1","frontier":[],"ledger":"x","start":9007199254740991}}\n{"receipt":{},"sig":""}\n',
      ),
    ],
    ["a checkpoint of nothing", Buffer.from('{"checkpoint":null}\n')],
    [
      "names of Object's prototype",
      Buffer.from(
        '{"__proto__":{},"constructor":1}\n{"receipt":{"__proto__":{"seq":0},"toString":1},"sig":""}\n',
      ),
    ],
  ])("%s", (_name, bytes) => {
    const run = sclaw(verifyStdin, { input: bytes });
    endsWell(run, 1);
    expect(JSON.parse(run.stdout)).toMatchObject({ integrity: "failed", ok: false });
  });

  test("a line of 100 MB is named, and what follows is still read", async () => {
    const chunk = new Uint8Array(megabyte).fill(0x61);
    let left = 101;
    const run = await sclawFed(verifyStdin, (write) => {
      while (left-- > 1) if (!write(chunk)) return true;
      write(new TextEncoder().encode("\nnot json\n"));
      return false;
    });
    endsWell(run, 1);
    const codes = JSON.parse(run.stdout).findings.map((finding: { code: string; line: number }) => [
      finding.line,
      finding.code,
    ]);
    expect(codes).toContainEqual([1, "encoding.line-too-long"]);
    expect(codes).toContainEqual([2, "encoding.not-json"]);
    expect(run.maxRssKb).toBeLessThan(boundedKb);
  });

  test("an endless line ends", async () => {
    const chunk = new Uint8Array(megabyte).fill(0x61);
    const run = await sclawFed(verifyStdin, (write) => {
      while (write(chunk));
      return true;
    });
    endsWell(run, 1);
    expect(JSON.parse(run.stdout).stopped).toContain("has not ended");
    expect(run.maxRssKb).toBeLessThan(boundedKb);
  });

  test("endless empty lines end", async () => {
    const chunk = new Uint8Array(megabyte).fill(0x0a);
    const run = await sclawFed(verifyStdin, (write) => {
      while (write(chunk));
      return true;
    });
    endsWell(run, 1);
    expect(JSON.parse(run.stdout).stopped).toContain("lines in a row cannot be read");
    expect(run.maxRssKb).toBeLessThan(boundedKb);
  });

  test("a gzip bomb is read in bounded memory", async () => {
    const bomb = gzipSync(Buffer.alloc(512 * megabyte));
    const run = await sclawFed(verifyStdin, feedTimes(bomb, 1));
    endsWell(run, 1);
    expect(run.maxRssKb).toBeLessThan(boundedKb);
  });

  test("a hundred thousand findings are counted, and the first of them kept", async () => {
    const run = await sclawFed(verifyStdin, feedTimes(new TextEncoder().encode("{}\n".repeat(10_000)), 10));
    endsWell(run, 1);
    const json = JSON.parse(run.stdout);
    expect(json.finding_counts["line.unknown"]).toBe(100_000);
    expect(json.findings.length).toBeLessThan(10_010);
    expect(run.maxRssKb).toBeLessThan(boundedKb);
  });
});

describe("files that cannot be read", () => {
  test("a folder", () => {
    const run = sclaw(["verify", folder, "--keys", corpusKeys]);
    endsWell(run, 2);
    expect(run.stderr).toContain("found a folder");
  });

  test("none of that name", () => {
    const run = sclaw(["verify", join(folder, "nowhere.jsonl"), "--keys", corpusKeys]);
    endsWell(run, 2);
    expect(run.stderr).toContain("no such file");
  });

  test("no permission", async () => {
    const path = join(folder, "secret.jsonl");
    writeFileSync(path, "{}\n");
    chmodSync(path, 0o000);
    chmodSync(folder, 0o755);
    const run = await asNobody(["verify", path, "--keys", corpusKeys]);
    endsWell(run, 2);
    expect(run.stderr).toContain("no permission");
  });

  test.each([
    ["a folder as trust file", () => folder],
    ["an empty trust file", () => file("empty.json", "")],
    ["a trust file that is none", () => file("array.json", "[]")],
    ["a ledger as trust file", () => ledgerOf("valid-standard")],
    ["a trust file of 17 MB", () => file("large.json", Buffer.alloc(17 * megabyte, 0x20))],
    ["a trust file of a million levels", () => file("deep.json", "[".repeat(1_000_000))],
  ])("%s", (_name, path) => {
    endsWell(sclaw(["verify", ledgerOf("valid-standard"), "--keys", path()]), 2);
  });

  test.each([["prove"], ["show"]])("%s of a receipt that is not there", (command) => {
    const args = [command, ledgerOf("valid-standard"), "999", "--keys", corpusKeys];
    endsWell(sclaw(args), 2);
  });

  test("a proof that is none", () => {
    endsWell(sclaw(["prove", "check", file("proof.json", "{}"), "--keys", corpusKeys]), 2);
  });

  test.each([
    ["a ledger", ["verify", "-"], 1],
    ["a proof", ["prove", "check", "-"], 2],
  ] as const)("%s from a pipe that has nothing yet is waited for", async (_name, args, status) => {
    // Naming process.stdin makes the pipe non-blocking, as another program can: EAGAIN while it is empty.
    const preload = "data:text/javascript,process.stdin;console.error(0)";
    const child = spawn(process.execPath, ["--import", preload, bin, ...args, "--keys", corpusKeys]);
    child.stderr.once("data", () => setTimeout(() => child.stdin.end("{}\n"), 300));
    const run = await collect(child);
    endsWell({ ...run, stderr: run.stderr.replace("0\n", "") }, status);
    expect(run.stderr).not.toContain("EAGAIN");
  });

  test("a full disk under standard output", async () => {
    const run = await intoDevFull(["verify", ledgerOf("valid-standard"), "--keys", corpusKeys]);
    expect(run.status).toBe(2);
    expect(run.stderr).toContain("the disk is full");
  });
});

describe("a reader that goes away", () => {
  test.each([
    ["valid-standard", 0],
    ["flip-decision", 1],
  ])("of %s leaves the verdict's exit code %i", async (name, status) => {
    const run = await withClosedPipe(["verify", ledgerOf(name), "--keys", corpusKeys]);
    expect(run).toMatchObject({ status, stderr: "" });
  });

  test("of the help is no error", async () => {
    expect(await withClosedPipe(["--help"])).toMatchObject({ status: 0, stderr: "" });
  });
});

describe("a bug of ours", () => {
  test("ends with 3 and says how to report it", () => {
    // The only way in from outside: break Node under the command.
    const env = {
      NODE_OPTIONS: `--import=data:text/javascript,JSON.parse=()=>{throw(new(RangeError)(418))}`,
    };
    const run = sclaw(["verify", ledgerOf("valid-standard"), "--keys", corpusKeys], { env });
    expect(run.status).toBe(3);
    expect(run.stderr).toMatch(/^sclaw: internal error: 418\n {2}this is a bug in sclaw/);
    expect(run.stderr).not.toMatch(/\n\s+at /);
  });
});

function file(name: string, content: string | Uint8Array): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

/** As root no file is unreadable: the command runs as somebody else then. */
function asNobody(args: readonly string[]): Promise<Run> {
  return collect(
    spawn(
      process.execPath,
      [bin, ...args],
      process.getuid?.() === 0 ? { uid: 65534, gid: 65534, cwd: "/" } : {},
    ),
  );
}

function intoDevFull(args: readonly string[]): Promise<Run> {
  return collect(
    spawn("sh", ["-c", `exec "$0" "$@" > /dev/full`, process.execPath, bin, ...args], { cwd: root }),
  );
}

/** Standard output is a pipe whose reading end is closed before anything is written. */
function withClosedPipe(args: readonly string[]): Promise<Run> {
  const child = spawn(process.execPath, [bin, ...args], { cwd: root });
  child.stdout.destroy();
  return collect(child);
}

function collect(child: ReturnType<typeof spawn>): Promise<Run> {
  return new Promise((resolve) => {
    let [stdout, stderr] = ["", ""];
    child.stdout?.on("data", (data) => {
      stdout += data;
    });
    child.stderr?.on("data", (data) => {
      stderr += data;
    });
    child.on("close", (status) => resolve({ status, stdout, stderr }));
  });
}
