import { describe, expect, it } from "vitest";
import { claims } from "../../src/ledger/claims.js";
import {
  approvalStates,
  decisions,
  RecordCursor,
  recordAt,
  recordBytes,
  recordFlags,
  recordKinds,
  statusNames,
  tiers,
} from "../../src/ledger/record.js";

describe("a record", () => {
  it("has its values where the table says", () => {
    const bytes = new Uint8Array(2 * recordBytes);
    const record = new RecordCursor(bytes);
    record.at = recordBytes;
    record.kind = 1;
    record.decision = 2;
    record.tier = 3;
    record.status = 4;
    record.flags = 0x81;
    record.approvalState = 5;
    record.offset = 0x01020304;
    record.length = 0xf1020304;
    record.seq = 2 ** 53 - 1;
    record.issuedAt = 2026 * 2 ** 36;
    record.decidedAt = 2025 * 2 ** 36;
    record.signer = 0xff000001;
    for (let i = 0; i < 11; i++) record.setSum(i, 0x1000 + i);
    for (const [i, where] of Object.values(recordAt).entries()) {
      if (where !== recordAt.sums) record.set(where, Uint8Array.of(0xa0 + i));
    }

    expect(bytes.subarray(0, recordBytes).every((byte) => byte === 0)).toBe(true);
    const view = new DataView(bytes.buffer, recordBytes);
    expect([...bytes.subarray(recordBytes, recordBytes + 8)]).toEqual([1, 2, 3, 4, 0x81, 5, 0, 0]);
    expect(view.getUint32(8, true)).toBe(0x01020304);
    expect(view.getUint32(12, true)).toBe(0xf1020304);
    expect(view.getFloat64(16, true)).toBe(2 ** 53 - 1);
    expect(view.getFloat64(24, true)).toBe(2026 * 2 ** 36);
    expect(view.getFloat64(32, true)).toBe(2025 * 2 ** 36);
    expect(view.getUint32(40, true)).toBe(0xff000001);
    expect(view.getUint8(44)).toBe(0xa0);
    expect(view.getUint16(70, true)).toBe(0x1000);
    expect(view.getUint16(90, true)).toBe(0x100a);
    expect(view.getUint32(92, true)).toBe(0);
    expect([96, 128, 160, 176, 208].map((at) => view.getUint8(at))).toEqual([0xa2, 0xa3, 0xa4, 0xa5, 0xa6]);
  });

  it("reads what was written, wherever its bytes begin", () => {
    const other = new RecordCursor(new Uint8Array(recordBytes));
    const bytes = new Uint8Array(5 + recordBytes).subarray(5);
    const writer = new RecordCursor(bytes);
    Object.assign(writer, { kind: 2, decision: 1, tier: 2, status: 3, flags: 255, approvalState: 4 });
    Object.assign(writer, { offset: 7, length: 8, seq: 9, issuedAt: 10, decidedAt: 11, signer: 12 });
    writer.setSum(10, 0xffff);
    other.use(bytes);
    expect(other.bytes).toBe(bytes);
    const { kind, decision, tier, status, flags, approvalState } = other;
    expect([kind, decision, tier, status, flags, approvalState]).toEqual([2, 1, 2, 3, 255, 4]);
    const { offset, length, seq, issuedAt, decidedAt, signer } = other;
    expect([offset, length, seq, issuedAt, decidedAt, signer]).toEqual([7, 8, 9, 10, 11, 12]);
    expect(other.sum(10)).toBe(0xffff);
    other.clear();
    expect(bytes.every((byte) => byte === 0)).toBe(true);
  });

  it("has numbers for names that kernels know by heart", () => {
    expect(recordKinds).toEqual({ other: 0, disclosed: 1, withheld: 2 });
    expect(claims).toEqual({ none: 0, signature: 1, ordinary: 2 });
    expect(Object.values(recordFlags)).toEqual([1, 2, 4, 8, 16, 32, 64, 128]);
    expect(Object.keys(recordFlags).join()).toBe("intent,ran,request,closed,rejected,granted,ofTenant,ended");
    expect(decisions.join()).toBe("allow,deny,escalate,approval");
    expect(tiers.join()).toBe("T0_OBSERVE,T1_STANDARD,T2_ELEVATED,T3_SOVEREIGN");
    expect(statusNames.join()).toBe("executed,failed,not_executed,unknown");
    expect(approvalStates.join()).toBe("not_required,pending,granted,rejected,expired");
  });
});
