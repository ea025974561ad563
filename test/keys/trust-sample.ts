import { engine } from "../../src/io/engine-node.js";
import type { ShapeIssue } from "../../src/json/shape.js";
import { readTrustFile, type TrustFile } from "../../src/keys/trust-file.js";
import { base64, publicKeyOf, utf8 } from "./support.js";

type Members = Record<string, unknown>;

/** A key of a trust file as a test may spoil it. */
export function key(label: string, role: string, holder: string, more: Members = {}): Members {
  const publicKey = publicKeyOf(label);
  return { id: publicKey.id, role, holder, public_key: base64(publicKey.bytes), ...more };
}

/** A trust file that uses every member of the format once. */
export function sample() {
  return {
    format: "sclaw.keys/1",
    ledger: "acme.example/agents-prod",
    witness_quorum: 1,
    tiers: { T2_ELEVATED: ["release"], T3_SOVEREIGN: ["owners"] } as Members,
    groups: {
      release: {
        threshold: 2,
        tenants: ["tenant:acme", "tenant:acme/prod"],
        members: [
          { holder: "user:alice", until: "2026-02-01T00:00:00.000Z" },
          { holder: "user:alice", from: "2026-02-01T00:00:00.000Z" },
          { holder: "user:bob" },
        ] as Members[],
      } as Members,
      owners: { threshold: 1, members: [] } as Members,
    } as Record<string, Members>,
    keys: [
      key("gate", "ledger", "runtime:gate-1", {
        valid_from: "2026-01-01T00:00:00.000Z",
        valid_until: "2027-01-01T00:00:00.000Z",
        revoked_at: "2026-06-01T00:00:00.000Z",
        first_seq: 5,
        last_seq: 9,
      }),
      key("alice", "approver", "user:alice"),
      key("witness", "witness", "witness:w1", { name: "witness.example/w1" }),
    ],
  };
}

export type Sample = ReturnType<typeof sample> & Members;

export function bytesOf(value: unknown, space?: number): Uint8Array {
  return utf8(JSON.stringify(value, null, space));
}

export function read(value: unknown) {
  return readTrustFile(bytesOf(value), engine);
}

export function trusted(value: unknown): TrustFile {
  const result = read(value);
  if (!result.ok) throw new Error(JSON.stringify(result.reasons));
  return result.trust;
}

/** The reasons for which a file is refused: none where it is accepted. */
export function reasonsOf(value: unknown): readonly ShapeIssue[] {
  const result = read(value);
  return result.ok ? [] : result.reasons;
}

export function spoiled(spoil: (file: Sample) => void): Sample {
  const file = sample() as Sample;
  spoil(file);
  return file;
}
