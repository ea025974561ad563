import { describe, expect, it } from "vitest";
import { sclaw } from "../support/sclaw.js";

describe("sclaw plan", () => {
  it("gives a size, and what it means and does not", () => {
    const run = sclaw(["plan", "--confidence", "95", "--tolerable", "5", "--expected", "0"]);
    expect(run).toMatchObject({ status: 0, stderr: "" });
    expect(run.stdout).toMatchSnapshot();
  });

  it.each([
    [["--tolerable", "5", "--expected", "1.25"], { n: 124, deviations_allowed: 2 }],
    [["--tolerable", "5", "--population", "500"], { n: 56, deviations_allowed: 0, model: "hypergeometric" }],
    [["--tolerable", "8", "--expected", "7", "--confidence", "90"], { n: 1300, deviations_allowed: 91 }],
    [["--tolerable", "5", "--expected", "5"], { plan: "none" }],
  ])("%j", (args, expected) => {
    const run = sclaw(["plan", ...args, "--format", "json"]);
    expect(run.status).toBe(0);
    expect(JSON.parse(run.stdout)).toMatchObject(expected);
  });

  it.each([
    [["--find", "10", "--population", "1000"], 258],
    [["--find", "5", "--population", "500"], 225],
    [["--find", "1", "--population", "20", "--confidence", "99"], 20],
    [["--find", "20", "--population", "20"], 1],
  ])("%j finds one with %i items", (args, n) => {
    const run = sclaw(["plan", ...args, "--format", "json"]);
    expect(JSON.parse(run.stdout)).toMatchObject({ plan: "discovery", n, find: Number(args[1]) });
    const text = sclaw(["plan", ...args]).stdout.replaceAll(/\s+/g, " ");
    expect(text).toContain(`of all samples of ${n} that are drawn at random`);
    expect(text).toContain("Does not mean");
    expect(text).toContain("not an opinion");
  });

  it.each([
    [[]],
    [["--find", "10"]],
    [["--find", "0", "--population", "5"]],
    [["--find", "6", "--population", "5"]],
    [["--find", "1", "--population", "5", "--tolerable", "5"]],
    [["--find", "1", "--population", "5", "--expected", "1"]],
    [["--find", "1", "--population", "5", "--confidence", "100"]],
    [["--tolerable", "0"]],
    [["--tolerable", "100"]],
    [["--tolerable", "5", "--confidence", "100"]],
    [["--tolerable", "-1"]],
    [["--tolerable", "1e1"]],
    [["--tolerable", "5.123"]],
    [["--tolerable", ""]],
    [["--tolerable", "NaN"]],
    [["--tolerable", "101"]],
    [["--tolerable", "5", "--population", "0"]],
  ])("refuses %j", (args) => {
    const run = sclaw(["plan", ...args]);
    expect(run).toMatchObject({ status: 2, stdout: "" });
    expect(run.stderr).toMatch(/^sclaw: /);
  });
});

describe("sclaw evaluate", () => {
  it("gives the upper limit, and what it means and does not", () => {
    const run = sclaw([
      "evaluate",
      "--n",
      "40",
      "--deviations",
      "1",
      "--tolerable",
      "10",
      "--extended-from",
      "25",
    ]);
    expect(run).toMatchObject({ status: 0, stderr: "" });
    expect(run.stdout).toMatchSnapshot();
    expect(run.stdout.replaceAll(/\s+/g, " ")).toMatch(
      /in 11\.28 % of cases, where 25 items without a deviation do so in 7\.18 %/,
    );
  });

  it.each([
    [["--n", "25", "--deviations", "1"], { upper_limit_tenths_of_percent: 177 }],
    [["--n", "25", "--deviations", "25"], { upper_limit: 1 }],
    [["--n", "40", "--deviations", "3", "--population", "40"], { upper_limit_items: 3 }],
  ])("%j", (args, expected) => {
    expect(JSON.parse(sclaw(["evaluate", ...args, "--format", "json"]).stdout)).toMatchObject(expected);
  });

  it.each([
    [["--n", "25"]],
    [["--n", "0", "--deviations", "0"]],
    [["--n", "25", "--deviations", "26"]],
    [["--n", "25", "--deviations", "1", "--population", "24"]],
    [["--n", "25", "--deviations", "1", "--confidence", "0"]],
    [["--n", "25", "--deviations", "1", "--extended-from", "20"]],
    [["--n", "25", "--deviations", "1", "--extended-from", "25", "--tolerable", "5"]],
  ])("refuses %j", (args) => {
    const run = sclaw(["evaluate", ...args]);
    expect(run).toMatchObject({ status: 2, stdout: "" });
    expect(run.stderr).toMatch(/^sclaw: /);
  });
});
