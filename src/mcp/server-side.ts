import { concatBytes } from "../bytes/bytes.js";
import { CannotDo } from "../io/refusal.js";
import type { RawLine } from "../ledger/split-lines.js";
import type { OpenCall } from "./open-requests.js";
import { outcomeOf } from "./outcome.js";
import { limits } from "./read-line.js";
import { readServerLine, type ServerAnswer } from "./server-line.js";
import type { Wiring } from "./wiring.js";

const lineFeed = new Uint8Array([0x0a]);

/**
 * What comes from the server: passed on as it is and in its order, an answer to a gated call when
 * its receipt is durable.
 */
export class ServerSide {
  readonly #wiring: Wiring;
  readonly #note: (text: string) => void;

  constructor(wiring: Wiring, note: (text: string) => void) {
    this.#wiring = wiring;
    this.#note = note;
  }

  /** Takes one line. Throws a refusal for one that is too long to be told apart from an answer. */
  take({ bytes, length, ended }: RawLine): void {
    if (length > limits.lineBytes)
      throw new CannotDo(
        `expected lines of at most ${limits.lineBytes} bytes from the server, found one of ${length}`,
        "what it answered cannot be known: the calls that are open are recorded as unknown",
      );
    const { open, client } = this.#wiring;
    const whole = ended ? concatBytes(bytes, lineFeed) : bytes;
    const line = open.isIdle ? ({ kind: "other" } as const) : readServerLine(bytes);
    switch (line.kind) {
      case "other":
        client.pass(whole);
        return;
      case "unreadable":
        if (open.calls().some(({ isSent }) => isSent))
          this.#note("sclaw: a line of the server was not passed on: it may answer a call, and is no JSON");
        else client.pass(whole);
        return;
      case "answers":
        this.#answer(line.answers, bytes, whole);
    }
  }

  /** What was sent to the server and has no answer yet may have run: nobody can tell. */
  end(message: string): void {
    for (const call of this.#wiring.open.calls())
      call.settle({ status: "unknown", error: { code: "server-ended", message } });
  }

  #answer(answers: readonly ServerAnswer[], bytes: Uint8Array, whole: Uint8Array): void {
    const { open, client } = this.#wiring;
    const calls: OpenCall[] = [];
    for (const answer of answers) {
      const gated = open.get(answer.id)?.gated;
      if (gated === undefined) this.#answerPassed(answer);
      else if (gated.isSent) {
        gated.isAnswered = true;
        gated.settle(outcomeOf(gated.call, answer, bytes));
        calls.push(gated);
      } else {
        this.#note("sclaw: an answer of the server was not passed on: it was not asked");
        return;
      }
    }
    if (calls.length === 0) client.pass(whole);
    else
      client.pass(
        whole,
        Promise.all(calls.map(({ recorded }) => recorded)).then(() => {}),
      );
  }

  /** The answer to a request that passed, or to one that was cancelled. */
  #answerPassed({ id, result }: ServerAnswer): void {
    const { open, definitions } = this.#wiring;
    if (open.get(id)?.method === "tools/list") definitions.take(result?.["tools"]);
    open.close(id);
  }
}
