import type { DigestText } from "../bytes/digest.js";
import type { Problem } from "../findings/finding.js";
import type { PolicyBundle } from "../policy/bundle.js";
import { decide } from "../policy/decide.js";
import { mostClasses } from "../policy/request-class.js";
import { compareDecision, type DecisionDifference } from "./compare.js";
import { CountedAsks, type Redecidable, type Redecider } from "./redecider.js";

/** What came of deciding one receipt again. `policy` is that of a bundle that was given. */
export type Replayed =
  | { readonly kind: "same"; readonly policy: DigestText }
  | {
      readonly kind: "differs";
      readonly policy: DigestText;
      readonly differences: readonly DecisionDifference[];
    }
  /** `reason` says why nothing is known of it. */
  | { readonly kind: "not evaluated"; readonly policy?: DigestText; readonly reason: string };

/**
 * Decides receipts again, each under the bundle whose hash it names, at its own `decided_at`: facts
 * are derived anew from its intent and never read from the receipt.
 */
export class Replayer implements Redecider<Replayed> {
  readonly #bundles: ReadonlyMap<DigestText, PolicyBundle>;
  readonly #asks: CountedAsks;
  /** Of each bundle, the outcome of most receipts. */
  readonly #same: ReadonlyMap<PolicyBundle, Replayed>;

  constructor(bundles: readonly PolicyBundle[], most: number = mostClasses) {
    this.#bundles = new Map(bundles.map((bundle) => [bundle.hash, bundle]));
    this.#asks = new CountedAsks(bundles, most);
    this.#same = new Map(bundles.map((bundle) => [bundle, { kind: "same", policy: bundle.hash }]));
  }

  get asked(): number {
    return this.#asks.count;
  }

  outcomeOf({ receipt, members, verified }: Redecidable): Replayed {
    const { hash } = receipt.policy;
    const bundle = this.#bundles.get(hash);
    const policy = bundle === undefined ? {} : { policy: hash };
    if (!verified) return { kind: "not evaluated", ...policy, reason: "the receipt is not verified" };
    if (bundle === undefined) return { kind: "not evaluated", reason: `the policy ${hash} is not given` };
    const { intent } = members;
    if (intent === undefined) return { kind: "not evaluated", ...policy, reason: "the intent is withheld" };
    const decided = decide(bundle, intent, receipt.decided_at, this.#asks.of(bundle));
    const differences = compareDecision(receipt, decided, bundle);
    return differences.length === 0
      ? this.#same.get(bundle)!
      : { kind: "differs", policy: hash, differences };
  }
}

/** A difference as the finding that it is. */
export function differenceProblem(differences: readonly DecisionDifference[]): Problem {
  const told = (side: "expected" | "actual") =>
    differences.map((difference) => `${difference.part} ${difference[side]}`).join("; ");
  return { code: "control.decision-differs", expected: told("expected"), actual: told("actual") };
}
