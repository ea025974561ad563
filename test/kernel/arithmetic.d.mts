import type { KeyObject } from "node:crypto";

/** The kernel's exports, bare. */
export class Kernel {
  readonly exports: Readonly<Record<string, (...numbers: number[]) => number>>;
  readonly memory: Buffer;
  readonly lanes: number;
  take(bytes: number): number;
}

export interface Item {
  readonly key: number;
  readonly signature: Uint8Array;
  /** 47 bytes; for a message of another length, `k` stands for it. */
  readonly message?: Uint8Array;
  readonly k?: bigint;
}

export class Verifier {
  constructor(kernel: Kernel, keyCount: number);
  addKey(bytes: Uint8Array): number;
  check(items: readonly Item[]): boolean[];
}

export interface Check {
  readonly name: string;
  readonly share: number;
  run(kernel: Kernel, random: () => number, count: number): void;
}

export const p: bigint;
export const L: bigint;
export const checks: readonly Check[];
export function compile(field: string): Promise<() => Kernel>;
export function keyPair(number: number): {
  privateKey: KeyObject;
  publicKey: KeyObject;
  bytes: Buffer;
};
