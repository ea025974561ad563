import type { HashFunction } from "../bytes/digest.js";
import type { Gate, Malformed } from "../gate/contract.js";
import type { Operation } from "../policy/catalogue.js";
import type { Definitions } from "./definitions.js";
import type { OpenRequests } from "./open-requests.js";
import type { OrderedOutput } from "./ordered-output.js";

/** Who asks, as the operator configured it: a client on standard input proves nothing of it. */
export type Caller = Pick<Malformed, "tenant" | "agent" | "adapterId" | "session">;

/** What a stdio MCP server is to the gate. */
export interface ServerInput {
  /** Whether it can still be given anything. */
  readonly isOpen: boolean;
  readonly isFull: boolean;
  write(line: Uint8Array): void;
  /** Resolves when there is room, or nothing can be given any more. */
  room(): Promise<void>;
}

/** What both directions of one session share. */
export interface Wiring {
  readonly gate: Gate;
  readonly caller: Caller;
  /** The methods that are decided beside tools/call. */
  readonly gated: readonly string[];
  /** How long a held call waits for signatures; milliseconds. */
  readonly holdFor: number;
  /** The catalogue's operations of the adapter. */
  readonly operation: (name: string) => Operation | undefined;
  readonly definitions: Definitions;
  readonly sha3: HashFunction;
  readonly open: OpenRequests;
  readonly client: OrderedOutput;
  readonly server: ServerInput;
  /** How long a cancelled call may take to be answered; milliseconds. */
  readonly cancelledFor: number;
}
