import { randomBytes } from "node:crypto";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import process from "node:process";
import { refusalOf } from "../io/refusal.js";
import type { HookAnswer } from "./answer.js";
import { eventBytes } from "./event.js";
import { failureAnswer } from "./failure.js";
import { removeMeeting, writeMeeting } from "./meeting-file.js";
import { digestOf, headers, isSame, signatureOf, signatureOfDigest } from "./signature.js";

/** A server that answers hooks, and how to end it. */
export interface HookServer {
  readonly port: number;
  /** Ends when every answer that is under way was given. */
  readonly close: () => Promise<void>;
}

export interface ServeOptions {
  /** The file by which hooks find it. */
  readonly path: string;
  readonly answer: (event: Uint8Array) => Promise<HookAnswer>;
}

/**
 * Answers hooks over HTTP on the loopback address, at a port that the system chooses. Only who can
 * read the meeting file is answered. Throws a refusal where it cannot listen or write the file.
 */
export async function serveHooks({ path, answer }: ServeOptions): Promise<HookServer> {
  const token = randomBytes(32).toString("hex");
  const server = createServer(
    // A stranger may connect: what it can hold open is bounded in time, size and number.
    {
      headersTimeout: 5_000,
      requestTimeout: 15_000,
      maxHeaderSize: 4096,
      connectionsCheckingInterval: 1_000,
    },
    (request, response) => {
      respond(request, response, token, answer).catch(() => request.socket.destroy());
    },
  );
  server.maxConnections = 256;
  const port = await listen(server);
  writeMeeting(path, { format: "sclaw.hook/1", port, pid: process.pid, token });
  return {
    port,
    close: async () => {
      removeMeeting(path, token);
      await new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeIdleConnections();
      });
    },
  };
}

function listen(server: Server): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once("error", (error) => reject(refusalOf(error, "cannot listen on 127.0.0.1")));
    server.listen({ host: "127.0.0.1", port: 0, exclusive: true }, () =>
      resolve((server.address() as AddressInfo).port),
    );
  });
}

async function respond(
  request: IncomingMessage,
  response: ServerResponse,
  token: string,
  answer: ServeOptions["answer"],
): Promise<void> {
  response.on("error", () => {});
  request.on("error", () => {});
  const wrong = wrongWith(request, token);
  if (wrong !== undefined) {
    response.writeHead(wrong, { connection: "close", "content-length": 0 }).end();
    request.socket.destroySoon();
    return;
  }
  const body = await bodyOf(request);
  if (body === undefined || digestOf(body) !== request.headers[headers.digest]) {
    response.writeHead(400, { connection: "close", "content-length": 0 }).end();
    return;
  }
  const text = Buffer.from(JSON.stringify(await answerOf(answer, body)));
  const nonce = String(request.headers[headers.nonce]);
  response
    .writeHead(200, {
      "content-type": "application/json",
      "content-length": text.length,
      connection: "close",
      [headers.signature]: signatureOf(token, "answer", nonce, text),
    })
    .end(text);
}

/** Before a byte of the body is read: the status that refuses a request, undefined of a good one. */
function wrongWith(
  { method, url, headers: given, socket }: IncomingMessage,
  token: string,
): number | undefined {
  if (method !== "POST" || url !== "/event") return 404;
  // A page in a browser: by a name that leads here, or by its own script.
  if (given.host !== `127.0.0.1:${socket.localPort}` || given.origin !== undefined) return 403;
  const nonce = given[headers.nonce];
  const digest = given[headers.digest];
  const signature = given[headers.signature];
  if (typeof nonce !== "string" || typeof digest !== "string" || typeof signature !== "string") return 401;
  if (!isSame(signatureOfDigest(token, "request", nonce, digest), signature)) return 401;
  if (given["content-length"] === undefined) return 411;
  const length = Number(given["content-length"]);
  return length <= eventBytes + 1 ? undefined : 413;
}

async function bodyOf(request: IncomingMessage): Promise<Uint8Array | undefined> {
  const chunks: Buffer[] = [];
  try {
    for await (const chunk of request) chunks.push(chunk as Buffer);
    return Buffer.concat(chunks);
  } catch {
    return undefined;
  }
}

/** Whatever goes wrong in the gate blocks the call, and the next is answered all the same. */
async function answerOf(answer: ServeOptions["answer"], body: Uint8Array): Promise<HookAnswer> {
  try {
    return await answer(body);
  } catch (error) {
    return failureAnswer(error);
  }
}
