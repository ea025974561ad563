import { type ChildProcessByStdio, spawn } from "node:child_process";
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Readable, Writable } from "node:stream";
import { expect } from "vitest";
import { readGateConfig } from "../../src/gate/config.js";
import type { JsonObject } from "../../src/json/json.js";
import { makeReleasedWorld, type World } from "./gate-world.js";
import { bin, root, sclaw } from "./sclaw.js";

/** A message as tests look at it. */
// biome-ignore lint/suspicious/noExplicitAny: what a server sends has any shape.
export type Message = any;

export const logServer = join(root, "test/mcp/servers/log-server.mjs");
export const policy = join(root, "test/mcp/policy");

let template: Promise<World> | undefined;
const folders: string[] = [];

/** Removes what `mcpWorld` made. */
export function removeWorlds(): void {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
  template = undefined;
}

/** A world of its own whose policy was released: a copy of one that was made once. */
export async function mcpWorld(gate: JsonObject = {}): Promise<World> {
  template ??= makeReleasedWorld(newFolder(), {
    policy,
    gate: { agent: { id: "agent:mcp" }, adapter: "adapter:log@1.0" },
  });
  const { folder: from, keys } = await template;
  const folder = newFolder();
  cpSync(from, folder, { recursive: true });
  const path = join(folder, "gate.json");
  const file = { ...(JSON.parse(readFileSync(path, "utf8")) as JsonObject), ...gate };
  writeFileSync(path, JSON.stringify(file));
  return { folder, keys, config: readGateConfig(path) };
}

function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "sclaw-mcp-"));
  folders.push(folder);
  return folder;
}

/** The command line that puts the gate before a server. */
export function gateArgs(world: World, server: readonly string[]): string[] {
  return [bin, "gate", "mcp", "--config", world.config.path, "--", ...server];
}

/** The server that logs what reaches it, as a command line. */
export function logServerOf(world: World, ...options: readonly string[]): string[] {
  return [process.execPath, logServer, logOf(world), ...options];
}

const logOf = ({ folder }: World) => join(folder, "server.log");

/** What reached the logging server, line by line. */
export function reached(world: World): Message[] {
  if (!existsSync(logOf(world))) return [];
  return readFileSync(logOf(world), "utf8")
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line) as Message);
}

/** The tools that reached the logging server. */
export function calledTools(world: World): string[] {
  return reached(world).flatMap(({ method, params }) => (method === "tools/call" ? [params.name] : []));
}

/** A client that writes bytes, and waits for what it is told; no SDK repairs what it sends. */
export class RawSession {
  readonly child: ChildProcessByStdio<Writable, Readable, Readable>;
  readonly received: Message[] = [];
  /** What came, byte for byte. */
  raw = "";
  stderr = "";
  readonly #waiters: (() => void)[] = [];
  readonly ended: Promise<{ readonly code: number | null; readonly signal: string | null }>;

  constructor(args: readonly string[]) {
    const { NODE_V8_COVERAGE: _coverage, ...env } = process.env;
    this.child = spawn(process.execPath, args, { stdio: ["pipe", "pipe", "pipe"], env });
    this.child.stdin.on("error", () => {});
    let rest = "";
    this.child.stdout.setEncoding("utf8").on("data", (text: string) => {
      this.raw += text;
      const lines = (rest + text).split("\n");
      rest = lines.pop()!;
      for (const line of lines) this.received.push(parse(line));
      this.#wake();
    });
    this.child.stderr.setEncoding("utf8").on("data", (text: string) => {
      this.stderr += text;
      this.#wake();
    });
    this.ended = new Promise((resolve) => {
      this.child.on("close", (code, signal) => {
        resolve({ code, signal });
        this.#wake();
      });
    });
  }

  /** Writes bytes as they are. */
  write(bytes: string | Uint8Array): void {
    this.child.stdin.write(bytes);
  }

  /** Writes one JSON-RPC message. */
  send(message: JsonObject): void {
    this.write(`${JSON.stringify({ jsonrpc: "2.0", ...message })}\n`);
  }

  /** Sends a request, and waits for its answer. */
  ask(id: string | number, method: string, params?: JsonObject): Promise<Message> {
    this.send({ id, method, ...(params === undefined ? {} : { params }) });
    return this.answerTo(id);
  }

  call(id: string | number, name: string, given?: JsonObject, more: JsonObject = {}): Promise<Message> {
    return this.ask(id, "tools/call", {
      name,
      ...(given === undefined ? {} : { arguments: given }),
      ...more,
    });
  }

  answerTo(id: string | number): Promise<Message> {
    return this.until(
      () => this.received.find((message) => message.id === id && message.method === undefined),
      `an answer to ${id}`,
    );
  }

  /** Waits until `find` finds something in what came by now. */
  async until<T>(find: () => T | undefined | false, what: string): Promise<T> {
    for (;;) {
      const found = find();
      if (found !== undefined && found !== false) return found;
      if (this.child.exitCode !== null && this.child.stdout.closed)
        throw new Error(`expected ${what}, found the end (${this.child.exitCode}): ${this.stderr}`);
      await new Promise<void>((resolve) => {
        this.#waiters.push(resolve);
        // What is looked at may also be a file.
        setTimeout(resolve, 50);
      });
    }
  }

  /** Closes the client's side, and waits for the end. */
  end(): Promise<{ readonly code: number | null; readonly signal: string | null }> {
    this.child.stdin.end();
    return this.ended;
  }

  #wake(): void {
    for (const waiter of this.#waiters.splice(0)) waiter();
  }
}

function parse(line: string): Message {
  try {
    return JSON.parse(line) as Message;
  } catch {
    return { unparsed: line };
  }
}

/** Starts the gate before the logging server, for a client of raw bytes. */
export function rawSession(world: World, ...options: readonly string[]): RawSession {
  return new RawSession(gateArgs(world, logServerOf(world, ...options)));
}

/** What every ledger of a gate has to be: verified without a finding, decided again as recorded. */
export function expectGoodLedger({ config }: World): void {
  const { ledger, keys } = config;
  const verified = sclaw(["verify", ledger, "--keys", keys, "--format", "json"]);
  const verification = JSON.parse(verified.stdout) as Message;
  expect(verification.findings).toEqual([]);
  expect(verified.status).toBe(0);
  const replayed = sclaw(["replay", ledger, "--keys", keys, "--policy", config.policy, "--format", "json"]);
  expect({ status: replayed.status, stderr: replayed.stderr }).toEqual({ status: 0, stderr: "" });
}
