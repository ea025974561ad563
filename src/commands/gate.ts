import { Command } from "@commander-js/extra-typings";
import { engine } from "#engine";
import { readGateConfig } from "../gate/config.js";
import { openGate } from "../gate/open-gate.js";
import { writeNote } from "../io/output.js";
import { sessionParts } from "../mcp/open-session.js";
import { proxy } from "../mcp/proxy.js";
import { ServerProcess } from "../mcp/server-process.js";
import { definitionsCommand } from "./gate-definitions.js";
import { configOption } from "./gate-options.js";

/** A client that starts its server anew may do so before the old gate has let go of the ledger; milliseconds. */
const mostWait = 10_000;

const signals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/** `sclaw gate`: the runtime in the path of an agent. */
export function gateCommand(): Command {
  return new Command("gate")
    .summary("decide an agent's calls in their path, and record them")
    .description(
      "Stand between an agent and its tools: each call is decided by the released policy, held for people's signatures where it asks for them, and recorded in the ledger before its result goes back.",
    )
    .addCommand(mcpCommand())
    .addCommand(definitionsCommand()) as unknown as Command;
}

function mcpCommand(): Command {
  return new Command("mcp")
    .summary("stand in front of an MCP server on standard input and output")
    .description(
      "Start an MCP server and stand in front of it: what it lists passes, what it is asked to do is decided. Configure it in an MCP client in the place of the server's own command. Exits with the server's exit code.",
    )
    .usage("--config <file> -- <command> [arguments…]")
    .addOption(configOption())
    .argument("<command...>", "the server's command, behind --")
    .action(async ([command, ...args], { config }) => {
      const code = await gateServer(config, command!, args);
      // What waits for people looks for their signatures until its time is over: nobody waits for it now.
      process.exit(code);
    }) as unknown as Command;
}

async function gateServer(path: string, command: string, args: readonly string[]): Promise<number> {
  const config = readGateConfig(path);
  const opened = await openGate(config, { wait: mostWait, unattended: true });
  try {
    const parts = sessionParts(config, opened, engine.sha3_256);
    const server = await startServer(command, args);
    const { stdin: input, stdout: output } = process;
    const { code } = await proxy({ ...parts, server, input, output, note: writeNote });
    return code;
  } finally {
    await opened.gate.close();
  }
}

/** Starts the server with our signals passed on to it: from its first moment on, so that it is not left behind. */
async function startServer(command: string, args: readonly string[]): Promise<ServerProcess> {
  let server: ServerProcess | undefined;
  let early: NodeJS.Signals | undefined;
  for (const signal of signals)
    process.on(signal, () => {
      if (server === undefined) early = signal;
      else server.signal(signal);
    });
  server = await ServerProcess.start(command, args);
  if (early !== undefined) server.signal(early);
  return server;
}
