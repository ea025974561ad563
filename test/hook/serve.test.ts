import { chmodSync, existsSync, readFileSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { createServer, request } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { encodeUtf8 } from "../../src/bytes/utf8.js";
import { denyAnswer, noObjection } from "../../src/hook/answer.js";
import { askServer } from "../../src/hook/ask-server.js";
import { findMeeting, type Meeting, meetingPath, removeMeeting } from "../../src/hook/meeting-file.js";
import { serveHooks } from "../../src/hook/serve.js";
import { digestOf, headers, signatureOf } from "../../src/hook/signature.js";
import { CannotDo } from "../../src/io/refusal.js";
import { inFolder } from "../support/sclaw.js";

const event = encodeUtf8("{}");
const patience = 60_000;

/** A server that answers with what it was asked, until `work` is done. */
function serving<T>(
  work: (meeting: Meeting, path: string) => Promise<T>,
  answer = async (bytes: Uint8Array) => denyAnswer("claude", Buffer.from(bytes).toString()),
): Promise<T> {
  return inFolder(async (folder) => {
    const path = meetingPath(join(folder, "ledger.jsonl"));
    const server = await serveHooks({ path, answer });
    try {
      return await work(findMeeting(path)!, path);
    } finally {
      await server.close();
    }
  });
}

/** The status of a request as somebody else makes it. */
function statusOf(
  port: number,
  given: object,
  body = event,
  method = "POST",
  path = "/event",
): Promise<number> {
  return new Promise((resolve, reject) => {
    const asked = request({ host: "127.0.0.1", port, method, path, headers: { ...given } }, (response) => {
      response.resume();
      resolve(response.statusCode!);
    });
    asked.on("error", reject);
    asked.end(method === "GET" ? undefined : body);
  });
}

const signed = ({ port, token }: Meeting, body = event) => ({
  host: `127.0.0.1:${port}`,
  "content-length": body.length,
  [headers.nonce]: "n",
  [headers.digest]: digestOf(body),
  [headers.signature]: signatureOf(token, "request", "n", body),
});

describe("a server", () => {
  it("answers who has read the meeting file", async () => {
    await serving(async (meeting) => {
      const answer = await askServer(meeting, event, patience);
      expect(answer).toEqual(denyAnswer("claude", "{}"));
    });
  });

  it("answers many at once, each its own", async () => {
    await serving(async (meeting) => {
      const texts = Array.from({ length: 32 }, (_, i) => `{"i":${i}}`);
      const answers = await Promise.all(texts.map((text) => askServer(meeting, encodeUtf8(text), patience)));
      expect(answers).toEqual(texts.map((text) => denyAnswer("claude", text)));
    });
  });

  it("blocks where its gate cannot, and answers the next", async () => {
    let count = 0;
    const answer = async () => {
      count++;
      if (count === 1) throw new CannotDo("the disk is full", "make room");
      if (count === 2) throw new Error("a bug");
      return noObjection;
    };
    await serving(async (meeting) => {
      expect(await askServer(meeting, event, patience)).toEqual({
        exit: 2,
        stdout: "",
        stderr: "sclaw: the disk is full\n  make room\n",
      });
      expect(await askServer(meeting, event, patience)).toMatchObject({
        exit: 2,
        stderr: expect.stringContaining("internal error: a bug"),
      });
      expect(await askServer(meeting, event, patience)).toEqual(noObjection);
    }, answer);
  });

  it("listens on the loopback address alone, and its file is its owner's", async () => {
    await serving(async ({ port }, path) => {
      expect(statSync(path).mode & 0o777).toBe(0o600);
      expect(JSON.parse(readFileSync(path, "utf8"))).toMatchObject({ port, pid: process.pid });
    });
  });

  it.each<[string, (good: ReturnType<typeof signed>) => object, number]>([
    ["a good one", (good) => good, 200],
    ["no signature", (good) => ({ ...good, [headers.signature]: undefined }), 401],
    ["another signature", (good) => ({ ...good, [headers.signature]: "0".repeat(64) }), 401],
    ["a short signature", (good) => ({ ...good, [headers.signature]: "0" }), 401],
    ["another nonce", (good) => ({ ...good, [headers.nonce]: "m" }), 401],
    ["another digest", (good) => ({ ...good, [headers.digest]: digestOf(encodeUtf8("[]")) }), 401],
    ["another name of the host", (good) => ({ ...good, host: "localhost" }), 403],
    ["a name that leads here", (good) => ({ ...good, host: "rebound.example:80" }), 403],
    ["a page", (good) => ({ ...good, origin: "http://127.0.0.1" }), 403],
    ["no length", (good) => ({ ...good, "content-length": undefined, "transfer-encoding": "chunked" }), 411],
  ])("answers %s with its status", async (_what, change, status) => {
    await serving(async (meeting) => {
      const given = Object.fromEntries(
        Object.entries(change(signed(meeting))).filter(([, value]) => value !== undefined),
      );
      expect(await statusOf(meeting.port, given)).toBe(status);
    });
  });

  it("takes nothing but events, and no other body than was signed", async () => {
    await serving(async (meeting) => {
      expect(await statusOf(meeting.port, signed(meeting), event, "POST", "/")).toBe(404);
      expect(await statusOf(meeting.port, {}, event, "GET")).toBe(404);
      expect(await statusOf(meeting.port, signed(meeting), encodeUtf8("[]"))).toBe(400);
    });
  });

  it("refuses a body of any length before it reads it", async () => {
    await serving(async (meeting) => {
      const given = { ...signed(meeting), "content-length": 1e9 };
      expect(await statusOf(meeting.port, given)).toBe(413);
    });
  });
});

describe("a hook", () => {
  it("believes no one else on the server's port, and shows nobody the token", async () => {
    let seen = "";
    const impostor = createServer((asked, response) => {
      seen = JSON.stringify([asked.headers, asked.url]);
      response.writeHead(200, { [headers.signature]: "0".repeat(64) }).end(JSON.stringify(noObjection));
    });
    await new Promise<void>((resolve) => impostor.listen(0, "127.0.0.1", resolve));
    const { port } = impostor.address() as AddressInfo;
    const token = "ab".repeat(32);
    const meeting: Meeting = { format: "sclaw.hook/1", port, pid: process.pid, token };
    await expect(askServer(meeting, event, patience)).rejects.toThrow("one that it did not sign");
    expect(seen).toContain(headers.signature);
    expect(seen).not.toContain(token);
    impostor.close();
  });

  it("takes an answer to another question for none", async () => {
    await serving(async (real) => {
      const replay = createServer((asked, response) => {
        const given = { ...signed(real) };
        const again = request({
          host: "127.0.0.1",
          port: real.port,
          method: "POST",
          path: "/event",
          headers: given,
        });
        again.on("response", (answer) => {
          response.writeHead(200, answer.headers);
          answer.pipe(response);
        });
        again.end(event);
        asked.resume();
      });
      await new Promise<void>((resolve) => replay.listen(0, "127.0.0.1", resolve));
      const { port } = replay.address() as AddressInfo;
      await expect(askServer({ ...real, port }, event, patience)).rejects.toThrow("did not sign");
      replay.close();
    });
  });

  it.each<
    [string, (token: string, nonce: string) => { status: number; body: string; signature: string }, string]
  >([
    ["a status", () => ({ status: 500, body: "{}", signature: "" }), "status 500"],
    [
      "an answer of another form",
      (token, nonce) => {
        const body = '{"exit":1,"stdout":"","stderr":""}';
        return { status: 200, body, signature: signatureOf(token, "answer", nonce, encodeUtf8(body)) };
      },
      "one of another form",
    ],
  ])("blocks on %s", async (_what, make, message) => {
    const token = "cd".repeat(32);
    const odd = createServer((asked, response) => {
      const { status, body, signature } = make(token, String(asked.headers[headers.nonce]));
      response.writeHead(status, { [headers.signature]: signature }).end(body);
    });
    await new Promise<void>((resolve) => odd.listen(0, "127.0.0.1", resolve));
    const { port } = odd.address() as AddressInfo;
    const meeting: Meeting = { format: "sclaw.hook/1", port, pid: process.pid, token };
    await expect(askServer(meeting, event, patience)).rejects.toThrow(message);
    odd.close();
  });

  it("blocks where a server hangs up or says nothing in time", async () => {
    const silent = createServer((asked) => {
      if (asked.headers["content-length"] === "1") asked.socket.destroy();
    });
    await new Promise<void>((resolve) => silent.listen(0, "127.0.0.1", resolve));
    const { port } = silent.address() as AddressInfo;
    const meeting: Meeting = { format: "sclaw.hook/1", port, pid: process.pid, token: "ef".repeat(32) };
    await expect(askServer(meeting, encodeUtf8("1"), patience)).rejects.toThrow("socket hang up");
    await expect(askServer(meeting, event, 50)).rejects.toThrow("none within 50 ms");
    silent.closeAllConnections();
    silent.close();
  });

  it("knows a server that is gone by its refusal", async () => {
    const meeting = await serving(async (given) => given);
    expect(await askServer(meeting, event, patience)).toBe("gone");
  });
});

describe("the meeting file", () => {
  const content = { format: "sclaw.hook/1", port: 1, pid: process.pid, token: "ab".repeat(32) };
  const withFile = (text: string, mode: number, work: (path: string) => void) =>
    inFolder((folder) => {
      const path = join(folder, "m");
      writeFileSync(path, text);
      chmodSync(path, mode);
      work(path);
    });

  it("is found where its process runs, and only there", () => {
    withFile(JSON.stringify(content), 0o600, (path) => expect(findMeeting(path)).toEqual(content));
    // No process has this number: it is beyond what Linux gives out.
    withFile(JSON.stringify({ ...content, pid: 4_194_305 }), 0o600, (path) =>
      expect(findMeeting(path)).toBeUndefined(),
    );
    inFolder((folder) => expect(findMeeting(join(folder, "none"))).toBeUndefined());
  });

  it.each([0o644, 0o660, 0o604])("is refused with mode %i, which others read", (mode) => {
    withFile(JSON.stringify(content), mode, (path) =>
      expect(() => findMeeting(path)).toThrow("a file that its owner alone reads"),
    );
  });

  it("is refused as a link", () => {
    withFile(JSON.stringify(content), 0o600, (path) => {
      symlinkSync(path, `${path}.link`);
      expect(() => findMeeting(`${path}.link`)).toThrow("a file that its owner alone reads");
    });
  });

  it.each([
    "",
    "{",
    "[]",
    "{}",
    JSON.stringify({ ...content, port: 0 }),
    JSON.stringify({ ...content, token: "ab" }),
  ])("is refused as %j", (text) => {
    withFile(text, 0o600, (path) => expect(() => findMeeting(path)).toThrow("found something else"));
  });

  it("is taken away by who wrote it, and by no other", () => {
    withFile(JSON.stringify(content), 0o600, (path) => {
      removeMeeting(path, "cd".repeat(32));
      expect(existsSync(path)).toBe(true);
      removeMeeting(path, content.token);
      expect(existsSync(path)).toBe(false);
      removeMeeting(path, content.token);
    });
  });
});
