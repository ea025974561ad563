import { mostBits, seedBits, writeBeacon, writeSeed } from "../sampling/seed.js";
import { method } from "../sampling/ticket.js";
import type { SamplePaper } from "../workpaper/paper.js";
import type { Line } from "./population-lines.js";

/** How a sample was drawn, and what its selection can and cannot show. */
export function sampleLines(paper: SamplePaper): readonly Line[] {
  const { rule, seed, strata, items, population } = paper;
  const replaced = items.filter(({ replacementOf }) => replacementOf !== undefined).length;
  const drawn = items.length - replaced;
  const all = drawn < rule.n ? `; the whole population, which has fewer than the ${rule.n} asked for` : "";
  const lines: Line[] = [
    [
      "sample",
      `${drawn} of ${population.count}${replaced > 0 ? `, and ${replaced} in place of others` : ""}${all}`,
    ],
    ["method", `${method}: the items with the smallest tickets, each a hash of seed, root and receipt id`],
    ["seed", `${writeSeed(seed.seed)} (${seed.suppliedBy})`],
    ["beacon", seed.beacon === undefined ? "none" : writeBeacon(seed.beacon)],
  ];
  if (rule.stratify !== undefined) {
    const shares = strata.map(({ name, size, n }) => `${name} ${n} of ${size}`);
    lines.push([`stratified by ${rule.stratify}`, `${shares.join("; ")} (Sainte-Laguë, at least one each)`]);
  }
  lines.push(["selection", selectionLimits(paper)]);
  return lines;
}

/** What a reader must know of the seed: that someone drew many and kept one cannot be seen. */
function selectionLimits({ seed }: SamplePaper): string {
  const parts: string[] = [];
  if (mostBits(seed.seed) < seedBits)
    parts.push(
      `the seed holds at most ${mostBits(seed.seed)} bits; below ${seedBits} somebody could have searched for one that suits`,
    );
  parts.push(
    seed.beacon === undefined
      ? "that somebody drew many seeds and kept one cannot be seen: the examiner supplies the seed after the population is frozen, or announces a public randomness round beforehand (--beacon)"
      : "bound to a public randomness round: it has to have been announced before the population was frozen",
  );
  return parts.join("; ");
}
