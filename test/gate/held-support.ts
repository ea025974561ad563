import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect } from "vitest";
import { readGateConfig } from "../../src/gate/config.js";
import type { AskOptions, Gate, Ran, Refused } from "../../src/gate/contract.js";
import type { OpenedGate } from "../../src/gate/open-gate.js";
import { PendingFolder, type RefusedAttempt } from "../../src/gate/pending-folder.js";
import { signatureFile } from "../../src/gate/signature-files.js";
import { engine } from "../../src/io/engine-node.js";
import { requireBundle } from "../../src/io/load-bundle.js";
import { loadTrust } from "../../src/io/load-trust.js";
import { withReleaseBundle } from "../../src/io/release-bundle.js";
import type { JsonObject } from "../../src/json/json.js";
import type { Time } from "../../src/json/time.js";
import { verifyWith } from "../../src/ledger/verify.js";
import { PopulationPass } from "../../src/population/population.js";
import type { ApprovalSignature } from "../../src/receipt/approval.js";
import { ReplayPass } from "../../src/replay/replay-pass.js";
import {
  approve,
  makeReleasedWorld,
  openWorld,
  type Person,
  proposal,
  receiptsOf,
  signatureOf,
  type World,
} from "../support/gate-world.js";

/** A Monday at noon: no rule of the night applies. */
export const noon = "2026-06-01T12:00:00.000Z" as Time;

let released: World;
let base: string;

/** Makes one released deployment for the tests of a file; each test has its own copy. */
export function withDeployments(): void {
  beforeAll(async () => {
    base = mkdtempSync(join(tmpdir(), "sclaw-held-"));
    released = await makeReleasedWorld(join(base, "released"), {
      clock: () => "2026-06-01T08:00:00.000Z" as Time,
    });
  });
  afterAll(() => rmSync(base, { recursive: true, force: true }));
}

/** A deployment with an open gate and a clock that stands where it was put. */
export class Deployment {
  readonly world: World;
  readonly pending: PendingFolder;
  time: Time = noon;
  /** How often an adapter was reached. */
  reached = 0;
  #opened: OpenedGate | undefined;

  private constructor(world: World) {
    this.world = world;
    this.pending = new PendingFolder(world.config.pending);
  }

  static async open(change: (folder: string) => void = () => {}): Promise<Deployment> {
    const folder = mkdtempSync(join(base, "one-"));
    cpSync(released.folder, folder, { recursive: true });
    change(folder);
    const deployment = new Deployment({
      ...released,
      folder,
      config: readGateConfig(join(folder, "gate.json")),
    });
    await deployment.start();
    return deployment;
  }

  get gate(): Gate {
    return this.#opened!.gate;
  }

  /** Opens the gate again, as another process would. */
  async restart(): Promise<OpenedGate> {
    await this.gate.close();
    return this.start();
  }

  async start(): Promise<OpenedGate> {
    this.#opened = await openWorld(this.world, { clock: () => this.time });
    return this.#opened;
  }

  /** Writes production configuration, which two release managers have to sign. */
  write(params: JsonObject = {}, options: AskOptions = {}, session = "test"): Promise<Ran | Refused> {
    const proposed = proposal(this.world, "config.write", "/etc/app.conf", {
      environment: "prod",
      ...params,
    });
    return this.gate.run(
      { ...proposed, session },
      async () => {
        this.reached++;
        return { status: "executed" };
      },
      options,
    );
  }

  /** The same, where it is held: the request's id. */
  async held(params: JsonObject = {}): Promise<string> {
    const answer = await this.write(params);
    expect(answer).toMatchObject({ kind: "refused", why: "held" });
    return (answer as Refused).request!.id;
  }

  sign(id: string, person: Person, change: Parameters<typeof signatureOf>[3] = {}): void {
    approve(this.world, id, person, { at: this.time, ...change });
  }

  signature(id: string, person: Person, change: Parameters<typeof signatureOf>[3] = {}) {
    return signatureOf(this.world, id, person, { at: this.time, ...change });
  }

  folderOf(id: string): string {
    return join(this.pending.path, id);
  }

  /** Reasons that the gate noted in the request's own log. */
  refused(id: string): readonly RefusedAttempt[] {
    return this.pending.refused(id);
  }

  /** What the ledger says of the request, in order. */
  states(id: string): readonly string[] {
    return receiptsOf(this.world)
      .filter(({ correlation_id: request }) => request === id)
      .map(({ approval, outcome }) => `${approval.state} ${outcome.status}`);
  }

  /** Closes the gate; its ledger verifies without finding and replays without difference. */
  async close(policies: readonly string[] = [this.world.config.policy]): Promise<void> {
    await this.gate.close();
    const trust = loadTrust({ path: this.world.config.keys, namedBy: "option" }, undefined);
    const bundles = withReleaseBundle(
      policies.map((folder) => requireBundle(folder, "many")),
      this.world.config.keys,
    );
    const replay = new ReplayPass(bundles);
    const population = new PopulationPass({ unit: "receipt", filter: {} }, (item) => replay.add(item));
    const bytes = readFileSync(this.world.config.ledger);
    const verification = await verifyWith(engine, [{ name: "ledger.jsonl", bytes }], {
      trust,
      observe: (observed) => population.observe(observed),
    });
    expect(verification).toMatchObject({ integrity: "verified", findings: [], deviations: 0 });
    const { differences, different, same } = await replay.end();
    expect({ differences, different }).toEqual({ differences: [], different: 0 });
    expect(same).toBe(verification.size);
  }
}

/** A later time; minutes. */
export function later(time: Time, minutes: number): Time {
  return new Date(Date.parse(time) + minutes * 60_000).toISOString() as Time;
}

/** Puts a signature into a request's folder as somebody would who writes there. */
export function put(
  deployment: Deployment,
  id: string,
  signature: ApprovalSignature,
  name = signatureFile(signature),
) {
  writeFileSync(join(deployment.folderOf(id), "signatures", name), JSON.stringify(signature));
}
