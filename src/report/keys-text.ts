import Table from "cli-table3";
import { encodeBase64 } from "../bytes/base64.js";
import type { TrustedKey, TrustFile } from "../keys/trust-file.js";
import { labelled, type Page } from "./layout.js";
import { visible } from "./visible.js";

/** A public key as `keys show` shows it. */
export interface ShownKey {
  readonly id: string;
  readonly public_key: string;
  readonly form: string;
  readonly name?: string;
  readonly comment?: string;
}

/** Keys for a person. */
export function renderKeys(keys: readonly ShownKey[], page: Page): string {
  const blocks = keys.map((key) => {
    const rows: (readonly [string, string])[] = [
      ["id", key.id],
      ["public key", key.public_key],
      ["form", key.form],
    ];
    if (key.name !== undefined) rows.push(["name", visible(key.name)]);
    if (key.comment !== undefined) rows.push(["comment", visible(key.comment)]);
    return labelled(rows, page, "");
  });
  return `${blocks.join("\n\n")}\n`;
}

/** A trust file for a person: whose it is, and who may do what. */
export function renderTrust(trust: TrustFile, page: Page): string {
  const { T2_ELEVATED: t2, T3_SOVEREIGN: t3 } = trust.tiers;
  const facts = labelled(
    [
      ["ledger", visible(trust.ledger)],
      ["fingerprint", trust.fingerprint],
      ["T2_ELEVATED", visible(t2.join(", ") || "no group")],
      ["T3_SOVEREIGN", visible(t3.join(", ") || "no group")],
      [
        "witnesses",
        trust.witnesses.length === 0
          ? "none"
          : `${trust.witnessQuorum} needed, ${trust.witnesses.length} keys`,
      ],
    ],
    page,
    "",
  );
  const keys = new Table({ head: ["key", "role", "holder", "limits"], style: { head: [], border: [] } });
  for (const key of trust.keys.values()) keys.push([key.id, key.role, visible(key.holder), limitsOf(key)]);
  const groups = new Table({
    head: ["group", "threshold", "members", "tenants"],
    style: { head: [], border: [] },
  });
  for (const [name, group] of trust.groups) {
    const members = group.members.map(({ holder, from, until }) => {
      return visible(
        [holder, from === undefined ? [] : `from ${from}`, until === undefined ? [] : `until ${until}`]
          .flat()
          .join(" "),
      );
    });
    groups.push([
      visible(name),
      String(group.threshold),
      members.join("\n"),
      visible([...(group.tenants ?? ["all"])].join("\n")),
    ]);
  }
  return `${facts}\n\n${keys.toString()}\n\n${groups.toString()}\n`;
}

function limitsOf(key: TrustedKey): string {
  const limits = [
    key.name === undefined ? [] : `signs as ${visible(key.name)}`,
    key.validFrom === undefined ? [] : `from ${key.validFrom}`,
    key.validUntil === undefined ? [] : `until ${key.validUntil}`,
    key.revokedAt === undefined ? [] : `revoked ${key.revokedAt}`,
    key.firstSeq === undefined ? [] : `from place ${key.firstSeq}`,
    key.lastSeq === undefined ? [] : `to place ${key.lastSeq}`,
  ].flat();
  return limits.join("\n") || "none";
}

/** A trust file for a program. */
export function trustJson(trust: TrustFile): object {
  return {
    schema: "sclaw.shown-trust/1",
    ledger: trust.ledger,
    fingerprint: trust.fingerprint,
    tiers: trust.tiers,
    witness_quorum: trust.witnessQuorum,
    groups: Object.fromEntries(
      [...trust.groups].map(([name, group]) => [
        name,
        {
          threshold: group.threshold,
          ...(group.tenants === undefined ? {} : { tenants: [...group.tenants] }),
          members: group.members,
        },
      ]),
    ),
    keys: [...trust.keys.values()].map((key) => ({
      id: key.id,
      role: key.role,
      holder: key.holder,
      public_key: encodeBase64(key.publicKey.bytes),
      name: key.name,
      valid_from: key.validFrom,
      valid_until: key.validUntil,
      revoked_at: key.revokedAt,
      first_seq: key.firstSeq,
      last_seq: key.lastSeq,
    })),
  };
}
