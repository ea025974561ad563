export type Field = "fma" | "integer";

/** The two forms of the field arithmetic. */
export declare const fields: readonly Field[];

/** Compiles one module of the kernel; `edit` may change a source first, `quick` compiles sooner for a slower module. */
export declare function compileKernel(options: {
  readonly field: Field;
  readonly entry?: string;
  readonly edit?: (name: string, text: string) => string;
  readonly quick?: boolean;
}): Promise<Uint8Array>;
