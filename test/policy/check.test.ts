import { describe, expect, it } from "vitest";
import { checkAgainstTrust } from "../../src/policy/check-trust.js";
import type { PolicyProblem } from "../../src/policy/problem.js";
import { trust } from "../support/verify.js";
import { bundleOf, edited, filesOf, read } from "./support.js";

const starter = filesOf("starter");
const platform = filesOf("platform");

function problemsOf(files: ReadonlyMap<string, Uint8Array>): readonly PolicyProblem[] {
  const result = read(files);
  return result.ok ? [] : result.problems;
}

/** `file:line:column found …`, and the hint. */
const told = ({ file, line, column, actual, hint }: PolicyProblem) =>
  `${file}:${line}:${column} found ${actual}${hint === undefined ? "" : ` (${hint})`}`;

it.each(["starter", "platform", "payments", "coding-agent"])("the bundle %s is right", (name) => {
  expect(problemsOf(filesOf(name))).toEqual([]);
});

describe("refused, with the place, is", () => {
  const first = '@id("R-001") @tier("T0_OBSERVE")';
  const permit = 'permit (principal in Team::"agents", action == Action::"read", resource);';
  const rows = "when { context.facts has rows && context.facts.rows > 100 }";
  const hold = 'unless { context.satisfied.contains("2:data-owners") };';
  it.each<readonly [string, string, string, string, readonly string[]]>([
    [
      "a policy without @id",
      "policy.cedar",
      '@id("R-001") ',
      "",
      ['policy.cedar:8:1 found none (for example @id("R-014"))'],
    ],
    [
      "an @id twice",
      "policy.cedar",
      '@id("R-002")',
      '@id("R-001")',
      ['policy.cedar:12:1 found "R-001", which stands in line 8'],
    ],
    ...["default-deny", "invalid-request", "policy-error", "tier-without-obligation"].map(
      (name) =>
        [
          `the reserved @id ${name}`,
          "policy.cedar",
          '@id("R-001")',
          `@id("${name}")`,
          [`policy.cedar:8:1 found "${name}"`],
        ] as const,
    ),
    [
      "an @id with a blank",
      "policy.cedar",
      '@id("R-001")',
      '@id("R 001")',
      ['policy.cedar:8:1 found "R 001"'],
    ],
    ["no @tier", "policy.cedar", ' @tier("T0_OBSERVE")', "", ["policy.cedar:8:1 found none"]],
    [
      "an unknown tier",
      "policy.cedar",
      '@tier("T0_OBSERVE")',
      '@tier("T0_OBSERVED")',
      ['policy.cedar:8:14 found "T0_OBSERVED" (did you mean T0_OBSERVE?)'],
    ],
    [
      "an empty @why",
      "policy.cedar",
      '@why("agents may read")',
      '@why(" ")',
      ["policy.cedar:9:1 found an empty one"],
    ],
    [
      "@obligation without @outcome",
      "policy.cedar",
      ' @outcome("approval")',
      "",
      ['policy.cedar:25:35 found @obligation("2:data-owners") without'],
    ],
    [
      "a template of a resource",
      "policy.cedar",
      'permit (principal in Team::"agents", action == Action::"read", resource)',
      'permit (principal in Team::"agents", action == Action::"read", resource == ?resource)',
      [
        "policy.cedar:10:76 found expected a static policy, got a template containing the slot ?resource (try removing the template slot(s) from this policy)",
      ],
    ],
    [
      "a sum that may overflow",
      "policy.cedar",
      "context.weekday > 5",
      "context.weekday + 9223372036854775807 > 5",
      [
        "policy.cedar:35:1 found an addition that may reach 9223372036854775814 (an evaluation that fails is no decision: compare before you calculate, or with a smaller factor)",
      ],
    ],
    [
      "what stands in a line of its own, behind comments and strings that look like it",
      "policy.cedar",
      `${first}\n@why("agents may read")`,
      '@id("R-001")\n// @tier("x") permit when {\n@why("@tier; when { unless \\"")\n  @tier("T9")',
      ['policy.cedar:11:3 found "T9"'],
    ],
    ["no @why", "policy.cedar", '@why("agents may read")\n', "", ["policy.cedar:8:1 found none"]],
    [
      "an unknown annotation",
      "policy.cedar",
      first,
      `${first} @teir("x")`,
      ["policy.cedar:8:34 found @teir (did you mean tier?)"],
    ],
    [
      "an annotation without value",
      "policy.cedar",
      first,
      `${first} @outcome`,
      ["policy.cedar:8:34 found one without"],
    ],
    [
      "an unknown outcome",
      "policy.cedar",
      '@outcome("approval")',
      '@outcome("aproval")',
      ['policy.cedar:25:35 found @outcome("aproval") (did you mean approval?)'],
    ],
    [
      "@outcome on a permit",
      "policy.cedar",
      first,
      `${first} @outcome("approval") @obligation("2:data-owners")`,
      [
        "policy.cedar:8:1 found none that is exactly so (then any Cedar engine denies until the signatures are there)",
        'policy.cedar:8:34 found @outcome("approval") (a hold is a conditional forbid)',
      ],
    ],
    [
      "a conditional forbid without @obligation",
      "policy.cedar",
      ' @obligation("2:data-owners")',
      "",
      [
        'policy.cedar:25:1 found none (for example @obligation("2:release-managers"))',
        'policy.cedar:29:1 found it in another unless (a conditional forbid has @outcome("approval") or @outcome("escalate"), and @obligation)',
      ],
    ],
    [
      "an obligation that is none",
      "policy.cedar",
      '@obligation("2:data-owners")',
      '@obligation("two:data-owners")',
      [
        'policy.cedar:25:56 found "two:data-owners"',
        'policy.cedar:29:1 found it in another unless (a conditional forbid has @outcome("approval") or @outcome("escalate"), and @obligation)',
      ],
    ],
    [
      "an unless that waits for fewer",
      "policy.cedar",
      hold,
      'unless { context.satisfied.contains("1:data-owners") };',
      [
        "policy.cedar:29:1 found none that is exactly so (then any Cedar engine denies until the signatures are there)",
      ],
    ],
    [
      "an unless twice",
      "policy.cedar",
      hold,
      `${hold.replace(";", "")} ${hold}`,
      ["policy.cedar:25:1 found 2 of it (then any Cedar engine denies until the signatures are there)"],
    ],
    [
      "satisfied in a when",
      "policy.cedar",
      rows,
      'when { context.satisfied.contains("1:on-call") && context.facts has rows && context.facts.rows > 100 }',
      [
        'policy.cedar:28:1 found it in another when (a conditional forbid has @outcome("approval") or @outcome("escalate"), and @obligation)',
      ],
    ],
    [
      "satisfied in a plain forbid",
      "policy.cedar",
      'unless { context.facts.path like "/data/*" };',
      'unless { context.satisfied.isEmpty() || context.facts.path like "/data/*" };',
      [
        'policy.cedar:20:1 found it in another unless (a conditional forbid has @outcome("approval") or @outcome("escalate"), and @obligation)',
      ],
    ],
    [
      "a permit that asks whether satisfied is there",
      "policy.cedar",
      permit,
      permit.replace(";", " when { context has satisfied };"),
      [
        'policy.cedar:10:74 found it in another when (a conditional forbid has @outcome("approval") or @outcome("escalate"), and @obligation)',
      ],
    ],
    [
      "the context as a whole",
      "policy.cedar",
      permit,
      permit.replace(";", " when { context == context };"),
      [
        'policy.cedar:10:74 found it in another when (a conditional forbid has @outcome("approval") or @outcome("escalate"), and @obligation)',
      ],
    ],
    [
      "a template, which would vanish",
      "policy.cedar",
      'principal in Team::"agents", action == Action::"read"',
      'principal == ?principal, action == Action::"read"',
      [
        "policy.cedar:10:22 found expected a static policy, got a template containing the slot ?principal (try removing the template slot(s) from this policy)",
      ],
    ],
    [
      "a multiplication that may overflow",
      "policy.cedar",
      "context.facts.rows > 100",
      "context.facts.rows * 2000 > 200000",
      [
        "policy.cedar:28:1 found a multiplication that may reach 18014398509481982000 (an evaluation that fails is no decision: compare before you calculate, or with a smaller factor)",
      ],
    ],
    [
      "a syntax error",
      "policy.cedar",
      "resource);",
      "resource)) ;",
      ["policy.cedar:10:73 found unexpected token `)`"],
    ],
    [
      "a misspelt attribute",
      "policy.cedar",
      "context.weekday > 5",
      "context.weekdy > 5",
      [
        'policy.cedar:35:8 found attribute `weekdy` in context for Action::"write" not found (did you mean `weekday`?)',
      ],
    ],
    [
      "a misspelt action",
      "policy.cedar",
      'action == Action::"read"',
      'action == Action::"raed"',
      ['policy.cedar:10:48 found unrecognized action `Action::"raed"` (did you mean `Action::"read"`?)'],
    ],
    [
      "an optional fact that is not asked for first",
      "policy.cedar",
      "context.facts has rows && ",
      "",
      [
        'policy.cedar:28:8 found unable to guarantee safety of access to optional attribute `facts.rows` in context for Action::"write" (try testing for the attribute\'s presence with `context.facts has rows && ..`)',
      ],
    ],
    [
      "a policy that can never apply",
      "policy.cedar",
      "when { context.weekday > 5 ||",
      "when { false } when { context.weekday > 5 ||",
      [
        "policy.cedar:32:1 found policy is impossible: the policy expression evaluates to false for all valid requests",
      ],
    ],
    [
      "a schema that is none",
      "schema.cedarschema",
      "entity Team;",
      "entity Team",
      ["schema.cedarschema:5:1 found unexpected token `entity`"],
    ],
    [
      "a schema without a context member",
      "schema.cedarschema",
      "  weekday: Long,         // 1 is Monday, 7 is Sunday\n",
      "",
      [
        'policy.cedar:35:8 found attribute `weekday` in context for Action::"write" not found (did you mean `at`?)',
        "schema.cedarschema:25:8 found nothing",
      ],
    ],
    [
      "a schema with a context member of another type",
      "schema.cedarschema",
      "minute: Long,  ",
      "minute: String,",
      [
        "policy.cedar:35:31 found unexpected type: expected Long but saw String",
        "policy.cedar:35:55 found unexpected type: expected Long but saw String",
        "schema.cedarschema:26:8 found minute: String",
      ],
    ],
    [
      "a fact of another type than the schema's",
      "schema.cedarschema",
      "rows?: Long",
      "rows?: String",
      [
        "catalogue.json:17:21 found Long",
        "policy.cedar:28:34 found unexpected type: expected Long but saw String",
      ],
    ],
    [
      "a fact that the schema has not",
      "catalogue.json",
      '"rows": {',
      '"rowz": {',
      ["catalogue.json:17:21 found rowz (did you mean rows?)"],
    ],
    [
      "an action that the schema has not",
      "catalogue.json",
      '"action": "write"',
      '"action": "wrote"',
      ['catalogue.json:13:21 found "wrote" (did you mean write?)'],
    ],
    [
      "a fact that the schema requires and an operation lacks",
      "catalogue.json",
      '"facts": { "path": { "from": "/params/path", "type": "path" } }',
      '"facts": {}',
      ["catalogue.json:9:20 found none (or write path? in the schema)"],
    ],
    [
      "a member twice",
      "catalogue.json",
      '"format"',
      '"adapters": {}, "format"',
      ["catalogue.json:3:3 found a second /adapters"],
    ],
    [
      "an entity twice",
      "entities.json",
      '"agent:clerk"',
      '"agent:clerk" }, "attrs": {}, "parents": [] }, { "uid": { "type": "Agent", "id": "agent:clerk"',
      ['entities.json:4:84 found Agent::"agent:clerk", which is item 1 too'],
    ],
    [
      "an entity of no type that the schema has",
      "entities.json",
      '"type": "Team"',
      '"type": "Teem"',
      ['entities.json:2:3 found entity `Teem::"agents"` has type `Teem` which is not declared in the schema'],
    ],
    [
      "null in an attribute",
      "entities.json",
      '"attrs": {}',
      '"attrs": { "a": null }',
      ["entities.json:2:64 found null"],
    ],
    [
      "a number that not every reader reads alike",
      "entities.json",
      '"attrs": {}',
      '"attrs": { "a": 9007199254740993 }',
      ["entities.json:2:64 found 9007199254740992"],
    ],
    [
      "a version with a control character",
      "bundle.json",
      "starter@v1",
      "starter\\u001b",
      ['bundle.json:3:14 found "starter\\u001b"'],
    ],
    [
      "a time that is none",
      "bundle.json",
      "2026-01-01",
      "2026-02-30",
      ['bundle.json:4:18 found "2026-02-30T00:00:00.000Z"'],
    ],
    [
      "a case without decision",
      "tests.json",
      '"decision": "allow"',
      '"decison": "allow"',
      ["tests.json:4:5 found nothing", 'tests.json:16:18 found "allow"'],
    ],
    [
      "CR LF",
      "bundle.json",
      "{\n",
      "{\r\n",
      ["bundle.json:1:2 found CR (an editor or git changed the line ends)"],
    ],
    [
      "a byte order mark",
      "policy.cedar",
      "// What",
      "\ufeff// What",
      ["policy.cedar:1:1 found a byte order mark (save it as UTF-8 without BOM)"],
    ],
  ])("%s", (_what, file, from, to, expected) => {
    expect(problemsOf(edited(starter, file, from, to)).map(told)).toEqual(expected);
  });
});

