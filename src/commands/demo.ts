import { Command } from "@commander-js/extra-typings";
import { playDemo } from "../demo/story.js";
import { writeOut } from "../io/output.js";
import { visible } from "../report/visible.js";
import { quoted } from "./quoted.js";
import type { SetExitCode } from "./run.js";

/** `sclaw demo`: a small world, made by the real gate, and what to try on it. */
export function demoCommand(_setExitCode: SetExitCode): Command {
  return new Command("demo")
    .summary("make a small world with the real gate, to try things on")
    .description(
      "Make keys, a policy and a gate in a folder, let an agent work behind it (it reads, writes, is denied, and asks two people), and leave the ledger that came of it.",
    )
    .argument("[folder]", "where; it must not exist, or be empty", "sclaw-demo")
    .action(async (folder) => {
      await playDemo(folder, (line) => writeOut(`${line.split("\n").map(visible).join("\n")}\n`));
      writeOut(
        [
          "",
          "Try on it:",
          `  cd ${quoted(folder)}`,
          "  sclaw verify                  what is this record worth?",
          "  sclaw verify edited.jsonl     and this one?",
          "  sclaw replay                  did every decision follow from the policy?",
          "  sclaw show ledger.jsonl 7     one receipt, with every check",
          "  sclaw sample --n 3 --out sample.csv",
          "  sclaw report --criteria CC6",
          "",
        ].join("\n"),
      );
    }) as unknown as Command;
}
