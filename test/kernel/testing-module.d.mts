/** A module of the kernel, and its memory as bytes. */
export interface TestingModule<Exports> {
  readonly kernel: Exports;
  /** Takes room for so many bytes, for the whole run. */
  readonly take: (bytes: number) => number;
  /** The memory's bytes from `at`, to read and to write, until `take` is called again. */
  readonly bytes: (at: number, length: number) => Uint8Array;
  /** The whole memory, until `take` is called again. */
  readonly view: () => DataView;
}

/** Compiles an entry of kernel/ that exports functions for tests, and starts it. */
export declare function testingModule<Exports>(
  entry: string,
  field?: "fma" | "integer",
): Promise<TestingModule<Exports>>;
