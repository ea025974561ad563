import { Chalk } from "chalk";
import { noPaint, type Page, type Paint } from "../report/layout.js";

/** Columns of what is written to no terminal: the same everywhere. */
const fileWidth = 100;

/** The page that standard output is: its terminal's width and colours, or none of both. */
export function outputPage(): Page {
  const { stdout } = process;
  if (!stdout.isTTY) return { width: fileWidth, paint: noPaint };
  const width = Math.max(40, Math.min(stdout.columns ?? fileWidth, 160));
  return { width, paint: wantsColour() ? colours() : noPaint };
}

/** https://no-color.org: set and not empty means no colour; a dumb terminal has none. */
function wantsColour(): boolean {
  const { NO_COLOR: noColour, TERM: term } = process.env;
  return (noColour === undefined || noColour === "") && term !== "dumb";
}

function colours(): Paint {
  const chalk = new Chalk({ level: 1 });
  return {
    bad: chalk.red.bold,
    good: chalk.green.bold,
    warn: chalk.yellow.bold,
    strong: chalk.bold,
    faint: chalk.dim,
  };
}
