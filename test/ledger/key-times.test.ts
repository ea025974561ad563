import { describe, expect, it } from "vitest";
import { KeyTimes } from "../../src/ledger/key-times.js";
import { trust } from "../support/verify.js";

describe("the keys of records", () => {
  it("are those of the trust file, in its order", () => {
    const times = new KeyTimes(trust);
    expect([...trust.keys.values()].map((_, i) => times.key(i).id)).toEqual([...trust.keys.keys()]);
  });

  it("are no others", () => {
    expect(() => new KeyTimes(trust).key(trust.keys.size)).toThrow(RangeError);
  });
});
