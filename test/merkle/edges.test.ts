import { describe, expect, it } from "vitest";
import { engine } from "../../src/io/engine-node.js";
import { formatNote } from "../../src/merkle/note.js";
import { parseVerifierKey } from "../../src/merkle/verifier-key.js";

describe("a note is not written", () => {
  it("where any of its key hashes is not four bytes, wherever it stands", () => {
    const signature = (length: number) => ({
      name: "w",
      keyHash: new Uint8Array(length).fill(7),
      blob: new Uint8Array(64).fill(1),
    });
    expect(() => formatNote("text\n", [signature(4), signature(4)])).not.toThrow();
    expect(() => formatNote("text\n", [signature(4), signature(5)])).toThrow(RangeError);
    expect(() => formatNote("text\n", [signature(3), signature(4)])).toThrow(RangeError);
  });
});

describe("a verifier key is refused", () => {
  it.each(["", "name", "name+hash"])("with too few parts: %j", (text) => {
    expect(parseVerifierKey(engine.sha256, text)).toMatchObject({
      reason: expect.stringContaining("a name, a key hash and a key with plus signs between"),
    });
  });
});
