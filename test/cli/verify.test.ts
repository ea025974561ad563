import { copyFileSync, existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { corpus, corpusKeys, inFolder, ledgerOf, sclaw } from "../support/sclaw.js";

const fingerprint = "sha3-256:7956d9b55b6c7498336640235b3095164c44f4d3dec35655c1c3cc2d60af9393";
const good = ledgerOf("valid-standard");

function verify(args: readonly string[], options: Parameters<typeof sclaw>[1] = {}) {
  return sclaw(["verify", ...args], options);
}

function verifyJson(args: readonly string[], options: Parameters<typeof sclaw>[1] = {}) {
  const run = verify([...args, "--format", "json"], options);
  return { ...run, json: JSON.parse(run.stdout) };
}

/** A folder with a corpus ledger and the trust file under their default names. */
function delivered(folder: string, name = "valid-standard"): void {
  copyFileSync(ledgerOf(name), join(folder, "ledger.jsonl"));
  copyFileSync(corpusKeys, join(folder, "keys.json"));
}

describe("the verdict", () => {
  test("of a good ledger, whole", () => {
    const run = verify(["ledger.jsonl", "--keys", "../keys.json"], { cwd: join(corpus, "valid-standard") });
    expect(run).toMatchSnapshot();
  });

  test("of a forged approval, whole", () => {
    const run = verify(["ledger.jsonl", "--keys", "../keys.json"], { cwd: join(corpus, "apr-replayed") });
    expect(run).toMatchSnapshot();
  });

  test("of a deleted entry, whole", () => {
    const run = verify(["ledger.jsonl", "--keys", "../keys.json"], { cwd: join(corpus, "delete-middle") });
    expect(run).toMatchSnapshot();
  });

  test.each([
    ["valid-standard", [], /^VERIFIED \(level L0\)\n/],
    [
      "valid-one-tenant",
      ["--tenant", "tenant:acme-health/prod"],
      /^VERIFIED FOR tenant:acme-health\/prod \(7 OF OTHERS WITHHELD\) \(level L0\)\n/,
    ],
    ["valid-one-tenant", ["--allow-withheld"], /^VERIFIED EXCEPT 7 WITHHELD \(level L0\)\n/],
    ["valid-range", ["--start", "11"], /^VERIFIED FROM 11 \(level L0\)\n/],
    ["since-good", ["--since", join(corpus, "since-good/since.note")], /^VERIFIED \(level L1\)\n/],
    ["ctl-nonce", [], /^VERIFIED, 1 DEVIATION \(level L0\)\n/],
    ["apr-replayed", [], /^VERIFIED, 2 DEVIATIONS \(level L0\)\n/],
    ["flip-decision", [], /^NOT VERIFIED \(level L0\)\n/],
  ])("%s %j begins with its words", (name, args, words) => {
    expect(verify([ledgerOf(name), "--keys", corpusKeys, ...args]).stdout).toMatch(words);
  });

  test("names what its level does not cover, in both formats", () => {
    expect(verify([good, "--keys", corpusKeys]).stdout).toContain(
      "Not covered at L0: a cut back to an older genuine checkpoint",
    );
    const { json } = verifyJson([good, "--keys", corpusKeys]);
    expect(json.not_covered).toContain("at level L0: a cut back to an older genuine checkpoint");
    expect(json.not_covered).toContain("actions that did not pass through the gate");
  });

  test("as JSON has every member that other programs rely on", () => {
    const { json, status } = verifyJson([good, "--keys", corpusKeys]);
    expect(status).toBe(0);
    expect(json).toMatchObject({
      schema: "sclaw.verification/1",
      integrity: "verified",
      deviations: 0,
      ok: true,
      level: "L0",
      anchored_size: null,
      start: 0,
      intents_disclosed: 26,
      controls_untested: 0,
      ledger: "acme.example/agents-prod",
      size: 26,
      withheld: 0,
      keys: { fingerprint, source: "option" },
      findings: [],
    });
    expect(json.checkpoints.at(-1)).toMatchObject({ size: 26, root: json.root, cosigners: [] });
    expect(json.counts.decision).toEqual({ allow: 9, deny: 2, escalate: 4, approval: 11 });
  });
});

describe("--fail-on", () => {
  test.each([
    ["ctl-nonce", "error", 0],
    ["ctl-nonce", "deviation", 1],
    ["cp-cosignature", "deviation", 0],
    ["cp-cosignature", "warning", 1],
    ["flip-decision", "error", 1],
  ])("%s with %s exits with %i", (name, severity, status) => {
    expect(verify([ledgerOf(name), "--keys", corpusKeys, "--fail-on", severity]).status).toBe(status);
  });
});

describe("where keys come from", () => {
  test("keys found in the folder are used, and the headline says so", () => {
    inFolder((folder) => {
      delivered(folder);
      const run = verify([], { cwd: folder });
      expect(run.stdout).toMatch(/^VERIFIED \(level L0, with keys found in this folder\)\n/);
      expect(verifyJson([], { cwd: folder }).json.keys).toMatchObject({
        source: "folder",
        path: "keys.json",
        found_in_folder: true,
      });
    });
  });

  test("SCLAW_KEYS comes before the folder, --keys before both", () => {
    inFolder((folder) => {
      delivered(folder);
      writeFileSync(join(folder, "keys.json"), "{}");
      const env = { SCLAW_KEYS: corpusKeys };
      expect(verifyJson([], { cwd: folder, env }).json.keys.source).toBe("environment");
      expect(
        verifyJson(["--keys", corpusKeys], { cwd: folder, env: { SCLAW_KEYS: "nowhere" } }).json.keys.source,
      ).toBe("option");
    });
  });

  test("sclaw.json names ledger, keys and kept checkpoint, and the headline says that it did", () => {
    inFolder((folder) => {
      copyFileSync(ledgerOf("since-good"), join(folder, "export.jsonl"));
      copyFileSync(join(corpus, "since-good/since.note"), join(folder, "kept.note"));
      copyFileSync(corpusKeys, join(folder, "trust.json"));
      writeFileSync(
        join(folder, "sclaw.json"),
        `{"ledger":"export.jsonl","keys":"trust.json","since":"kept.note"}`,
      );
      const run = verify([], { cwd: folder });
      expect(run.stdout).toMatch(
        /^VERIFIED \(level L0, with keys and a kept checkpoint found in this folder\)\n/,
      );
      expect(verifyJson([], { cwd: folder }).json.not_covered).toContain(
        "a checkpoint that you kept: the one that a file of this folder names was held against, and counts only where you name it (--since)",
      );
    });
  });

  test("a sclaw.json that is wrong is refused with every reason", () => {
    inFolder((folder) => {
      delivered(folder);
      writeFileSync(join(folder, "sclaw.json"), `{"ledger":1,"key":"x"}`);
      const run = verify([], { cwd: folder });
      expect(run.status).toBe(2);
      expect(run.stderr).toContain("/ledger: expected a string that is not empty, found 1");
      expect(run.stderr).toContain("/key: expected no such member");
    });
  });

  test("--keys-fingerprint refuses any others", () => {
    expect(verify([good, "--keys", corpusKeys, "--keys-fingerprint", fingerprint]).status).toBe(0);
    const run = verify([good, "--keys", corpusKeys, "--keys-fingerprint", `sha3-256:${"0".repeat(64)}`]);
    expect(run.status).toBe(2);
    expect(run.stderr).toContain(`found ${fingerprint}`);
  });

  test("without keys the answer is that it cannot be verified, with the ids that the export names", () => {
    inFolder((folder) => {
      copyFileSync(good, join(folder, "ledger.jsonl"));
      const run = verify([], { cwd: folder });
      expect(run.status).toBe(2);
      expect(run.stdout).toBe("");
      expect(run.stderr).toContain("cannot be verified: expected a trust file");
      expect(run.stderr).toContain("ed25519:ef60d617dab06d21f171debe38316cf1");
      expect(run.stderr).toContain("sclaw keys trust");
    });
  });
});

describe("what is read", () => {
  test("standard input, gzip and several files give the same findings", () => {
    inFolder((folder) => {
      const bytes = readFileSync(good);
      const { json: whole } = verifyJson([good, "--keys", corpusKeys]);
      const gz = join(folder, "any-name");
      writeFileSync(gz, gzipSync(bytes));
      const cut = bytes.indexOf(0x0a, bytes.length / 2) + 1;
      const [a, b] = [join(folder, "a.jsonl"), join(folder, "b.jsonl")];
      writeFileSync(a, bytes.subarray(0, cut));
      writeFileSync(b, bytes.subarray(cut));
      expect(verifyJson(["-", "--keys", corpusKeys], { input: bytes }).json).toEqual(whole);
      expect(verifyJson(["-", "--keys", corpusKeys], { input: gzipSync(bytes) }).json).toEqual(whole);
      expect(verifyJson([gz, "--keys", corpusKeys]).json).toEqual(whole);
      const parts = verifyJson([a, b, "--keys", corpusKeys]).json;
      expect({ ...parts, checkpoints: whole.checkpoints }).toEqual(whole);
    });
  });

  test("with several files a finding names its file, and lines count in it", () => {
    inFolder((folder) => {
      const lines = readFileSync(good, "utf8").split("\n");
      writeFileSync(join(folder, "a.jsonl"), `${lines.slice(0, 10).join("\n")}\n`);
      writeFileSync(join(folder, "b.jsonl"), `not json\n${lines.slice(10).join("\n")}`);
      const { json } = verifyJson(["a.jsonl", "b.jsonl", "--keys", corpusKeys], { cwd: folder });
      expect(json.findings).toMatchObject([{ code: "encoding.not-json", file: "b.jsonl", line: 1 }]);
    });
  });

  test("bytes behind a gzip stream are no verdict, and a second member is read", () => {
    inFolder((folder) => {
      const path = join(folder, "x.gz");
      const member = gzipSync(readFileSync(good));
      writeFileSync(path, Buffer.concat([member, Buffer.alloc(2), gzipSync("{}\n")]));
      const run = verify([path, "--keys", corpusKeys]);
      expect(run).toMatchObject({ status: 2, stdout: "" });
      expect(run.stderr).toContain("behind its gzip stream");
      writeFileSync(path, Buffer.concat([member, gzipSync("{}\n")]));
      expect(verifyJson([path, "--keys", corpusKeys]).json.findings).toMatchObject([
        { code: "line.unknown" },
      ]);
    });
  });

  test("a damaged gzip stream is no verdict", () => {
    inFolder((folder) => {
      const path = join(folder, "cut.gz");
      writeFileSync(path, gzipSync(readFileSync(good)).subarray(0, 4000));
      const run = verify([path, "--keys", corpusKeys]);
      expect(run).toMatchObject({ status: 2, stdout: "" });
      expect(run.stderr).toContain("the gzip stream is damaged or cut short");
    });
  });
});

describe("--save-checkpoint", () => {
  test("keeps the latest note, which --since takes next time", () => {
    inFolder((folder) => {
      const note = join(folder, "kept.note");
      expect(verify([good, "--keys", corpusKeys, "--save-checkpoint", note]).status).toBe(0);
      const { json } = verifyJson([good, "--keys", corpusKeys, "--since", note]);
      expect(json).toMatchObject({ level: "L1", anchored_size: 26, ok: true });
    });
  });

  test("never takes the place of a note that this export was not held against", () => {
    inFolder((folder) => {
      const note = join(folder, "kept.note");
      writeFileSync(note, "older");
      const run = verify([good, "--keys", corpusKeys, "--save-checkpoint", note]);
      expect(run.status).toBe(2);
      expect(run.stderr).toContain(`--since ${note}`);
      expect(readFileSync(note, "utf8")).toBe("older");
    });
  });

  test("takes the place of the one that it was held against", () => {
    inFolder((folder) => {
      const note = join(folder, "kept.note");
      copyFileSync(join(corpus, "since-good/since.note"), note);
      const args = [
        "verify",
        ledgerOf("since-good"),
        "--keys",
        corpusKeys,
        "--since",
        note,
        "--save-checkpoint",
        note,
      ];
      expect(sclaw(args).status).toBe(0);
      expect(readFileSync(note, "utf8")).not.toBe(
        readFileSync(join(corpus, "since-good/since.note"), "utf8"),
      );
    });
  });

  test("keeps nothing of a ledger that does not verify", () => {
    inFolder((folder) => {
      const note = join(folder, "kept.note");
      const run = verify([ledgerOf("flip-decision"), "--keys", corpusKeys, "--save-checkpoint", note]);
      expect(run.status).toBe(1);
      expect(existsSync(note)).toBe(false);
      expect(run.stderr).toContain("does not verify");
    });
  });
});

describe("anchors by hand", () => {
  const { json } = verifyJson([good, "--keys", corpusKeys]);

  test("the right root reaches L1 and names its size", () => {
    const run = verifyJson([good, "--keys", corpusKeys, "--root", json.root, "--size", "26"]);
    expect(run.json).toMatchObject({ level: "L1", anchored_size: 26 });
  });

  test("another root is a rewritten history", () => {
    const run = verifyJson([
      good,
      "--keys",
      corpusKeys,
      "--root",
      `sha3-256:${"0".repeat(64)}`,
      "--size",
      "26",
    ]);
    expect(run.status).toBe(1);
    expect(run.json.findings).toMatchObject([{ code: "history.rewritten" }]);
  });

  test("a range whose start hides the kept root cannot be checked", () => {
    const since = join(corpus, "since-good/since.note");
    const size = Number(readFileSync(since, "utf8").split("\n")[1]);
    expect(size).toBeLessThan(16);
    const run = verifyJson([
      ledgerOf("valid-range-power"),
      "--keys",
      corpusKeys,
      "--start",
      "16",
      "--since",
      since,
    ]);
    expect(run.status).toBe(2);
    expect(run.json).toMatchObject({ integrity: "undecided", ok: false });
  });
});

describe("usage", () => {
  test.each([
    [["--root", `sha3-256:${"0".repeat(64)}`], "expected --root and --size together"],
    [["--size", "x"], "Expected a whole number"],
    [["--tenant", "acme"], "Expected tenant:<name>"],
    [["--fail-on", "never"], "Allowed choices are error, deviation, warning"],
    [["--format", "xml"], "Allowed choices are table, json"],
    [["--no-such-option"], "unknown option"],
  ])("%j is explained and ends with 2", (args, words) => {
    const run = verify([good, "--keys", corpusKeys, ...args]);
    expect(run.status).toBe(2);
    expect(run.stdout).toBe("");
    expect(run.stderr).toContain(words);
    expect(run.stderr).toMatch(/^sclaw: /);
  });

  test("no ledger at all says which names were tried", () => {
    inFolder((folder) => {
      const run = verify([], { cwd: folder });
      expect(run.status).toBe(2);
      expect(run.stderr).toContain("no ledger.jsonl in this folder");
    });
  });
});
