import { chmodSync, existsSync, mkdirSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { appendPlainLine, isRealFolder, readPlainFile } from "../io/plain-file.js";
import { CannotDo, refusalOf } from "../io/refusal.js";
import { writeWholeFile } from "../io/write-file.js";
import { canonicalize } from "../json/canonical.js";
import type { Json } from "../json/json.js";
import { decodeShape, object, oneOf, type Shape, text } from "../json/shape.js";
import { decodeStrict } from "../json/strict-decoder.js";
import { isTime, type Time } from "../json/time.js";
import type { KeyId } from "../keys/public-key.js";
import type { ApprovalSignature } from "../receipt/approval.js";
import { type HeldFile, readHeld } from "./held-request.js";
import { type FoundSignatures, findSignatures, nothingFound, signatureFile } from "./signature-files.js";

/** How a request ended, for whoever lists them. */
export interface Resolution {
  readonly state: "granted" | "rejected" | "expired";
  readonly at: Time;
  readonly receipt_id: string;
  /** In words, where the state alone does not say it. */
  readonly why?: string;
}

/** An attempt to sign that does not count. What is no signature at all has a reason only. */
export interface RefusedAttempt {
  readonly at: Time;
  readonly reason: string;
  readonly signer?: string;
  readonly approver?: string;
  readonly verdict?: string;
}

/** Bytes of a request: its intent has 400,000 at most, and facts may repeat them. */
const mostRequest = 8 * 1024 * 1024;
const mostResolution = 64 * 1024;
/** Bytes of refused attempts: who fills the file shuts out no decision. */
const mostRefused = 256 * 1024;
/** Characters of a text from somebody's signature that is noted. */
const mostNoted = 500;

const shortText = text("a string", (value) => value.length <= 4096);
const time: Shape<Time> = text("a time", isTime);
const resolutionShape = object<Resolution>(
  { state: oneOf("granted", "rejected", "expired"), at: time, receipt_id: shortText, why: shortText },
  ["why"],
);
const attemptShape = object<RefusedAttempt>(
  { at: time, reason: shortText, signer: shortText, approver: shortText, verdict: shortText },
  ["signer", "approver", "verdict"],
);

/**
 * The folder that approvers share with the gate. A request has a folder of its own:
 *
 *     request.json             what is asked, for people to read and sign
 *     signatures/*.json        one file a key and verdict
 *     refused.jsonl            attempts to sign that do not count, and why
 *     resolved.json            how it ended
 *
 * Whoever can write here can disturb, and cannot approve: the gate keeps its own copy of the
 * request, counts only what people's keys signed of it, and waits for nothing that lies here.
 */
export class PendingFolder {
  readonly path: string;

  constructor(path: string) {
    this.path = path;
  }

  /** Puts a request where approvers find it. Throws a refusal where it cannot be written. */
  publish(id: string, held: HeldFile): void {
    const folder = this.#folder(id);
    const signatures = join(folder, "signatures");
    try {
      mkdirSync(signatures, { recursive: true });
      // Who may write in the pending folder may sign: its permissions are those of the request.
      const mode = statSync(this.path).mode & 0o7777;
      for (const made of [folder, signatures]) chmodSync(made, mode);
    } catch (error) {
      throw refusalOf(error, `cannot write the pending request ${folder}`);
    }
    writeWholeFile(join(folder, "request.json"), pretty(held), { replace: true });
  }

  /** Puts a request back that somebody took away or changed, as far as the folder lets us. */
  restore(id: string, held: HeldFile): void {
    const read = this.request(id);
    const [lies, ours] = [read.ok ? read.held : null, held].map((one) =>
      canonicalize(one as unknown as Json),
    );
    const isElsewhere = existsSync(this.#folder(id)) && !isRealFolder(this.#folder(id));
    if (lies === ours || isElsewhere) return;
    try {
      this.publish(id, held);
    } catch (error) {
      if (!(error instanceof CannotDo)) throw error;
    }
  }

  /** Ids of the requests that lie here, sorted. Throws a refusal where the folder cannot be read. */
  list(): readonly string[] {
    if (!existsSync(this.path)) return [];
    try {
      return readdirSync(this.path, { withFileTypes: true })
        .filter((entry) => entry.isDirectory() && /^corr_[\w-]{1,64}$/.test(entry.name))
        .map(({ name }) => name)
        .sort();
    } catch (error) {
      throw refusalOf(error, `cannot read the pending folder ${this.path}`);
    }
  }

  /** The request as the approvers see it, or why it cannot be read. */
  request(id: string): ReturnType<typeof readHeld> {
    const read = readPlainFile(join(this.#folder(id), "request.json"), mostRequest);
    if (!read.ok)
      return { ok: false, reasons: [{ pointer: "", expected: "a file request.json", actual: read.why }] };
    const held = readHeld(read.bytes);
    if (!held.ok || held.held.draft.correlation_id === id) return held;
    const { correlation_id: actual } = held.held.draft;
    return { ok: false, reasons: [{ pointer: "/draft/correlation_id", expected: id, actual }] };
  }

  /**
   * The signatures that lie with a request, and what is none. Those of `signers` are found whatever
   * else lies there; of all else only so much is looked at.
   */
  signatures(id: string, signers: Iterable<KeyId> = []): FoundSignatures {
    const folder = join(this.#folder(id), "signatures");
    return isRealFolder(this.#folder(id)) && isRealFolder(folder)
      ? findSignatures(folder, signers)
      : nothingFound;
  }

  /**
   * Adds a signature, in place of whatever has its key's name and verdict: others can put a file there
   * too. Throws a refusal where it cannot be written.
   */
  sign(id: string, signature: ApprovalSignature): void {
    const folder = join(this.#folder(id), "signatures");
    if (!isRealFolder(folder))
      throw new CannotDo(`expected a folder for signatures, found none that can be written: ${folder}`);
    const path = join(folder, signatureFile(signature));
    writeWholeFile(path, pretty(signature), { replace: true });
    // The gate may run as somebody else, and reads it whatever the mask of this person.
    chmodSync(path, 0o644);
  }

  /** Notes an attempt to sign that does not count. A note that cannot be written changes no decision. */
  noteRefused(id: string, attempt: RefusedAttempt): void {
    const folder = this.#folder(id);
    const mode = statSync(folder, { throwIfNoEntry: false })?.mode;
    if (mode === undefined || !isRealFolder(folder)) return;
    const short = Object.entries(attempt).map(([name, value]) => [
      name,
      (value as string).slice(0, mostNoted).toWellFormed(),
    ]);
    const line = JSON.stringify(Object.fromEntries(short));
    appendPlainLine(join(folder, "refused.jsonl"), line, mostRefused, (mode & 0o666) | 0o600);
  }

  refused(id: string): readonly RefusedAttempt[] {
    const read = readPlainFile(join(this.#folder(id), "refused.jsonl"), 2 * mostRefused);
    return read.ok ? Buffer.from(read.bytes).toString("utf8").split("\n").flatMap(asAttempt) : [];
  }

  /**
   * Says how a request ended. The ledger has it: what cannot be written here, because somebody
   * changed the folder, changes nothing.
   */
  resolve(id: string, resolution: Resolution): void {
    if (!isRealFolder(this.#folder(id))) return;
    try {
      writeWholeFile(join(this.#folder(id), "resolved.json"), pretty(resolution), { replace: true });
    } catch (error) {
      if (!(error instanceof CannotDo)) throw error;
    }
  }

  /** How a request ended, as the file says that anybody here can write. */
  resolution(id: string): Resolution | undefined {
    const read = readPlainFile(join(this.#folder(id), "resolved.json"), mostResolution);
    return read.ok ? decoded(resolutionShape, read.bytes) : undefined;
  }

  #folder(id: string): string {
    return join(this.path, id);
  }
}

/** A value of a shape from its file's bytes; undefined where it is none. */
function decoded<T>(shape: Shape<T>, bytes: Uint8Array): T | undefined {
  const { value, issues } = decodeStrict(bytes, { canonical: false });
  if (value === undefined || issues.length > 0) return undefined;
  const shaped = decodeShape(shape, value);
  return shaped.ok ? shaped.value : undefined;
}

function asAttempt(line: string): RefusedAttempt[] {
  const attempt = line === "" ? undefined : decoded(attemptShape, Buffer.from(line));
  return attempt === undefined ? [] : [attempt];
}

const pretty = (value: object) => `${JSON.stringify(value as unknown as Json, null, 2)}\n`;
