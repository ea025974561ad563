import { readFileSync } from "node:fs";
import { formatDigest } from "../../src/bytes/digest.js";
import { encodeUtf8 } from "../../src/bytes/utf8.js";
import { openSetup } from "../../src/hook/gate-setup.js";
import { answerEvent } from "../../src/hook/handle.js";
import { canonicalBytes } from "../../src/json/canonical.js";
import type { Json } from "../../src/json/json.js";
import type { Time } from "../../src/json/time.js";
import type { Intent } from "../../src/receipt/intent.js";
import { receiptsOf, type World } from "../support/gate-world.js";
import { inFolder } from "../support/sclaw.js";
import { engine } from "../support/verify.js";
import { expectVerified, hookWorld, reasonIn } from "./support.js";

export type Answer = Awaited<ReturnType<typeof answerEvent>>;
export interface Agent {
  readonly world: World;
  /** Hands an event to the gate. */
  readonly say: (event: string | Uint8Array) => Promise<Answer>;
  /** Lets time pass. */
  readonly wait: (minutes: number) => void;
  /** Ends the gate's process, as it were, and starts another. */
  readonly restart: () => Promise<void>;
}

export const minutesForOutcome = 30;

/** An agent before a real gate with a real ledger, which is verified and replayed afterwards. */
export function withAgent(work: (agent: Agent) => Promise<void>, gate: object = {}): Promise<void> {
  return inFolder(async (folder) => {
    const world = await hookWorld(folder, gate);
    let passed = 0;
    const clock = () => new Date(Date.now() + passed).toISOString() as Time;
    const open = () => openSetup(world.config, { clock, outcomeWithin: minutesForOutcome * 60_000 });
    let opened = await open();
    await work({
      world,
      say: (event) => answerEvent(opened.setup, typeof event === "string" ? encodeUtf8(event) : event),
      wait: (minutes) => {
        passed += minutes * 60_000;
      },
      restart: async () => {
        await opened.close();
        opened = await open();
      },
    });
    await opened.close();
    await expectVerified(world);
  });
}

export const reasonOf = (answer: Answer) => reasonIn({ status: answer.exit, ...answer });
export const lastReceipt = (world: World) => receiptsOf(world).at(-1)!;
/** The intent of the last receipt, as the ledger discloses it. */
export const lastIntent = (world: World): Intent => {
  const lines = readFileSync(world.config.ledger, "utf8").split("\n");
  return JSON.parse(lines.findLast((line) => line.includes('"receipt":'))!).intent;
};
export const digestOf = (value: Json) => formatDigest(engine.sha3_256(canonicalBytes(value)));
export const noObjection = { exit: 0, stdout: "{}\n", stderr: "" };
