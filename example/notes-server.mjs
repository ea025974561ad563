// A small MCP server over stdio: notes as files in a folder. It does what it is told; what it may be
// told is the gate's to decide. Protocol: Model Context Protocol 2025-11-25, JSON-RPC messages by line.
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const folder = process.argv[2] ?? "notes";
mkdirSync(folder, { recursive: true });

const text = { type: "string" };
const named = {
  type: "object",
  properties: { workspace: text, name: text },
  required: ["workspace", "name"],
};
const written = {
  ...named,
  properties: { ...named.properties, text },
  required: [...named.required, "text"],
};
const tools = {
  read_note: {
    description: "Read a note",
    inputSchema: named,
    run: (args) => readFileSync(fileOf(args), "utf8"),
  },
  write_note: { description: "Write a note", inputSchema: written, run: write },
  publish_note: { description: "Publish a note to the world", inputSchema: named, run: publish },
  delete_note: { description: "Delete a note", inputSchema: named, run: remove },
};

/** A note's file: names are letters, digits and dashes, so that none leads out of the folder. */
function fileOf({ workspace, name }) {
  const parts = [workspace, name].map((part) => String(part).replace(/[^\w-]+/g, "-"));
  return join(folder, `${parts.join("--")}.txt`);
}

function write(args) {
  writeFileSync(fileOf(args), args.text);
  return `wrote ${args.name}`;
}

function publish(args) {
  writeFileSync(`${fileOf(args)}.public`, readFileSync(fileOf(args)));
  return `published ${args.name}`;
}

function remove(args) {
  rmSync(fileOf(args));
  return `deleted ${args.name}`;
}

function answer({ method, params }) {
  switch (method) {
    case "initialize":
      return {
        protocolVersion: params.protocolVersion,
        capabilities: { tools: {} },
        serverInfo: { name: "notes", version: "1.0.0" },
      };
    case "ping":
      return {};
    case "tools/list":
      return {
        tools: Object.entries(tools).map(([name, { description, inputSchema }]) => ({
          name,
          description,
          inputSchema,
        })),
      };
    case "tools/call":
      return call(params);
    default:
      return undefined;
  }
}

function call({ name, arguments: args = {} }) {
  const tool = tools[name];
  try {
    if (tool === undefined) throw new Error(`no such tool: ${name}`);
    return { content: [{ type: "text", text: tool.run(args) }] };
  } catch (error) {
    return { content: [{ type: "text", text: error.message }], isError: true };
  }
}

function receive(line) {
  const message = JSON.parse(line);
  if (message.id === undefined) return;
  const { id } = message;
  const result = answer(message);
  const said = result === undefined ? { error: { code: -32601, message: "no such method" } } : { result };
  process.stdout.write(`${JSON.stringify({ jsonrpc: "2.0", id, ...said })}\n`);
}

let rest = "";
for await (const chunk of process.stdin.setEncoding("utf8")) {
  // At LF alone: readline would split inside strings, at U+2028.
  const lines = (rest + chunk).split("\n");
  rest = lines.pop();
  for (const line of lines) receive(line);
}
