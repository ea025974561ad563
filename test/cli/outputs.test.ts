import { copyFileSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { corpusKeys, inFolder, ledgerOf, root, sclaw, steering } from "../support/sclaw.js";

describe("hostile text in every field", () => {
  const hostile = join(root, "fixtures/good/hostile.jsonl");
  const keys = ["--keys", join(root, "fixtures/keys.json")];

  test("the fixture holds what it should", () => {
    expect(readFileSync(hostile, "utf8")).toMatch(/\\u001b|\u202e/);
  });

  test("never reaches the screen raw", () => {
    inFolder((folder) => {
      const proof = join(folder, "p.json");
      const runs = [
        sclaw(["verify", hostile, ...keys]),
        sclaw(["verify", hostile, ...keys, "--format", "json"]),
      ];
      const { size } = JSON.parse(runs[1]!.stdout);
      for (let seq = 0; seq < size; seq++) {
        runs.push(sclaw(["show", hostile, String(seq), ...keys]));
      }
      runs.push(sclaw(["show", hostile, "1", ...keys, "--format", "json"]));
      runs.push(
        sclaw(["prove", hostile, "1", ...keys]),
        sclaw(["prove", hostile, "1", ...keys, "--out", proof]),
      );
      runs.push(sclaw(["prove", "check", proof, ...keys]));
      for (const run of runs) {
        expect(run.stdout + run.stderr).not.toBe("");
        expect(run.stdout + run.stderr).not.toMatch(steering);
      }
    });
  });

  test("nor do file names and arguments", () => {
    const run = sclaw(["verify", "no\u001b[2Jwhere\u202e.jsonl", ...keys]);
    expect(run.status).toBe(2);
    expect(run.stderr).not.toMatch(steering);
    expect(sclaw(["show", hostile, "\u001b[31mx", ...keys]).stderr).not.toMatch(steering);
    expect(sclaw(["\u001b[31mx"]).stderr).not.toMatch(steering);
    expect(sclaw(["verify", "--format", "\u001b[31mx"]).stderr).not.toMatch(steering);
  });
});

describe("the same command on the same input gives the same bytes", () => {
  const environments = [
    { TZ: "UTC", LANG: "C" },
    { TZ: "Pacific/Kiritimati", LANG: "tr_TR.UTF-8", LC_ALL: "tr_TR.UTF-8" },
  ];

  test.each([["apr-replayed"], ["delete-middle"], ["valid-cosigned"]])(
    "%s, under another time zone, language and folder",
    (name) => {
      const outputs = environments.flatMap((env) =>
        inFolder((folder) => {
          copyFileSync(ledgerOf(name), join(folder, "ledger.jsonl"));
          copyFileSync(corpusKeys, join(folder, "keys.json"));
          return ["table", "json"].map((format) =>
            sclaw(["verify", "--format", format], { cwd: folder, env }),
          );
        }),
      );
      expect(outputs[2]).toEqual(outputs[0]);
      expect(outputs[3]).toEqual(outputs[1]);
    },
  );

  test("colour needs a terminal", () => {
    const run = sclaw(["verify", ledgerOf("valid-standard"), "--keys", corpusKeys], {
      env: { FORCE_COLOR: "3", TERM: "xterm-256color" },
    });
    expect(run.stdout).not.toMatch(steering);
  });
});

describe("help", () => {
  const commands = readdirSync(join(root, "src/commands"));

  test("printed by the shortcut is what the parser prints", () => {
    expect(commands).toContain("main.ts");
    expect(sclaw(["--help"]).stdout).toBe(sclaw(["help"]).stdout);
    expect(sclaw([]).stdout).toBe(sclaw(["help"]).stdout);
  });

  test.each([
    ["verify"],
    ["prove"],
    ["show"],
    ["keys"],
    ["prove check"],
    ["prove consistency"],
    ["keys trust add"],
  ])("of %s", (command) => {
    const run = sclaw([...command.split(" "), "--help"]);
    expect(run).toMatchObject({ status: 0, stderr: "" });
    expect(run.stdout).toMatchSnapshot();
  });

  test("the version is the package's", () => {
    const { version } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
    expect(sclaw(["--version"]).stdout).toBe(`${version}\n`);
  });

  test("an unknown command is no command", () => {
    const run = sclaw(["verfiy", "x"]);
    expect(run.status).toBe(2);
    expect(run.stderr).toContain("Did you mean verify?");
  });
});

test("every file of the tests is read as it is", () => {
  // A checkout that converts line ends would damage every fixture in silence.
  inFolder((folder) => {
    const copy = join(folder, "x");
    writeFileSync(copy, readFileSync(ledgerOf("enc-crlf")));
    expect(readFileSync(copy).includes("\r\n")).toBe(true);
  });
});
