import { engine } from "#engine";
import type { DigestText } from "../bytes/digest.js";
import { encodeUtf8 } from "../bytes/utf8.js";
import { type PolicyBundle, readBundle } from "../policy/bundle.js";
import { mostClasses } from "../policy/request-class.js";
import type { Filter } from "../population/filter.js";
import { Noter } from "../replay/notes.js";
import { type RedecidedFor, redeciderFor } from "../replay/redeciders.js";
import { cedarEngine } from "./cedar.js";

/** What threads that recognize lines are to note of them, as it goes to a thread. */
export interface Noting {
  readonly what: RedecidedFor;
  /** The bundles as they were read once, so that no thread reads another policy. */
  readonly bundles: readonly BundleSent[];
  /** Entries that it leaves out are most likely not asked for. */
  readonly filter: Filter;
  /** In how many threads it is noted, which share what may be remembered. */
  readonly threads: number;
}

/** A bundle as it goes to a thread: the texts of its files, and the hash that they come to. */
interface BundleSent {
  readonly hash: DigestText;
  readonly texts: readonly (readonly [file: string, text: string])[];
}

/** Bundles, to be read again in another thread. */
export function bundlesToSend(bundles: readonly PolicyBundle[]): readonly BundleSent[] {
  return bundles.map(({ hash, sources }) => {
    return { hash, texts: [...sources].map(([name, { text }]) => [name, text] as const) };
  });
}

/** Makes what notes. Throws where a bundle has problems or comes to another hash: one that was read does not. */
export function noterFor({ what, bundles, filter, threads }: Noting): Noter {
  const read = bundles.map(({ hash, texts }) => {
    const files = new Map(texts.map(([name, text]) => [name, encodeUtf8(text)]));
    const result = readBundle(files, cedarEngine(), engine.sha3_256);
    if (!result.ok || result.bundle.hash !== hash)
      throw new Error(
        `expected the bundle ${hash}, which another thread has read, found problems or another`,
      );
    return result.bundle;
  });
  const redecider = redeciderFor(what, read, Math.ceil(mostClasses / threads));
  return new Noter(redecider, filter, engine.sha3_256);
}
