import { resolve } from "node:path";
import { Command, Option } from "@commander-js/extra-typings";
import { type AgentName, agentNames, agents } from "../hook/agents.js";
import { hookCommand, install } from "../hook/install.js";
import { readSettings, writeSettings } from "../hook/settings-file.js";
import { writeNote, writeOut } from "../io/output.js";
import { CannotDo } from "../io/refusal.js";
import { jsonText } from "../report/json-text.js";
import { visible } from "../report/visible.js";

/** What an agent lets a hook take, in seconds: more than a hook lets itself take. */
const agentSeconds = 120;

interface InstallOptions {
  readonly agent: AgentName;
  readonly config: string;
  readonly settings?: string | undefined;
  readonly program: string;
  readonly print?: true | undefined;
}

/** `sclaw hook install`: puts the hook into an agent's settings. */
export function hookInstallCommand(): Command {
  return new Command("install")
    .summary("put the hook into a coding agent's settings")
    .description(
      "Put sclaw hook before and after every tool of a coding agent: writes its settings, keeping what is there, in place of older entries of ours.",
    )
    .addOption(
      new Option("--agent <agent>", "whose settings").choices(agentNames).default("claude-code" as AgentName),
    )
    .option("--config <file>", "the gate's configuration, by its full path in the settings", "gate.json")
    .option("--settings <file>", "the settings (default: the agent's own in this folder)")
    .option("--program <command>", "how the agent's shell starts sclaw", "sclaw")
    .option("--print", "only show what the settings would be")
    .action((options) => installInto(options as InstallOptions)) as unknown as Command;
}

function installInto({ agent, config, settings, program, print }: InstallOptions): void {
  const path = settings ?? agents[agent].settings;
  const command = hookCommand(program, resolve(config));
  const installed = install(readSettings(path), agent, command, agentSeconds);
  if (!installed.ok)
    throw new CannotDo(
      `expected ${installed.expected} at ${installed.pointer} of ${path}, found something else`,
      "nothing was changed; are these the settings of another agent?",
    );
  if (print === true) {
    writeOut(jsonText(installed.settings));
    return;
  }
  const changes = installed.changes.map((change) => `  ${change}\n`).join("");
  if (changes === "") {
    writeOut(`${visible(path)} has the hook already: nothing was changed\n`);
    return;
  }
  writeSettings(path, installed.settings);
  writeOut(`wrote ${visible(path)}\n${changes}`);
  writeNote(`${agents[agent].note}; docs/hook.md says what a hook cannot see`);
}
