import { PassThrough, Writable } from "node:stream";
import { expect, test } from "vitest";
import { encodeUtf8 } from "../../src/bytes/utf8.js";
import { OrderedOutput } from "../../src/mcp/ordered-output.js";

const bytes = encodeUtf8;

function later() {
  let resolve: () => void = () => {};
  const promise = new Promise<void>((done) => {
    resolve = done;
  });
  return { promise, resolve };
}

test("lines keep their order, whichever receipt comes first; the gate's own come between", async () => {
  const stream = new PassThrough();
  const output = new OrderedOutput(stream);
  const [first, second] = [later(), later()];
  output.pass(bytes("a\n"));
  output.pass(bytes("b\n"), first.promise);
  output.pass(bytes("c\n"));
  output.pass(bytes("d\n"), second.promise);
  second.resolve();
  await second.promise;
  output.say(bytes("own\n"));
  expect(stream.read()?.toString()).toBe("a\nown\n");
  first.resolve();
  await output.end().catch(() => {});
  expect(stream.read()?.toString()).toBe("b\nc\nd\n");
});

test("a reader that is behind makes the writer wait; one that has gone does not", async () => {
  const held: (() => void)[] = [];
  const stream = new Writable({
    highWaterMark: 4,
    write: (_chunk, _encoding, done) => {
      held.push(done);
    },
  });
  const output = new OrderedOutput(stream);
  output.pass(bytes("a long line\n"));
  expect(output.isFull).toBe(true);
  let hasRoom = false;
  const room = output.room().then(() => {
    hasRoom = true;
  });
  await Promise.resolve();
  expect(hasRoom).toBe(false);
  held.shift()!();
  await room;
  output.pass(bytes("another long line\n"));
  stream.destroy();
  await output.room();
  output.pass(bytes("nobody reads it\n"));
  await output.end();
  expect(output.isFull).toBe(false);
});
