import { expect, test } from "vitest";
import type { Holds } from "../../src/gate/holds.js";
import type { Journal } from "../../src/gate/journal.js";
import { Recorder } from "../../src/gate/recorder.js";
import { engine } from "../../src/io/engine-node.js";
import type { Time } from "../../src/json/time.js";
import type { LedgerWriter } from "../../src/writer/ledger-writer.js";
import type { ReceiptDraft } from "../../src/writer/receipt-draft.js";

test("a hold ends before the journal forgets its last receipt: a crash between the two is found", async () => {
  const order: string[] = [];
  const journal = {
    open: [],
    add: () => {
      order.push("journaled");
      return { id: 0, written: Promise.resolve() };
    },
    done: async () => order.push("forgotten"),
  } as unknown as Journal;
  const writer = {
    end: 0,
    append: async (draft: object) => {
      order.push("in the ledger");
      return draft;
    },
  } as unknown as LedgerWriter;
  const holds = { resolve: () => order.push("hold ended") } as unknown as Holds;
  const clock = () => "2026-06-01T12:00:00.000Z" as Time;
  const recorder = new Recorder({ journal, writer, holds, engine, clock });
  for (const state of ["pending", "expired", "rejected"])
    await recorder.record({ approval: { state } } as unknown as ReceiptDraft, "{}");
  expect(order).toEqual([
    ...["journaled", "in the ledger", "forgotten"],
    ...["journaled", "in the ledger", "hold ended", "forgotten"],
    ...["journaled", "in the ledger", "hold ended", "forgotten"],
  ]);
});
