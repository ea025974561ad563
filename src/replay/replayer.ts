import type { DigestText } from "../bytes/digest.js";
import type { Problem } from "../findings/finding.js";
import type { PolicyBundle } from "../policy/bundle.js";
import { type Ask, decide, type PolicyDecision } from "../policy/decide.js";
import { askOncePerClass } from "../policy/request-class.js";
import type { ItemReceipt } from "../population/item.js";
import { compareDecision, type DecisionDifference } from "./compare.js";

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

interface Engine {
  readonly bundle: PolicyBundle;
  readonly ask: Ask;
  used: number;
}

/**
 * Decides receipts again, each under the bundle whose hash it names, at its own `decided_at`,
 * from its intent alone: facts are derived anew and never read from the receipt.
 */
export class Replayer {
  readonly #engines: ReadonlyMap<DigestText, Engine>;

  constructor(bundles: readonly PolicyBundle[]) {
    this.#engines = new Map(
      bundles.map((bundle) => [bundle.hash, { bundle, ask: askOncePerClass(bundle), used: 0 }]),
    );
  }

  /** Bundles that no receipt so far names: another policy than those that decided. */
  get unused(): readonly PolicyBundle[] {
    return [...this.#engines.values()].filter(({ used }) => used === 0).map(({ bundle }) => bundle);
  }

  replay({ receipt, members, verified }: Pick<ItemReceipt, "receipt" | "members" | "verified">): Replayed {
    const engine = this.#engines.get(receipt.policy.hash);
    if (engine !== undefined) engine.used++;
    if (!verified) return { kind: "not evaluated", reason: "the receipt is not verified" };
    if (engine === undefined)
      return { kind: "not evaluated", reason: `the policy ${receipt.policy.hash} is not given` };
    const { intent } = members;
    if (intent === undefined) return { kind: "not evaluated", reason: "the intent is withheld" };
    const decided = decide(engine.bundle, intent, receipt.decided_at, engine.ask);
    const differences = compareDecision(receipt, decided, engine.bundle);
    return differences.length === 0 ? { kind: "same", decided } : { kind: "differs", decided, differences };
  }
}

/** A difference as the finding that it is. */
export function differenceProblem(differences: readonly DecisionDifference[]): Problem {
  const told = (side: "expected" | "actual") =>
    differences.map((difference) => `${difference.part} ${difference[side]}`).join("; ");
  return { code: "control.decision-differs", expected: told("expected"), actual: told("actual") };
}
