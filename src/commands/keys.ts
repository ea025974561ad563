import { Command, Option } from "@commander-js/extra-typings";
import { engine } from "#engine";
import { encodeBase64 } from "../bytes/base64.js";
import { decodeUtf8 } from "../bytes/utf8.js";
import { isPrivatePem, newKeyPair, publicKeyOfPrivate } from "../io/key-pair.js";
import { loadTrust } from "../io/load-trust.js";
import { locateKeys } from "../io/locate.js";
import { writeNote, writeOut } from "../io/output.js";
import { askNewPassphrase } from "../io/passphrase.js";
import { readSmallFile } from "../io/read-file.js";
import { CannotDo } from "../io/refusal.js";
import { outputPage } from "../io/terminal.js";
import { writeWholeFile } from "../io/write-file.js";
import { importPublicKeys } from "../keys/import-key.js";
import { keyIdOf } from "../keys/public-key.js";
import { jsonText } from "../report/json-text.js";
import { renderKeys, renderTrust, type ShownKey, trustJson } from "../report/keys-text.js";
import { visible } from "../report/visible.js";
import { trustCommand } from "./keys-trust.js";
import type { SetExitCode } from "./run.js";

const format = () =>
  new Option("--format <format>", "how to print it")
    .choices(["table", "json"] as const)
    .default("table" as const);

/** `sclaw keys`: key pairs and trust files. Private keys are made and named here, and never printed. */
export function keysCommand(_setExitCode: SetExitCode): Command {
  return new Command("keys")
    .summary("make and show key pairs and trust files")
    .description("Make Ed25519 key pairs, show keys, and make and edit trust files.")
    .addCommand(newCommand())
    .addCommand(showKeysCommand())
    .addCommand(trustCommand())
    .addCommand(fingerprintCommand()) as unknown as Command;
}

function newCommand() {
  return new Command("new")
    .summary("make a key pair")
    .description(
      "Make an Ed25519 key pair: FILE gets the private key (PKCS#8 PEM, readable by you alone), FILE.pub the public one.",
    )
    .argument("<file>", "where to write the private key; it must not exist")
    .option("--encrypt", "encrypt the private key with a passphrase (SCLAW_PASSPHRASE, or asked for)")
    .action(async (file, options) => {
      const pair = newKeyPair(options.encrypt === true ? await askNewPassphrase(file) : undefined);
      writeWholeFile(file, pair.privatePem, { replace: false, mode: 0o600 });
      writeWholeFile(`${file}.pub`, pair.publicPem, { replace: false });
      writeOut(`${keyIdOf(engine.sha3_256, pair.publicKey)}\n`);
      writeNote(
        `sclaw: private key in ${visible(file)} (keep it${options.encrypt === true ? ", and its passphrase" : ""}), public key in ${visible(file)}.pub (give it away)`,
      );
    });
}

function showKeysCommand() {
  return new Command("show")
    .summary("show keys, or a trust file's keys and groups")
    .description(
      "Show the keys of a file: PEM, ssh-ed25519, raw base64, C2SP verifier keys, or a trust file.",
    )
    .argument("[file]", "a key file or a trust file (default: SCLAW_KEYS, sclaw.json, keys.json)")
    .addOption(format())
    .action((file, options) => {
      const path = file ?? located().path;
      const text = decodeUtf8(readSmallFile(path, "key file")) ?? "";
      const json = options.format === "json";
      if (text.trimStart().startsWith("{")) {
        const trust = loadTrust({ path, namedBy: "option" }, undefined);
        writeOut(json ? jsonText(trustJson(trust)) : renderTrust(trust, outputPage()));
        return;
      }
      const keys = readKeys(text, path);
      writeOut(json ? jsonText({ schema: "sclaw.shown-keys/1", keys }) : renderKeys(keys, outputPage()));
    });
}

/** The public keys in a text; of a private key, its public half and nothing else. */
function readKeys(text: string, path: string): ShownKey[] {
  if (isPrivatePem(text)) {
    const bytes = publicKeyOfPrivate(text, path);
    return [{ id: keyIdOf(engine.sha3_256, bytes), public_key: encodeBase64(bytes), form: "private PEM" }];
  }
  const imported = importPublicKeys(text, engine);
  if (!imported.ok) {
    const reasons = imported.reasons.map(
      (reason) => `line ${reason.line}: expected ${reason.expected}, found ${reason.actual}`,
    );
    throw new CannotDo(`no key can be shown of ${path}: ${reasons.join("; ")}`);
  }
  return imported.keys.map(({ publicKey, form, name, comment }) => ({
    id: publicKey.id,
    public_key: encodeBase64(publicKey.bytes),
    form,
    ...(name === undefined ? {} : { name }),
    ...(comment === undefined ? {} : { comment }),
  }));
}

function fingerprintCommand() {
  return new Command("fingerprint")
    .summary("print a trust file's fingerprint")
    .description(
      "Print the fingerprint of a trust file: the same for any layout of the same content. Compare it with the one that the entity told you over another way.",
    )
    .argument("[file]", "the trust file (default: SCLAW_KEYS, sclaw.json, keys.json)")
    .action((file) => {
      const keys = file === undefined ? located() : ({ path: file, namedBy: "option" } as const);
      writeOut(`${loadTrust(keys, undefined).fingerprint}\n`);
    });
}

function located() {
  const keys = locateKeys(undefined);
  if (keys !== undefined) return keys;
  throw new CannotDo(
    "expected a trust file, found none named and no keys.json in this folder",
    "name the file",
  );
}
