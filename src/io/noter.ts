import { engine } from "#engine";
import { encodeUtf8 } from "../bytes/utf8.js";
import { type PolicyBundle, readBundle } from "../policy/bundle.js";
import { mostClasses } from "../policy/request-class.js";
import type { Filter } from "../population/filter.js";
import { Noter } from "../replay/notes.js";
import { type RedecidedFor, redeciderFor } from "../replay/redecided.js";
import { cedarEngine } from "./cedar.js";

/** What threads that recognize lines are to note of them, as it goes to a thread. */
export interface Noting {
  readonly what: RedecidedFor;
  /** The bundles, each as the texts of its files: what was read once, so that no thread reads another policy. */
  readonly bundles: readonly (readonly (readonly [file: string, text: string])[])[];
  /** Entries that it leaves out are most likely not asked for. */
  readonly filter: Filter;
  /** In how many threads it is noted, which share what may be remembered. */
  readonly threads: number;
}

/** The texts of bundles, to be read again in another thread. */
export function textsOf(bundles: readonly PolicyBundle[]): Noting["bundles"] {
  return bundles.map(({ sources }) => [...sources].map(([name, { text }]) => [name, text]));
}

/** Makes what notes. Throws where a bundle has problems: one that was read has none. */
export function noterFor({ what, bundles, filter, threads }: Noting): Noter {
  const read = bundles.map((texts) => {
    const files = new Map(texts.map(([name, text]) => [name, encodeUtf8(text)]));
    const result = readBundle(files, cedarEngine(), engine.sha3_256);
    if (!result.ok) throw new Error("expected a bundle that another thread has read, found problems in it");
    return result.bundle;
  });
  const redecider = redeciderFor(what, read, Math.ceil(mostClasses / threads));
  return new Noter(redecider, filter, engine.sha3_256);
}
