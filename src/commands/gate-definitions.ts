import { Command, Option } from "@commander-js/extra-typings";
import { readGateConfig } from "../gate/config.js";
import { requireBundle } from "../io/load-bundle.js";
import { writeOut } from "../io/output.js";
import { outputPage } from "../io/terminal.js";
import { listDefinitions, type PinnedDefinition } from "../mcp/list-definitions.js";
import { definitionsPath } from "../mcp/open-session.js";
import { readPins } from "../mcp/pin-file.js";
import { jsonText } from "../report/json-text.js";
import { labelled } from "../report/layout.js";
import { visible } from "../report/visible.js";
import { configOption } from "./gate-options.js";

/** `sclaw gate definitions`: which definitions of tools are pinned, and by whom. */
export function definitionsCommand(): Command {
  return new Command("definitions")
    .summary("list the pinned definitions of tools")
    .description(
      "List which definition of each tool is pinned: by the policy, or as the first one that a gate saw. A tool that is listed with another one is refused.",
    )
    .addOption(configOption())
    .addOption(
      new Option("--format <format>", "how to print it")
        .choices(["table", "json"] as const)
        .default("table" as const),
    )
    .action(({ config: path, format }) => {
      const config = readGateConfig(path);
      const file = definitionsPath(config);
      const { catalogue } = requireBundle(config.policy, "few");
      const definitions = listDefinitions(catalogue, readPins(file));
      writeOut(
        format === "json"
          ? jsonText({ schema: "sclaw.definitions/1", file, definitions })
          : table(file, definitions),
      );
    }) as unknown as Command;
}

function table(file: string, definitions: readonly PinnedDefinition[]): string {
  if (definitions.length === 0)
    return `No definition is pinned: a gate pins what it sees first in ${visible(file)}.\n`;
  const rows = definitions.map(({ adapter, tool, definition, by }): [string, string] => [
    `${visible(adapter)} ${visible(tool)}`,
    `${definition} ${by === "policy" ? "named by the policy" : "first seen"}`,
  ]);
  return `${labelled(rows, outputPage(), "")}\n`;
}
