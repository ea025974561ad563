import { cpSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { policyLedger } from "../../fixtures/make/platform.mjs";
import { cedarModule } from "../policy/support.js";
import { inFolder, root, sclaw } from "../support/sclaw.js";

const bundles = join(root, "fixtures/policies");
const platform = join(bundles, "platform");
const next = join(bundles, "platform-next");
const keys = join(root, "fixtures/keys.json");
const ledger = join(root, "fixtures/good/platform.jsonl");
const at = ["--at", "2026-06-01T10:00:00.000Z"];

const intent = (operation: string, params: object, more: object = {}) =>
  JSON.stringify({
    schema: "sclaw.intent/1",
    tenant: "tenant:acme/prod",
    agent: { id: "agent:sre-bot" },
    adapter_id: "adapter:config@2.3",
    operation,
    resource: "/etc/app.conf",
    params,
    ...more,
  });
const decideOf = (input: string, ...args: readonly string[]) =>
  sclaw(["decide", "--policy", platform, "--intent", "-", ...args], { input });

describe("decide", () => {
  it.each([
    ["allow", 0, intent("config.read", {})],
    ["deny", 10, intent("config.read", {}, { resource: "/etc/secrets/a" })],
    ["deny", 10, intent("config.nothing", {})],
    ["deny", 10, "[]"],
    ["approval", 12, intent("config.write", { environment: "prod" })],
  ])("exits by its decision: %s with %i", (decision, status, input) => {
    const run = decideOf(input, ...at, "--format", "json");
    expect(run).toMatchObject({ status, stderr: "" });
    expect(JSON.parse(run.stdout)).toMatchObject({ schema: "sclaw.decision/1", decision });
  });

  it("escalates with 11, at another time", () => {
    const night = ["--at", "2026-06-01T02:00:00.000Z"];
    expect(decideOf(intent("config.write", {}), ...night).status).toBe(11);
  });

  it("says what came about and how", () => {
    expect(decideOf(intent("config.write", { environment: "live" }), ...at).stdout).toMatchInlineSnapshot(`
      "APPROVAL at T2_ELEVATED

        rules       P-020: production configuration needs two release managers
        needs       2 of release-managers
        facts       environment = "prod" (the default, as /params/environment holds no such value)
                    path = "/etc/app.conf" (from /resource)
        intent      sha3-256:addc307ed4eb8c309d3e7b28fbe2f360b048ff3d1e336a58a8c63d7aa9a30222
        decided at  2026-06-01T10:00:00.000Z
        policy      platform-2026.06.01@v3,
                    sha3-256:68ff0e9bad3b558ee0c96f816c22f5260eaa07298d8d36cc428432b64a2b17ec

        A dry run: nothing was executed, and no receipt was written.
      "
    `);
  });

  it("shows hostile text as escapes", () => {
    const run = decideOf(intent("\u001b[31mred\u202e", {}), ...at);
    expect(run.stdout).toContain("\\u{1b}[31mred\\u{202e}");
    expect(run.stdout).not.toMatch(/[\u001b\u202e]/);
  });

  it.each([
    ["no JSON", "{", /not valid JSON/],
    ["a member twice", '{"a":1,"a":1}', /not valid JSON/],
    ["nothing", "", /not valid JSON/],
  ])("cannot decide %s", (_what, input, message) => {
    const run = decideOf(input, ...at);
    expect(run).toMatchObject({ status: 2, stdout: "" });
    expect(run.stderr).toMatch(message);
  });

  it.each([
    [["--intent", "x.json", "--cases", "y.json"], "expected either --intent or --cases"],
    [[], "expected either --intent or --cases"],
    [["--intent", "-", "--at", "yesterday"], "Expected a time like"],
    [["--intent", "-", "--format", "junit"], "expected --format table or json"],
    [["--cases", "x", "--at", "2026-06-01T10:00:00.000Z"], "expected no --at"],
    [["--intent", "nowhere.json"], "no such file"],
  ])("%j is bad usage", (args, message) => {
    const run = sclaw(["decide", "--policy", platform, ...args], { input: "{}" });
    expect(run.status).toBe(2);
    expect(run.stderr).toContain(message);
  });

  it("runs cases, for people, programs and CI", () => {
    const good = join(platform, "tests.json");
    const bad = join(next, "tests.json");
    const cases = (file: string, ...args: readonly string[]) =>
      sclaw(["decide", "--policy", platform, "--cases", file, ...args]);
    expect(cases(good)).toMatchObject({
      status: 0,
      stdout: expect.stringMatching(/^31 cases, all decided as expected\n/),
    });
    expect(cases(bad)).toMatchObject({
      status: 1,
      stdout: expect.stringMatching(/^5 of 31 cases decided otherwise than expected\n/),
    });
    expect(JSON.parse(cases(bad, "--format", "json").stdout)).toMatchObject({ cases: 31, failed: 5 });
    const junit = cases(bad, "--format", "junit").stdout;
    expect(junit).toContain(
      '<testsuite name="sclaw policy platform-2026.06.01@v3" tests="31" failures="5" errors="0" skipped="0">',
    );
    expect(junit.match(/<failure /g)).toHaveLength(5);
  });

  it("writes XML that holds, whatever a case is called", () => {
    inFolder((folder) => {
      const { cases } = JSON.parse(readFileSync(join(platform, "tests.json"), "utf8"));
      const name = `"]]><x a='1'>&amp;\u0000\u001b\ufffe`;
      writeFileSync(
        join(folder, "c.json"),
        JSON.stringify({
          format: "sclaw.policy-tests/1",
          cases: [{ ...cases[0], name, decision: "deny" }],
        }).replace("\ufffe", ""),
      );
      const run = sclaw([
        "decide",
        "--policy",
        platform,
        "--cases",
        join(folder, "c.json"),
        "--format",
        "junit",
      ]);
      expect(run.status).toBe(1);
      expect(run.stdout).toContain('name="&quot;]]&gt;&lt;x a=&apos;1&apos;&gt;&amp;amp;\\u{0}\\u{1b}"');
    });
  });
});

describe("policy", () => {
  it("init writes a bundle that check and its tests take, and replaces nothing", () => {
    inFolder((folder) => {
      const made = join(folder, "policy");
      expect(sclaw(["policy", "init", "policy"], { cwd: folder })).toMatchObject({ status: 0 });
      for (const command of ["check", "test", "explain", "hash"])
        expect(sclaw(["policy", command], { cwd: folder })).toMatchObject({ status: 0, stderr: "" });
      const again = sclaw(["policy", "init", made]);
      expect(again).toMatchObject({ status: 2, stdout: "" });
      expect(again.stderr).toContain("expected a folder that is empty or does not exist");
    });
  });

  it("check says everything that is wrong, where, and what was probably meant", () => {
    inFolder((folder) => {
      const made = join(folder, "p");
      cpSync(platform, made, { recursive: true });
      const path = join(made, "policy.cedar");
      const text = readFileSync(path, "utf8");
      writeFileSync(
        path,
        text
          .replace("context.facts.replicas > 20", "context.facts.replica > 20")
          .replace('@id("P-001") ', "")
          .replace('unless { context.satisfied.contains("2:platform-owners") };', ";"),
      );
      const run = sclaw(["policy", "check", "p"], { cwd: folder });
      expect(run).toMatchObject({ status: 1, stderr: "" });
      expect(run.stdout).toMatchInlineSnapshot(`
        "p/policy.cedar:5:1: expected @id with the rule's name, found none
          for example @id("R-014")
        p/policy.cedar:55:38: expected a policy that the schema allows, found attribute \`facts.replica\` in context for Action::"restart" not found
          did you mean \`replicas\`?
        p/policy.cedar:67:1: expected one unless { context.satisfied.contains("2:platform-owners") }, found none that is exactly so
          then any Cedar engine denies until the signatures are there

        3 problems
        "
      `);
      expect(JSON.parse(sclaw(["policy", "check", made, "--format", "json"]).stdout)).toMatchObject({
        ok: false,
        problems: { length: 3 },
      });
      const decided = sclaw(["decide", "--policy", made, "--intent", "-"], { input: "{}" });
      expect(decided).toMatchObject({ status: 2, stdout: "" });
      expect(decided.stderr).toContain("(and 2 more)");
    });
  });

  it("check holds obligations against the reader's groups", () => {
    inFolder((folder) => {
      writeFileSync(
        join(folder, "keys.json"),
        readFileSync(keys, "utf8").replaceAll("security-oncall", "security"),
      );
      const run = sclaw(["policy", "check", platform, "--keys", join(folder, "keys.json")]);
      expect(run.status).toBe(1);
      expect(run.stdout).toContain("expected a group of the trust file, found security-oncall");
    });
  });

  it("check runs the tests", () => {
    inFolder((folder) => {
      const made = join(folder, "p");
      cpSync(platform, made, { recursive: true });
      cpSync(join(next, "tests.json"), join(made, "tests.json"));
      const run = sclaw(["policy", "check", made]);
      expect(run.status).toBe(1);
      expect(run.stdout).toContain(
        'tests.json:128:19: expected decision allow in the case "a secret is read", found deny',
      );
    });
  });

  it("explain is a table for an auditor, in Markdown too", () => {
    expect(sclaw(["policy", "explain", platform, "--format", "md"]).stdout).toMatchSnapshot();
    expect(JSON.parse(sclaw(["policy", "explain", platform, "--format", "json"]).stdout).rules).toHaveLength(
      12,
    );
  });

  it("explain prints the request as stock Cedar takes it", () => {
    const run = sclaw(["policy", "explain", platform, "--request", "-", ...at], {
      input: intent("config.write", {}),
    });
    expect(JSON.parse(run.stdout)).toMatchObject({
      request: {
        principal: 'Agent::"agent:sre-bot"',
        action: 'Action::"write"',
        resource: 'Resource::"/etc/app.conf"',
        context: {
          at: 1780308000000,
          weekday: 1,
          minute: 600,
          satisfied: [],
          facts: { environment: "prod" },
        },
      },
      entities: [
        { uid: { id: "/etc/app.conf" } },
        { uid: { id: "agent:sre-bot" } },
        { uid: { id: "platform" } },
      ],
    });
    const { request, entities } = JSON.parse(run.stdout);
    const entity = (text: string) => {
      const [, type, id] = /^(\w+)::(".*")$/.exec(text)!;
      return { type: type!, id: JSON.parse(id!) as string };
    };
    const stock = (satisfied: readonly string[]) =>
      cedarModule.isAuthorized({
        principal: entity(request.principal),
        action: entity(request.action),
        resource: entity(request.resource),
        context: { ...request.context, satisfied: [...satisfied] },
        entities,
        policies: { staticPolicies: readFileSync(join(platform, "policy.cedar"), "utf8") },
        schema: readFileSync(join(platform, "schema.cedarschema"), "utf8"),
        validateRequest: true,
      });
    // Stock Cedar that is given the text names policies by their order, whatever their @id says.
    expect(stock([])).toMatchObject({
      type: "success",
      response: {
        decision: "deny",
        diagnostics: { reason: [expect.stringMatching(/^policy\d+$/)], errors: [] },
      },
    });
    expect(stock(["2:release-managers"])).toMatchObject({ response: { decision: "allow" } });
    const invalid = sclaw(["policy", "explain", platform, "--request", "-", ...at], {
      input: intent("x", {}),
    });
    expect(invalid).toMatchObject({ status: 2, stdout: "" });
  });

  it("diff says what changed in bytes, in rules, and of the cases", () => {
    expect(sclaw(["policy", "diff", platform, next])).toMatchObject({ status: 0, stderr: "" });
    expect(sclaw(["policy", "diff", platform, next]).stdout).toMatchSnapshot();
    expect(JSON.parse(sclaw(["policy", "diff", platform, next, "--format", "json"]).stdout)).toMatchObject({
      same: false,
      rules: [
        { id: "P-003", change: "changed" },
        { id: "P-015", change: "added" },
        { id: "P-023", change: "changed" },
      ],
      cases_compared: 31,
      cases: { length: 5 },
    });
    expect(sclaw(["policy", "diff", platform, platform]).stdout).toMatch(
      /^The same policy, byte for byte\.\n/,
    );
  });

  it("hash names a bundle that is wrong as well", () => {
    inFolder((folder) => {
      cpSync(platform, join(folder, "p"), { recursive: true });
      const before = sclaw(["policy", "hash", join(folder, "p")]).stdout;
      expect(before).toBe(sclaw(["policy", "hash", platform]).stdout);
      writeFileSync(join(folder, "p/policy.cedar"), "?");
      const after = sclaw(["policy", "hash", join(folder, "p")]);
      expect(after.status).toBe(0);
      expect(after.stdout).not.toBe(before);
    });
  });

  it.each([
    [["policy", "check", "nowhere"], "no such file"],
    [["policy", "check"], "expected a policy bundle, found none named"],
    [["policy", "check", bundles], "expected a policy bundle"],
  ])("%j cannot be done", (args, message) => {
    inFolder((folder) => {
      const run = sclaw(args, { cwd: folder });
      expect(run).toMatchObject({ status: 2, stdout: "" });
      expect(run.stderr).toContain(message);
    });
  });
});

describe("replay", () => {
  const replay = (file: string, ...args: readonly string[]) =>
    sclaw(["replay", file, "--keys", keys, ...args]);

  it("finds no difference in what a gate decided", () => {
    const run = replay(ledger, "--policy", platform);
    expect(run).toMatchObject({ status: 0, stderr: "" });
    expect(run.stdout).toMatch(/^NO DIFFERENCE in 10 receipts decided again\n/);
  });

  it("shows each receipt that was altered by who holds the ledger's key", () => {
    inFolder((folder) => {
      const path = join(folder, "ledger.jsonl");
      const altered = policyLedger((receipt, place) => {
        if (place === 2) Object.assign(receipt, { decision: "allow", outcome: { status: "not_executed" } });
        if (place === 5) receipt.facts.service = "\u202echeckout";
      });
      writeFileSync(path, altered.text());
      expect(sclaw(["verify", path, "--keys", keys]).stdout).toMatch(/^VERIFIED/);
      const run = replay(path, "--policy", platform);
      expect(run).toMatchObject({ status: 1, stderr: "" });
      expect(run.stdout).toMatch(/^2 OF 10 RECEIPTS DECIDED OTHERWISE\n/);
      expect(run.stdout).toContain("decision  deny by the policy, allow in the receipt");
      expect(run.stdout).toContain("\\u{202e}checkout");
      const json = JSON.parse(replay(path, "--policy", platform, "--format", "json").stdout);
      expect(json).toMatchObject({
        ok: false,
        receipts: 10,
        same: 8,
        different: 2,
        findings: [{ seq: 2 }, { seq: 5 }],
      });
      const report = sclaw(["report", path, "--keys", keys, "--policy", platform, "--criteria", "CC6.1"]);
      expect(report.stdout).toMatch(
        /\| SC-CM-2 \| [^|]+ \| direct \| deviations noted \(2 of 7\) \| 7 \| 7 \| 2 \|/,
      );
      const without = sclaw(["report", path, "--keys", keys, "--criteria", "CC6.1"]);
      expect(without.stdout).toContain("not evaluated (no policy bundle (--policy))");
    });
  });

  it("refuses a bundle with one changed byte: another policy", () => {
    inFolder((folder) => {
      const made = join(folder, "p");
      cpSync(platform, made, { recursive: true });
      writeFileSync(join(made, "policy.cedar"), `${readFileSync(join(made, "policy.cedar"), "utf8")} `);
      const run = replay(ledger, "--policy", made);
      expect(run).toMatchObject({ status: 2, stdout: "" });
      expect(run.stderr).toContain("another policy");
      const both = replay(ledger, "--policy", made, "--policy", platform);
      expect(both.status).toBe(0);
      expect(both.stdout.replaceAll(/\s+/g, " ")).toContain("no receipt names it, it is another policy");
    });
  });

  it("makes nothing of a ledger that does not verify", () => {
    inFolder((folder) => {
      const path = join(folder, "ledger.jsonl");
      writeFileSync(path, readFileSync(ledger, "utf8").replace('"decision":"deny"', '"decision":"allow"'));
      const run = replay(path, "--policy", platform);
      expect(run).toMatchObject({ status: 1, stdout: "" });
      expect(run.stderr).toContain("expected a ledger that verifies");
    });
  });

  it("takes policies from sclaw.json", () => {
    inFolder((folder) => {
      writeFileSync(join(folder, "sclaw.json"), JSON.stringify({ ledger, keys, policy: [next, platform] }));
      expect(sclaw(["replay"], { cwd: folder })).toMatchObject({ status: 0 });
    });
  });
});

describe("backtest", () => {
  const backtest = (...args: readonly string[]) => sclaw(["backtest", ledger, "--keys", keys, ...args]);

  it("lists what changes, what weakens first", () => {
    const run = backtest("--policy", next);
    expect(run).toMatchObject({ status: 1, stderr: "" });
    expect(run.stdout).toMatchSnapshot();
    const json = JSON.parse(backtest("--policy", next, "--format", "json").stdout);
    expect(json).toMatchObject({ ok: false, receipts: 10, same: 6, changed: 4, weaker: 3 });
    expect(
      json.changes.map(({ before, after, weaker, receipts }: never) => [
        before["decision"],
        after["decision"],
        weaker,
        receipts,
      ]),
    ).toEqual([
      ["deny", "allow", true, 1],
      ["escalate", "approval", true, 2],
      ["allow", "approval", false, 1],
    ]);
  });

  it("fails on what weakens, and takes what does not", () => {
    expect(backtest("--policy", next, "--fail-on-weaker").status).toBe(1);
    expect(backtest("--policy", platform, "--fail-on-weaker")).toMatchObject({
      status: 0,
      stdout: expect.stringMatching(/^NO CHANGE in 10 decisions/),
    });
    inFolder((folder) => {
      const made = join(folder, "p");
      cpSync(platform, made, { recursive: true });
      const text = readFileSync(join(made, "policy.cedar"), "utf8");
      writeFileSync(
        join(made, "policy.cedar"),
        text.replace("when { principal.suspended };", "when { true };"),
      );
      expect(backtest("--policy", made).status).toBe(1);
      expect(backtest("--policy", made, "--fail-on-weaker").status).toBe(0);
    });
  });
});
