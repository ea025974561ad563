import { Prompt } from "./prompt.js";
import { CannotDo } from "./refusal.js";

/** Bytes of a passphrase that OpenSSL reads. */
const mostBytes = 1000;

let given: string | undefined;

/**
 * `SCLAW_PASSPHRASE`, where it is set. It is taken out of the environment when it is first read: a
 * server or command that this process starts is not handed the key's passphrase with it.
 */
function passphraseGiven(): string | undefined {
  const { SCLAW_PASSPHRASE: set } = process.env;
  if (set !== undefined) given = set;
  delete process.env["SCLAW_PASSPHRASE"];
  return given;
}

/**
 * The passphrase of an encrypted key: `SCLAW_PASSPHRASE`, or asked for on the terminal, unseen.
 * Throws a refusal where there is neither.
 */
export async function askPassphrase(path: string): Promise<string> {
  return passphraseGiven() ?? withTerminal(path, (prompt) => prompt.ask(`passphrase of ${path}: `, "unseen"));
}

/**
 * The same of a process that nobody sits at, a coding agent's hook say: its terminal is somebody
 * else's. Throws a refusal where `SCLAW_PASSPHRASE` is not set.
 */
export async function requirePassphrase(path: string): Promise<string> {
  const passphrase = passphraseGiven();
  if (passphrase !== undefined) return passphrase;
  throw new CannotDo(
    `expected SCLAW_PASSPHRASE for the encrypted key ${path}, found it not set`,
    "nobody is asked here: set it where this is started",
  );
}

/**
 * The passphrase for a new key: `SCLAW_PASSPHRASE`, or asked for twice. Throws a refusal where the
 * two differ, and for one that protects nothing or cannot be read back.
 */
export async function askNewPassphrase(path: string): Promise<string> {
  const chosen = passphraseGiven() ?? (await withTerminal(path, askTwice));
  const bytes = Buffer.byteLength(chosen);
  if (bytes === 0 || bytes > mostBytes || chosen.includes("\0"))
    throw new CannotDo(
      `expected a passphrase of 1 to ${mostBytes} bytes without NUL, found ${bytes === 0 ? "an empty one" : `one of ${bytes} bytes`}`,
    );
  return chosen;

  async function askTwice(prompt: Prompt): Promise<string> {
    const first = await prompt.ask(`passphrase for ${path}: `, "unseen");
    const second = await prompt.ask("the same again: ", "unseen");
    if (first !== second)
      throw new CannotDo("expected the same passphrase twice, found two that differ", "nothing is written");
    return first;
  }
}

async function withTerminal(path: string, ask: (prompt: Prompt) => Promise<string>): Promise<string> {
  const prompt = Prompt.open();
  if (prompt === undefined)
    throw new CannotDo(
      `expected a passphrase for the encrypted key ${path}, found no terminal to ask on`,
      "set SCLAW_PASSPHRASE, or run this in a terminal",
    );
  try {
    return await ask(prompt);
  } finally {
    prompt.close();
  }
}
