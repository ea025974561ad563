import type { FindingInput } from "../findings/catalogue.js";
import type { Problem } from "../findings/finding.js";
import { unpackTime } from "../json/time.js";
import { releaseAdapter } from "../policy/release-bundle.js";
import { type Item, isHeld, type Unit } from "../population/item.js";
import { statuses } from "../receipt/outcome.js";
import type { Receipt } from "../receipt/receipt.js";
import type { Outcomes } from "../replay/notes.js";
import { differenceProblem, type Replayed } from "../replay/replayer.js";
import { type Registers, Roster } from "./registers.js";

/** What is given besides the ledger; what is absent makes its attributes "not evaluated". */
export interface ControlInputs {
  readonly unit: Unit;
  readonly registers?: Registers | undefined;
  /** The correlation ids that the execution log lists. */
  readonly executions?: readonly string[] | undefined;
  /** Seconds within which a held request has to be resolved. */
  readonly slaSeconds?: number | undefined;
  /** Decides receipts again, by the policy bundles that were given. */
  readonly replayed?: Outcomes<Replayed> | undefined;
}

/** What came of deciding an item again: its differences, and why a receipt of it could not be. */
interface ItemReplay {
  readonly problems: readonly Problem[];
  readonly notEvaluated: string | undefined;
}

/** What a reader would have to give, for each input that is missing. */
const missingWords: { readonly [I in FindingInput]: string } = {
  intent: "the intent is withheld",
  "registers.agents": "no register of agents (--registers)",
  "registers.adapters": "no register of adapters (--registers)",
  "registers.tenants": "no register of tenants (--registers)",
  "registers.policies":
    "no release in the ledger before it, and no register of released policies (--registers)",
  "registers.executions": "no execution log (--registers)",
  sla: "no time within which held operations are to be resolved (--sla)",
  replay: "no policy bundle (--policy)",
};

const outcomeUnknown: Problem = {
  code: "control.outcome-unknown",
  expected: "executed, failed or not_executed",
  actual: "unknown",
};

/** Holds items against what was given besides the ledger, and says what was not given. */
export class InputChecks {
  readonly #inputs: ControlInputs;
  readonly #agents: Roster | undefined;
  readonly #adapters: Roster | undefined;
  readonly #tenants: Roster | undefined;
  readonly #policies: Roster | undefined;
  readonly #log: Map<string, boolean> | undefined;
  readonly #hasRosters: boolean;
  readonly #isOfOutlines: boolean;
  readonly #replays = new WeakMap<Item, ItemReplay>();
  /** The latest time that the ledger holds, packed: what is open is judged as of it. */
  #asOf: number | undefined;

