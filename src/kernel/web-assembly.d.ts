// What is used of the WebAssembly JavaScript interface: the compiler's library has it with the
// whole of a browser only, and pure code has neither.
declare namespace WebAssembly {
  class Module {
    private constructor();
  }
  class Memory {
    private constructor();
    readonly buffer: ArrayBuffer;
  }
  class Instance {
    private constructor();
    readonly exports: object;
  }
  interface Global {
    readonly value: unknown;
  }
  function validate(bytes: Uint8Array): boolean;
  function compile(bytes: Uint8Array): Promise<Module>;
  function instantiate(module: Module, imports: object): Promise<Instance>;
}
