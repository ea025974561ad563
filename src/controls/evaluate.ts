import { type FindingCode, kindOf } from "../findings/catalogue.js";
import type { Problem } from "../findings/finding.js";
import { packTime } from "../json/time.js";
import type { ObservedEntry } from "../ledger/options.js";
import type { Verification } from "../ledger/verification.js";
import { asksForNames, type ItemTest } from "../population/filter.js";
import { type Item, isVerified, problemsOf } from "../population/item.js";
import type { Population } from "../population/population.js";
import type { Control } from "./control.js";
import { type ControlInputs, InputChecks } from "./inputs.js";
import {
  type AttributeTest,
  attributeTest,
  isJudgedByReleases,
  type MarkedAttribute,
  markAttribute,
  notApplicable,
  testOfControl,
} from "./mark.js";
import { findingsOf, recordResult } from "./record-result.js";
import { type AttributeResult, type ControlResult, type Deviation, outcomeOf } from "./result.js";

/** How many deviations of a control are kept in full; all are counted. */
const keptDeviations = 10_000;

/** One attribute of one item, by its letter. */
export interface LetteredMark extends MarkedAttribute {
  readonly letter: string;
}

/** One item under one control, for reports that list them all. */
export interface EvaluatedItem {
  readonly control: Control;
  readonly item: Item;
  readonly marks: readonly LetteredMark[];
}

interface AttributeTally {
  readonly test: AttributeTest;
  agreed: number;
  deviated: number;
  notEvaluated: number;
  readonly reasons: Map<string, number>;
  readonly codes: Map<FindingCode, number>;
}

interface ControlTally {
  readonly control: Control;
  readonly isOf: ItemTest;
  readonly attributes: readonly AttributeTally[];
  population: number;
  tested: number;
  deviating: number;
  outside: number;
  readonly deviations: Deviation[];
}

/** What one item is under one control whose population it is in. */
interface Tested {
  readonly tally: ControlTally;
  readonly marks: readonly LetteredMark[];
}

/** Items that come to the same under every control: they are counted, and added at the end. */
interface Alike {
  readonly tested: readonly Tested[];
  /** Beyond the first, which was added by itself: what is listed as it comes up is in the order of the items. */
  more: number;
}

/**
 * Tests controls over the whole population in one pass: give it every entry and item, then
 * the verdict. Only verified receipts are tested; what is wrong with the record itself is
 * counted by the verification, and never as a deviation.
 */
export class ControlEvaluation {
  readonly #inputs: InputChecks;
  readonly #tallies: readonly ControlTally[];
  readonly #onItem: ((evaluated: EvaluatedItem) => void) | undefined;
  /** Whether of items without problems those of a few equal names come to the same under every control. */
  readonly #hasAlike: boolean;
  readonly #alike = new Map<string, Alike>();

  /** `onItem` is given each item under each control whose population it is in. */
  constructor(
    controls: readonly Control[],
    inputs: ControlInputs,
    onItem?: (evaluated: EvaluatedItem) => void,
  ) {
    this.#inputs = new InputChecks(inputs);
    this.#onItem = onItem;
    this.#tallies = controls.map((control) => this.#emptyTally(control));
    const areOfNames = controls.every(({ population: { filter } }) => asksForNames(filter));
    this.#hasAlike = areOfNames && this.#inputs.areOfOutlines;
  }

  #emptyTally(control: Control): ControlTally {
    const attributes = control.attributes.map((attribute) => ({
      test: attributeTest(attribute, this.#inputs),
      agreed: 0,
      deviated: 0,
      notEvaluated: 0,
      reasons: new Map(),
      codes: new Map(),
    }));
    const isOf = testOfControl(control);
    return { control, isOf, attributes, population: 0, tested: 0, deviating: 0, outside: 0, deviations: [] };
  }

  /** Takes each entry as it was verified: how far the ledger has come in time. */
  observe(observed: ObservedEntry): void {
    const { issuedAt } = observed.outline ?? observed.entry;
    if (issuedAt !== undefined)
      this.#inputs.reached(typeof issuedAt === "number" ? issuedAt : packTime(issuedAt));
  }

  /** Takes the next item, and whether the report's filter selects it. */
  add(item: Item, selected: boolean): void {
    this.#inputs.recorded(item);
    if (!selected) return;
    const problems = this.#problems(item);
    if (!this.#hasAlike || problems.length > 0) {
      this.#addTested(item, this.#test(item, problems), problems);
      return;
    }
    const names = namesOf(item);
    const alike = this.#alike.get(names);
    if (alike === undefined) {
      const tested = this.#test(item, problems);
      this.#alike.set(names, { tested, more: 0 });
      this.#addTested(item, tested, problems);
      return;
    }
    alike.more++;
    if (this.#onItem !== undefined) this.#tell(item, alike.tested);
  }

  /** The marks of one item under one control; `N/A` where it is not in its population. */
  marks(control: Control, item: Item): readonly LetteredMark[] {
    const tally = this.#tallies.find((candidate) => candidate.control === control);
    return tally === undefined ? [] : this.#marks(tally, item, this.#problems(item));
  }

  /** What an item shows, held against the inputs as well. */
  #problems(item: Item): readonly Problem[] {
    const shown = this.#inputs.check(item);
    return shown.length === 0 ? problemsOf(item) : [...problemsOf(item), ...shown];
  }