  constructor(inputs: ControlInputs) {
    const { registers = { format: "sclaw.registers/1" }, executions } = inputs;
    const roster = <T>(
      entries: readonly T[] | undefined,
      toEntry: (entry: T) => ConstructorParameters<typeof Roster>[0][number],
    ) => (entries === undefined ? undefined : new Roster(entries.map(toEntry)));
    this.#inputs = inputs;
    this.#agents = roster(registers.agents, (entry) => entry);
    this.#adapters = roster(registers.adapters, (entry) => entry);
    this.#tenants = roster(registers.tenants, (entry) => entry);
    this.#policies = roster(registers.policies, ({ hash, version: _version, ...period }) => ({
      id: hash,
      ...period,
    }));
    this.#log = executions === undefined ? undefined : new Map(executions.map((id) => [id, false]));
    const rosters = [this.#agents, this.#adapters, this.#tenants, this.#policies];
    this.#hasRosters = rosters.some((one) => one !== undefined);
    const others = [this.#log, inputs.slaSeconds, inputs.replayed];
    this.#isOfOutlines = !this.#hasRosters && others.every((one) => one === undefined);
  }

  /** Why findings that need an input cannot be looked for; undefined where they can. */
  missing(input: FindingInput): string | undefined {
    if (input === "sla" && this.#inputs.unit === "receipt") return "receipts are counted, not requests";
    return this.#has(input) ? undefined : missingWords[input];
  }

  #has(input: FindingInput): boolean {
    switch (input) {
      case "intent":
        return true;
      case "registers.agents":
        return this.#agents !== undefined;
      case "registers.adapters":
        return this.#adapters !== undefined;
      case "registers.tenants":
        return this.#tenants !== undefined;
      case "registers.policies":
        return this.#policies !== undefined;
      case "registers.executions":
        return this.#log !== undefined;
      case "sla":
        return this.#inputs.slaSeconds !== undefined;
      case "replay":
        return this.#inputs.replayed !== undefined;
    }
  }

  /** Whether nothing was given that any receipt's line is held against: outlines tell all that there is to say. */
  get areOfOutlines(): boolean {
    return this.#isOfOutlines;
  }

  /** Says how far the ledger has come, packed. */
  reached(time: number): void {
    if (this.#asOf === undefined || time > this.#asOf) this.#asOf = time;
  }

  /** Notes that an operation is recorded as having run, in whatever population. */
  recorded(item: Item): void {
    if (this.#log === undefined || !statuses[item.outline.status].ran) return;
    const id = item.receipt.correlation_id;
    if (this.#log.has(id)) this.#log.set(id, true);
  }

  /** How many ids the execution log lists. */
  get logged(): number {
    return this.#log?.size ?? 0;
  }

  /** Ids of the execution log of which no receipt says that they ran. */
  unrecorded(): readonly string[] {
    return [...(this.#log ?? [])].filter(([, seen]) => !seen).map(([id]) => id);
  }

  /** What one item shows when it is held against the inputs. */
  check(item: Item): Problem[] {
    const unknown = item.outline.status === "unknown" ? [outcomeUnknown] : [];
    if (this.#isOfOutlines) return unknown;
    const unlisted = this.#hasRosters ? this.#checkRosters(item.receipt) : [];
    const problems = [...unlisted, ...unknown, ...this.#checkLog(item)];
    const late = this.#late(item);
    if (late !== undefined) problems.push(late);
    problems.push(...(this.#replay(item)?.problems ?? []));
    return problems;
  }

  #checkRosters(receipt: Receipt): Problem[] {
    const { agent, adapter_id: adapter, tenant, decided_at: at } = receipt;
    const problems: Problem[] = [];
    const listed = (roster: Roster | undefined, code: Problem["code"], what: string, id: string) => {
      if (roster === undefined || roster.lists(id, at, tenant)) return;
      problems.push({ code, expected: `${what} that the register lists at ${at} for ${tenant}`, actual: id });
    };
    listed(this.#agents, "control.agent-not-rostered", "an agent", agent.id);
    listed(this.#adapters, "control.adapter-not-rostered", "an adapter", adapter);
    listed(this.#tenants, "control.tenant-not-rostered", "a tenant", tenant);
    // Releases are decided by the built-in policy, which is nobody's to release.
    if (adapter !== releaseAdapter)
      listed(this.#policies, "control.policy-not-released", "a policy", receipt.policy.hash);
    return problems;
  }

  #checkLog(item: Item): Problem[] {
    if (this.#log === undefined || !statuses[item.outline.status].ran) return [];
    const id = item.receipt.correlation_id;
    if (this.#log.has(id)) return [];
    const expected = `${id} in the execution log`;
    return [{ code: "control.execution-unlogged", expected, actual: "no such row" }];
  }

  /** Why nothing can be said of when an item was resolved; undefined where it can. */
  notDue(item: Item): string | undefined {
    const { approval, decision } = item.outline;
    if (approval === "not_required" && (decision === "approval" || decision === "escalate"))
      return "no request to people is recorded";
    if (isHeld(item) && this.#late(item) === undefined)
      return "still held, and within its time at the end of the ledger";
    return undefined;
  }

  /** Why an item's decision could not be made again; undefined where it was, or no bundle is given. */
  notReplayed(item: Item): string | undefined {
    return this.#replay(item)?.notEvaluated;
  }

  #replay(item: Item): ItemReplay | undefined {
    const { replayed } = this.#inputs;
    if (replayed === undefined) return undefined;
    const known = this.#replays.get(item);
    if (known !== undefined) return known;
    const all = [...item.held, item].map((receipt) => replayed.of(receipt));
    const replay: ItemReplay = {
      problems: all.flatMap((one) => (one.kind === "differs" ? [differenceProblem(one.differences)] : [])),
      notEvaluated: all.find((one) => one.kind === "not evaluated")?.reason,
    };
    this.#replays.set(item, replay);
    return replay;
  }

  #late(item: Item): Problem | undefined {
    const { slaSeconds, unit } = this.#inputs;
    if (slaSeconds === undefined || unit === "receipt" || item.outline.approval === "not_required")
      return undefined;
    const { approval, decided_at: decidedAt } = item.receipt;
    if (approval.state === "not_required") return undefined;
    const end = isHeld(item) && this.#asOf !== undefined ? unpackTime(this.#asOf) : decidedAt;
    const seconds = (Date.parse(end) - Date.parse(approval.requested_at)) / 1000;
    if (seconds <= slaSeconds) return undefined;
    return {
      code: "control.unresolved",
      expected: `resolved within ${slaSeconds} s of ${approval.requested_at}`,
      actual: isHeld(item) ? `still held at ${end}, the end of the ledger` : `${approval.state} at ${end}`,
    };
  }
}
