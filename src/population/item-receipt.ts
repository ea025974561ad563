import { type DigestText, formatDigest } from "../bytes/digest.js";
import { kindOf } from "../findings/catalogue.js";
import type { Problem } from "../findings/finding.js";
import { isJsonObject, type Json, type JsonObject } from "../json/json.js";
import type { LineInFile } from "../ledger/finish.js";
import type { ObservedEntry } from "../ledger/options.js";
import type { Outline } from "../ledger/outline.js";
import type { Receipt } from "../receipt/receipt.js";
import type { Item, ItemReceipt } from "./item.js";

/** What an entry is for a population. */
export type EntryStanding = "verified" | "unverified" | "withheld";

/** Whether an entry is disclosed, genuine and without any finding that questions what it says. */
export function standingOf({ entry, outline, genuine, problems }: ObservedEntry): EntryStanding {
  if (!entry.disclosed) return "withheld";
  const isSound = problems.length === 0 || problems.every(({ code }) => kindOf(code).severity !== "error");
  return genuine && isSound && outline !== undefined ? "verified" : "unverified";
}

const none: readonly ItemReceipt[] = [];

/** A receipt as it was observed, which is an item, or one of those that were held before. */
export class ObservedItem implements Item {
  readonly outline: Outline;
  readonly place: number;
  readonly verified: boolean;
  held = none;
  readonly #observed: ObservedEntry;

  /** Takes an entry whose receipt is whole. */
  constructor(observed: ObservedEntry, outline: Outline) {
    this.outline = outline;
    this.place = observed.place;
    this.verified = standingOf(observed) === "verified";
    this.#observed = observed;
  }

  get receipt(): Receipt {
    return this.#observed.entry.receipt!;
  }

  get where(): LineInFile {
    return this.#observed.where;
  }

  get leaf(): DigestText {
    return formatDigest(this.#observed.entry.leaf!);
  }

  get intent(): ItemReceipt["intent"] {
    return intentFacts(this.#observed.entry.intent);
  }

  get members(): JsonObject {
    return this.#observed.line.members;
  }

  get problems(): readonly Problem[] {
    return this.#observed.problems;
  }

  get note(): string | undefined {
    return this.#observed.note;
  }

  get policyJudged(): boolean {
    return this.#observed.policyJudged;
  }

  keep(): void {
    this.#observed.keep();
    for (const receipt of this.held) receipt.keep();
  }
}

function intentFacts(intent: Json | undefined): ItemReceipt["intent"] {
  if (intent === undefined) return undefined;
  const { operation, resource } = isJsonObject(intent) ? intent : {};
  const textOf = (value: Json | undefined) => (typeof value === "string" ? value : "");
  return { operation: textOf(operation), resource: textOf(resource) };
}
