// In JavaScript, since neither Node's types of version 20 nor the language's know WebAssembly.
import { compileKernel } from "../../scripts/build-kernel.mjs";

export async function testingModule(entry, field = "integer") {
  const host = {
    isCanonicalNumber: (at, length) => {
      const text = Buffer.from(instance.exports.memory.buffer, at, length).toString("latin1");
      return String(Number(text)) === text;
    },
  };
  const { instance } = await WebAssembly.instantiate(await compileKernel({ field, entry }), { host });
  const { memory, take } = instance.exports;
  return {
    kernel: instance.exports,
    take(bytes) {
      const at = take(bytes);
      if (at === 0) throw new Error(`no room for ${bytes} bytes`);
      return at;
    },
    bytes: (at, length) => new Uint8Array(memory.buffer, at, length),
    view: () => new DataView(memory.buffer),
  };
}
