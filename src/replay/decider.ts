import type { Json } from "../json/json.js";
import type { Time } from "../json/time.js";
import type { PolicyBundle } from "../policy/bundle.js";
import {
  type Ask,
  askEngine,
  decideQuestion,
  type PolicyDecision,
  type Question,
  understand,
} from "../policy/decide.js";
import { type Answers, AnswersByClass, answersTo } from "../policy/request-class.js";

/** An intent to decide by a bundle, at a time. */
export interface Request {
  readonly bundle: PolicyBundle;
  readonly intent: Json;
  readonly at: Time;
}

/** What the engine is to be asked for all requests of a class: whoever asks it fills `answers` in, and then calls `answered`. */
export interface OpenClass extends Request {
  readonly question: Question;
  readonly answers: Answers;
}

/** Decided requests are cut off in lots, since cutting moves all that wait. */
const cutAfter = 1000;

interface Waiting {
  /** Undefined where nothing has to be asked. */
  readonly answers: Answers | undefined;
  readonly finish: () => void;
}

/**
 * Decides requests of which some wait for their answers, and gives the decisions out in the
 * order of the requests, whatever the order of the answers: who counts and lists decisions
 * sees the same whether one thread asks the engine or eight. Requests that are equal in all
 * that their bundle's policies read are asked about once.
 */
export class Decider {
  readonly #ask: (open: OpenClass) => void;
  readonly #known: ReadonlyMap<PolicyBundle, AnswersByClass>;
  /** Classes that were asked about and not answered. */
  readonly #asked = new Set<Answers>();
  #waiting: Waiting[] = [];
  /** How many of `#waiting` are decided: they are cut off together. */
  #done = 0;

  /** `ask` is called once for each class, and may answer at once or later. */
  constructor(bundles: readonly PolicyBundle[], ask: (open: OpenClass) => void = askHere(bundles)) {
    this.#ask = ask;
    this.#known = new Map(bundles.map((bundle) => [bundle, new AnswersByClass(bundle)]));
  }

  /** How many requests are not decided yet. */
  get waiting(): number {
    return this.#waiting.length - this.#done;
  }

  /** Decides a request; `then` is given the decision, at once where nothing before it waits. */
  decide(request: Request, then: (decided: PolicyDecision) => void): void {
    const { bundle, intent, at } = request;
    const understood = understand(bundle, intent, at);
    if (!understood.ok) {
      this.#waiting.push({ answers: undefined, finish: () => then(understood.decision) });
    } else {
      const { question } = understood;
      const answers = this.#known.get(bundle)!.of(question);
      const isOpen = answers.nothing === undefined && !this.#asked.has(answers);
      this.#waiting.push({
        answers,
        finish: () => then(decideQuestion(bundle, question, (_question, satisfied) => answers[satisfied]!)),
      });
      if (isOpen) {
        this.#asked.add(answers);
        this.#ask({ ...request, question, answers });
      }
    }
    this.answered();
  }

  /** Gives out what can be decided now. */
  answered(): void {
    while (this.#done < this.#waiting.length) {
      const { answers, finish } = this.#waiting[this.#done]!;
      if (answers !== undefined) {
        if (answers.nothing === undefined) break;
        this.#asked.delete(answers);
      }
      this.#done++;
      finish();
    }
    if (this.#done < cutAfter && this.#done < this.#waiting.length) return;
    this.#waiting = this.#waiting.slice(this.#done);
    this.#done = 0;
  }
}

/** Asks the engine in this thread, at once. */
export function askHere(bundles: readonly PolicyBundle[]): (open: OpenClass) => void {
  const engines = new Map<PolicyBundle, Ask>(bundles.map((bundle) => [bundle, askEngine(bundle)]));
  return ({ bundle, question, answers }) => {
    Object.assign(answers, answersTo(bundle, question, engines.get(bundle)!));
  };
}
