import { formatDigest } from "../bytes/digest.js";
import { encodeUtf8 } from "../bytes/utf8.js";
import { canonicalize } from "../json/canonical.js";
import type { Json } from "../json/json.js";
import type { Time } from "../json/time.js";
import type { Engine } from "../keys/engine.js";
import type { TrustFile } from "../keys/trust-file.js";
import type { LookedAt } from "../report/asked-request.js";
import type { HeldFile } from "./held-request.js";
import { judgeHeld } from "./judge-held.js";
import type { PendingFolder } from "./pending-folder.js";

/** A request as an approver finds it: what the shared folder says, held against itself and the trust file. */
export interface FoundRequest extends LookedAt {
  /** Absent where the file cannot be read. */
  readonly asked: HeldFile | undefined;
}

/** Looks at one request of a pending folder. Whatever lies there, it says what is wrong with it. */
export function lookAtRequest(
  pending: PendingFolder,
  id: string,
  at: Time,
  trust: TrustFile | undefined,
  engine: Engine,
): FoundRequest {
  const read = pending.request(id);
  const { signatures, others } = pending.signatures(id, trust?.approvers.map((key) => key.id) ?? []);
  const common = { id, at, signatures, others, attempts: pending.refused(id), ended: pending.resolution(id) };
  if (!read.ok) {
    const problems = read.reasons.map(
      ({ pointer, expected, actual }) =>
        `request.json ${pointer || "as a whole"}: expected ${expected}, found ${actual}`,
    );
    return { ...common, asked: undefined, irHash: undefined, problems, standing: undefined };
  }
  const { held } = read;
  const irHash = formatDigest(engine.sha3_256(encodeUtf8(canonicalize(held.intent as unknown as Json))));
  const problems = misfits(held, irHash, trust);
  const standing = trust === undefined ? undefined : judgeHeld(held, signatures, at, trust, engine);
  return { ...common, asked: held, irHash, problems, standing };
}

/** Where a request does not fit its own intent, or the trust file: a signature on it would be worth nothing, or mislead. */
function misfits(
  { intent, draft, ledger }: HeldFile,
  irHash: string,
  trust: TrustFile | undefined,
): string[] {
  const compared: readonly (readonly [what: string, expected: unknown, actual: unknown])[] = [
    ["ir_hash", irHash, draft.ir_hash],
    ["tenant", intent.tenant, draft.tenant],
    ["adapter", intent.adapter_id, draft.adapter_id],
    ["agent", intent.agent.id, draft.agent.id],
    ["principal", intent.agent.on_behalf_of ?? "nobody", draft.agent.on_behalf_of ?? "nobody"],
    ...(trust === undefined ? [] : [["ledger", trust.ledger, ledger] as const]),
  ];
  const of = (what: string) => (what === "ledger" ? "the trust file's" : "the intent's own");
  return compared.flatMap(([what, expected, actual]) =>
    expected === actual ? [] : [`expected ${of(what)} ${what} ${expected}, found ${actual}`],
  );
}
