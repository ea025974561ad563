import type { PolicyBundle } from "../policy/bundle.js";
import { Backtester } from "./backtester.js";
import type { Redecider } from "./redecider.js";
import { Replayer } from "./replayer.js";

/** For what receipts are decided again. */
export type RedecidedFor = "replay" | "backtest";

/** Makes what decides receipts again: each by the bundle that it names, or all by one bundle. */
export function redeciderFor(
  what: RedecidedFor,
  bundles: readonly PolicyBundle[],
  mostClasses: number,
): Redecider<unknown> {
  switch (what) {
    case "replay":
      return new Replayer(bundles, mostClasses);
    case "backtest":
      return new Backtester(bundles[0]!, mostClasses);
  }
}
