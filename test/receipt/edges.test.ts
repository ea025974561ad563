import { describe, expect, it } from "vitest";
import { decodeShape } from "../../src/json/shape.js";
import { adapterId, agentId, isReceiptId, userId } from "../../src/receipt/identifiers.js";
import { receiptMembers } from "../../src/receipt/receipt.js";

describe("an identifier has nothing before it", () => {
  it.each([
    ["agent:a", agentId],
    ["user:a", userId],
    ["adapter:a@1", adapterId],
    ["corr_a", receiptMembers.correlation_id],
  ] as const)("%s", (good, shape) => {
    expect(decodeShape(shape, good).ok).toBe(true);
    for (const bad of [`x${good}`, ` ${good}`, `\n${good}`])
      expect(decodeShape(shape, bad).ok, bad).toBe(false);
  });

  it("a receipt id", () => {
    expect(isReceiptId("rcpt_01KT13DC8G447Q227048V9E7GV")).toBe(true);
    expect(isReceiptId("xrcpt_01KT13DC8G447Q227048V9E7GV")).toBe(false);
  });
});
