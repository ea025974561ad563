import { randomUUID } from "node:crypto";
import { linkSync, readFileSync, readlinkSync, renameSync, rmSync, unlinkSync, writeFileSync } from "node:fs";
import process from "node:process";
import { CannotDo, refusalOf } from "../io/refusal.js";

/** Who holds a lock, as its file says. */
interface Holder {
  readonly pid: number;
  /** When the process started, by the kernel's clock: a pid is used again. */
  readonly start: string;
  readonly boot: string;
  /** In which container's count the pid is. */
  readonly namespace: string;
  readonly token: string;
}

/** A lock that this process holds. */
export interface Lock {
  /** Throws a refusal where somebody took the lock away. */
  readonly check: () => void;
  readonly release: () => void;
}

export interface LockOptions {
  /** How long to wait for another process that holds it; milliseconds. */
  readonly wait?: number;
}

/**
 * Takes the lock at `path`, so that one process writes a ledger. A lock whose holder is dead is
 * taken over. Throws a refusal that names the holder where it is alive, or where nobody here can
 * tell whether it is.
 */
export async function takeLock(path: string, { wait = 0 }: LockOptions = {}): Promise<Lock> {
  const end = performance.now() + wait;
  for (;;) {
    const outcome = tryLock(path);
    if ("check" in outcome) return outcome;
    if (performance.now() >= end) throw refused(path, outcome.holder);
    await new Promise((resolve) => setTimeout(resolve, 5 + Math.random() * 20));
  }
}

function tryLock(path: string): Lock | { readonly holder: Holder | undefined } {
  const mine: Holder = { ...identityOf("self"), token: randomUUID() };
  // Linked into place, so that a lock is never there without its content.
  const prepared = `${path}.${mine.token}`;
  try {
    writeFileSync(prepared, JSON.stringify(mine), { flag: "wx", mode: 0o600 });
    linkSync(prepared, path);
    return held(path, mine.token);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw refusalOf(error, `cannot lock ${path}`);
  } finally {
    rmSync(prepared, { force: true });
  }
  const holder = readHolder(path);
  if (holder !== undefined && isDead(holder)) removeStale(path, holder.token);
  return { holder };
}

function held(path: string, token: string): Lock {
  const isOurs = () => readHolder(path)?.token === token;
  return {
    check: () => {
      if (!isOurs())
        throw new CannotDo(
          `expected to hold the lock ${path}, found that another process took it`,
          "find that process before you start this one again",
        );
    },
    release: () => {
      if (isOurs()) unlinkSync(path);
    },
  };
}

/**
 * Takes a dead process's lock out of the way. Two processes may try it at once, and the later one
 * may find the fresh lock of the first: what was moved is looked at, and put back where it is not
 * the one that was judged dead.
 */
function removeStale(path: string, token: string): void {
  const aside = `${path}.${randomUUID()}`;
  try {
    renameSync(path, aside);
  } catch {
    return;
  }
  if (readHolder(aside)?.token === token) unlinkSync(aside);
  else renameSync(aside, path);
}

/** The holder that a lock file names; undefined where it is gone, or is no lock of ours. */
function readHolder(path: string): Holder | undefined {
  try {
    return JSON.parse(readFileSync(path, "utf8")) as Holder;
  } catch {
    return undefined;
  }
}

function refused(path: string, holder: Holder | undefined): CannotDo {
  if (holder === undefined)
    return new CannotDo(
      `expected to take the lock ${path}, found a lock that cannot be read`,
      "if no sclaw process writes this ledger, remove that file",
    );
  const where = holder.namespace === namespaceHere() ? "" : " of another container";
  return new CannotDo(
    `expected to write the ledger alone, found that process ${holder.pid}${where} holds ${path}`,
    where === ""
      ? "stop it, or wait for it"
      : "if it is not running any more, remove that file: its container cannot be asked from here",
  );
}

/** Whether the holder certainly runs no more. Of another container's process nobody here can tell. */
function isDead(holder: Holder): boolean {
  if (holder.boot !== bootHere()) return holder.boot !== "" && bootHere() !== "";
  if (holder.namespace !== namespaceHere()) return false;
  try {
    process.kill(holder.pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "ESRCH";
  }
  const { start } = identityOf(holder.pid);
  return start !== "" && holder.start !== "" && start !== holder.start;
}

function identityOf(pid: number | "self"): Omit<Holder, "token"> {
  return {
    pid: pid === "self" ? process.pid : pid,
    // Field 22 of proc(5)'s stat; the name in field 2 may hold blanks and parentheses.
    start: read(`/proc/${pid}/stat`).split(") ").at(-1)?.split(" ")[19] ?? "",
    boot: bootHere(),
    namespace: namespaceHere(),
  };
}

/** Empty on systems without /proc: then a holder is only known by its pid. */
const bootHere = () => read("/proc/sys/kernel/random/boot_id").trim();

function namespaceHere(): string {
  try {
    return readlinkSync("/proc/self/ns/pid");
  } catch {
    return "";
  }
}

function read(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}
