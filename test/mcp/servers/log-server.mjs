// An MCP server of the tests without an SDK: every line that it is given stands in its log, flushed,
// before anything else happens, so that a test sees what reached it.
//   node log-server.mjs LOG [--any-line-end] [--tools FILE]
import { closeSync, existsSync, fsyncSync, openSync, readFileSync, writeSync } from "node:fs";

const [log, ...options] = process.argv.slice(2);
const file = openSync(log, "a");
const toolsFile = options[options.indexOf("--tools") + 1];
const waiting = new Map();

function tools() {
  if (options.includes("--tools") && existsSync(toolsFile))
    return JSON.parse(readFileSync(toolsFile, "utf8"));
  return ["note", "erase", "guarded", "wait"].map((name) => ({
    name,
    description: `the tool ${name}`,
    inputSchema: { type: "object" },
  }));
}

function take(line) {
  writeSync(file, `${line}\n`);
  fsyncSync(file);
  let message;
  try {
    message = JSON.parse(line);
  } catch {
    return;
  }
  for (const one of Array.isArray(message) ? message : [message]) handle(one ?? {});
}

function handle({ id, method, params }) {
  switch (method) {
    case "initialize":
      return answer(id, {
        protocolVersion: params.protocolVersion,
        capabilities: { tools: { listChanged: true }, resources: {}, prompts: {} },
        serverInfo: { name: "log", version: "1.0" },
      });
    case "ping":
      return answer(id, {});
    case "tools/list": {
      // Two pages where there is more than one tool.
      const all = tools();
      if (params?.cursor === "2") return answer(id, { tools: all.slice(1) });
      return answer(id, { tools: all.slice(0, 1), ...(all.length > 1 ? { nextCursor: "2" } : {}) });
    }
    case "resources/read":
      return answer(id, { contents: [{ uri: params.uri, text: "text" }] });
    case "prompts/get":
      return answer(id, { messages: [{ role: "user", content: { type: "text", text: params.name } }] });
    case "notifications/cancelled": {
      const late = waiting.get(params.requestId);
      if (late !== undefined && late !== "mute") answer(params.requestId, { content: [], isError: true });
      return;
    }
    case "tools/call":
      return call(id, params);
  }
}

function call(id, { name, arguments: given, task }) {
  const text = (value) => ({ content: [{ type: "text", text: value }] });
  switch (name) {
    case "tool-error":
      return answer(id, { ...text("no"), isError: true });
    case "error":
      return send({ jsonrpc: "2.0", id, error: { code: -32603, message: "a message" } });
    case "wait":
    case "mute":
      waiting.set(id, name);
      return send({
        jsonrpc: "2.0",
        method: "notifications/message",
        params: { level: "info", data: "waits" },
      });
    case "die":
      process.exit(7);
      break;
    case "task":
      return answer(id, { task: { taskId: "t1", status: "working" }, asked: task });
    case "guarded":
    case "note":
      if (given?.raw !== undefined) return process.stdout.write(given.raw);
      return answer(id, text(`noted ${JSON.stringify(given ?? null)}`));
    default:
      return answer(id, text(name));
  }
}

function answer(id, result) {
  if (id !== undefined) send({ jsonrpc: "2.0", id, result });
}

function send(message) {
  process.stdout.write(`${JSON.stringify(message)}\n`);
}

process.on("exit", () => closeSync(file));
if (options.includes("--any-line-end")) {
  // What text readers of several languages take for the end of a line.
  let rest = "";
  process.stdin.setEncoding("utf8").on("data", (text) => {
    const lines = (rest + text).split(/\r\n|[\n\r\v\f\u0085\u2028\u2029]/);
    rest = lines.pop();
    for (const line of lines) if (line !== "") take(line);
  });
} else {
  let rest = Buffer.alloc(0);
  process.stdin.on("data", (chunk) => {
    rest = Buffer.concat([rest, chunk]);
    for (let end = rest.indexOf(10); end >= 0; end = rest.indexOf(10)) {
      const line = rest.subarray(0, end).toString("utf8");
      rest = rest.subarray(end + 1);
      take(line);
    }
  });
}
