import { describe, expect, it } from "vitest";
import { RecordedOutline } from "../../src/ledger/outline.js";
import { RecordCursor, recordAt, recordBytes, recordKinds } from "../../src/ledger/record.js";

/** An outline of a record in which every byte is `fill` but those of one value. */
function outlineWith(fill: number, where: number, value: Uint8Array): RecordedOutline {
  // The outline's record is the first of two.
  const bytes = new Uint8Array(2 * recordBytes).fill(fill);
  const record = new RecordCursor(bytes);
  Object.assign(record, { kind: recordKinds.disclosed, decision: 0, tier: 0, status: 0, approvalState: 0 });
  record.set(where, value);
  return new RecordedOutline(record);
}

describe.each([
  ["nonce", recordAt.nonce, 16],
  ["agreed", recordAt.requestHash, 32],
] as const)("an outline's %s", (name, where, length) => {
  const value = Uint8Array.from({ length }, (_, i) => i + 1);

  it("is the same text whatever stands beside it", () => {
    const of = (fill: number) => outlineWith(fill, where, value)[name];
    expect(of(0)).toBe(of(0xff));
  });

  it("is another text for each other byte", () => {
    const texts = Array.from({ length }, (_, i) => outlineWith(0, where, value.with(i, 0xee))[name]);
    expect(new Set([...texts, outlineWith(0, where, value)[name]]).size).toBe(length + 1);
  });
});
