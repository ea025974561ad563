import { spawnSync } from "node:child_process";
import {
  chmodSync,
  linkSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { Deployment, later, noon, put, withDeployments } from "./held-support.js";

withDeployments();

describe("what lies in the folder beside signatures", () => {
  test("is told, blocks nothing and hides nothing", async () => {
    const d = await Deployment.open();
    const id = await d.held();
    const folder = join(d.folderOf(id), "signatures");
    const name = (digit: string) => `${digit.repeat(32)}-approve.json`;
    writeFileSync(join(folder, name("0")), "{");
    writeFileSync(join(folder, name("1")), Buffer.alloc(64 * 1024, 0x20));
    symlinkSync("/etc/passwd", join(folder, name("2")));
    spawnSync("sh", ["-c", 'mkfifo "$1"', "sh", join(folder, name("3"))]);
    mkdirSync(join(folder, name("4")));
    writeFileSync(join(folder, name("5")), "[]");
    put(d, id, d.signature(id, "alice"), name("6"));
    writeFileSync(join(folder, "\u001b[2J\u202e.json"), "x");
    expect(await d.write()).toMatchObject({ why: "held", request: { counted: [{ threshold: 0 }] } });
    const reasons = d.refused(id).map(({ reason }) => reason);
    for (const said of [
      "no JSON",
      "more than 16384 bytes",
      "a symbolic link",
      "no plain file",
      "a folder",
      "another shape",
      "another key",
      "another name",
    ])
      expect(
        reasons.filter((reason) => reason.includes(said)),
        said,
      ).toHaveLength(1);
    for (const person of ["alice", "bob"] as const) d.sign(id, person);
    expect(await d.write()).toMatchObject({ kind: "ran" });
    await d.close();
  });

  test("a flood of 1,000 files hides no signature", async () => {
    const d = await Deployment.open();
    const id = await d.held();
    const folder = join(d.folderOf(id), "signatures");
    for (let i = 0; i < 1000; i++) writeFileSync(join(folder, `0000${i}.json`), "{}");
    for (const person of ["alice", "bob"] as const) d.sign(id, person);
    expect(await d.write()).toMatchObject({ kind: "ran" });
    expect(d.refused(id).length).toBeLessThan(30);
    expect(d.refused(id).at(-1)!.reason).toMatch(/more files that are no signatures/);
    await d.close();
  });

  test("links in place of the log and the folder lead the gate nowhere", async () => {
    const d = await Deployment.open();
    const id = await d.held();
    const other = await d.held({ other: true });
    const victim = join(d.world.folder, "victim");
    writeFileSync(victim, "as it was\n");
    const third = await d.held({ third: true });
    symlinkSync(victim, join(d.folderOf(id), "refused.jsonl"));
    linkSync(victim, join(d.folderOf(third), "refused.jsonl"));
    spawnSync("sh", ["-c", 'mkfifo "$1"', "sh", join(d.folderOf(other), "refused.jsonl")]);
    mkdirSync(join(d.folderOf(id), "resolved.json"));
    for (const request of [id, other, third]) d.sign(request, "dave");
    expect(await d.write({ third: true })).toMatchObject({ why: "held" });
    expect(await d.write()).toMatchObject({ why: "held" });
    expect(await d.write({ other: true })).toMatchObject({ why: "held" });
    expect(readFileSync(victim, "utf8")).toBe("as it was\n");
    for (const person of ["alice", "bob"] as const) d.sign(id, person);
    // The end cannot be written there, and is in the ledger.
    expect(await d.write()).toMatchObject({ kind: "ran" });
    await d.restart();
    expect(await d.write()).toMatchObject({ why: "held" });
    expect(d.reached).toBe(1);
    await d.close();
  });

  test("a changed request and a forged end change nothing for the gate", async () => {
    const d = await Deployment.open();
    const id = await d.held();
    const path = join(d.folderOf(id), "request.json");
    const request = JSON.parse(readFileSync(path, "utf8"));
    request.draft.approval.required = [{ group: "release-managers", threshold: 1 }];
    request.draft.approval.expires_at = "2027-01-01T00:00:00.000Z";
    writeFileSync(path, JSON.stringify(request));
    writeFileSync(join(d.folderOf(id), "resolved.json"), '{"state":"granted","at":"x","receipt_id":{}}');
    expect(d.pending.resolution(id)).toBeUndefined();
    d.sign(id, "alice");
    expect(await d.write()).toMatchObject({ why: "held", request: { counted: [{ threshold: 0 }] } });
    expect(d.refused(id)).toMatchObject([{ reason: expect.stringContaining("signature over this request") }]);
    // What was asked lies there again, for people to sign.
    expect(JSON.parse(readFileSync(path, "utf8")).draft.approval.required).toEqual([
      { group: "release-managers", threshold: 2 },
    ]);
    d.time = later(noon, 61);
    expect(await d.write()).toMatchObject({ why: "expired" });
    expect(d.pending.resolution(id)).toMatchObject({ state: "expired" });
    await d.close();
  });

  test("the folder taken away comes back with the next try, or the next start", async () => {
    const d = await Deployment.open();
    const id = await d.held();
    rmSync(d.pending.path, { recursive: true });
    expect(await d.write()).toMatchObject({ why: "held", request: { id } });
    d.sign(id, "alice");
    rmSync(d.folderOf(id), { recursive: true });
    await d.restart();
    for (const person of ["alice", "bob"] as const) d.sign(id, person);
    expect(await d.write()).toMatchObject({ kind: "ran" });
    await d.close();
  });
});

test("a request's folder that leads elsewhere is written to by nobody", async () => {
  const d = await Deployment.open();
  const id = await d.held();
  const elsewhere = join(d.world.folder, "elsewhere");
  mkdirSync(elsewhere);
  rmSync(d.folderOf(id), { recursive: true });
  symlinkSync(elsewhere, d.folderOf(id));
  expect(await d.write()).toMatchObject({ why: "held" });
  await d.restart();
  d.time = later(noon, 61);
  expect(await d.write()).toMatchObject({ why: "expired" });
  expect(readdirSync(elsewhere)).toEqual([]);
  await d.close();
});

test("who may write in the pending folder may write in a request's, and nobody else", async () => {
  const d = await Deployment.open();
  await d.held();
  chmodSync(d.pending.path, 0o3770);
  const id = await d.held({ other: true });
  for (const path of ["", "signatures"])
    expect(statSync(join(d.folderOf(id), path)).mode & 0o7777).toBe(0o3770);
  d.sign(id, "dave");
  await d.write({ other: true });
  expect(statSync(join(d.folderOf(id), "refused.jsonl")).mode & 0o777).toBe(0o660);
  await d.close();
});

test("signatures that lie elsewhere behind a link are not looked at", async () => {
  const d = await Deployment.open();
  const id = await d.held();
  for (const person of ["alice", "bob"] as const) d.sign(id, person);
  const folder = join(d.folderOf(id), "signatures");
  const elsewhere = join(d.world.folder, "elsewhere");
  renameSync(folder, elsewhere);
  symlinkSync(elsewhere, folder);
  expect(await d.write()).toMatchObject({ why: "held", request: { counted: [{ threshold: 0 }] } });
  expect(() => d.sign(id, "carol")).toThrow("expected a folder for signatures");
  await d.close();
});

test("a signature can be read by the gate, whatever the mask of who signed", async () => {
  const d = await Deployment.open();
  const id = await d.held();
  const mask = process.umask(0o077);
  try {
    d.sign(id, "alice");
    d.pending.noteRefused(id, { at: d.time, reason: "tried" });
  } finally {
    process.umask(mask);
  }
  const [name] = readdirSync(join(d.folderOf(id), "signatures")) as [string];
  expect(statSync(join(d.folderOf(id), "signatures", name)).mode & 0o777).toBe(0o644);
  expect(statSync(join(d.folderOf(id), "refused.jsonl")).mode & 0o777).toBe(
    statSync(d.pending.path).mode & 0o666,
  );
  await d.close();
});
