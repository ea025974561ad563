import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import { encodeHex } from "../../src/bytes/hex.js";
import { encodeUtf8 } from "../../src/bytes/utf8.js";
import { engine } from "../../src/io/engine-node.js";
import { compareTickets, sampleKey, ticketsOf } from "../../src/sampling/ticket.js";

const sha3 = engine.sha3_256;
/** The vectors of docs/sampling.md; the seed is short on purpose. */
const seed = "20237331128159211123";
const root = sha3(encodeUtf8("sclaw demo population"));
const key = sampleKey({ seed, root, beacon: undefined }, sha3);
const ids = Array.from({ length: 1000 }, (_, i) => `r-${String(i + 1).padStart(6, "0")}`);

describe("sclaw.sample.v1", () => {
  it("has the published key and ticket", () => {
    expect(encodeHex(root)).toBe("b98505cef73fb3d19803cc9d84802514bc92fe0110701ea023b23304349a5aa1");
    expect(encodeHex(key)).toBe("67888b5030783140ec917bd5a0c896dff8c088b82a2f9cadedc364ce1f46c6bf");
    expect(encodeHex(ticketsOf(key, sha3)("r-000001"))).toBe(
      "d431f83cc2d37c6b642f87b0142199628e95d6baf58dbb9b3e96e03ab1531905",
    );
  });

  it("draws the published first ten of a thousand", () => {
    const ticketOf = ticketsOf(key, sha3);
    const order = ids
      .map((id) => ({ id, ticket: ticketOf(id) }))
      .sort((a, b) => compareTickets(a.ticket, b.ticket));
    const first = order.slice(0, 10).map(({ id }) => Number(id.slice(2)));
    expect(first).toEqual([918, 278, 834, 661, 668, 994, 592, 385, 946, 710]);
  });

  it("is what its definition says, written down again by hand", () => {
    const lp = (bytes: Buffer) => {
      const length = Buffer.alloc(4);
      length.writeUInt32BE(bytes.length);
      return Buffer.concat([length, bytes]);
    };
    const h = (...parts: Buffer[]) => createHash("sha3-256").update(Buffer.concat(parts)).digest();
    const k = h(
      Buffer.from("sclaw.sample.v1/key\0"),
      lp(Buffer.from("Samen")),
      lp(Buffer.from(root)),
      lp(Buffer.from("drand 42")),
    );
    const t = h(Buffer.from("sclaw.sample.v1/ticket\0"), lp(k), lp(Buffer.from("rcpt_x")));
    const ours = sampleKey({ seed: "Samen", root, beacon: "drand 42" }, sha3);
    expect(encodeHex(ours)).toBe(k.toString("hex"));
    expect(encodeHex(ticketsOf(ours, sha3)("rcpt_x"))).toBe(t.toString("hex"));
  });

  it("is bound to seed, root and beacon: each changes every ticket", () => {
    const other = Uint8Array.from(root, (byte, i) => (i === 31 ? byte ^ 1 : byte));
    const keys = [
      key,
      sampleKey({ seed: `${seed}0`, root, beacon: undefined }, sha3),
      sampleKey({ seed, root: other, beacon: undefined }, sha3),
      sampleKey({ seed, root, beacon: "0" }, sha3),
    ].map(encodeHex);
    expect(new Set(keys).size).toBe(4);
  });
});
