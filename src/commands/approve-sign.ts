import { engine } from "#engine";
import { type FoundRequest, lookAtRequest } from "../gate/look-at-request.js";
import { mayPersonSign, type SigningAttempt, signRequest } from "../gate/sign-request.js";
import { now } from "../io/clock.js";
import { writeNote, writeOut } from "../io/output.js";
import { askPassphrase } from "../io/passphrase.js";
import { loadPrivateKey, type SigningKey } from "../io/private-key.js";
import { Prompt } from "../io/prompt.js";
import { CannotDo } from "../io/refusal.js";
import { outputPage } from "../io/terminal.js";
import { canonicalize } from "../json/canonical.js";
import type { Json } from "../json/json.js";
import type { ApprovalSignature } from "../receipt/approval.js";
import { standingWords } from "../report/asked-request.js";
import { renderRequest } from "../report/request-text.js";
import { visible } from "../report/visible.js";
import type { Where } from "./approve-where.js";

export interface SignOptions {
  readonly key: string;
  readonly as: string | undefined;
  readonly verdict: ApprovalSignature["verdict"];
  /** Whether nobody has to be asked. */
  readonly yes: boolean;
}

/**
 * Signs one request with a person's own key: shows it in full, asks, and signs what was shown. What
 * would not count is refused here, and noted beside the request.
 */
export async function signOne(id: string, where: Where, options: SignOptions): Promise<void> {
  const look = () => lookAtRequest(where.pending, id, now(), where.trust, engine);
  const shown = look();
  const key = await loadPrivateKey(options.key, askPassphrase);
  allow(attemptOf(shown, key, where, options), where);
  writeOut(renderRequest(shown, where.keys, outputPage()));
  if (!options.yes) await confirm(id, options.verdict);
  // Others write in the folder: what is signed is what was shown, and still waits.
  const found = look();
  if (!isSame(shown, found))
    throw new CannotDo(
      `expected the request as it was shown, found that somebody changed ${id} meanwhile`,
      "nothing is signed; look at it again",
    );
  const attempt = attemptOf(found, key, where, options);
  const approver = allow(attempt, where);
  const signed = signRequest(attempt, approver);
  if (!signed.ok) throw refuse(attempt, approver, signed.reason, where);
  where.pending.sign(id, signed.signature);
  writeOut(`\nsigned: ${options.verdict} by ${visible(approver)} with ${key.keyId}\n`);
  writeOut(`${visible(id)} ${visible(standingWords(look()))}\n`);
  if (where.trust === undefined)
    writeNote(
      "sclaw: without a trust file nobody looked whether this key is valid, whose it is, and whether its holder is in a required group; the gate will",
    );
}

function attemptOf(
  found: FoundRequest,
  key: SigningKey,
  { trust }: Where,
  { as, verdict }: SignOptions,
): SigningAttempt {
  return { found, key, as, verdict, trust, engine };
}

/** Who signs; throws the refusal, and notes it. */
function allow(attempt: SigningAttempt, where: Where): string {
  const allowed = mayPersonSign(attempt);
  if (allowed.ok) return allowed.approver;
  throw refuse(attempt, allowed.approver, allowed.reason, where);
}

function refuse({ found, key, verdict }: SigningAttempt, approver: string, reason: string, where: Where) {
  where.pending.noteRefused(found.id, { at: found.at, reason, signer: key.keyId, approver, verdict });
  return new CannotDo(
    `not signed: ${reason}`,
    `sclaw approve show ${found.id} shows the request and every attempt`,
  );
}

function isSame(shown: FoundRequest, found: FoundRequest): boolean {
  const [before, after] = [shown.asked, found.asked].map((asked) => canonicalize(asked as unknown as Json));
  return before === after;
}

/** Characters of the id that stand for "yes": whoever types them has looked at it. */
const typed = 6;

async function confirm(id: string, verdict: ApprovalSignature["verdict"]): Promise<void> {
  const prompt = process.stdout.isTTY ? Prompt.open() : undefined;
  if (prompt === undefined)
    throw new CannotDo(
      "expected a terminal that shows the request and takes an answer, found none",
      "--yes signs without asking",
    );
  try {
    const last = id.slice(-typed);
    writeOut("\n");
    const answer = await prompt.ask(`${verdict} it? Type yes, or ${last}: `, "seen");
    if (answer.trim() !== "yes" && answer.trim() !== last)
      throw new CannotDo(`expected yes or ${last}, found another answer`, "nothing is signed");
  } finally {
    prompt.close();
  }
}
