import type { DigestText } from "../bytes/digest.js";
import type { Problem } from "../findings/finding.js";
import type { PolicyBundle } from "../policy/bundle.js";
import { type Ask, decide, type PolicyDecision } from "../policy/decide.js";
import { askOncePerClass } from "../policy/request-class.js";
import type { ItemReceipt } from "../population/item.js";
import type { Receipt } from "../receipt/receipt.js";
import { compareDecision, type DecisionDifference } from "./compare.js";
import type { Request } from "./decider.js";

/** What came of deciding one receipt again. */
export type Replayed =
  | { readonly kind: "same"; readonly decided: PolicyDecision }
  | {
      readonly kind: "differs";
      readonly decided: PolicyDecision;
      readonly differences: readonly DecisionDifference[];
    }
  /** `reason` says why nothing is known of it. */
  | { readonly kind: "not evaluated"; readonly reason: string };

/** What deciding a receipt again takes, or why it cannot be. */
export type ReplayRequest =
  | ({ readonly kind: "request" } & Request)
  | { readonly kind: "not evaluated"; readonly reason: string };

type Replayable = Pick<ItemReceipt, "receipt" | "members" | "verified">;

/** The bundles of a replay, of which each receipt names one. */
export class ReplayBundles {
  readonly #byHash: ReadonlyMap<DigestText, PolicyBundle>;
  readonly #used = new Set<PolicyBundle>();

  constructor(bundles: readonly PolicyBundle[]) {
    this.#byHash = new Map(bundles.map((bundle) => [bundle.hash, bundle]));
  }

  /** Bundles that no receipt so far names: another policy than those that decided. */
  get unused(): readonly PolicyBundle[] {
    return [...this.#byHash.values()].filter((bundle) => !this.#used.has(bundle));
  }

  /**
   * A receipt's intent, to be decided under the bundle whose hash the receipt names, at its own
   * `decided_at`: facts are derived anew and never read from the receipt.
   */
  requestOf({ receipt, members, verified }: Replayable): ReplayRequest {
    const bundle = this.#byHash.get(receipt.policy.hash);
    if (bundle !== undefined) this.#used.add(bundle);
    if (!verified) return { kind: "not evaluated", reason: "the receipt is not verified" };
    if (bundle === undefined)
      return { kind: "not evaluated", reason: `the policy ${receipt.policy.hash} is not given` };
    const { intent } = members;
    if (intent === undefined) return { kind: "not evaluated", reason: "the intent is withheld" };
    return { kind: "request", bundle, intent, at: receipt.decided_at };
  }
}

/** Decides receipts again, one by one. */
export class Replayer {
  readonly #bundles: ReplayBundles;
  readonly #asks: ReadonlyMap<PolicyBundle, Ask>;

  constructor(bundles: readonly PolicyBundle[]) {
    this.#bundles = new ReplayBundles(bundles);
    this.#asks = new Map(bundles.map((bundle) => [bundle, askOncePerClass(bundle)]));
  }

  replay(one: Replayable): Replayed {
    const found = this.#bundles.requestOf(one);
    if (found.kind === "not evaluated") return found;
    const { bundle, intent, at } = found;
    return replayed(one.receipt, decide(bundle, intent, at, this.#asks.get(bundle)!), bundle);
  }
}

/** What a receipt says, held against the decision made again. */
export function replayed(receipt: Receipt, decided: PolicyDecision, bundle: PolicyBundle): Replayed {
  const differences = compareDecision(receipt, decided, bundle);
  return differences.length === 0 ? { kind: "same", decided } : { kind: "differs", decided, differences };
}

/** A difference as the finding that it is. */
export function differenceProblem(differences: readonly DecisionDifference[]): Problem {
  const told = (side: "expected" | "actual") =>
    differences.map((difference) => `${difference.part} ${difference[side]}`).join("; ");
  return { code: "control.decision-differs", expected: told("expected"), actual: told("actual") };
}
