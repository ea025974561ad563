import { randomUUID } from "node:crypto";
import {
  existsSync,
  linkSync,
  readFileSync,
  readlinkSync,
  renameSync,
  rmSync,
  unlinkSync,
  writeFileSync,
} from "node:fs";
import { hostname } from "node:os";
import process from "node:process";
import { CannotDo, refusalOf } from "../io/refusal.js";

/** Who holds a lock, as its file says. */
interface Holder {
  readonly pid: number;
  /** When the process started, by the kernel's clock: a pid is used again. */
  readonly start: string;
  readonly boot: string;
  /** A folder may be shared: of another machine's process nobody here can tell. */
  readonly host: string;
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
    for (;;) {
      if (linked(prepared, path)) return held(path, mine.token);
      const holder = readHolder(path);
      if (holder === undefined && !existsSync(path)) continue;
      if (holder === undefined || !isDead(holder)) return { holder };
      const outcome = takeOver(path, holder, prepared);
      if (outcome === "taken") return held(path, mine.token);
      if (outcome !== "changed") return { holder: outcome };
    }
  } catch (error) {
    throw refusalOf(error, `cannot lock ${path}`);
  } finally {
    removeQuietly(prepared);
  }
}

/** Puts a file in a place where there is none; says whether it did. */
function linked(file: string, place: string): boolean {
  try {
    linkSync(file, place);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw error;
  }
}

function held(path: string, token: string): Lock {
  const isOurs = () => {
    try {
      return readHolder(path)?.token === token;
    } catch (error) {
      throw refusalOf(error, `cannot read the lock ${path}`);
    }
  };
  return {
    check: () => {
      if (!isOurs())
        throw new CannotDo(
          `expected to hold the lock ${path}, found that another process took it`,
          "find that process before you start this one again",
        );
    },
    release: () => {
      if (!isOurs()) return;
      try {
        unlinkSync(path);
      } catch (error) {
        throw refusalOf(error, `cannot remove the lock ${path}`);
      }
    },
  };
}

/**
 * Puts our lock in the place of a dead process's. Many may try it at once: whoever links the claim
 * on that very lock has the right to replace it, and nobody else does. A process that died with a
 * claim leaves its right to whoever claims it from there. The lock is never away meanwhile.
 *
 * Returns "changed" where the lock is another one by now, or the living process that takes it over.
 */
function takeOver(path: string, dead: Holder, prepared: string): "taken" | "changed" | Holder | undefined {
  const claims: string[] = [];
  for (let { token } = dead; ; ) {
    const claim = `${path}.${token}.claim`;
    claims.push(claim);
    if (linked(prepared, claim)) break;
    const claimant = readHolder(claim);
    if (claimant === undefined) return existsSync(claim) ? undefined : "changed";
    if (!isDead(claimant)) return claimant;
    token = claimant.token;
  }
  // Whoever claims a lock that was replaced since has claimed nothing.
  const isStill = readHolder(path)?.token === dead.token;
  if (isStill) renameSync(prepared, path);
  for (const claim of isStill ? claims : claims.slice(-1)) removeQuietly(claim);
  return isStill ? "taken" : "changed";
}

/**
 * The holder that a lock file names; undefined where it is gone, or is no lock of ours. Throws what
 * the system says where it cannot be read: that does not mean that somebody took it.
 */
function readHolder(path: string): Holder | undefined {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
  try {
    const value = JSON.parse(text) as Holder | null;
    return Number.isSafeInteger(value?.pid) && typeof value?.token === "string" ? value : undefined;
  } catch {
    return undefined;
  }
}

/** Removes what nobody reads any more; where that fails, it stays. */
function removeQuietly(path: string): void {
  try {
    rmSync(path, { force: true });
  } catch {
    // It is in nobody's way: its name has a token of its own.
  }
}

function refused(path: string, holder: Holder | undefined): CannotDo {
  if (holder === undefined)
    return new CannotDo(
      `expected to take the lock ${path}, found a lock that cannot be read`,
      "if no sclaw process writes this ledger, remove that file",
    );
  const where = placeOf(holder);
  return new CannotDo(
    `expected to write the ledger alone, found that process ${holder.pid}${where} holds ${path}`,
    where === ""
      ? "stop it, or wait for it"
      : "if it is not running any more, remove that file: it cannot be asked from here",
  );
}

function placeOf({ host, boot, namespace }: Holder): string {
  if (boot !== bootHere()) return ` of the machine ${host}`;
  return namespace === namespaceHere() ? "" : " of another container";
}

/** Whether the holder certainly runs no more. Of a process of another machine or container nobody here can tell. */
function isDead(holder: Holder): boolean {
  if (holder.boot !== bootHere())
    return holder.host === hostname() && holder.boot !== "" && bootHere() !== "";
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
    host: hostname(),
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