  #marks(tally: ControlTally, item: Item, problems: readonly Problem[]): LetteredMark[] {
    const isOf = tally.isOf(item);
    return tally.attributes.map(({ test }) => ({
      letter: test.attribute.letter,
      ...(isOf ? markAttribute(test, item, problems, this.#inputs) : notApplicable),
    }));
  }

  /** Marks an item under every control of requests whose population it is in. */
  #test(item: Item, problems: readonly Problem[]): readonly Tested[] {
    return this.#tallies
      .filter((tally) => tally.control.population.unit === "request" && tally.isOf(item))
      .map((tally) => ({ tally, marks: this.#marks(tally, item, problems) }));
  }

  #addTested(item: Item, tested: readonly Tested[], problems: readonly Problem[]): void {
    for (const { tally, marks } of tested) {
      countItems(tally, marks, 1);
      const deviating = marks.filter(({ mark }) => mark === "N");
      if (deviating.length === 0) continue;
      tally.deviating++;
      if (tally.deviations.length < keptDeviations)
        tally.deviations.push(deviationOf(item, deviating, problems));
    }
    this.#tell(item, tested);
    if (problems.length === 0) return;
    const isTested = new Set(tested.map(({ tally }) => tally));
    for (const tally of this.#tallies) {
      if (tally.control.population.unit !== "request" || isTested.has(tally)) continue;
      if (problems.some(({ code }) => isDeviationOf(tally, code))) tally.outside++;
    }
  }

  #tell(item: Item, tested: readonly Tested[]): void {
    for (const { tally, marks } of tested) this.#onItem?.({ control: tally.control, item, marks });
  }

  #addAlike(): void {
    for (const alike of this.#alike.values()) {
      for (const { tally, marks } of alike.tested) countItems(tally, marks, alike.more);
      alike.more = 0;
    }
  }

  /** The result of every control, once all items were added. */
  end(verification: Verification, population: Population): readonly ControlResult[] {
    this.#addAlike();
    const unrecorded = this.#inputs.unrecorded();
    const log = logCounts(this.#inputs.logged, unrecorded.length, population);
    return this.#tallies.map((tally): ControlResult => {
      const { control } = tally;
      if (control.population.unit !== "request") return recordResult(control, verification, population);
      const isAboutLog = control.attributes.some(({ codes }) =>
        codes.includes("control.execution-unrecorded"),
      );
      const counts = {
        population: tally.population,
        tested: tally.tested,
        deviating: tally.deviating,
        attributes: tally.attributes.map((attribute) =>
          attribute.test.isOfLog && attribute.test.missing === undefined
            ? { ...attributeResult(attribute, verification), ...log }
            : attributeResult(attribute, verification),
        ),
        unrecordedCount: isAboutLog ? unrecorded.length : 0,
      };
      return {
        control,
        ...counts,
        deviations: tally.deviations,
        outside: tally.outside,
        unrecorded: isAboutLog ? unrecorded.slice(0, keptDeviations) : [],
        outcome: outcomeOf({
          integrity: verification.integrity,
          ...counts,
          unaccounted: isAboutLog ? log.deviated : 0,
        }),
      };
    });
  }
}

/**
 * What the rows of an execution log show. One whose receipt was not found may be that of an entry
 * which this export does not disclose: only rows beyond the number of those certainly deviate.
 */
function logCounts(logged: number, unrecorded: number, { withheld, start }: Population) {
  const notEvaluated = Math.min(unrecorded, withheld + start);
  const reason = "its receipt may be among the entries that are withheld or before this range";
  return {
    agreed: logged - unrecorded,
    deviated: unrecorded - notEvaluated,
    notEvaluated,
    reasons: notEvaluated === 0 ? [] : [{ reason, items: notEvaluated }],
  };
}

function isDeviationOf({ attributes }: ControlTally, code: FindingCode): boolean {
  return kindOf(code).severity === "deviation" && attributes.some(({ test }) => test.codes.has(code));
}

/** All that the marks of an item without problems depend on, where nothing but outlines counts. */
function namesOf(item: Item): string {
  const { decision, tier, status, approval, hasIntent } = item.outline;
  const standing = `${isVerified(item)} ${isJudgedByReleases(item)}`;
  return `${decision} ${tier} ${status} ${approval} ${hasIntent} ${standing}`;
}

function countItems(tally: ControlTally, marks: readonly LetteredMark[], items: number): void {
  tally.population += items;
  if (marks.some(({ mark }) => mark === "Y" || mark === "N")) tally.tested += items;
  marks.forEach((mark, i) => {
    count(tally.attributes[i]!, mark, items);
  });
}

function count(tally: AttributeTally, { mark, codes, reason }: MarkedAttribute, items: number): void {
  if (mark === "Y") tally.agreed += items;
  if (mark === "N") tally.deviated += items;
  if (mark === "NE") tally.notEvaluated += items;
  if (reason !== undefined) tally.reasons.set(reason, (tally.reasons.get(reason) ?? 0) + items);
  for (const code of codes) tally.codes.set(code, (tally.codes.get(code) ?? 0) + items);
}

function deviationOf(
  item: Item,
  deviating: readonly LetteredMark[],
  problems: readonly Problem[],
): Deviation {
  const codes = [...new Set(deviating.flatMap((marked) => marked.codes))];
  return {
    receiptId: item.receipt.receipt_id,
    seq: item.receipt.seq,
    correlationId: item.receipt.correlation_id,
    decidedAt: item.receipt.decided_at,
    letters: deviating.map(({ letter }) => letter),
    codes,
    problems: problems.filter(({ code }) => codes.includes(code)),
  };
}

function attributeResult(tally: AttributeTally, verification: Verification): AttributeResult {
  const { attribute } = tally.test;
  return {
    letter: attribute.letter,
    text: attribute.text,
    agreed: tally.agreed,
    deviated: tally.deviated,
    notEvaluated: tally.notEvaluated,
    reasons: [...tally.reasons].map(([reason, items]) => ({ reason, items })),
    codes: [...tally.codes].map(([code, items]) => ({ code, count: items })),
    integrity: findingsOf(attribute.codes, "error", verification),
  };
}
