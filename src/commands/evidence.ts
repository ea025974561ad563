import { engine } from "#engine";
import type { Control } from "../controls/control.js";
import type { ControlInputs } from "../controls/inputs.js";
import { needsOf } from "../controls/mark.js";
import { loadColumn } from "../io/load-column.js";
import type { LoadedInputs } from "../io/load-inputs.js";
import { locate } from "../io/locate.js";
import { bundlesToSend } from "../io/noter.js";
import { writeError } from "../io/output.js";
import { CannotDo } from "../io/refusal.js";
import { spoolStandardInput } from "../io/spool.js";
import { version } from "../io/version.js";
import type { ObservedEntry } from "../ledger/options.js";
import type { Verification } from "../ledger/verification.js";
import type { PolicyBundle } from "../policy/bundle.js";
import type { Item } from "../population/item.js";
import { type Population, PopulationPass, type PopulationRule } from "../population/population.js";
import { Reconciler, type Reconciliation } from "../population/reconcile.js";
import { Outcomes } from "../replay/notes.js";
import type { Redecider } from "../replay/redecider.js";
import type { RedecidedFor } from "../replay/redeciders.js";
import { Replayer } from "../replay/replayer.js";
import { keysSourceWords } from "../report/keys-source.js";
import type { PaperOrigin } from "../workpaper/paper.js";
import type { EvidenceOptions } from "./evidence-options.js";
import { exitCodes } from "./exit-codes.js";
import type { SetExitCode } from "./run.js";
import { type LookedAt, verifyLocated } from "./verify-ledger.js";

/** One pass over a ledger that states a population and gives out its items. */
export interface EvidenceRequest {
  readonly ledgers: readonly string[];
  readonly options: EvidenceOptions;
  readonly rule: PopulationRule;
  readonly inputs: LoadedInputs;
  /** The command as papers give it. */
  readonly command: string;
  readonly spooled?: string | undefined;
  readonly given?: { readonly size: number; readonly root: Uint8Array };
  readonly observe?: (observed: ObservedEntry) => void;
  readonly onItem?: (item: Item, selected: boolean) => void;
  /** How receipts are decided again, where they are; threads do it where there are any. */
  readonly redecided?: Redecided | undefined;
}

/** How receipts are decided again: what for, by which policies, and by whom in this thread. */
export interface Redecided {
  readonly what: RedecidedFor;
  readonly bundles: readonly PolicyBundle[];
  readonly redecider: Redecider<unknown>;
  /** Threads that do it; undefined for as many as are worth it. */
  readonly jobs?: number | undefined;
}

/** So many questions take as long as the start of a thread. */
const muchAsked = 500;

/** What a pass established. */
export interface Evidence {
  readonly looked: LookedAt;
  readonly verification: Verification;
  readonly population: Population;
  readonly reconciliation: Reconciliation | undefined;
  readonly origin: PaperOrigin;
}

/** Verifies a ledger and states a population of it, in one pass. */
export async function gatherEvidence(request: EvidenceRequest): Promise<Evidence> {
  const { options, rule, inputs } = request;
  const reconciler = reconcilerOf(options);
  const pass = new PopulationPass(rule, (item, selected) => {
    if (selected) reconciler?.add(item);
    request.onItem?.(item, selected);
  });
  const { keys, keysFingerprint, since, start, tenant, allowWithheld } = options;
  const looked = await verifyLocated({
    ledgers: request.ledgers,
    keys,
    keysFingerprint,
    since,
    digest: true,
    spooled: request.spooled,
    ...(request.redecided === undefined ? {} : notingOf(request.redecided, rule)),
    ...(start === undefined ? {} : { start }),
    ...(tenant === undefined ? {} : { tenant: tenant as NonNullable<Verification["tenant"]> }),
    ...(request.given === undefined ? {} : { given: request.given }),
    allowWithheld: allowWithheld === true,
    observe: (observed) => {
      request.observe?.(observed);
      pass.observe(observed);
    },
  });
  if (pass.overflowed) {
    throw new CannotDo(
      "expected at most 200000 requests that are held at one time, found more",
      "count receipts instead: --unit receipt",
    );
  }
  const { verification, provenance } = looked;
  return {
    looked,
    verification,
    population: pass.end(verification, engine.sha3_256),
    reconciliation: reconciler?.end(),
    origin: {
      tool: `sclaw ${version()}`,
      command: request.command,
      files: looked.files,
      keysFingerprint: verification.keysFingerprint,
      keysSource: keysSourceWords(provenance),
      inputs: inputs.words,
    },
  };
}

function notingOf({ what, bundles, redecider, jobs }: Redecided, { filter }: PopulationRule) {
  const isMuch = () => redecider.asked >= muchAsked;
  return { jobs, noting: { what, bundles: bundlesToSend(bundles), filter, isMuch } };
}

function reconcilerOf({ reconcile, column }: EvidenceOptions): Reconciler | undefined {
  if (reconcile === undefined) {
    if (column !== undefined)
      throw new CannotDo("expected --reconcile beside --column, found --column alone");
    return undefined;
  }
  return new Reconciler(loadColumn(reconcile, column ?? "correlation_id", "independent list").ids);
}

/** For what tests no controls. */
export const noInputs: LoadedInputs = {
  controls: [],
  registers: undefined,
  executions: undefined,
  policies: [],
  words: [],
};

/** What decides receipts again for these controls by the policies that were given; undefined where nothing is asked of it. */
export function replayerOf({ policies }: LoadedInputs, controls: readonly Control[]): Replayer | undefined {
  const isNeeded = controls.some(({ attributes }) =>
    attributes.some((attribute) => needsOf(attribute).includes("replay")),
  );
  return policies.length > 0 && isNeeded ? new Replayer(policies) : undefined;
}

/** What the controls are given besides the ledger. */
export function controlInputs(
  inputs: LoadedInputs,
  options: EvidenceOptions,
  replayer: Replayer | undefined,
): ControlInputs {
  return {
    unit: options.unit ?? "request",
    registers: inputs.registers,
    executions: inputs.executions,
    slaSeconds: options.sla,
    replayed: replayer === undefined ? undefined : new Outcomes(replayer),
  };
}

/**
 * Sets the exit code of a paper, and says whether it may not be written: papers are made of
 * ledgers that verified, or as a dry run that was asked for.
 */
export function refuseUnverified(
  verification: Verification,
  options: EvidenceOptions,
  setExitCode: SetExitCode,
): boolean {
  if (verification.integrity === "verified") return false;
  const failed = verification.integrity === "failed";
  setExitCode(failed ? exitCodes.findings : exitCodes.couldNot);
  if (options.unverified === true) return false;
  writeError(
    failed
      ? "expected a ledger that verifies, found one whose integrity failed: no paper is made of it"
      : `expected a ledger that verifies, found one of which that could not be decided: ${verification.reason}`,
    "sclaw verify says what is wrong; --unverified makes a dry run that is marked as such",
  );
  return true;
}

/** Standard input, kept in a file where a command has to read it twice. */
export function spoolWhereNeeded(ledgers: readonly string[], keys: string | undefined): string | undefined {
  return locate({ ledgers, keys }).ledgers.includes("-") ? spoolStandardInput() : undefined;
}
