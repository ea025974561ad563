import type { Kernel } from "../../src/kernel/kernel.js";

export interface SignatureCase {
  readonly name: string;
  readonly key: Uint8Array;
  readonly message: Uint8Array;
  readonly signature: Uint8Array;
}

/** Signatures on which verifiers disagree, by keys that the format accepts, over messages of 47 bytes; of bits flipped, one in so many. */
export declare function kernelCases(step: number): SignatureCase[];

/** What a kernel that was not prepared says of each; undefined where it refuses the key. `more` keys are added before. */
export declare function kernelAnswers(
  kernel: Kernel,
  cases: readonly SignatureCase[],
  more?: number,
): (boolean | undefined)[];
