import type { Verification } from "../ledger/verification.js";
import type { PaperCheck } from "../workpaper/check-paper.js";
import { jsonText } from "./json-text.js";
import { count, labelled, type Page, wrap } from "./layout.js";
import { statements } from "./statements.js";
import { verdictWords } from "./verification-text.js";
import { visible, visibleWithin } from "./visible.js";

/** A workpaper that was checked, and the ledger that it was held against. */
export interface CheckedPaper {
  readonly path: string;
  readonly check: PaperCheck;
  readonly verification: Verification;
  readonly tool: string;
}

const shownDifferences = 20;

/** The answer for a person: whether the selection is the one that the paper says. */
export function renderPaperCheck({ path, check, verification, tool }: CheckedPaper, page: Page): string {
  const { differences } = check;
  const sections = [
    verdict(check, verification, page),
    labelled(
      [
        ["paper", visible(path)],
        [
          "ledger",
          `${verdictWords(verification)} (level ${verification.level}), held against the size and root of the paper`,
        ],
      ],
      page,
    ),
    differences
      .slice(0, shownDifferences)
      .map(({ draw, column, expected, actual }) =>
        labelled(
          [
            ["at", `${draw === undefined ? "" : `draw ${draw}, `}${visible(column)}`],
            ["expected", visibleWithin(expected, 240)],
            ["found", visibleWithin(actual, 240)],
          ],
          page,
        ),
      )
      .join("\n\n"),
    differences.length > shownDifferences
      ? `  … and ${differences.length - shownDifferences} more (--format json lists them)`
      : "",
    notes(check, page),
    wrap(statements(tool).join(" "), page.width, "  "),
  ];
  return `${sections.filter((section) => section !== "").join("\n\n")}\n`;
}

function verdict({ differences, rows }: PaperCheck, { integrity }: Verification, { paint }: Page): string {
  if (differences.length > 0)
    return paint.bad(`DIFFERS: ${count(differences.length, "difference")} from the selection repeated`);
  const again = `${count(rows, "item")} drawn again, all as the paper has them`;
  return integrity === "verified"
    ? paint.good(`REPEATED: ${again}`)
    : paint.bad(`UNVERIFIED: ${again}, from a ledger that does not verify`);
}

/** What a spreadsheet or a person did to the paper without changing what it says. */
function notes({ changed, removed, added, notRepeated }: PaperCheck, page: Page): string {
  const lines = [
    ...changed.map(
      ({ column, cells, expected, actual }) =>
        `a spreadsheet wrote ${count(cells, "cell")} of ${visible(column)} in its own way, for example ${visibleWithin(actual, 60)} for ${visibleWithin(expected, 60)}`,
    ),
    ...(removed.length === 0
      ? []
      : [`columns that were removed, and not checked: ${removed.map(visible).join(", ")}`]),
    ...(added.length === 0
      ? []
      : [
          `columns that somebody added, or of controls that are not given here (--controls), and not checked: ${added.map(visible).join(", ")}`,
        ]),
    ...(notRepeated.length === 0
      ? []
      : [
          `marks not repeated, as they were made with other inputs than given here (--registers, --sla, --controls): ${notRepeated.map(visible).join(", ")}`,
        ]),
  ];
  return lines.map((line) => wrap(`note: ${line}`, page.width, "  ")).join("\n");
}

/** The answer as JSON. */
export function renderPaperCheckJson({ path, check, verification, tool }: CheckedPaper): string {
  return jsonText({
    schema: "sclaw.sample-check/1",
    ok: check.differences.length === 0 && verification.integrity === "verified",
    paper: path,
    integrity: verification.integrity,
    level: verification.level,
    rows: check.rows,
    differences: check.differences.map(({ draw, ...rest }) => ({ draw: draw ?? null, ...rest })),
    changed_by_spreadsheet: check.changed,
    columns_removed: check.removed,
    columns_added: check.added,
    marks_not_repeated: check.notRepeated,
    statements: statements(tool),
  });
}
