import { spawnSync } from "node:child_process";
import { createPrivateKey } from "node:crypto";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { heldRequest, publish } from "../support/held-request.js";
import { bin, inFolder } from "../support/sclaw.js";
import { needProgram } from "../support/system.js";

// A real terminal: what is asked is answered when it is asked, as a person would.
const driver = `
import os, pty, select, sys, time
answers = [a.encode() for a in sys.argv[1].split("|")]
pid, fd = pty.fork()
if pid == 0:
    os.execvp(sys.argv[2], sys.argv[2:])
seen, rest = b"", b""
while True:
    try:
        chunk = os.read(fd, 65536)
    except OSError:
        break
    if not chunk:
        break
    seen += chunk
    rest += chunk
    while answers and b"=" in answers[0]:
        asked, answer = answers[0].split(b"=", 1)
        if asked not in rest:
            break
        rest = rest.split(asked, 1)[1]
        if answer.startswith(b"<sh>"):
            command, answer = answer[4:].split(b"</sh>", 1)
            os.system(command)
        os.write(fd, answer.replace(b"<enter>", b"\\r").replace(b"<del>", b"\\x7f").replace(b"<ctrl-c>", b"\\x03"))
        answers.pop(0)
_, status = os.waitpid(pid, 0)
sys.stdout.buffer.write(seen)
sys.exit(os.waitstatus_to_exitcode(status) & 0xff)
`;

const id = "corr_abcdefgh12345678";

/** Runs sclaw on a terminal; each answer is "PART OF THE QUESTION=WHAT IS TYPED". */
function onTerminal(folder: string, answers: readonly string[], args: readonly string[]) {
  const python = needProgram("python3", "python3");
  const { SCLAW_PASSPHRASE: _passphrase, SCLAW_KEYS: _keys, ...env } = process.env;
  const run = spawnSync(python, ["-c", driver, answers.join("|"), process.execPath, bin, ...args], {
    cwd: folder,
    env: { ...env, TERM: "xterm" },
    encoding: "utf8",
  });
  return { status: run.status, screen: run.stdout, stderr: run.stderr };
}

test("a passphrase is asked twice, not shown, and opens the key to sign with", () =>
  inFolder((folder) => {
    const pending = publish(join(folder, "pending"), heldRequest(id));
    const made = onTerminal(
      folder,
      ["passphrase for k.pem: =secretx<del><enter>", "the same again: =secret<enter>"],
      ["keys", "new", "k.pem", "--encrypt"],
    );
    expect(made).toMatchObject({ status: 0, stderr: "" });
    expect(made.screen).not.toContain("secret");
    expect(createPrivateKey({ key: readFileSync(join(folder, "k.pem")), passphrase: "secret" }).type).toBe(
      "private",
    );

    const args = ["approve", "abcd", "--key", "k.pem", "--as", "user:new"];
    const signatures = () => readdirSync(join(pending.path, id, "signatures"));
    const refused = onTerminal(folder, ["passphrase of k.pem: =wrong<enter>"], args);
    expect(refused.status).toBe(2);
    expect(refused.screen).toContain("does not open it");

    const declined = onTerminal(
      folder,
      ["passphrase of k.pem: =secret<enter>", "approve it? =no<enter>"],
      args,
    );
    expect(declined.status).toBe(2);
    expect(declined.screen).toContain("nothing is signed");
    expect(signatures()).toEqual([]);

    const signed = onTerminal(
      folder,
      ["passphrase of k.pem: =secret<enter>", "approve it? =345678<enter>"],
      args,
    );
    expect(signed.status).toBe(0);
    expect(signed.screen).not.toContain("secret");
    expect(signed.screen).toContain('"/etc/app.conf"');
    expect(signed.screen).toContain("signed: approve by user:new");
    expect(signed.screen).not.toContain("\\u{");
    expect(signatures()).toHaveLength(1);

    const rejected = onTerminal(
      folder,
      ["passphrase of k.pem: =secret<enter>", "reject it? =yes<enter>"],
      [...args, "--reject"],
    );
    expect(rejected.status).toBe(0);
    expect(signatures()).toHaveLength(2);
  }));

test("what somebody changed while it was read is not signed", () =>
  inFolder((folder) => {
    const pending = publish(join(folder, "pending"), heldRequest(id));
    onTerminal(
      folder,
      ["passphrase for k.pem: =s<enter>", "the same again: =s<enter>"],
      ["keys", "new", "k.pem", "--encrypt"],
    );
    const file = join("pending", id, "request.json");
    const change = `<sh>sed -i s/agents-test/agents-prod/ ${file}</sh>`;
    const run = onTerminal(
      folder,
      ["passphrase of k.pem: =s<enter>", `approve it? =${change}yes<enter>`],
      ["approve", id, "--key", "k.pem", "--as", "user:new"],
    );
    expect(run.status).toBe(2);
    expect(run.screen).toContain("somebody changed");
    expect(readdirSync(join(pending.path, id, "signatures"))).toEqual([]);
  }));

test("answers that are typed ahead are not lost, and not shown", () =>
  inFolder((folder) => {
    const made = onTerminal(
      folder,
      ["passphrase for k.pem: =secret<enter>secret<enter>"],
      ["keys", "new", "k.pem", "--encrypt"],
    );
    expect(made.status).toBe(0);
    expect(made.screen).not.toContain("secret");
  }));

test.each([
  [
    "two that differ",
    ["passphrase for k.pem: =one<enter>", "the same again: =two<enter>"],
    "two that differ",
  ],
  ["Ctrl-C", ["passphrase for k.pem: =on<ctrl-c>"], "found an interrupt"],
  ["an empty one", ["passphrase for k.pem: =<enter>", "the same again: =<enter>"], "an empty one"],
])("%s make no key", (_name, answers, said) =>
  inFolder((folder) => {
    const run = onTerminal(folder, answers, ["keys", "new", "k.pem", "--encrypt"]);
    expect(run.status).toBe(2);
    expect(run.screen).toContain(said);
    expect(existsSync(join(folder, "k.pem"))).toBe(false);
  }),
);
