import { spawnSync } from "node:child_process";
import { copyFileSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll } from "vitest";
import type { PendingFolder } from "../../src/gate/pending-folder.js";
import { makeWorld, type Person, type World } from "../support/gate-world.js";
import { heldRequest, publish } from "../support/held-request.js";
import { inFolder, type Run, sclaw } from "../support/sclaw.js";

export const id = "corr_abcdefgh12345678";
export let base: World;

/** Makes the keys of the desks of a file's tests. */
export function withDesks(): void {
  beforeAll(() => {
    base = makeWorld(mkTemporary());
  });
  afterAll(() => rmSync(base.folder, { recursive: true, force: true }));
}

function mkTemporary(): string {
  return spawnSync("mktemp", ["-d"], { encoding: "utf8" }).stdout.trim();
}

/** An approver's folder: keys and a pending folder, and nothing of the gate. */
export class Desk {
  readonly folder: string;
  readonly pending: PendingFolder;

  constructor(folder: string) {
    this.folder = folder;
    for (const name of readdirSync(base.folder).filter(
      (file) => file.endsWith(".pem") || file === "keys.json",
    ))
      copyFileSync(join(base.folder, name), join(folder, name));
    this.pending = publish(join(folder, "pending"), heldRequest(id));
  }

  run(args: readonly string[], env: { readonly [name: string]: string } = {}): Run {
    return sclaw(["approve", ...args], { cwd: this.folder, env });
  }

  sign(person: Person | "ledger", ...more: readonly string[]): Run {
    return this.run([id, "--key", `${person}.pem`, "--yes", ...more]);
  }

  json(): { readonly requests: readonly { readonly [member: string]: unknown }[] } {
    return JSON.parse(this.run(["list", "--all", "--format", "json"]).stdout);
  }

  signatureFiles(): readonly string[] {
    return readdirSync(join(this.pending.path, id, "signatures"));
  }
}

export const atDesk = (work: (desk: Desk) => void | Promise<void>) => () =>
  inFolder((folder) => work(new Desk(folder)));
