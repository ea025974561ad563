import {
  appendFileSync,
  closeSync,
  constants,
  existsSync,
  fstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readSync,
} from "node:fs";
import { join } from "node:path";
import { refusalOf } from "../io/refusal.js";
import { writeWholeFile } from "../io/write-file.js";
import type { Json, JsonObject } from "../json/json.js";
import { decodeShape } from "../json/shape.js";
import { decodeStrict } from "../json/strict-decoder.js";
import type { Time } from "../json/time.js";
import { type ApprovalSignature, signature as signatureShape } from "../receipt/approval.js";
import { type HeldFile, readHeld } from "./held-request.js";

/** How a request ended, for whoever lists them. */
export interface Resolution {
  readonly state: "granted" | "rejected" | "expired";
  readonly at: Time;
  readonly receipt_id: string;
  /** In words, where the state alone does not say it. */
  readonly why?: string;
}

/** An attempt to sign that does not count. */
export interface RefusedAttempt {
  readonly at: Time;
  readonly signer: string;
  readonly approver: string;
  readonly verdict: string;
  readonly reason: string;
}

const mostFiles = 256;
const mostBytes = 8 * 1024 * 1024;

/**
 * The folder that approvers share with the gate. A request has a folder of its own:
 *
 *     request.json             what is asked, for people to read and sign
 *     signatures/*.json        one file a signature
 *     refused.jsonl            attempts to sign that do not count, and why
 *     resolved.json            how it ended
 *
 * Whoever can write here can disturb, and cannot approve: the gate keeps its own copy of the
 * request, and counts only what people's keys signed of it.
 */
export class PendingFolder {
  readonly path: string;

  constructor(path: string) {
    this.path = path;
  }

  /** Puts a request where approvers find it. Throws a refusal where it cannot be written. */
  publish(id: string, held: HeldFile): void {
    const folder = this.#folder(id);
    try {
      mkdirSync(join(folder, "signatures"), { recursive: true });
    } catch (error) {
      throw refusalOf(error, `cannot write the pending request ${folder}`);
    }
    writeWholeFile(join(folder, "request.json"), pretty(held as unknown as Json), { replace: true });
  }

  /** Ids of the requests that lie here, sorted. Throws a refusal where the folder cannot be read. */
  list(): readonly string[] {
    if (!existsSync(this.path)) return [];
    try {
      return readdirSync(this.path, { withFileTypes: true })
        .filter((entry) => entry.isDirectory() && entry.name.startsWith("corr_"))
        .map(({ name }) => name)
        .sort();
    } catch (error) {
      throw refusalOf(error, `cannot read the pending folder ${this.path}`);
    }
  }

  /** The request as the approvers see it, or why it cannot be read. */
  request(id: string): ReturnType<typeof readHeld> {
    const bytes = readPlain(join(this.#folder(id), "request.json"));
    return bytes === undefined
      ? {
          ok: false,
          reasons: [{ pointer: "", expected: "a file request.json", actual: "none that can be read" }],
        }
      : readHeld(bytes);
  }

  /** The signatures that lie with a request; what is none is left out. */
  signatures(id: string): readonly ApprovalSignature[] {
    const folder = join(this.#folder(id), "signatures");
    return namesIn(folder).flatMap((name) => {
      const value = readJson(join(folder, name));
      const shaped = value === undefined ? undefined : decodeShape(signatureShape, value);
      return shaped?.ok ? [shaped.value] : [];
    });
  }

  /** Adds a signature. A key signs a request once for each verdict; throws a refusal where it has. */
  sign(id: string, signature: ApprovalSignature): void {
    const name = `${signature.signer.slice("ed25519:".length)}-${signature.verdict}.json`;
    const path = join(this.#folder(id), "signatures", name);
    writeWholeFile(path, pretty(signature as unknown as Json), { replace: false });
  }

  /** Notes an attempt to sign that does not count. A note that cannot be written changes no decision. */
  noteRefused(id: string, attempt: RefusedAttempt): void {
    try {
      appendFileSync(join(this.#folder(id), "refused.jsonl"), `${JSON.stringify(attempt)}\n`);
    } catch {
      // The folder is somebody else's too: what is gone from it cannot be noted in it.
    }
  }

  refused(id: string): readonly RefusedAttempt[] {
    const bytes = readPlain(join(this.#folder(id), "refused.jsonl"));
    return bytes === undefined ? [] : bytes.toString("utf8").split("\n").flatMap(asAttempt);
  }

  /** Says how a request ended. */
  resolve(id: string, resolution: Resolution): void {
    const path = join(this.#folder(id), "resolved.json");
    if (existsSync(this.#folder(id)))
      writeWholeFile(path, pretty(resolution as unknown as Json), { replace: true });
  }

  resolution(id: string): Resolution | undefined {
    const value = readJson(join(this.#folder(id), "resolved.json"));
    return value as unknown as Resolution | undefined;
  }

  #folder(id: string): string {
    return join(this.path, id);
  }
}

function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder)
      .filter((name) => name.endsWith(".json"))
      .sort()
      .slice(0, mostFiles);
  } catch {
    return [];
  }
}

/** A plain file's bytes: others write here too, so nothing that blocks, leads elsewhere or never ends. */
function readPlain(path: string): Buffer | undefined {
  let file: number | undefined;
  try {
    file = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
    const facts = fstatSync(file);
    if (!facts.isFile() || facts.size > mostBytes) return undefined;
    const bytes = Buffer.alloc(facts.size);
    return bytes.subarray(0, readSync(file, bytes, 0, bytes.length, 0));
  } catch {
    return undefined;
  } finally {
    if (file !== undefined) closeSync(file);
  }
}

function readJson(path: string): JsonObject | undefined {
  const bytes = readPlain(path);
  if (bytes === undefined) return undefined;
  const { value, issues } = decodeStrict(bytes, { canonical: false });
  const isObject =
    issues.length === 0 && typeof value === "object" && value !== null && !Array.isArray(value);
  return isObject ? (value as JsonObject) : undefined;
}

function asAttempt(line: string): RefusedAttempt[] {
  try {
    const value = JSON.parse(line) as { readonly [name: string]: unknown };
    const { at, signer, approver, verdict, reason } = value;
    const whole = [at, signer, approver, verdict, reason].every((member) => typeof member === "string");
    return whole ? [value as unknown as RefusedAttempt] : [];
  } catch {
    return [];
  }
}

const pretty = (value: Json) => `${JSON.stringify(value, null, 2)}\n`;
