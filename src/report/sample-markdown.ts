import type { PaperItem, SamplePaper } from "../workpaper/paper.js";
import { markdownList, markdownTable, markdownText } from "./markdown.js";
import { closing, populationSection, title } from "./population-markdown.js";
import { sampleLines } from "./sample-lines.js";

/** A sample for people: how it was drawn, what was drawn, and what the tool noted of it. */
export function renderSampleMarkdown(paper: SamplePaper): string {
  return [
    title("Sample", paper),
    `## Selection\n\n${markdownList(sampleLines(paper))}`,
    `## Items\n\n${items(paper)}`,
    `## Attributes\n\n${attributes(paper)}`,
    populationSection(paper),
    closing(paper),
  ].join("\n");
}

function items(paper: SamplePaper): string {
  if (paper.items.length === 0) return "The population has no item.\n";
  const header = [
    "draw",
    ...(paper.rule.stratify === undefined ? [] : ["stratum"]),
    "receipt_id",
    "seq",
    "decided (UTC)",
    "agent",
    "operation",
    "tier",
    "decision",
    "outcome",
    "deviations noted by the tool",
    "replacement",
  ];
  const rows = paper.items.map((drawn) => {
    const { receipt, intent } = drawn.item;
    return [
      String(drawn.number),
      ...(paper.rule.stratify === undefined ? [] : [drawn.stratum]),
      receipt.receipt_id,
      String(receipt.seq),
      receipt.decided_at,
      receipt.agent.id,
      intent?.operation ?? "(intent withheld)",
      receipt.risk_tier,
      receipt.decision,
      receipt.outcome.status,
      deviations(drawn),
      replacement(drawn),
    ];
  });
  return markdownTable(header, rows);
}

function deviations({ marks }: PaperItem): string {
  const noted = marks.flatMap(({ control, marks: letters }) =>
    letters
      .filter(({ mark }) => mark === "N")
      .map(({ letter, codes }) => `${control.id} ${letter} (${codes.join(", ")})`),
  );
  return noted.length === 0 ? "none" : noted.join("; ");
}

function replacement({ replacementOf, replacedBecause }: PaperItem): string {
  const parts = [
    ...(replacementOf === undefined ? [] : [`in place of ${replacementOf}`]),
    ...(replacedBecause === undefined ? [] : [`replaced: ${replacedBecause}`]),
  ];
  return parts.join("; ");
}

/** What was looked at of each item, and of how many items of the sample it could not be. */
function attributes({ controls, items: drawn }: SamplePaper): string {
  const rows = controls.flatMap((control) =>
    control.attributes.map(({ letter, text }) => {
      const marks = drawn.flatMap(({ marks: ofItem }) =>
        ofItem
          .filter((one) => one.control.id === control.id)
          .flatMap((one) => one.marks.filter((mark) => mark.letter === letter)),
      );
      const count = (mark: string) => String(marks.filter((one) => one.mark === mark).length);
      const reasons = [...new Set(marks.flatMap(({ reason }) => reason ?? []))].join("; ");
      return [control.id, letter, text, count("Y"), count("N"), count("N/A"), count("NE"), reasons];
    }),
  );
  const header = ["control", "attribute", "text", "Y", "N", "N/A", "NE", "why not evaluated"];
  const note =
    "Proposed by the tool from the record: Y agrees, N deviates, N/A is outside the control's population, NE was not evaluated. What only a person can test is in the workpaper's blank columns; the examiner concludes.";
  return `${markdownText(note)}\n\n${markdownTable(header, rows)}`;
}
