import { existsSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { verifyEd25519With, verifySignature } from "../../src/keys/ed25519.js";
import { type PublicKey, readPublicKey } from "../../src/keys/public-key.js";
import { engines, hex, utf8 } from "./support.js";

// Published vectors run beside the tests: SCLAW_VECTORS names the folder that holds
// cctv-ed25519.json (C2SP/CCTV), wycheproof-ed25519.json (C2SP/wycheproof) and
// speccheck-ed25519.json (novifinancial/ed25519-speccheck). Without it these are skipped.
const folder = process.env["SCLAW_VECTORS"] ?? "";
const present = (file: string): boolean => folder !== "" && existsSync(`${folder}/${file}`);
const load = (file: string): unknown => JSON.parse(readFileSync(`${folder}/${file}`, "utf8"));

describe.each(engines)("published vectors with $name", (engine) => {
  it.skipIf(!present("cctv-ed25519.json"))("accepts 1 of the 914 of CCTV", () => {
    const all = load("cctv-ed25519.json") as { number: number; key: string; sig: string; msg: string }[];
    const accepted = all.filter((v) => verifyEd25519With(engine, hex(v.sig), utf8(v.msg), hex(v.key)));
    expect(all.length).toBe(914);
    expect(accepted.length).toBe(1);
  });

  it.skipIf(!present("wycheproof-ed25519.json"))("answers Wycheproof as it says", () => {
    const { testGroups } = load("wycheproof-ed25519.json") as {
      testGroups: {
        publicKey: { pk: string };
        tests: { tcId: number; msg: string; sig: string; result: string }[];
      }[];
    };
    const all = testGroups.flatMap((group) =>
      group.tests.map((test) => ({ ...test, key: group.publicKey.pk })),
    );
    const wrong = all.filter(
      (v) => verifyEd25519With(engine, hex(v.sig), hex(v.msg), hex(v.key)) !== (v.result === "valid"),
    );
    expect(all.length).toBe(151);
    expect(wrong.map((v) => v.tcId)).toEqual([]);
  });

  it.skipIf(!present("speccheck-ed25519.json"))("accepts none of speccheck, whatever the engine", () => {
    const all = load("speccheck-ed25519.json") as { message: string; pub_key: string; signature: string }[];
    const accepted = (key: (bytes: Uint8Array) => boolean): number[] =>
      all.flatMap((v, i) => (key(hex(v.pub_key)) ? [i] : []));
    expect(all.length).toBe(12);
    expect(accepted((key) => readPublicKey(engine.sha3_256, key).ok)).toEqual([6, 7]);
    const whole = all.filter((v) =>
      verifyEd25519With(engine, hex(v.signature), hex(v.message), hex(v.pub_key)),
    );
    expect(whole).toEqual([]);
    // The signature's part alone, on canonical keys of any order: 0 to 3 have a mixed or small A.
    const signatureOnly = all.slice(0, 10).flatMap((v, i) => {
      const key = { bytes: hex(v.pub_key), id: "" } as unknown as PublicKey;
      return verifySignature(engine, hex(v.signature), hex(v.message), key) ? [i] : [];
    });
    expect(signatureOnly).toEqual([0, 1, 2, 3]);
  });
});
