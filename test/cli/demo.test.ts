import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { inFolder, sclaw } from "../support/sclaw.js";

it("the demo leaves a ledger that verifies and replays, and an edited copy that does not", () =>
  inFolder((folder) => {
    const world = join(folder, "world");
    const played = sclaw(["demo", world]);
    expect(played).toMatchObject({ status: 0, stderr: "" });
    expect(played.stdout).toContain("agent: read_note plan\n    ship on Friday\n");
    const here = { cwd: world };
    const verified = sclaw(["verify"], here);
    expect(verified).toMatchObject({ status: 0, stderr: "" });
    expect(verified.stdout).toMatch(/^VERIFIED \(level L0/);
    expect(sclaw(["replay"], here).stdout).toMatch(/^NO DIFFERENCE in 8 receipts decided again\n/);
    expect(sclaw(["verify", "edited.jsonl"], here).status).toBe(1);
    // What was denied never reached the server; what was held did, once two people had signed.
    expect(existsSync(join(world, "notes/tenant-acme-prod--plan.txt"))).toBe(true);
    expect(existsSync(join(world, "notes/tenant-acme-prod--plan.txt.public"))).toBe(true);
  }));

it("the demo is not played over somebody's files", () =>
  inFolder((folder) => {
    mkdirSync(join(folder, "mine"));
    writeFileSync(join(folder, "mine/file"), "");
    const run = sclaw(["demo", join(folder, "mine")]);
    expect(run.status).toBe(2);
    expect(run.stderr).toMatch(
      /^sclaw: expected a folder that is empty or does not exist, found one with files/,
    );
  }));
