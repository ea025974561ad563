import { Client as Client2 } from "@modelcontextprotocol/client";
import { StdioClientTransport as Stdio2 } from "@modelcontextprotocol/client/stdio";
import { Client as Client1 } from "@modelcontextprotocol/sdk/client/index.js";
import { StdioClientTransport as Stdio1 } from "@modelcontextprotocol/sdk/client/stdio.js";
import * as schemas from "@modelcontextprotocol/sdk/types.js";
import type { Message } from "./gate-session.js";

/** The clients of both generations, and what they speak. */
export const clientKinds = ["sdk 1", "client 2", "client 2, stateless"] as const;
export type ClientKind = (typeof clientKinds)[number];

const capabilities = {
  sampling: {},
  elicitation: { form: {}, url: {} },
  roots: { listChanged: true },
};

export interface CallOptions {
  readonly onprogress?: (progress: Message) => void;
  readonly signal?: AbortSignal;
}

/** A real client behind one face for both packages. */
export interface Peer {
  readonly client: Message;
  /** Which requests of the server it answered, and which notifications came. */
  readonly seen: { readonly [method: string]: number };
  call(name: string, given?: object, options?: CallOptions): Promise<Message>;
  /** Resolves when a request or notification of that method has come. */
  came(method: string): Promise<void>;
  close(): Promise<void>;
}

const answers: { readonly [method: string]: (params: Message) => object } = {
  "roots/list": () => ({ roots: [{ uri: "file:///tmp", name: "a root" }] }),
  "sampling/createMessage": () => ({
    role: "assistant",
    model: "a model",
    content: { type: "text", text: "sampled" },
  }),
  "elicitation/create": ({ mode }) =>
    mode === "url" ? { action: "accept" } : { action: "accept", content: { name: "Bob" } },
};

const notifications: { readonly [method: string]: Message } = {
  "notifications/message": schemas.LoggingMessageNotificationSchema,
  "notifications/resources/updated": schemas.ResourceUpdatedNotificationSchema,
  "notifications/tools/list_changed": schemas.ToolListChangedNotificationSchema,
};

const requests: { readonly [method: string]: Message } = {
  "roots/list": schemas.ListRootsRequestSchema,
  "sampling/createMessage": schemas.CreateMessageRequestSchema,
  "elicitation/create": schemas.ElicitRequestSchema,
};

/** Starts a server, or the gate before it, and connects a client to it. */
export async function connect(kind: ClientKind, args: readonly string[]): Promise<Peer> {
  const seen: { [method: string]: number } = {};
  const waiters: (() => void)[] = [];
  const count = (method: string) => {
    seen[method] = (seen[method] ?? 0) + 1;
    for (const waiter of waiters.splice(0)) waiter();
  };
  const start = { command: process.execPath, args: [...args], stderr: "ignore" as const };
  const isFirst = kind === "sdk 1";
  const client: Message = isFirst
    ? new Client1({ name: "test", version: "1" }, { capabilities })
    : new Client2(
        { name: "test", version: "1" },
        {
          capabilities,
          ...(kind === "client 2" ? {} : { versionNegotiation: { mode: { pin: "2026-07-28" } } }),
        },
      );
  for (const [method, answer] of Object.entries(answers))
    client.setRequestHandler(isFirst ? requests[method] : method, async ({ params }: Message) => {
      count(method);
      return answer(params);
    });
  for (const [method, schema] of Object.entries(notifications))
    client.setNotificationHandler(isFirst ? schema : method, () => count(method));
  await client.connect(isFirst ? new Stdio1(start) : new Stdio2(start));
  const patience = { timeout: 100_000 };
  return {
    client,
    seen,
    call: (name, given, options = {}) => {
      const params = { name, ...(given === undefined ? {} : { arguments: given }) };
      const all = { ...patience, ...options };
      return isFirst ? client.callTool(params, undefined, all) : client.callTool(params, all);
    },
    came: async (method) => {
      while (seen[method] === undefined) await new Promise<void>((resolve) => waiters.push(resolve));
    },
    close: () => client.close(),
  };
}
