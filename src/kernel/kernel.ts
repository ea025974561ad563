import { decodeBase64 } from "../bytes/base64.js";

/** What a module of the kernel exports (kernel/index.ts). Addresses and lengths are in bytes. */
interface KernelExports {
  readonly memory: WebAssembly.Memory;
  readonly take: (bytes: number) => number;
  readonly hashOne: (out: number, message: number, length: number) => void;
  readonly prepare: (keyCount: number) => number;
  readonly addKey: (encoded: number) => number;
  readonly challenge: (item: number, message: number) => void;
  readonly check: (items: number, count: number) => void;
  readonly setLedger: (name: number, nameEnd: number) => void;
  readonly setOwnScope: (scope: number) => void;
  readonly trustKey: (
    id: number,
    role: number,
    place: number,
    table: number,
    holder: number,
    holderEnd: number,
    from: number,
    until: number,
    firstSeq: number,
    lastSeq: number,
  ) => void;
  readonly trustGroup: (
    name: number,
    nameEnd: number,
    threshold: number,
    bounded: number,
    tiers: number,
  ) => void;
  readonly trustMember: (holder: number, holderEnd: number, from: number, until: number) => void;
  readonly trustTenant: (tenant: number, tenantEnd: number) => void;
  readonly recognize: (block: number, length: number, records: number, mostRecords: number) => number;
  readonly consumed: WebAssembly.Global;
  readonly subtreesOf: (records: number, count: number, start: number, leaves: number, out: number) => number;
}

/** A module of the kernel, compiled: it can be sent to another thread. */
export interface KernelModule {
  readonly name: string;
  readonly module: WebAssembly.Module;
}

/**
 * Compiles a kernel from its base64. Returns undefined where this platform does not know the
 * instructions that it is made of.
 */
export async function compileKernel(name: string, wasm: string): Promise<KernelModule | undefined> {
  const bytes = Uint8Array.from(decodeBase64(wasm)!);
  if (!WebAssembly.validate(bytes)) return undefined;
  return { name, module: await WebAssembly.compile(bytes) };
}

/** One instance of the kernel, with memory of its own. */
export class Kernel {
  readonly name: string;
  readonly call: KernelExports;

  private constructor(name: string, call: KernelExports) {
    this.name = name;
    this.call = call;
  }

  static async start({ name, module }: KernelModule): Promise<Kernel> {
    let memory: WebAssembly.Memory | undefined;
    const isCanonicalNumber = (at: number, length: number) => {
      const text = String.fromCharCode(...new Uint8Array(memory!.buffer, at, length));
      return String(Number(text)) === text;
    };
    const instance = await WebAssembly.instantiate(module, { host: { isCanonicalNumber } });
    const call = instance.exports as unknown as KernelExports;
    memory = call.memory;
    return new Kernel(name, call);
  }

  /** The kernel's memory as it is now: a view goes stale when the kernel takes more. */
  get bytes(): Uint8Array {
    return new Uint8Array(this.call.memory.buffer);
  }

  /** Takes memory for the rest of the instance's life. Throws where the platform gives no more. */
  take(bytes: number): number {
    const at = this.call.take(bytes);
    if (at === 0) throw new RangeError(`expected ${bytes} bytes of memory for the kernel, found none`);
    return at;
  }

  /** Puts bytes into memory of their own; returns their address. */
  put(bytes: Uint8Array): number {
    const at = this.take(Math.max(1, bytes.length));
    this.bytes.set(bytes, at);
    return at;
  }
}
