/**
 * SHA3-256 (FIPS 202 section 6.1) of many messages: two at a time, one in each half of the vectors
 * of keccak.ts. Each half is a lane, and a lane whose message is done takes the next of the list, so
 * that messages of unequal length keep both busy up to the last.
 */
import { permute, state } from "./keccak";

/**
 * Bytes of a job: address of the message u32 | its length u32 | where the 32 bytes of the digest go
 * u32 | unused u32.
 */
export const jobBytes: i32 = 16;

/** Bytes of a block: the state's 200 less twice the digest's 32 (section 6.1). */
const rate: usize = 136;
const rateWords: usize = 17;

/** What a lane is at. */
const idle: u32 = 0;
const reading: u32 = 1;
/** The last block is absorbed: the digest is in the state. */
const finished: u32 = 2;
/** The digest is beside, since it may not go to its place yet. */
const held: u32 = 3;

/*
 * A lane: what it is at u32 | its job u32 | the rest of the message, address u32 and length u32 |
 * u64 of ones, or of zeroes where the message begins and the state has to | a block, for the last
 * one with its padding | a digest that is held.
 */
const jobAt: usize = 4;
const restAt: usize = 8;
const restLength: usize = 12;
const keepAt: usize = 16;
const blockAt: usize = 24;
const heldAt: usize = 24 + 136;
const low: usize = memory.data(24 + 136 + 32, 8);
const high: usize = memory.data(24 + 136 + 32, 8);

/** The jobs that no lane has taken. */
let next: usize = 0;
let end: usize = 0;

/**
 * Hashes `count` messages of any length. A digest may lie on its own message and on those of jobs
 * that stand earlier in the list, never on a later one.
 */
export function hashMany(jobs: usize, count: i32): void {
  next = jobs;
  end = jobs + <usize>count * <usize>jobBytes;
  begin(low);
  begin(high);
  while (load<u32>(low) | load<u32>(high)) {
    const lowBlock = block(low);
    absorb(lowBlock, block(high));
    permute();
    finish(low, high, state);
    finish(high, low, state + 8);
  }
}

const single: usize = memory.data(16, 4);

/** Hashes one message, in the time of two. */
export function hashOne(out: usize, message: usize, length: u32): void {
  store<u32>(single, <u32>message);
  store<u32>(single, length, 4);
  store<u32>(single, <u32>out, 8);
  hashMany(single, 1);
}

/** Lets a lane take the next job, if there is one. */
function begin(lane: usize): void {
  if (next == end) {
    store<u32>(lane, idle);
    return;
  }
  store<u32>(lane, reading);
  store<u32>(lane, <u32>next, jobAt);
  store<u32>(lane, load<u32>(next), restAt);
  store<u32>(lane, load<u32>(next, 4), restLength);
  store<u64>(lane, 0, keepAt);
  next += jobBytes;
}

/** Address of the block that a lane absorbs next; any bytes where it has nothing to absorb. */
function block(lane: usize): usize {
  if (load<u32>(lane) != reading) return lane + blockAt;
  const rest = <usize>load<u32>(lane, restAt);
  const length = <usize>load<u32>(lane, restLength);
  if (length < rate) {
    pad(lane + blockAt, rest, length);
    store<u32>(lane, 0, restLength);
    store<u32>(lane, finished);
    return lane + blockAt;
  }
  store<u32>(lane, <u32>(rest + rate), restAt);
  store<u32>(lane, <u32>(length - rate), restLength);
  return rest;
}

/**
 * Writes the last block: `length` < 136 bytes of message, the bits 01 of section 6.1 and the padding
 * of section 5.1, which in bytes is 06, zeroes, and 80 set in the last byte (appendix B.2).
 * By words and not by memory.copy, which costs more than so few bytes.
 */
function pad(out: usize, rest: usize, length: usize): void {
  const whole = length & ~7;
  const bits = (length & 7) << 3;
  for (let at: usize = 0; at < whole; at += 8) store<u64>(out + at, load<u64>(rest + at));
  // The bytes behind the last whole word are the high ones of the word that ends with the message:
  // it may begin before the message, but not before the memory, whose first bytes hold no message.
  const tail = bits == 0 ? 0 : load<u64>(rest + length - 8) >> (64 - bits);
  store<u64>(out + whole, tail | ((<u64>0x06) << bits));
  for (let at = whole + 8; at < rate; at += 8) store<u64>(out + at, 0);
  store<u64>(out, load<u64>(out, 128) | 0x8000000000000000, 128);
}

/** Adds a block to each state; a lane whose message begins first has its state set to zeroes. */
function absorb(lowBlock: usize, highBlock: usize): void {
  const keep = v128.load64_lane(high, v128.load64_zero(low, keepAt), 1, keepAt);
  for (let i: usize = 0; i < rateWords; i++) {
    const at = state + 16 * i;
    const words = v128.load64_lane(highBlock + 8 * i, v128.load64_zero(lowBlock + 8 * i), 1);
    v128.store(at, v128.xor(v128.and(v128.load(at), keep), words));
  }
  for (let i: usize = rateWords; i < 25; i++) {
    const at = state + 16 * i;
    v128.store(at, v128.and(v128.load(at), keep));
  }
  store<u64>(low, -1, keepAt);
  store<u64>(high, -1, keepAt);
}

/** Where a lane's message is done, puts the digest in its place and lets the lane take the next. */
function finish(lane: usize, other: usize, words: usize): void {
  if (load<u32>(lane) < finished) return;
  if (load<u32>(lane) == finished) {
    copyDigest(lane + heldAt, words, 16);
    store<u32>(lane, held);
  }
  const out = <usize>load<u32>(<usize>load<u32>(lane, jobAt), 8);
  if (isUnread(out, other)) return;
  copyDigest(out, lane + heldAt, 8);
  begin(lane);
}

/** Whether a digest would fall on what the other lane has yet to read. */
function isUnread(out: usize, other: usize): bool {
  if (load<u32>(other) != reading) return false;
  const rest = <usize>load<u32>(other, restAt);
  return out < rest + <usize>load<u32>(other, restLength) && rest < out + 32;
}

/** Copies the four words of a digest, which stand `step` bytes apart. */
// @ts-ignore: decorator
@inline export function copyDigest(out: usize, words: usize, step: usize): void {
  for (let i: usize = 0; i < 4; i++) store<u64>(out + 8 * i, load<u64>(words + step * i));
}
