// node fill-in.mjs WORKPAPER WHO DAY: fills a workpaper's blank columns in, as a person would in a
// spreadsheet: every item agrees but the third, which cannot be tested.
import { readFileSync, writeFileSync } from "node:fs";
import process from "node:process";

const [path, who, day] = process.argv.slice(2);
const lines = readFileSync(path, "utf8").split("\r\n");
const cellsOf = (line) =>
  [...line.matchAll(/"((?:[^"]|"")*)"/g)].map((match) => match[1].replaceAll('""', '"'));
const header = cellsOf(lines[0].replace("\ufeff", ""));
const column = (start) => header.findIndex((name) => name.startsWith(start));

let item = 0;
const filled = lines.map((line, i) => {
  const cells = cellsOf(line);
  if (i === 0 || cells[0] !== "item") return line;
  item++;
  cells[column("agreed to source log")] = item === 3 ? "no row" : "agreed";
  cells[column("conclusion")] = item === 3 ? "cannot be tested" : "agrees";
  cells[column("tested by")] = who;
  cells[column("tested on")] = day;
  return cells.map((cell) => `"${cell.replaceAll('"', '""')}"`).join(",");
});
writeFileSync(path, filled.join("\r\n"));
