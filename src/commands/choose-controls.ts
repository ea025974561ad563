import type { Control } from "../controls/control.js";
import { criteria, criteriaNamed } from "../controls/criteria.js";
import { CannotDo } from "../io/refusal.js";
import type { Filter } from "../population/filter.js";
import { mergeFilters } from "../population/merge-filters.js";

/** Which controls a command is about, and for which criteria. */
export interface ChosenControls {
  readonly controls: readonly Control[];
  /** The criteria that were asked for; all that the controls name where none was. */
  readonly criteria: readonly string[];
}

/**
 * Chooses controls by `--control` and `--criteria`. Throws a refusal for an id that the
 * catalogue lacks and for a criterion that does not exist.
 */
export function chooseControls(
  catalogue: readonly Control[],
  asked: {
    readonly control?: readonly string[] | undefined;
    readonly criteria?: readonly string[] | undefined;
  },
): ChosenControls {
  const known = catalogue.map(({ id }) => id);
  const strangers = (asked.control ?? []).filter((id) => !known.includes(id));
  if (strangers.length > 0)
    throw new CannotDo(
      `expected controls of the catalogue, found ${strangers.join(", ")}`,
      `it has ${known.join(", ")}`,
    );
  const wanted = asked.criteria?.map((word) => ({
    word,
    named: criteriaNamed(word.toUpperCase() === "ALL" ? "all" : word.toUpperCase()),
  }));
  const unknown = (wanted ?? []).filter(({ named }) => named.length === 0).map(({ word }) => word);
  if (unknown.length > 0)
    throw new CannotDo(
      `expected Trust Services Criteria, found ${unknown.join(", ")}`,
      "for example CC6, CC6.1, A1, C1, PI1, P4, CC or all",
    );
  const named = new Set(wanted?.flatMap((one) => one.named));
  const controls = catalogue
    .filter(({ id }) => asked.control === undefined || asked.control.includes(id))
    .filter(
      (control) =>
        wanted === undefined || Object.keys(control.criteria).some((criterion) => named.has(criterion)),
    );
  const covered = new Set(controls.flatMap((control) => Object.keys(control.criteria)));
  const inOrder = [...criteria, ...[...covered].filter((criterion) => !criteria.includes(criterion)).sort()];
  return {
    controls,
    criteria: inOrder.filter((criterion) => (wanted === undefined ? covered : named).has(criterion)),
  };
}

/**
 * The filter of a sample: what was asked for, and, where a single control was named, that
 * control's own population. Throws a refusal where nothing can be in both.
 */
export function filterWithControl(
  filter: Filter,
  asked: readonly string[] | undefined,
  controls: readonly Control[],
): Filter {
  const [only] = controls;
  if (asked?.length !== 1 || only === undefined) return filter;
  const merged = mergeFilters(filter, only.population.filter);
  if (merged !== undefined) return merged;
  throw new CannotDo(
    `expected a filter that the population of ${only.id} can meet, found one that excludes all of it`,
  );
}
