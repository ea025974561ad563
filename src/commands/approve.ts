import { Command, Option } from "@commander-js/extra-typings";
import { engine } from "#engine";
import { lookAtRequest } from "../gate/look-at-request.js";
import type { PendingFolder } from "../gate/pending-folder.js";
import { now } from "../io/clock.js";
import { writeOut } from "../io/output.js";
import { CannotDo } from "../io/refusal.js";
import { outputPage } from "../io/terminal.js";
import { renderRequestJson, renderRequestsJson } from "../report/request-json.js";
import { renderRequest } from "../report/request-text.js";
import { renderRequests } from "../report/requests-text.js";
import { signOne } from "./approve-sign.js";
import { locateRequests, type WhereOptions } from "./approve-where.js";
import { exitCodes } from "./exit-codes.js";
import { fingerprint } from "./options.js";
import type { SetExitCode } from "./run.js";

const pendingOption = () =>
  new Option(
    "--pending <dir>",
    "the folder of pending requests (default: the gate's configuration, pending)",
  );
const configOption = () =>
  new Option("--config <file>", "the gate's configuration (default: gate.json, where it is here)");
const keysOption = () =>
  new Option("--keys <file>", "the trust file (default: SCLAW_KEYS, sclaw.json, keys.json, gate.json)");
const fingerprintOption = () =>
  new Option(
    "--keys-fingerprint <hash>",
    "refuse any other trust file than the one with this fingerprint",
  ).argParser(fingerprint);
const formatOption = () =>
  new Option("--format <format>", "how to print it")
    .choices(["table", "json"] as const)
    .default("table" as const);

/** `sclaw approve`: what waits for people, shown and signed by them. */
export function approveCommand(setExitCode: SetExitCode): Command {
  return new Command("approve")
    .summary("list, show, sign and reject requests that wait for people")
    .description(
      "Sign a request that waits for people, with your own key, or reject it: shows it in full and asks before it signs. Without an id, lists what waits.",
    )
    .argument("[id]", "the request, or enough of the beginning of its id")
    .option("--key <file>", "your private key")
    .option("--as <user>", "who you are, user:<name>; the trust file says it where there is one")
    .option("--reject", "sign that it must not run")
    .option("--yes", "sign without asking")
    .addOption(pendingOption())
    .addOption(configOption())
    .addOption(keysOption())
    .addOption(fingerprintOption())
    .action(async (id, options) => {
      if (id === undefined) {
        list(options, false, "table");
        return;
      }
      const where = locateRequests(options);
      const found = idOf(where.pending, id);
      if (options.key === undefined)
        throw new CannotDo(
          "expected --key with your private key, found none",
          `to look: sclaw approve show ${found}`,
        );
      await signOne(found, where, {
        key: options.key,
        as: options.as,
        verdict: options.reject === true ? "reject" : "approve",
        yes: options.yes === true,
      });
    })
    .addCommand(listCommand())
    .addCommand(showRequestCommand(setExitCode)) as unknown as Command;
}

function listCommand() {
  return new Command("list")
    .summary("list the requests of the pending folder")
    .description("List requests: what is asked, by whom, what is missing, and what was refused.")
    .option("--all", "also those that ended")
    .addOption(pendingOption())
    .addOption(configOption())
    .addOption(keysOption())
    .addOption(fingerprintOption())
    .addOption(formatOption())
    .action((options) => list(options, options.all === true, options.format));
}

function list(options: WhereOptions, all: boolean, format: "table" | "json"): void {
  const { pending, trust, keys } = locateRequests(options);
  const at = now();
  const requests = pending.list().map((id) => lookAtRequest(pending, id, at, trust, engine));
  const shown = requests
    .filter(({ ended }) => all || ended === undefined)
    .sort((a, b) => compare(requestedAt(a), requestedAt(b)));
  const hidden = requests.length - shown.length;
  writeOut(
    format === "json"
      ? renderRequestsJson(shown, hidden, keys)
      : renderRequests(shown, hidden, keys, outputPage()),
  );
}

const requestedAt = ({ asked, id }: ReturnType<typeof lookAtRequest>) =>
  `${asked?.draft.approval.requested_at ?? ""} ${id}`;
const compare = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);

function showRequestCommand(setExitCode: SetExitCode) {
  return new Command("show")
    .summary("show one request in full")
    .description(
      "Show one request: all that a signature binds, what the file says beside it, and what was signed. Exits with 1 where nobody should sign it: it does not fit its own intent, or the trust file.",
    )
    .argument("<id>", "the request, or enough of the beginning of its id")
    .addOption(pendingOption())
    .addOption(configOption())
    .addOption(keysOption())
    .addOption(fingerprintOption())
    .addOption(formatOption())
    .action((id, options) => {
      const { pending, trust, keys } = locateRequests(options);
      const looked = lookAtRequest(pending, idOf(pending, id), now(), trust, engine);
      if (looked.problems.length > 0) setExitCode(exitCodes.findings);
      writeOut(
        options.format === "json"
          ? renderRequestJson(looked, keys)
          : renderRequest(looked, keys, outputPage()),
      );
    });
}

/** Ids that a message names. */
const namedIds = 5;

/** The one request whose id begins so, with or without `corr_`. */
function idOf(pending: PendingFolder, given: string): string {
  const ids = pending.list();
  if (ids.includes(given)) return given;
  const matching = ids.filter((id) => id.startsWith(given) || id.startsWith(`corr_${given}`));
  const [first] = matching;
  if (first !== undefined && matching.length === 1) return first;
  const named = matching.slice(0, namedIds).join(", ");
  throw new CannotDo(
    `expected one request whose id begins with ${given}, found ${matching.length === 0 ? "none" : `${matching.length}: ${named}`}`,
    `sclaw approve list --pending ${pending.path} --all lists all`,
  );
}
