import { spawn, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

export const root = fileURLToPath(new URL("../..", import.meta.url));
export const bin = join(root, "bin/sclaw.js");
export const corpus = join(root, "test/conformance/corpus");
export const corpusKeys = join(corpus, "keys.json");

/** A corpus ledger by its case's name. */
export function ledgerOf(name: string): string {
  return join(corpus, name, "ledger.jsonl");
}

export interface Run {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunOptions {
  readonly cwd?: string;
  readonly input?: string | Uint8Array;
  readonly env?: { readonly [name: string]: string };
}

/** Runs the built command line as a user would, and waits for it. */
export function sclaw(args: readonly string[], options: RunOptions = {}): Run {
  const settings = {
    cwd: options.cwd ?? root,
    input: options.input ?? "",
    env: cleanEnvironment(options.env),
    encoding: "utf8",
    maxBuffer: 1 << 28,
    // A session of its own has no terminal: who runs the tests is asked nothing.
    detached: true,
  } as const;
  const run = spawnSync(process.execPath, [bin, ...args], settings);
  return { status: run.status, stdout: run.stdout, stderr: run.stderr };
}

/** Runs it while `feed` writes its standard input. */
export function sclawFed(
  args: readonly string[],
  feed: (write: (chunk: Uint8Array) => boolean) => boolean,
): Promise<Run & { readonly maxRssKb: number }> {
  return new Promise((resolve) => {
    const child = spawn(
      process.execPath,
      [
        "--import",
        `data:text/javascript,process.on("exit",()=>require("fs").writeSync(2,"\\nmaxrss "+process.resourceUsage().maxRSS))`.replace(
          "require",
          "process.getBuiltinModule",
        ),
        bin,
        ...args,
      ],
      {
        env: cleanEnvironment(),
      },
    );
    let stdout = "";
    let stderr = "";
    child.stdout.on("data", (data) => {
      stdout += data;
    });
    child.stderr.on("data", (data) => {
      stderr += data;
    });
    child.stdin.on("error", () => {});
    let open = true;
    const pump = () => {
      while (open) {
        let hasRoom = true;
        open = feed((chunk) => {
          hasRoom = child.stdin.write(chunk);
          return hasRoom;
        });
        if (!hasRoom) {
          child.stdin.once("drain", pump);
          return;
        }
      }
      child.stdin.end();
    };
    pump();
    child.on("close", (status) => {
      open = false;
      const maxRssKb = Number(/maxrss (\d+)/.exec(stderr)?.[1] ?? 0);
      resolve({ status, stdout, stderr: stderr.replace(/\nmaxrss \d+/, ""), maxRssKb });
    });
  });
}

/** The environment without what would change an answer on one machine only. */
function cleanEnvironment(extra: { readonly [name: string]: string } = {}): NodeJS.ProcessEnv {
  const {
    SCLAW_KEYS: _keys,
    SCLAW_DEBUG: _debug,
    SCLAW_PASSPHRASE: _passphrase,
    SCLAW_ENGINE: _engine,
    NODE_OPTIONS: _options,
    NODE_V8_COVERAGE: _coverage,
    ...env
  } = process.env;
  return { ...env, ...extra };
}

/** Gives a fresh folder to `work` and removes it. */
export function inFolder<T>(work: (folder: string) => T): T {
  const folder = mkdtempSync(join(tmpdir(), "sclaw-test-"));
  const remove = () => rmSync(folder, { recursive: true, force: true });
  let result: T;
  try {
    result = work(folder);
  } catch (error) {
    remove();
    throw error;
  }
  if (result instanceof Promise) return result.finally(remove) as T;
  remove();
  return result;
}

/** Characters that steer a terminal: controls but LF, and marks of direction. */
export const steering =
  /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202f\u2060-\u206f\ufeff]/u;
