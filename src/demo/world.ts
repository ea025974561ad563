import { cpSync, existsSync, mkdirSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { engine } from "#engine";
import { encodeBase64 } from "../bytes/base64.js";
import { newKeyPair } from "../io/key-pair.js";
import { CannotDo, refusalOf } from "../io/refusal.js";
import { packageFolder } from "../io/version.js";
import { writeWholeFile } from "../io/write-file.js";
import { keyIdOf } from "../keys/public-key.js";
import type { KeyValue, TrustFileValue } from "../keys/trust-value.js";

/** The four people of the demo's world; what each may sign stands in its trust file. */
export const people = ["alice", "bob", "carol", "dave"] as const;
export type Person = (typeof people)[number];

const ledger = "acme.example/agents-demo";
const holderOf = (person: Person) => `user:${person}@acme.example`;
const group = (threshold: number, ...members: readonly Person[]) => ({
  threshold,
  members: members.map((person) => ({ holder: holderOf(person) })),
});

/**
 * Makes a world in a folder that is empty or does not exist: keys for a ledger and four people, a
 * trust file, a policy, and a gate's configuration. Throws a refusal where it cannot.
 */
export function makeWorld(folder: string): void {
  try {
    mkdirSync(folder, { recursive: true });
    if (readdirSync(folder).length > 0)
      throw new CannotDo(
        `expected a folder that is empty or does not exist, found one with files: ${folder}`,
        "name another one, or remove it",
      );
    cpSync(exampleFile("policy"), join(folder, "policy"), { recursive: true });
  } catch (error) {
    throw refusalOf(error, `cannot make the demo in ${folder}`);
  }
  const write = (name: string, value: unknown) =>
    writeWholeFile(join(folder, name), `${JSON.stringify(value, null, 2)}\n`, { replace: false });
  write("keys.json", makeKeys(folder));
  write("sclaw.json", { ledger: "ledger.jsonl", keys: "keys.json", policy: "policy" });
  write("gate.json", {
    format: "sclaw.gate/1",
    ledger: "ledger.jsonl",
    ledger_key: "ledger.pem",
    keys: "keys.json",
    policy: "policy",
    pending: "pending",
    tenant: "tenant:acme/prod",
    agent: { id: "agent:writer", on_behalf_of: "user:erin@acme.example" },
    adapter: "adapter:notes@1.0",
  });
}

/** A file of the package's example: a policy, and the MCP server that it is for. */
export function exampleFile(name: string): string {
  const path = join(packageFolder(), "example", name);
  if (!existsSync(path)) throw new Error(`the package lacks ${path}`);
  return path;
}

/** Makes each key pair and returns the trust file that names their public halves. */
function makeKeys(folder: string): TrustFileValue {
  const keyOf = (name: string, role: KeyValue["role"], holder: string): KeyValue => {
    const { privatePem, publicKey } = newKeyPair();
    writeWholeFile(join(folder, `${name}.pem`), privatePem, { replace: false, mode: 0o600 });
    const id = keyIdOf(engine.sha3_256, publicKey);
    return { id, role, holder, public_key: encodeBase64(publicKey) };
  };
  return {
    format: "sclaw.keys/1",
    ledger,
    tiers: { T2_ELEVATED: ["release-managers"], T3_SOVEREIGN: ["policy-owners"] },
    groups: {
      "policy-owners": group(2, "alice", "dave"),
      "release-managers": group(2, "alice", "bob", "carol"),
    },
    keys: [
      keyOf("ledger", "ledger", "gate:demo"),
      ...people.map((person) => keyOf(person, "approver", holderOf(person))),
    ],
  };
}
