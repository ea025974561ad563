import type { DigestText } from "../bytes/digest.js";
import type { Problem } from "../findings/finding.js";
import type { JsonObject } from "../json/json.js";
import type { LineInFile } from "../ledger/finish.js";
import type { Outline } from "../ledger/outline.js";
import type { Receipt } from "../receipt/receipt.js";

/** What one item of a population is: an operation, or a single receipt. */
export type Unit = "request" | "receipt";

/**
 * One receipt as a population keeps it. All but the outline and what was found out about it is
 * read from its line when it is asked for.
 */
export interface ItemReceipt {
  /** What of it is known without reading its line: to count it, and to choose by. */
  readonly outline: Outline;
  readonly receipt: Receipt;
  readonly where: LineInFile;
  /** From 0: its place in the tree. */
  readonly place: number;
  readonly leaf: DigestText;
  /** Of the disclosed intent; undefined where it is withheld. */
  readonly intent: { readonly operation: string; readonly resource: string } | undefined;
  /** The members of its line, for proofs. */
  readonly members: JsonObject;
  readonly problems: readonly Problem[];
  /** Whether the ledger's own releases say which policy was in force when it was decided. */
  readonly policyJudged: boolean;
  /** Whether the receipt is what a valid ledger key signed, at its place, with nothing wrong with its line. */
  readonly verified: boolean;
  /** What who recognized it has noted of it, going by its line alone; undefined where nothing was. */
  readonly note?: string | undefined;
  /** To be called by who holds many items for long: those that stand beside it, or its held ones, then need not be held. */
  readonly keep: () => void;
}

/**
 * One item: the receipt that stands for it, and the receipts of the same request that were
 * held before. A held and a resolved receipt are one operation, not two.
 */
export interface Item extends ItemReceipt {
  readonly held: readonly ItemReceipt[];
}

/** All that is wrong with an item, whichever of its receipts shows it. */
export function problemsOf(item: Item): readonly Problem[] {
  if (item.held.length === 0) return item.problems;
  return [...item.held.flatMap((held) => held.problems), ...item.problems];
}

/** Whether every receipt of an item is verified. */
export function isVerified(item: Item): boolean {
  return item.verified && (item.held.length === 0 || item.held.every((held) => held.verified));
}

/** Whether an item waits for people: held, and nothing has resolved it. */
export function isHeld(item: Item): boolean {
  return item.outline.approval === "pending";
}
