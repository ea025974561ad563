import type { AdapterResult } from "../gate/contract.js";
import type { Call } from "./call.js";
import { idKey, type RequestId } from "./message.js";

/** A request of the client that has no answer yet. */
export interface OpenRequest {
  readonly id: RequestId;
  readonly method: string;
  /** What is decided of it; undefined of a request that passes. */
  readonly gated: OpenCall | undefined;
}

/** Where a gated request is: being decided, waiting for people, or with the server. */
export type Stage = "deciding" | "held" | "sent";

/** A gated request on its way. */
export class OpenCall {
  readonly call: Call;
  /** Resolves when its receipt is durable. */
  readonly recorded: Promise<void>;
  readonly withdraw = new AbortController();
  isCancelled = false;
  isAnswered = false;
  markRecorded: () => void = () => {};
  #stage: Stage = "deciding";
  readonly #onStage: () => void;
  #settle: ((result: AdapterResult) => void) | undefined;
  #timer: NodeJS.Timeout | undefined;

  /** `onStage` is told when it has left the decision. */
  constructor(call: Call, onStage: () => void) {
    this.call = call;
    this.#onStage = onStage;
    this.recorded = new Promise((resolve) => {
      this.markRecorded = resolve;
    });
  }

  get stage(): Stage {
    return this.#stage;
  }

  /** Whether the server has it. */
  get isSent(): boolean {
    return this.#stage === "sent";
  }

  enter(stage: "held" | "sent"): void {
    this.#stage = stage;
    this.#onStage();
  }

  /** Resolves with the outcome, whoever learns it first. */
  outcome(): Promise<AdapterResult> {
    return new Promise((resolve) => {
      this.#settle = resolve;
    });
  }

  /** Takes the first outcome; says whether it was this one. */
  settle(result: AdapterResult): boolean {
    const settle = this.#settle;
    this.#settle = undefined;
    clearTimeout(this.#timer);
    settle?.(result);
    return settle !== undefined;
  }

  /** Gives it an outcome after so many milliseconds, where the server gives none. */
  settleAfter(milliseconds: number, result: AdapterResult): void {
    if (this.#settle !== undefined && this.#timer === undefined)
      this.#timer = setTimeout(() => this.settle(result), milliseconds);
  }
}

/** Ids of cancelled requests that a server may still answer; older ones are forgotten. */
const mostRetired = 10_000;

/** The requests of a client by their ids: none is used twice while it is open. */
export class OpenRequests {
  readonly #open = new Map<string, OpenRequest>();
  readonly #retired = new Set<string>();

  /** Whether nothing that a server sends now can be an answer. */
  get isIdle(): boolean {
    return this.#open.size === 0 && this.#retired.size === 0;
  }

  get size(): number {
    return this.#open.size;
  }

  /** Whether a request of this id is open, or was cancelled and may be answered yet. */
  has(id: RequestId): boolean {
    return this.#open.has(idKey(id)) || this.#retired.has(idKey(id));
  }

  get(id: RequestId): OpenRequest | undefined {
    return this.#open.get(idKey(id));
  }

  add(request: OpenRequest): void {
    this.#open.set(idKey(request.id), request);
  }

  /** The request was answered. */
  close(id: RequestId): void {
    this.#open.delete(idKey(id));
    this.#retired.delete(idKey(id));
  }

  /** The request was cancelled: usually it gets no answer, but nobody else may use its id yet. */
  retire(id: RequestId): void {
    this.#open.delete(idKey(id));
    this.#retired.add(idKey(id));
    if (this.#retired.size > mostRetired) {
      const [oldest] = this.#retired;
      this.#retired.delete(oldest!);
    }
  }

  calls(): readonly OpenCall[] {
    return [...this.#open.values()].flatMap(({ gated }) => gated ?? []);
  }
}
