import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { encodeUtf8 } from "../../src/bytes/utf8.js";
import { limits, readLine } from "../../src/mcp/read-line.js";
import { readServerLine } from "../../src/mcp/server-line.js";
import { writeLine } from "../../src/mcp/write-line.js";

const read = (text: string) => readLine(encodeUtf8(text));

describe("lines of a client", () => {
  test("empty ones are none", () => {
    for (const line of ["", "\r", "  \t"]) expect(read(line)).toEqual([]);
  });

  test("a line that ends in CR LF is its message", () => {
    expect(read('{"jsonrpc":"2.0","id":1,"method":"ping"}\r')).toMatchObject([{ kind: "request", id: 1 }]);
  });

  test("a batch has at most so many messages", () => {
    const batch = (count: number) => read(JSON.stringify(Array(count).fill({ jsonrpc: "2.0", method: "x" })));
    expect(batch(limits.batch)).toHaveLength(limits.batch);
    expect(batch(limits.batch + 1)).toHaveLength(1);
  });

  test("what is forwarded is what was read, on one line for any reader", () => {
    fc.assert(
      fc.property(
        fc.dictionary(fc.string({ unit: "binary" }), fc.jsonValue({ stringUnit: "binary" })),
        (given) => {
          const message = {
            jsonrpc: "2.0",
            id: 1,
            method: "tools/call",
            params: { name: "x", arguments: given },
          };
          const [first] = read(JSON.stringify(message));
          // Noncharacters and large integers are refused; they have no one form for all readers.
          if (first?.kind !== "request") {
            expect(first?.kind).toBe("refusable");
            return;
          }
          const line = new TextDecoder().decode(writeLine(first.json));
          expect(line.split(/[\n\r\u0085\u2028\u2029\u000b\u000c]/)).toHaveLength(2);
          expect(JSON.parse(line)).toEqual(JSON.parse(JSON.stringify(message)));
        },
      ),
    );
  });

  test("no bytes are too strange to be refused", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        for (const message of readLine(bytes)) expect(message.kind).toBe("refusable");
      }),
    );
  });

  test("members named like those of objects are data", () => {
    const [message] = read('{"jsonrpc":"2.0","id":1,"method":"ping","params":{"__proto__":{"a":1}}}');
    expect(message?.kind === "request" && new TextDecoder().decode(writeLine(message.json))).toBe(
      '{"jsonrpc":"2.0","id":1,"method":"ping","params":{"__proto__":{"a":1}}}\n',
    );
  });
});

describe("lines of a server", () => {
  const of = (text: string) => readServerLine(encodeUtf8(text));

  test("hold answers, other messages, or nothing that a parser takes for one", () => {
    expect(of('{"id":1,"result":{"a":1}}')).toEqual({
      kind: "answers",
      answers: [{ id: 1, result: { a: 1 }, errorCode: undefined }],
    });
    expect(of('{"id":"a","error":{"code":-1}}')).toMatchObject({ answers: [{ id: "a", errorCode: "-1" }] });
    expect(of('[{"id":1,"result":{}},{"method":"x"},{"id":2,"error":{}}]')).toMatchObject({
      answers: [{ id: 1 }, { id: 2 }],
    });
    // A method beside a result does not hide it.
    expect(of('{"id":1,"method":"x","result":{}}')).toMatchObject({ kind: "answers" });
    for (const other of ['{"id":1,"method":"x"}', '{"method":"x"}', "3", "null", "starting…", ""])
      expect(of(other)).toEqual({ kind: "other" });
    for (const unclear of ['{"id":1,"result":NaN}', ' [{"id":1', "{'id':1}"])
      expect(of(unclear)).toEqual({ kind: "unreadable" });
  });
});
