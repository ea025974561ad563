import { count } from "./layout.js";

const units = [
  ["day", 86_400_000],
  ["hour", 3_600_000],
  ["minute", 60_000],
  ["second", 1000],
] as const;

/** A length of time in words, rounded down to its largest unit: "3 hours", "1 minute". */
export function duration(milliseconds: number): string {
  const [unit, length] = units.find(([, each]) => milliseconds >= each) ?? units.at(-1)!;
  return count(Math.max(0, Math.floor(milliseconds / length)), unit);
}