describe("refused as a whole is", () => {
  const without = (name: string) => new Map([...starter].filter(([file]) => file !== name));
  it.each(["bundle.json", "catalogue.json", "entities.json", "policy.cedar", "schema.cedarschema"])(
    "a bundle without %s",
    (name) => {
      expect(problemsOf(without(name))).toMatchObject([
        { file: name, expected: "this file", actual: "nothing" },
      ]);
    },
  );

  it("but not one without tests", () => {
    expect(problemsOf(without("tests.json"))).toEqual([]);
  });

  it("a bundle with another file", () => {
    expect(problemsOf(new Map([...starter, ["README.md", Buffer.from("x")]]))).toMatchObject([
      { file: "README.md", actual: "another file" },
    ]);
  });

  it("bytes that are no text", () => {
    expect(problemsOf(new Map([...starter, ["entities.json", Buffer.of(0xff)]]))).toMatchObject([
      { file: "entities.json", expected: "UTF-8" },
    ]);
  });

  it("an empty policy", () => {
    expect(problemsOf(new Map([...starter, ["policy.cedar", Buffer.from("// nothing\n")]]))).toMatchObject([
      { file: "policy.cedar", expected: "at least one policy" },
    ]);
  });

  it("one mistake does not hide another", () => {
    let files = edited(starter, "policy.cedar", "context.weekday > 5", "context.weekdy > 5");
    files = edited(files, "policy.cedar", '@id("R-001") ', "");
    files = edited(files, "catalogue.json", '"action": "write"', '"action": "wrote"');
    files = edited(files, "bundle.json", "sclaw.policy/1", "sclaw.policy/2");
    expect(problemsOf(files).map(({ file, line }) => `${file}:${line}`)).toEqual([
      "bundle.json:2",
      "catalogue.json:13",
      "policy.cedar:8",
      "policy.cedar:35",
    ]);
  });
});

describe("against a trust file", () => {
  const problems = (from: string, to: string) => {
    const text = Buffer.from(platform.get("policy.cedar")!).toString().replaceAll(from, to);
    const bundle = bundleOf(new Map([...platform, ["policy.cedar", Buffer.from(text)]]));
    return checkAgainstTrust(bundle, trust).map(told);
  };
  it("the fixtures' policies fit", () => {
    for (const name of ["platform", "payments"])
      expect(checkAgainstTrust(bundleOf(filesOf(name)), trust)).toEqual([]);
  });

  it("a group that it has not", () => {
    expect(problems("2:platform-owners", "2:platform-owner")).toEqual([
      "policy.cedar:67:57 found platform-owner (did you mean platform-owners?)",
    ]);
  });

  it("a threshold below its own", () => {
    expect(problems("2:platform-owners", "1:platform-owners")).toEqual(["policy.cedar:67:57 found 1"]);
    expect(problems("2:platform-owners", "3:platform-owners")).toEqual([]);
  });

  it("a group that may not approve the tier", () => {
    expect(problems("2:platform-owners", "2:release-managers")).toEqual([
      "policy.cedar:67:57 found release-managers",
    ]);
  });
});
