import type { Readable, Writable } from "node:stream";
import { LineSplitter, type RawLine } from "../ledger/split-lines.js";
import { ClientSide } from "./client-side.js";
import { OpenRequests } from "./open-requests.js";
import { OrderedOutput } from "./ordered-output.js";
import { limits } from "./read-line.js";
import type { Ending, ServerProcess } from "./server-process.js";
import { ServerSide } from "./server-side.js";
import type { Wiring } from "./wiring.js";

export interface ProxyOptions extends Omit<Wiring, "open" | "client" | "server"> {
  readonly server: ServerProcess;
  readonly input: Readable;
  readonly output: Writable;
  /** Writes a note for a person to standard error. */
  readonly note: (text: string) => void;
}

/** How long what is left after the server's end may take: its last lines, a client that reads slowly. */
const lastWords = 2000;

/**
 * Stands between a client and a server until one of them ends. Returns how the server ended, all
 * that ran being recorded; the gate is the caller's to close. Rejects where the ledger cannot be
 * written: nothing that is not recorded is passed on.
 */
export async function proxy(options: ProxyOptions): Promise<Ending> {
  const { server, input, output, note } = options;
  const client = new OrderedOutput(output);
  const wiring: Wiring = { ...options, open: new OpenRequests(), client };
  let fail: (error: unknown) => void = () => {};
  const failure = new Promise<never>((_, reject) => {
    fail = reject;
  });
  // It may come when nobody waits any more.
  failure.catch(() => {});
  const fromClient = new ClientSide(wiring, fail);
  const fromServer = new ServerSide(wiring, note);

  const clientEnd = eachLine(input, (line) => fromClient.take(line), fromClient)
    .then(() => fromClient.idle())
    .then(() => {
      server.endInput();
      return fromClient.finished();
    })
    .then(() => server.expectEnd());
  clientEnd.catch(fail);
  const serverEnd = eachLine(server.output, (line) => fromServer.take(line), { room: () => client.room() });
  // A server that can say nothing more is as good as ended.
  serverEnd.then(() => server.expectEnd(), fail);
  try {
    const ending = await Promise.race([server.ended, failure]);
    // A descendant may keep the pipe open: what it writes later is nobody's answer.
    await Promise.race([within(lastWords, serverEnd), failure]);
    input.destroy();
    fromServer.end(`the server ended: ${ending.words}`);
    await Promise.race([fromClient.finished(), failure]);
    await within(lastWords, client.end());
    return ending;
  } catch (error) {
    input.destroy();
    server.signal("SIGTERM");
    await server.ended;
    // What can still be recorded is; a ledger that failed has said so already.
    fromServer.end("the session ended before an answer was read");
    await within(lastWords, fromClient.finished());
    throw error;
  }
}

/** Gives each line of a stream to `take`, and waits for room between chunks' lines. */
async function eachLine(
  stream: Readable,
  take: (line: RawLine) => void,
  pace: { room(): Promise<void> },
): Promise<void> {
  const lines = new LineSplitter(limits.lineBytes);
  try {
    for await (const chunk of stream) {
      for (const line of lines.push(chunk as Uint8Array)) {
        take(line);
        await pace.room();
      }
    }
  } catch (error) {
    // The other side of a pipe is gone, or this one closed it: the end like any other.
    if (!isEndOfStream(error)) throw error;
  }
  const last = lines.end();
  if (last !== undefined) take(last);
}

function isEndOfStream(error: unknown): boolean {
  const { code } = error as NodeJS.ErrnoException;
  return code === "ERR_STREAM_PREMATURE_CLOSE" || code === "ECONNRESET" || code === "EPIPE" || code === "EIO";
}

/** Resolves when a promise does, or when so many milliseconds have passed. */
async function within(milliseconds: number, promise: Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, milliseconds);
  });
  await Promise.race([promise, late]);
  clearTimeout(timer);
}
