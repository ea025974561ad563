import { lstatSync, readFileSync, unlinkSync } from "node:fs";
import process from "node:process";
import { CannotDo, refusalOf } from "../io/refusal.js";
import { writeWholeFile } from "../io/write-file.js";
import { decodeShape, integer, object, oneOf, pattern } from "../json/shape.js";
import { decodeStrict } from "../json/strict-decoder.js";

/** Where a server waits, and the secret by which it and a hook know each other. */
export interface Meeting {
  readonly format: "sclaw.hook/1";
  readonly port: number;
  readonly pid: number;
  /** 32 random bytes in hex. Never sent: both sides sign with it. */
  readonly token: string;
}

const shape = object<Meeting>({
  format: oneOf("sclaw.hook/1"),
  port: integer(1),
  pid: integer(1),
  token: pattern("64 hex digits", /^[0-9a-f]{64}$/),
});

/** Beside the ledger: who may read one may ask the other. */
export function meetingPath(ledger: string): string {
  return `${ledger}.hook`;
}

/** Writes the file so that nobody else on the machine can read it. */
export function writeMeeting(path: string, meeting: Meeting): void {
  writeWholeFile(path, `${JSON.stringify(meeting)}\n`, { replace: true, mode: 0o600 });
}

/** Takes the file away where it is still this server's. */
export function removeMeeting(path: string, token: string): void {
  try {
    if (JSON.parse(readFileSync(path, "utf8")).token === token) unlinkSync(path);
  } catch {
    // It is gone, or somebody else's.
  }
}

/**
 * Finds a server that is running. Returns undefined where there is none: no file, or its process
 * is gone. Throws a refusal for a file that others could have written or read.
 */
export function findMeeting(path: string): Meeting | undefined {
  const meeting = readMeeting(path);
  return meeting !== undefined && isRunning(meeting.pid) ? meeting : undefined;
}

function readMeeting(path: string): Meeting | undefined {
  let bytes: Uint8Array;
  try {
    const facts = lstatSync(path);
    // Windows has neither users nor modes of this kind.
    const own = process.getuid?.();
    const isOthers = own !== undefined && (facts.uid !== own || (facts.mode & 0o077) !== 0);
    if (!facts.isFile() || isOthers)
      throw new CannotDo(
        `expected ${path} to be a file that its owner alone reads, found mode ${(facts.mode & 0o777).toString(8)} of user ${facts.uid}`,
        "stop sclaw hook --serve, remove the file and start it again",
      );
    bytes = readFileSync(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw refusalOf(error, `cannot read ${path}`);
  }
  const { value, issues } = decodeStrict(bytes, { canonical: false });
  const shaped = value === undefined || issues.length > 0 ? undefined : decodeShape(shape, value);
  if (shaped?.ok === true) return shaped.value;
  throw new CannotDo(
    `expected ${path} as sclaw hook --serve writes it, found something else`,
    "stop sclaw hook --serve, remove the file and start it again",
  );
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
