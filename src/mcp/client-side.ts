import type { RawLine } from "../ledger/split-lines.js";
import { readCall } from "./call.js";
import { type ClientMessage, errorCodes, isRequestId, type Notification, type Request } from "./message.js";
import { isGated } from "./methods.js";
import { limits, readLine } from "./read-line.js";
import { refuseMessage } from "./refuse.js";
import { runCall } from "./run-call.js";
import type { Wiring } from "./wiring.js";
import { writeLine } from "./write-line.js";

/** Messages, and their bytes, that are being decided before the client is read on. */
const mostBusy = { messages: 64, bytes: 32 * 1024 * 1024 } as const;
/** Requests that are open, whoever has them: a client with more is refused. */
const mostOpen = 10_000;

/** What comes from the client: read, decided, forwarded or refused. */
export class ClientSide {
  readonly #wiring: Wiring;
  readonly #fail: (error: unknown) => void;
  #busyMessages = 0;
  #busyBytes = 0;
  readonly #waiters: (() => void)[] = [];

  /** `fail` is told of what ends the session: a ledger that cannot be written. */
  constructor(wiring: Wiring, fail: (error: unknown) => void) {
    this.#wiring = wiring;
    this.#fail = fail;
  }

  /** Takes one line of the client. */
  take({ bytes, length }: RawLine): void {
    if (length > limits.lineBytes) {
      this.#do(0, refuseMessage(this.#wiring, bytes, tooLong(length)));
      return;
    }
    for (const message of readLine(bytes)) this.#takeMessage(message, bytes);
  }

  /** Whether the client should wait: decisions, the server or its own reading are behind. */
  get isFull(): boolean {
    const { server, client } = this.#wiring;
    return (
      this.#busyMessages >= mostBusy.messages ||
      this.#busyBytes >= mostBusy.bytes ||
      server.isFull ||
      client.isFlooded
    );
  }

  async room(): Promise<void> {
    const { server, client } = this.#wiring;
    while (this.isFull) {
      if (server.isFull) await server.room();
      else if (client.isFlooded) await client.room();
      else await this.#change();
    }
  }

  /** Resolves when nothing is being decided; what waits for people, or runs, may go on. */
  async idle(): Promise<void> {
    while (this.#busyMessages > 0) await this.#change();
  }

  /** Resolves when all that runs is recorded; what waits for people stays as it is. */
  async finished(): Promise<void> {
    const { open } = this.#wiring;
    while (this.#busyMessages > 0 || open.calls().some(({ stage }) => stage !== "held")) await this.#change();
  }

  #takeMessage(message: ClientMessage, bytes: Uint8Array): void {
    const { server, open } = this.#wiring;
    switch (message.kind) {
      case "response":
        server.write(writeLine(message.json));
        return;
      case "notification":
        this.#notify(message);
        return;
      case "request":
        if (open.has(message.id))
          this.#refuse(message, bytes, "expected an id of its own, found one that is open");
        else if (open.size >= mostOpen)
          this.#refuse(message, bytes, `expected at most ${mostOpen} open requests, found one more`);
        else this.#request(message, bytes);
        return;
      case "refusable":
        this.#do(bytes.length, refuseMessage(this.#wiring, bytes, message));
    }
  }

  #request(request: Request, bytes: Uint8Array): void {
    const { gated, open, server } = this.#wiring;
    const { id, method } = request;
    if (!isGated(method, gated)) {
      open.add({ id, method, gated: undefined });
      server.write(writeLine(request.json));
      return;
    }
    const read = readCall(request, method);
    if (!read.ok) {
      this.#refuse(request, bytes, read.reason);
      return;
    }
    let isBusy = true;
    const release = () => {
      if (isBusy) this.#release(bytes.length);
      isBusy = false;
    };
    this.#hold(bytes.length);
    const failed = (error: unknown) => {
      open.close(id);
      this.#fail(error);
    };
    void runCall(this.#wiring, request, read.call, bytes, release)
      .catch(failed)
      .then(() => {
        release();
        this.#wake();
      });
  }

  #refuse({ id, method }: Request, bytes: Uint8Array, reason: string): void {
    const refusable = {
      kind: "refusable",
      code: errorCodes.invalidParams,
      reason,
      id,
      about: { method },
    } as const;
    this.#do(bytes.length, refuseMessage(this.#wiring, bytes, refusable));
  }

  /** A call that the server does not have is withdrawn; of one that it has, it is told. */
  #notify({ method, params, json }: Notification): void {
    const { open, server, cancelledFor } = this.#wiring;
    const id = method === "notifications/cancelled" ? params?.["requestId"] : undefined;
    const request = isRequestId(id) ? open.get(id) : undefined;
    if (request?.gated === undefined) {
      if (request !== undefined) open.retire(request.id);
      server.write(writeLine(json));
      return;
    }
    const { gated } = request;
    gated.isCancelled = true;
    if (!gated.isSent) {
      gated.withdraw.abort();
      return;
    }
    server.write(writeLine(json));
    gated.settleAfter(cancelledFor, {
      status: "unknown",
      error: { code: "cancelled", message: "the client cancelled it, and the server did not answer" },
    });
  }

  #do(bytes: number, work: Promise<void>): void {
    this.#hold(bytes);
    void work.catch(this.#fail).then(() => this.#release(bytes));
  }

  #hold(bytes: number): void {
    this.#busyMessages++;
    this.#busyBytes += bytes;
  }

  #release(bytes: number): void {
    this.#busyMessages--;
    this.#busyBytes -= bytes;
    this.#wake();
  }

  #wake(): void {
    for (const waiter of this.#waiters.splice(0)) waiter();
  }

  #change(): Promise<void> {
    return new Promise((resolve) => this.#waiters.push(resolve));
  }
}

function tooLong(length: number) {
  return {
    kind: "refusable",
    code: errorCodes.invalidRequest,
    reason: `expected a line of at most ${limits.lineBytes} bytes, found ${length}`,
    about: { bytes: length },
  } as const;
}
