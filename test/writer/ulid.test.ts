import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { ReceiptId } from "../../src/receipt/identifiers.js";
import { nextReceiptId } from "../../src/writer/ulid.js";

const zeros = new Uint8Array(10);
const ones = new Uint8Array(10).fill(255);

describe("receipt ids", () => {
  it("are ULIDs: 48 bits of time, then chance, in Crockford's base32", () => {
    expect(nextReceiptId(undefined, 0, zeros)).toBe(`rcpt_${"0".repeat(26)}`);
    expect(nextReceiptId(undefined, 1469918176385, zeros)).toBe(`rcpt_01ARYZ6S41${"0".repeat(16)}`);
    // The highest random bit is kept free for counting up.
    expect(nextReceiptId(undefined, 0, ones)).toBe(`rcpt_0000000000F${"Z".repeat(15)}`);
  });

  it("count up where time stands still or goes back, over every border of digits", () => {
    const last = "rcpt_01ARYZ6S410000000ZZZZZZZZZ" as ReceiptId;
    expect(nextReceiptId(last, 1469918176384, ones)).toBe("rcpt_01ARYZ6S410000001000000000");
    expect(nextReceiptId(last, 1469918176385, zeros)).toBe("rcpt_01ARYZ6S410000001000000000");
  });

  it("always grow", () => {
    const step = fc.tuple(fc.integer({ min: 0, max: 3 }), fc.uint8Array({ minLength: 10, maxLength: 10 }));
    fc.assert(
      fc.property(fc.array(step, { minLength: 2, maxLength: 50 }), (steps) => {
        let last: ReceiptId | undefined;
        for (const [time, random] of steps) {
          const next = nextReceiptId(last, time, random);
          expect(next).toMatch(/^rcpt_[0-7][0-9A-HJKMNP-TV-Z]{25}$/);
          if (last !== undefined) expect(next > last).toBe(true);
          last = next;
        }
      }),
    );
  });
});
