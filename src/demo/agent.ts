import { type ChildProcess, spawn } from "node:child_process";
import { CannotDo } from "../io/refusal.js";

/** What a tool answered. */
export interface ToolAnswer {
  readonly isError: boolean;
  readonly text: string;
  /** Of a held call: the request that people sign. */
  readonly request: string | undefined;
}

interface Message {
  readonly id?: number;
  readonly result?: {
    readonly isError?: boolean;
    readonly content?: readonly { readonly text?: string }[];
    readonly _meta?: { readonly [name: string]: { readonly request?: { readonly id: string } } | undefined };
  };
  readonly error?: { readonly message: string };
}

/** The demo's agent: a client of the Model Context Protocol over a child's stdio, no more than the demo needs. */
export class DemoAgent {
  readonly #child: ChildProcess;
  readonly #waiting = new Map<number, (message: Message) => void>();
  readonly #ended: Promise<number | null>;
  #rest = "";
  #lastId = 0;

  constructor(command: string, args: readonly string[], cwd: string) {
    this.#child = spawn(command, args, { cwd, stdio: ["pipe", "pipe", "inherit"] });
    this.#child.stdout!.setEncoding("utf8").on("data", (chunk: string) => this.#read(chunk));
    this.#ended = new Promise((resolve, reject) => {
      this.#child.on("error", reject);
      this.#child.on("close", (code) => {
        for (const answer of this.#waiting.values()) answer({ error: { message: "the gate ended" } });
        resolve(code);
      });
    });
  }

  /** Opens the session, and reads which tools there are, as a client does. */
  async start(): Promise<void> {
    const clientInfo = { name: "demo-agent", version: "1.0.0" };
    const { error } = await this.#ask("initialize", {
      protocolVersion: "2025-11-25",
      capabilities: {},
      clientInfo,
    });
    if (error !== undefined)
      throw new CannotDo(`the demo expected the gate to start, found: ${error.message}`);
    this.#send({ jsonrpc: "2.0", method: "notifications/initialized" });
    await this.#ask("tools/list", {});
  }

  /** Calls a tool. */
  async call(name: string, args: { readonly [name: string]: string }): Promise<ToolAnswer> {
    const { result, error } = await this.#ask("tools/call", { name, arguments: args });
    if (result === undefined)
      throw new CannotDo(`the demo expected an answer to ${name}, found: ${error?.message}`);
    return {
      isError: result.isError === true,
      text: result.content?.map(({ text }) => text ?? "").join("\n") ?? "",
      request: result._meta?.["dev.sclaw/decision"]?.request?.id,
    };
  }

  /** Ends the session; resolves with the gate's exit code. */
  end(): Promise<number | null> {
    this.#child.stdin!.end();
    return this.#ended;
  }

  #ask(method: string, params: object): Promise<Message> {
    const id = ++this.#lastId;
    return new Promise((resolve) => {
      this.#waiting.set(id, resolve);
      this.#send({ jsonrpc: "2.0", id, method, params });
    });
  }

  #send(message: object): void {
    this.#child.stdin!.write(`${JSON.stringify(message)}\n`);
  }

  #read(chunk: string): void {
    const lines = (this.#rest + chunk).split("\n");
    this.#rest = lines.pop()!;
    for (const line of lines) {
      const message = JSON.parse(line) as Message;
      if (message.id === undefined) continue;
      this.#waiting.get(message.id)?.(message);
      this.#waiting.delete(message.id);
    }
  }
}
