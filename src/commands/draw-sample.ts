import { engine } from "#engine";
import { formatDigest, parseDigest } from "../bytes/digest.js";
import type { Control } from "../controls/control.js";
import { ControlEvaluation } from "../controls/evaluate.js";
import { lastCheckpoint } from "../io/last-checkpoint.js";
import { locate } from "../io/locate.js";
import { CannotDo } from "../io/refusal.js";
import { LeafStore } from "../ledger/make-proof.js";
import { type Draw, type SelectionRule, Selector } from "../sampling/selection.js";
import { sampleKey } from "../sampling/ticket.js";
import type { PaperItem, PaperSeed, SamplePaper } from "../workpaper/paper.js";
import {
  controlInputs,
  type Evidence,
  type EvidenceRequest,
  gatherEvidence,
  replayerOf,
} from "./evidence.js";

/** A sample to be drawn, or drawn again. */
export interface SampleRequest extends EvidenceRequest {
  readonly seed: PaperSeed;
  readonly selection: SelectionRule;
  readonly controls: readonly Control[];
  readonly criteria: readonly string[];
  /** The root that the selection is bound to, where it is known beforehand. */
  readonly root?: Uint8Array;
  /** Whether proofs are to be made of the items. */
  readonly proofs?: boolean;
}

/** A sample that was drawn. */
export interface DrawnSample {
  readonly evidence: Evidence;
  readonly paper: SamplePaper;
  /** The leaves of the tree, where proofs are to be made. */
  readonly leaves: LeafStore | undefined;
}

/**
 * Draws a sample while the ledger is verified. The selection is bound to the ledger's root,
 * which is only known at the end: the checkpoint that stands last says what it will be, and
 * where it was wrong the ledger is read once more. Throws a refusal where no root can be
 * computed, or the sample cannot be drawn as asked.
 */
export async function drawSample(request: SampleRequest): Promise<DrawnSample> {
  const guess = request.root ?? (await guessRoot(request)) ?? new Uint8Array(32);
  const drawn = await drawBoundTo(guess, request);
  const { root } = drawn.evidence.verification;
  if (request.root !== undefined || root === formatDigest(guess)) return drawn;
  const actual = root === undefined ? undefined : parseDigest(root);
  if (actual === undefined) {
    throw new CannotDo(
      "expected a ledger whose root can be computed, found one with an entry that cannot be read: a selection is bound to the root",
      "sclaw verify says which entry",
    );
  }
  return drawBoundTo(actual, request);
}

async function guessRoot({ ledgers, options, spooled }: SampleRequest): Promise<Uint8Array | undefined> {
  const last = locate({ ledgers, keys: options.keys }).ledgers.at(-1)!;
  return (await lastCheckpoint(last === "-" ? spooled! : last))?.root;
}

async function drawBoundTo(root: Uint8Array, request: SampleRequest): Promise<DrawnSample> {
  const { seed, selection: rule, controls, criteria, inputs, options } = request;
  const bound = { seed: seed.seed, root, beacon: seed.beacon };
  const selector = new Selector(rule, bound, engine.sha3_256);
  const evaluation = new ControlEvaluation(
    controls,
    controlInputs(inputs, options, replayerOf(inputs, controls)),
  );
  const leaves = request.proofs === true ? new LeafStore() : undefined;
  const evidence = await gatherEvidence({
    ...request,
    observe: (observed) => {
      evaluation.observe(observed);
      if (leaves !== undefined && observed.entry.leaf !== undefined) leaves.add(observed.entry.leaf);
    },
    onItem: (item, selected) => {
      if (selected) selector.add(item);
    },
  });
  const selection = selector.end();
  if ("expected" in selection)
    throw new CannotDo(`expected ${selection.expected}, found ${selection.actual}`);
  const items = selection.draws.map(
    (draw: Draw): PaperItem => ({
      ...draw,
      marks: controls.map((control) => ({ control, marks: evaluation.marks(control, draw.item) })),
    }),
  );
  const { population, origin, reconciliation } = evidence;
  const paper: SamplePaper = {
    origin,
    population,
    reconciliation,
    seed,
    key: sampleKey(bound, engine.sha3_256),
    rule,
    strata: selection.strata,
    controls,
    criteria,
    items,
  };
  return { evidence, paper, leaves };
}
