import {
  closeSync,
  constants,
  fchmodSync,
  fstatSync,
  lstatSync,
  openSync,
  readSync,
  writeSync,
} from "node:fs";

/** What a name in a folder turned out to be, where others write too. */
export type PlainRead =
  | { readonly ok: true; readonly bytes: Uint8Array }
  | { readonly ok: false; readonly why: string };

const never = constants.O_NOFOLLOW | constants.O_NONBLOCK;

/**
 * Reads a small file in a folder that others write to: nothing that blocks (a pipe), leads
 * elsewhere (a link) or never ends. Says in words what is there where it is no such file.
 */
export function readPlainFile(path: string, mostBytes: number): PlainRead {
  let file: number | undefined;
  try {
    file = openSync(path, constants.O_RDONLY | never);
    const facts = fstatSync(file);
    if (facts.isDirectory()) return { ok: false, why: "a folder" };
    if (!facts.isFile()) return { ok: false, why: "no plain file" };
    if (facts.size > mostBytes) return { ok: false, why: `more than ${mostBytes} bytes` };
    const bytes = Buffer.alloc(facts.size);
    return { ok: true, bytes: bytes.subarray(0, readSync(file, bytes, 0, bytes.length, 0)) };
  } catch (error) {
    return { ok: false, why: whyOf(error) };
  } finally {
    if (file !== undefined) closeSync(file);
  }
}

/**
 * Appends a line to a small file in a folder that others write to, and makes it where it is not
 * there. What is no plain file of this one name is left alone: a link would lead the line into
 * another file, and a pipe would hold the writer for ever. Returns whether it was written.
 */
export function appendPlainLine(path: string, line: string, mostBytes: number, mode: number): boolean {
  let file: number | undefined;
  try {
    file = openSync(path, constants.O_WRONLY | constants.O_APPEND | constants.O_CREAT | never, mode);
    const facts = fstatSync(file);
    if (!facts.isFile() || facts.nlink !== 1 || facts.size > mostBytes) return false;
    // The mask of who happens to write first shuts nobody out who shares the folder.
    if (facts.size === 0) fchmodSync(file, mode);
    writeSync(file, `${line}\n`);
    return true;
  } catch {
    return false;
  } finally {
    if (file !== undefined) closeSync(file);
  }
}

/** Whether a path is a folder itself, and no link to one. */
export function isRealFolder(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
}

function whyOf(error: unknown): string {
  const { code } = error as NodeJS.ErrnoException;
  switch (code) {
    case "ENOENT":
      return "nothing";
    case "ELOOP":
    case "EMLINK":
      return "a symbolic link";
    case "EACCES":
    case "EPERM":
      return "a file without permission to read it";
    default:
      return `a file that cannot be read (${code ?? "no reason given"})`;
  }
}
