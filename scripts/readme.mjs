// Runs the sessions of README.md and puts what they print into it; --check only compares.
//
// A session is a fenced block of `console`. Its lines that begin with "$ " are commands; they
// are run by sh, in order, in a folder that holds a ledger with a forged approval, or where they
// name a policy, a ledger of the fixtures and its bundles.
import { spawnSync } from "node:child_process";
import { chmodSync, cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const page = join(root, "README.md");

const temporary = mkdtempSync(join(tmpdir(), "sclaw-readme-"));
try {
  const readme = readFileSync(page, "utf8");
  const written = readme.replace(/(?<=^```console\n)[\s\S]*?(?=^```$)/gm, session);
  if (written === readme) process.exitCode = 0;
  else if (process.argv.includes("--check")) {
    process.stderr.write(
      "README.md: expected what the tool prints now, found another; run: npm run readme\n",
    );
    process.exitCode = 1;
  } else writeFileSync(page, written);
} finally {
  rmSync(temporary, { recursive: true });
}

/** The commands of a session, each with what it prints now. */
function session(before) {
  const tools = join(temporary, "tools");
  const folder = mkdtempSync(join(temporary, "session-"));
  const isOfPolicies = before.includes(" policy");
  if (isOfPolicies) {
    cpSync(join(root, "fixtures/good/platform.jsonl"), join(folder, "ledger.jsonl"));
    cpSync(join(root, "fixtures/keys.json"), join(folder, "keys.json"));
    cpSync(join(root, "fixtures/policies/platform"), join(folder, "policy"), { recursive: true });
    cpSync(join(root, "fixtures/policies/platform-next"), join(folder, "policy-next"), { recursive: true });
  } else {
    cpSync(join(root, "test/conformance/corpus/apr-replayed/ledger.jsonl"), join(folder, "ledger.jsonl"));
    cpSync(join(root, "test/conformance/corpus/keys.json"), join(folder, "keys.json"));
  }
  mkdirSync(tools, { recursive: true });
  writeFileSync(
    join(tools, "sclaw"),
    `#!/bin/sh\nexec "${process.execPath}" "${join(root, "bin/sclaw.js")}" "$@"\n`,
  );
  chmodSync(join(tools, "sclaw"), 0o755);
  const env = { ...process.env, PATH: `${tools}${delimiter}${process.env.PATH}` };
  const commands = before.split("\n").filter((line) => line.startsWith("$ "));
  const texts = commands.map((line) => {
    const { stdout } = spawnSync("sh", ["-c", `{ ${line.slice(2)}\n} 2>&1`], {
      cwd: folder,
      encoding: "utf8",
      env,
    });
    return `${line}\n${stdout.trimEnd()}\n`;
  });
  return texts.join("\n");
}
