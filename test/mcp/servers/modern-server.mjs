// A server of both generations, with the SDK of the stateless revision.
import {
  acceptedContent,
  fromJsonSchema,
  inputRequired,
  McpServer,
  ResourceTemplate,
} from "@modelcontextprotocol/server";
import { serveStdio } from "@modelcontextprotocol/server/stdio";

const nothing = fromJsonSchema({ type: "object", properties: {} });
const text = (value) => ({ content: [{ type: "text", text: value }] });

serveStdio(() => {
  const server = new McpServer(
    { name: "modern", version: "1.0.0" },
    { capabilities: { logging: {}, tools: { listChanged: true }, resources: { subscribe: true } } },
  );
  const numbers = fromJsonSchema({
    type: "object",
    properties: { a: { type: "number" }, b: { type: "number" } },
    required: ["a", "b"],
  });
  server.registerTool("add", { description: "adds", inputSchema: numbers }, async ({ a, b }) =>
    text(String(a + b)),
  );
  // Each step waits for the client's word, so that no step overtakes the result.
  let goOn = () => {};
  server.registerTool(
    "steps",
    { description: "tells of its progress", inputSchema: nothing },
    async (_, ctx) => {
      const progressToken = ctx.mcpReq._meta?.progressToken;
      for (let progress = 1; progress <= 3; progress++) {
        const told = new Promise((resolve) => {
          goOn = resolve;
        });
        await ctx.mcpReq.notify({
          method: "notifications/progress",
          params: { progressToken, progress, total: 3 },
        });
        await told;
      }
      return text("done");
    },
  );
  server.registerTool("next", { description: "goes on", inputSchema: nothing }, async () => {
    goOn();
    return text("on");
  });
  server.registerTool("question", { description: "asks a person", inputSchema: nothing }, async (_, ctx) => {
    const said = acceptedContent(ctx.mcpReq.inputResponses, "name");
    if (said === undefined)
      return inputRequired({
        inputRequests: {
          name: inputRequired.elicit({
            message: "your name?",
            requestedSchema: { type: "object", properties: { name: { type: "string" } } },
          }),
        },
      });
    return text(`hello ${said.name}`);
  });
  server.registerTool("grow", { description: "adds a tool", inputSchema: nothing }, async () => {
    server.registerTool("grown", { description: "was added", inputSchema: nothing }, async () =>
      text("grown"),
    );
    return text("one more");
  });
  for (const name of ["gone", "guarded"])
    server.registerTool(name, { description: name, inputSchema: nothing }, async () => text(name));
  server.registerResource("a", "mem://a", { description: "a resource" }, async (uri) => ({
    contents: [{ uri: uri.href, text: "the text" }],
  }));
  server.registerResource(
    "by-id",
    new ResourceTemplate("mem://items/{id}", { list: undefined }),
    { description: "one of many" },
    async (uri, { id }) => ({ contents: [{ uri: uri.href, text: `item ${id}` }] }),
  );
  server.registerPrompt("greet", { description: "greets" }, async () => ({
    messages: [{ role: "user", content: { type: "text", text: "hi" } }],
  }));
  return server;
});
