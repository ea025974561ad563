import { describe, expect, it } from "vitest";
import { catalogue, type FindingCode, kindOf } from "../../src/findings/catalogue.js";
import { messageOf } from "../../src/findings/finding.js";

const codes = Object.keys(catalogue) as FindingCode[];

describe("the catalogue of findings", () => {
  it.each(codes)("%s has a severity, a title and advice in the house style", (code) => {
    const { severity, title, advice } = kindOf(code);
    expect(["error", "deviation", "warning"]).toContain(severity);
    for (const words of [title, advice]) {
      expect(words).toMatch(/^[a-z]/);
      expect(words).not.toMatch(/[.!]$/);
      expect(words).not.toContain("\n");
    }
    expect(title.length).toBeLessThan(90);
  });

  it("has the severities of the format: controls and approvals are deviations", () => {
    for (const code of codes) {
      const severity =
        code === "checkpoint.cosignature" || code === "approval.one-person-two-groups"
          ? "warning"
          : /^(control|approval|nonce)\./.test(code)
            ? "deviation"
            : "error";
      expect(kindOf(code).severity, code).toBe(severity);
    }
  });

  it("a message says what, where, what was expected and what was found", () => {
    const problem = { code: "seq.gap", expected: "seq 3", actual: "seq 4" } as const;
    expect(messageOf(problem)).toBe("entries are missing: expected seq 3, found seq 4");
    expect(messageOf({ ...problem, where: "/receipt/seq" })).toBe(
      "entries are missing (/receipt/seq): expected seq 3, found seq 4",
    );
  });
});
