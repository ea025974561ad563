import { type FindingCode, kindOf, type Severity } from "../findings/catalogue.js";
import type { Finding } from "../findings/finding.js";
import { levels, neverDetectable } from "../ledger/level.js";
import type { Verification } from "../ledger/verification.js";
import { keysSourceWords, type Provenance, provenanceNote } from "./keys-source.js";
import { count, labelled, type Page, wrap } from "./layout.js";
import { notCovered } from "./verification-json.js";
import { visible, visibleWithin } from "./visible.js";

const severities: readonly Severity[] = ["error", "deviation", "warning"];
/** How many findings of one code are shown in full. */
const shownPerCode = 3;

/** A verification for a person: the verdict first, then what it rests on, then what was found. */
export function renderVerification(
  verification: Verification,
  provenance: Provenance,
  page: Page,
  next: readonly string[],
): string {
  const sections = [
    headline(verification, provenance, page),
    labelled(summary(verification, provenance), page),
    ...findingsByCode(verification, page),
    fork(verification, page),
    labelled([["never shown", `${neverDetectable.join("; ")}`]], page),
    next
      .map((command, i) => `  ${page.paint.faint(i === 0 ? "next" : "    ")}  ${visible(command)}`)
      .join("\n"),
  ];
  return `${sections.filter((section) => section !== "").join("\n\n")}\n`;
}

/** The verdict in one line, with its level and what that does not cover. */
function headline(verification: Verification, provenance: Provenance, page: Page): string {
  const { paint } = page;
  const verdict = verdictWords(verification);
  const { deviations } = verification;
  const painted =
    verification.integrity === "verified"
      ? (deviations === 0 ? paint.good : paint.warn)(verdict)
      : paint.bad(verdict);
  const found = provenanceNote(provenance);
  const level = `level ${verification.level}${found === "" ? "" : `, ${found}`}`;
  const hides = `Not covered at ${verification.level}: ${levels[verification.level].canHide.join("; ")}.`;
  return `${painted} (${level})\n${wrap(hides, page.width, "  ")}${reasons(verification, page)}`;
}

/** The words of the verdict, without its level. */
export function verdictWords(verification: Verification): string {
  const { deviations, tenant, withheld, start } = verification;
  const from = start > 0 ? ` FROM ${start}` : "";
  const after = deviations === 0 ? "" : `, ${count(deviations, "DEVIATION", "DEVIATIONS")}`;
  switch (verification.integrity) {
    case "failed":
      return `NOT VERIFIED${from}${after === "" ? "" : `${after} IN GENUINE RECEIPTS`}`;
    case "undecided":
      return `CANNOT BE VERIFIED${from}`;
    case "verified":
      if (tenant !== undefined)
        return `VERIFIED FOR ${visible(tenant)}${from} (${withheld} OF OTHERS WITHHELD)${after}`;
      if (withheld > 0) return `VERIFIED EXCEPT ${withheld} WITHHELD${from}${after}`;
      return `VERIFIED${from}${after}`;
  }
}

function reasons(verification: Verification, page: Page): string {
  const lines: string[] = [];
  if (verification.integrity === "undecided") lines.push(verification.reason);
  if (verification.stopped !== undefined)
    lines.push(`reading stopped at line ${verification.lines}: ${verification.stopped}`);
  return lines.map((line) => `\n${wrap(line, page.width, "  ")}`).join("");
}

