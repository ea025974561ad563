import { formatDigest } from "../bytes/digest.js";
import { kindOf } from "../findings/catalogue.js";
import { isJsonObject, type Json } from "../json/json.js";
import type { ObservedEntry } from "../ledger/options.js";
import type { ItemReceipt } from "./item.js";

/** What an entry is for a population. */
export type EntryStanding = "verified" | "unverified" | "withheld";

/** Whether an entry is disclosed, genuine and without any finding that questions what it says. */
export function standingOf(observed: ObservedEntry): EntryStanding {
  if (!observed.entry.disclosed) return "withheld";
  const isSound = observed.problems.every(({ code }) => kindOf(code).severity !== "error");
  return observed.genuine && isSound && observed.entry.receipt !== undefined ? "verified" : "unverified";
}

/** The receipt of an entry as a population keeps it; undefined where it cannot be read whole. */
export function itemReceiptOf(observed: ObservedEntry): ItemReceipt | undefined {
  const { receipt, leaf, intent } = observed.entry;
  if (receipt === undefined || leaf === undefined) return undefined;
  return {
    receipt,
    where: observed.where,
    place: observed.place,
    leaf: formatDigest(leaf),
    intent: intentFacts(intent),
    members: observed.line.members,
    problems: observed.problems,
    policyJudged: observed.policyJudged,
    verified: standingOf(observed) === "verified",
  };
}

function intentFacts(intent: Json | undefined): ItemReceipt["intent"] {
  if (intent === undefined) return undefined;
  const { operation, resource } = isJsonObject(intent) ? intent : {};
  const textOf = (value: Json | undefined) => (typeof value === "string" ? value : "");
  return { operation: textOf(operation), resource: textOf(resource) };
}
