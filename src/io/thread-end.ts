import { CannotDo } from "./refusal.js";

/** How work that threads do is called in messages. */
export interface ThreadWords {
  /** For example "verify". */
  readonly doing: string;
  /** How to do it without threads. */
  readonly alone: string;
}

/** What the system denied a thread is no bug of ours; what its program threw is. */
export function threadError(error: Error, words: ThreadWords): Error {
  const { code } = error as NodeJS.ErrnoException;
  return code?.startsWith("ERR_WORKER_") ? threadEnded(error.message, words) : error;
}

/** The refusal where a thread has ended before its work was done: `how` says what is known of its end. */
export function threadEnded(how: string, { doing, alone }: ThreadWords): CannotDo {
  return new CannotDo(
    `expected threads that ${doing} to the end, found one that ended: ${how}`,
    `nothing was concluded; run it again, with ${alone}`,
  );
}
