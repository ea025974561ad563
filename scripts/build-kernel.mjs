// Compiles kernel/ to WebAssembly, with packages of npm alone. The same sources give the same
// bytes on every machine, so that no binary is committed and anyone can make it again.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { main } from "assemblyscript/asc";

const folder = fileURLToPath(new URL("../kernel", import.meta.url));

/** The two forms of the field arithmetic; each makes a module of its own. */
export const fields = ["fma", "integer"];

/**
 * Compiles one module of the kernel. `field` says which file stands for "./field"; `entry` is the
 * file whose exports are the module's; `edit` may change a source before it is compiled, which is
 * how tests put a fault in; `quick` takes a third of the time, for a module that computes the same
 * slowly. Returns the module's bytes. Throws with the compiler's words.
 */
export async function compileKernel({
  field,
  entry = "index.ts",
  edit = (_name, text) => text,
  quick = false,
}) {
  let wasm;
  const features = field === "fma" ? ["simd", "relaxed-simd"] : ["simd"];
  const { error, stderr } = await main(
    [
      entry,
      "--baseDir",
      folder,
      "--outFile",
      "kernel.wasm",
      ...(quick ? ["-O1"] : ["-O3", "--converge"]),
      ...["--noAssert", "--runtime", "stub"],
      ...["--enable", features.join(",")],
    ],
    {
      readFile: (name) => source(name, field, edit),
      writeFile: (_name, bytes) => {
        wasm = bytes;
      },
      listFiles: () => [],
    },
  );
  if (error || wasm === undefined)
    throw new Error(`the kernel does not compile: ${error?.message}\n${stderr}`);
  return wasm;
}

function source(name, field, edit) {
  const file = name === "field.ts" ? `field-${field}.ts` : name;
  try {
    return edit(file, readFileSync(join(folder, file), "utf8"));
  } catch (error) {
    if (error.code === "ENOENT") return null;
    throw error;
  }
}

/** Text of a module that holds the kernel's bytes, which any bundler can take along. */
export async function kernelModule(field) {
  const base64 = Buffer.from(await compileKernel({ field })).toString("base64");
  return `/** The kernel, compiled from kernel/ with the field of field-${field}.ts: a WebAssembly module in base64. */\nexport const wasm = ${JSON.stringify(base64)};\n`;
}
