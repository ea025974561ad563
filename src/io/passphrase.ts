import { openSync, writeSync } from "node:fs";
import { ReadStream } from "node:tty";
import { CannotDo } from "./refusal.js";

/**
 * The passphrase of an encrypted key: `SCLAW_PASSPHRASE`, or asked for on the terminal, unseen.
 * Throws a refusal where there is neither.
 */
export async function askPassphrase(path: string): Promise<string> {
  const { SCLAW_PASSPHRASE: given } = process.env;
  if (given !== undefined) return given;
  let terminal: number;
  try {
    terminal = openSync("/dev/tty", "r+");
  } catch {
    throw new CannotDo(
      `expected a passphrase for the encrypted key ${path}, found no terminal to ask on`,
      "set SCLAW_PASSPHRASE, or run this in a terminal",
    );
  }
  writeSync(terminal, `passphrase of ${path}: `);
  const stream = new ReadStream(terminal);
  stream.setRawMode(true);
  try {
    return await readUnseen(stream);
  } finally {
    stream.setRawMode(false);
    writeSync(terminal, "\n");
    stream.destroy();
  }
}

function readUnseen(stream: ReadStream): Promise<string> {
  return new Promise((resolve, reject) => {
    const typed: number[] = [];
    stream.on("data", (chunk: Buffer) => {
      for (const byte of chunk) {
        if (byte === 0x0d || byte === 0x0a) return resolve(Buffer.from(typed).toString("utf8"));
        if (byte === 0x03 || byte === 0x04)
          return reject(new CannotDo("expected a passphrase, found an interrupt"));
        if (byte === 0x7f || byte === 0x08) typed.pop();
        else typed.push(byte);
      }
    });
    stream.on("error", reject);
  });
}
