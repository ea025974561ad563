import { existsSync } from "node:fs";
import type { DigestText } from "../bytes/digest.js";
import { readJsonFile } from "../io/read-json.js";
import { writeWholeFile } from "../io/write-file.js";
import { decodeShape, object, oneOf, record, type Shape } from "../json/shape.js";
import { digest } from "../receipt/identifiers.js";

type Tools = { readonly [tool: string]: DigestText };

/** Which definition each tool had when it was first seen, by adapter. */
export interface Pins {
  readonly format: "sclaw.definitions/1";
  readonly adapters: { readonly [adapter: string]: Tools };
}

const pinsShape: Shape<Pins> = object<Pins>({
  format: oneOf("sclaw.definitions/1"),
  adapters: record(record(digest)),
});

/** The file of a gate's pins, which its operator may edit at any time. */
export class PinFile {
  readonly path: string;
  readonly #adapter: string;
  #tools = new Map<string, DigestText>();

  /** Reads the pins of one adapter. Throws a refusal where the file cannot be used. */
  constructor(path: string, adapter: string) {
    this.path = path;
    this.#adapter = adapter;
    this.reload();
  }

  get(tool: string): DigestText | undefined {
    return this.#tools.get(tool);
  }

  /** Reads the file again: its operator may have changed it. */
  reload(): void {
    const tools = readPins(this.path).adapters[this.#adapter] ?? {};
    this.#tools = new Map(Object.entries(tools));
  }

  /** Pins tools that have no pin yet; they are on the disk when this returns. */
  add(tools: ReadonlyMap<string, DigestText>): void {
    this.reload();
    for (const [tool, digest] of tools) if (!this.#tools.has(tool)) this.#tools.set(tool, digest);
    const { adapters } = readPins(this.path);
    const pins: Pins = {
      format: "sclaw.definitions/1",
      adapters: { ...adapters, [this.#adapter]: Object.fromEntries([...this.#tools].sort(byName)) },
    };
    writeWholeFile(this.path, `${JSON.stringify(pins, undefined, 2)}\n`, { replace: true });
  }
}

/** All pins of a file; none where there is no file. */
export function readPins(path: string): Pins {
  if (!existsSync(path)) return { format: "sclaw.definitions/1", adapters: {} };
  return readJsonFile(path, "file of definitions", (json) => decodeShape(pinsShape, json)).value;
}

function byName([a]: readonly [string, unknown], [b]: readonly [string, unknown]): number {
  return a < b ? -1 : 1;
}
