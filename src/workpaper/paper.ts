import type { Control } from "../controls/control.js";
import type { LetteredMark } from "../controls/evaluate.js";
import type { Population } from "../population/population.js";
import type { Reconciliation } from "../population/reconcile.js";
import type { Draw, Selection, SelectionRule } from "../sampling/selection.js";

/** A file that was read, so that anyone can tell whether theirs is the same. */
export interface FileFacts {
  readonly name: string;
  /** As stored, compressed or not. */
  readonly bytes: number;
  /** SHA-256 of the stored bytes in hex: what sha256sum and certutil print. */
  readonly sha256: string;
}

/** What every paper says of how it came about. */
export interface PaperOrigin {
  /** For example `sclaw 0.1.0`. */
  readonly tool: string;
  /** The command as it was given. */
  readonly command: string;
  readonly files: readonly FileFacts[];
  readonly keysFingerprint: string;
  /** Where the keys came from, in words. */
  readonly keysSource: string;
  /** The other files that decided what was tested (controls, registers), by what they are. */
  readonly inputs: readonly (readonly [string, string])[];
}

/** A stated population, with how it came about. */
export interface PopulationPaper {
  readonly origin: PaperOrigin;
  readonly population: Population;
  readonly reconciliation: Reconciliation | undefined;
}

/** What a selection is bound to, as papers give it. */
export interface PaperSeed {
  readonly seed: string;
  /** Who supplied it, in words. */
  readonly suppliedBy: string;
  readonly beacon: string | undefined;
}

/** One item of a sample, with the marks that the tool proposes. */
export interface PaperItem extends Draw {
  readonly marks: readonly { readonly control: Control; readonly marks: readonly LetteredMark[] }[];
}

/** A sample as a workpaper: what was drawn, from what, how, and what the tool proposes. */
export interface SamplePaper extends PopulationPaper {
  readonly seed: PaperSeed;
  /** K of the selection, 32 bytes. */
  readonly key: Uint8Array;
  readonly rule: SelectionRule;
  readonly strata: Selection["strata"];
  readonly controls: readonly Control[];
  readonly criteria: readonly string[];
  readonly items: readonly PaperItem[];
}
