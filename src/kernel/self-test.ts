import { decodeBase64, encodeBase64 } from "../bytes/base64.js";
import { concatBytes } from "../bytes/bytes.js";
import type { HashFunction } from "../bytes/digest.js";
import { decodeHex, encodeHex } from "../bytes/hex.js";
import { encodeUtf8 } from "../bytes/utf8.js";
import type { Block } from "../ledger/recognizer.js";
import { recordKinds } from "../ledger/record.js";
import { Kernel, type KernelModule } from "./kernel.js";
import { KernelRecognizer } from "./kernel-recognizer.js";
import { sample } from "./sample.js";
import { giveTrust, type KernelTrust } from "./trust.js";

/**
 * Whether a kernel computes here what it should: its fast field arithmetic needs multiplications and
 * additions to be fused, which a platform may say it does and not do. It has to recognize the
 * sample's lines with exactly the records and subtrees that are known, and none of the lines with a
 * bit changed in a hash or a signature, with S + L in place of S, or with the identity as R.
 * Takes SHA3-256 of another maker, and for how many keys the kernel is wanted, on which the layout of
 * its tables depends. Never throws.
 */
export async function passesSelfTest(
  module: KernelModule,
  sha3: HashFunction,
  keyCount = 0,
): Promise<boolean> {
  try {
    const kernel = await Kernel.start(module);
    const trust = sampleTrust();
    if (!giveTrust(kernel, trust, undefined, Math.max(keyCount, trust.keys.length))) return false;
    const recognizer = new KernelRecognizer(kernel);
    const { records, runs } = blockOf(recognizer, sample.lines);
    const found = concatBytes(records, ...(runs ?? []).map(({ hashes }) => hashes));
    if (encodeHex(sha3(found)) !== sample.found) return false;
    return [...sample.lines.split("\n").flatMap((line) => forgeriesOf(line)), ...sample.refused].every(
      (line) => blockOf(recognizer, `${line}\n`).records[0] === recordKinds.other,
    );
  } catch {
    return false;
  }
}

function blockOf(recognizer: KernelRecognizer, lines: string): Block {
  for (const block of recognizer.recognize(encodeUtf8(lines))) return block;
  throw new Error("expected a block of lines, found none");
}

/** A line with each of its signatures and hashes wrong in turn. */
function forgeriesOf(line: string): string[] {
  const at = (start: number, end: number, text: string) => line.slice(0, start) + text + line.slice(end);
  const signatures = [...line.matchAll(/(?<="sig":")[^"]+/g)].flatMap((match) => {
    const signature = decodeBase64(match[0])!;
    const altered = [
      flipped(signature, 0),
      flipped(signature, 31),
      flipped(signature, 40),
      plusOrder(signature),
    ];
    return altered.map((bytes) => at(match.index, match.index + match[0].length, encodeBase64(bytes)));
  });
  const hashes = [...line.matchAll(/(?<="(?:ir_hash|digest)":"sha3-256:)[0-9a-f]+/g)].map((match) => {
    const hash = flipped(decodeHex(match[0])!, 5);
    return at(match.index, match.index + match[0].length, encodeHex(hash));
  });
  return [...signatures, ...hashes];
}

function flipped(bytes: Uint8Array, byte: number): Uint8Array {
  const copy = bytes.slice();
  copy[byte]! ^= 1;
  return copy;
}

/** L, the order of the group (RFC 8032 section 5.1). */
const order = 2n ** 252n + 27742317777372353535851937790883648493n;

/** The same signature with S + L, which holds as an equation and is refused (RFC 8032 section 8.4). */
function plusOrder(signature: Uint8Array): Uint8Array {
  const copy = signature.slice();
  let s = BigInt(`0x${encodeHex(copy.slice(32).reverse())}`) + order;
  for (let i = 32; i < 64; i++, s >>= 8n) copy[i] = Number(s & 0xffn);
  return copy;
}

/** Nothing of the sample is bounded in time or place. */
function sampleTrust(): KernelTrust {
  const unbounded = { from: Number.NEGATIVE_INFINITY, until: Number.POSITIVE_INFINITY };
  const keys = sample.keys.map(({ id, publicKey, role, holder }, place) => ({
    id: decodeHex(id)!,
    publicKey: decodeBase64(publicKey)!,
    role: role === "ledger" ? 1 : 2,
    place,
    holder: JSON.stringify(holder),
    ...unbounded,
    firstSeq: 0,
    lastSeq: Number.MAX_SAFE_INTEGER,
  }));
  const members = keys.filter(({ role }) => role === 2).map(({ holder }) => ({ holder, ...unbounded }));
  const group = { name: JSON.stringify(sample.group), threshold: 2, tenants: undefined, members, tiers: 4 };
  return { ledger: JSON.stringify(sample.ledger), keys, groups: [group] };
}