function summary(verification: Verification, provenance: Provenance): (readonly [string, string])[] {
  const { start, size, disclosed, withheld, intentsDisclosed, counts, period, checkpoints } = verification;
  const entries = size - start;
  const last = checkpoints.at(-1);
  const rows: (readonly [string, string])[] = [
    ["ledger", visible(verification.ledger)],
    [
      "entries",
      `${entries}${entries > 0 ? ` (${start} to ${size - 1})` : ""}: ${disclosed} disclosed, ${intentsDisclosed} of them with their intent; ${withheld} withheld`,
    ],
    ["root", verification.root ?? "cannot be recomputed: an entry's leaf cannot be read"],
    ["decided", period === undefined ? "no receipt" : `${period.from} to ${period.to} (UTC)`],
    ["decisions", tally(counts.decision)],
    ["risk tiers", tally(counts.risk_tier)],
    ["outcomes", tally(counts.status)],
    [
      "checkpoints",
      last === undefined
        ? "none that verifies"
        : `${verification.checkpointCount} verified; the last is of size ${last.size}, signed by ${last.signers.join(", ")}${last.cosigners.length > 0 ? `, cosigned by ${last.cosigners.join(", ")}` : ""}`,
    ],
    [
      "anchored",
      verification.anchoredSize === undefined
        ? "to nothing outside this export"
        : `up to size ${verification.anchoredSize}`,
    ],
    ["keys", `${verification.keysFingerprint}, ${visible(keysSourceWords(provenance))}`],
  ];
  if (verification.controlsUntested > 0)
    rows.push(["untested", `controls of ${count(verification.controlsUntested, "entry", "entries")}`]);
  const limits =
    notCovered(verification, provenance).length -
    neverDetectable.length -
    levels[verification.level].canHide.length;
  if (limits > 0) {
    const own = notCovered(verification, provenance).slice(
      levels[verification.level].canHide.length,
      -neverDetectable.length,
    );
    rows.push(["not covered", own.join("; ")]);
  }
  return rows;
}

function tally(counts: { readonly [name: string]: number }): string {
  return Object.entries(counts)
    .map(([name, number]) => `${name} ${number}`)
    .join(", ");
}

function findingsByCode(verification: Verification, page: Page): string[] {
  const codes = [...verification.findingCounts.keys()];
  return severities.flatMap((severity) =>
    codes
      .filter((code) => kindOf(code).severity === severity)
      .map((code) => oneCode(code, verification, page)),
  );
}

function oneCode(code: FindingCode, verification: Verification, page: Page): string {
  const kind = kindOf(code);
  const all = verification.findings.filter((finding) => finding.code === code);
  const total = verification.findingCounts.get(code) ?? all.length;
  const following = all.filter((finding) => finding.follows_from !== undefined).length;
  const mark = kind.severity === "error" ? page.paint.bad : page.paint.warn;
  const follows =
    following === 0 ? "" : `, ${following === total ? "all" : following} following from an earlier finding`;
  const head = `${mark(kind.severity)} ${page.paint.strong(code)}: ${kind.title} (${total}${follows})`;
  // Those that stand for themselves come first: they are what has to be looked at.
  const shown = [...all]
    .sort((a, b) => Number(a.follows_from !== undefined) - Number(b.follows_from !== undefined))
    .slice(0, shownPerCode);
  const lines = shown.map((finding) => labelled(details(finding), page, "    "));
  if (total > shown.length) lines.push(`    … and ${total - shown.length} more (--format json lists them)`);
  return [head, ...lines, wrap(`What to do: ${kind.advice}.`, page.width, "    ")].join("\n");
}

function details(finding: Finding): (readonly [string, string])[] {
  const where = [
    finding.line === 0
      ? "the kept checkpoint"
      : `line ${finding.line}${finding.file === undefined ? "" : ` of ${finding.file}`}`,
    finding.seq === undefined ? [] : `seq ${finding.seq}`,
    finding.receipt_id ?? [],
    finding.where ?? [],
  ].flat();
  return [
    ["at", visible(where.join(", "))],
    ["expected", visibleWithin(finding.expected ?? "", 240)],
    ["found", visibleWithin(finding.actual ?? "", 240)],
  ];
}

function fork({ fork }: Verification, page: Page): string {
  if (fork === undefined) return "";
  const intro = wrap(
    `Two genuine notes of size ${fork.size} have two roots. Together they prove the fork to anyone; keep both:`,
    page.width,
  );
  const notes = fork.notes.map((note) =>
    note
      .split("\n")
      .map((line) => `    ${visible(line)}`)
      .join("\n")
      .trimEnd(),
  );
  return [intro, ...notes].join("\n\n");
}
