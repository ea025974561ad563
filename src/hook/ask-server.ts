import { randomBytes } from "node:crypto";
import { request } from "node:http";
import { CannotDo } from "../io/refusal.js";
import { decodeShape, integer, object, type Shape } from "../json/shape.js";
import { decodeStrict } from "../json/strict-decoder.js";
import { anyText } from "../receipt/identifiers.js";
import type { HookAnswer } from "./answer.js";
import { eventBytes } from "./event.js";
import type { Meeting } from "./meeting-file.js";
import { digestOf, headers, isSame, signatureOf } from "./signature.js";

/** What a server said, or that there is none any more: then nothing was sent to anybody. */
export type ServerAnswer = HookAnswer | "gone";

const answerShape = object<HookAnswer>({
  exit: integer() as unknown as Shape<0 | 2>,
  stdout: anyText,
  stderr: anyText,
});

/**
 * Asks a server. "gone" is only what refuses the connection; anything else that is no signed
 * answer throws a refusal, as the server may have recorded a decision already.
 */
export function askServer(
  { port, token }: Meeting,
  event: Uint8Array,
  within: number,
): Promise<ServerAnswer> {
  const nonce = randomBytes(16).toString("hex");
  return new Promise((resolve, reject) => {
    const fail = (what: string) =>
      reject(
        new CannotDo(
          `expected an answer of sclaw hook --serve on 127.0.0.1:${port}, found ${what}`,
          "the call is blocked; is the server well?",
        ),
      );
    const asked = request(
      {
        host: "127.0.0.1",
        port,
        method: "POST",
        path: "/event",
        agent: false,
        timeout: within,
        headers: {
          host: `127.0.0.1:${port}`,
          "content-type": "application/json",
          "content-length": event.length,
          [headers.nonce]: nonce,
          [headers.digest]: digestOf(event),
          [headers.signature]: signatureOf(token, "request", nonce, event),
        },
      },
      (response) => {
        const chunks: Buffer[] = [];
        let length = 0;
        response.on("data", (chunk: Buffer) => {
          length += chunk.length;
          if (length > eventBytes) asked.destroy(new Error("more than an answer has"));
          else chunks.push(chunk);
        });
        response.on("error", (error) => fail(error.message));
        response.on("end", () => {
          const body = Buffer.concat(chunks);
          const signature = String(response.headers[headers.signature]);
          if (response.statusCode !== 200) fail(`status ${response.statusCode}`);
          else if (!isSame(signatureOf(token, "answer", nonce, body), signature))
            fail("one that it did not sign");
          else {
            const answer = readAnswer(body);
            if (answer === undefined) fail("one of another form");
            else resolve(answer);
          }
        });
      },
    );
    asked.on("timeout", () => asked.destroy(new Error(`none within ${within} ms`)));
    asked.on("error", (error) => {
      if ((error as NodeJS.ErrnoException).code === "ECONNREFUSED") resolve("gone");
      else fail(error.message);
    });
    asked.end(event);
  });
}

function readAnswer(body: Uint8Array): HookAnswer | undefined {
  const { value, issues } = decodeStrict(body, { canonical: false });
  const shaped = value === undefined || issues.length > 0 ? undefined : decodeShape(answerShape, value);
  if (shaped?.ok !== true || (shaped.value.exit !== 0 && shaped.value.exit !== 2)) return undefined;
  return shaped.value;
}
