import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { chmodSync, existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { eventOf, expectGood, hook, hookWorld, patient, post, pre, reasonIn, told } from "../hook/support.js";
import { openWorld, receiptsOf, type World } from "../support/gate-world.js";
import { bin, inFolder, type Run, sclaw } from "../support/sclaw.js";

/** Runs `sclaw hook` without waiting for it; without further arguments it is the short way of bin/sclaw.js. */
function hookMeanwhile(world: World, event: string, args: readonly string[]): Promise<Run> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [bin, "hook", "--config", world.config.path, ...args]);
    let stdout = "";
    let stderr = "";
    child.stdout.on("data", (data) => {
      stdout += data;
    });
    child.stderr.on("data", (data) => {
      stderr += data;
    });
    child.on("close", (status) => resolve({ status, stdout, stderr }));
    child.stdin.end(event);
  });
}

/** A server that runs until `work` is done, and is stopped as a person would. */
async function withServer<T>(world: World, work: (server: ChildProcess) => Promise<T>): Promise<T> {
  const server = spawn(
    process.execPath,
    [bin, "hook", "--serve", "--config", world.config.path, ...patient],
    {
      stdio: ["ignore", "ignore", "pipe"],
    },
  );
  const closed = new Promise<number | null>((resolve) => server.on("close", resolve));
  await new Promise<void>((resolve, reject) => {
    let said = "";
    server.stderr!.on("data", (data) => {
      said += data;
      if (said.includes("answers for")) resolve();
    });
    server.on("close", () => reject(new Error(`ended: ${said}`)));
  });
  try {
    return await work(server);
  } finally {
    server.kill("SIGTERM");
    await closed;
  }
}

const quiet = { status: 0, stdout: "{}\n", stderr: "" };
const calls = Array.from({ length: 8 }, (_, i) => ({ tool_use_id: `toolu_${i}`, session_id: `s-${i % 2}` }));

/** Eight agents at once, each before and after a call of its own; a ninth is denied. */
async function atOnce(world: World, args: readonly string[]): Promise<void> {
  const all = (events: readonly string[]) =>
    Promise.all(events.map((event) => hookMeanwhile(world, event, args)));
  const first = await all([...calls.map((call, i) => pre(`git log -${i}`, call)), pre("sudo ls")]);
  expect(first.slice(0, 8)).toEqual(calls.map(() => quiet));
  expect(reasonIn(first[8]!)).toContain("C-003");
  const second = await all(calls.map((call, i) => post(`git log -${i}`, call)));
  expect(second).toEqual(calls.map(() => quiet));
  expect(told(world).sort()).toEqual([...calls.map(() => "allow C-014 executed"), "deny C-003 not_executed"]);
  const named = receiptsOf(world).flatMap(({ ext }) => JSON.stringify(ext?.["hook"] ?? []));
  for (const { tool_use_id: call, session_id: session } of calls)
    expect(named).toContain(JSON.stringify({ call, session }));
}

describe("hook", () => {
  it("eight at once leave eight receipts, verified", () =>
    inFolder(async (folder) => {
      const world = await hookWorld(folder);
      await atOnce(world, patient);
      expectGood(world);
    }));

  it("eight at once leave eight receipts, verified, with a server", () =>
    inFolder(async (folder) => {
      const world = await hookWorld(folder);
      await withServer(world, async () => {
        expect(existsSync(`${world.config.ledger}.hook`)).toBe(true);
        await atOnce(world, []);
      });
      expect(existsSync(`${world.config.ledger}.hook`)).toBe(false);
      expectGood(world);
    }));

  it("goes on by itself where the server was killed, and knows its permits", () =>
    inFolder(async (folder) => {
      const world = await hookWorld(folder);
      await withServer(world, async (server) => {
        expect(hook(world, pre("ls"))).toEqual(quiet);
        const gone = new Promise((resolve) => server.on("exit", resolve));
        server.kill("SIGKILL");
        await gone;
      });
      expect(existsSync(`${world.config.ledger}.hook`)).toBe(true);
      expect(hook(world, post("ls"), [])).toEqual(quiet);
      expect(told(world)).toEqual(["allow C-014 executed"]);
      // Another server puts its own file in the place of the old one.
      await withServer(world, async () => expect(hook(world, pre("ls"))).toEqual(quiet));
      expect(hook(world, post("ls"))).toEqual(quiet);
      expectGood(world);
    }));

  it("a second server is refused", () =>
    inFolder(async (folder) => {
      const world = await hookWorld(folder);
      await withServer(world, async () => {
        const second = sclaw(["hook", "--serve", "--config", world.config.path, "--wait", "0"]);
        expect(second.status).toBe(2);
        expect(second.stderr).toMatch(/^sclaw: /);
        expect(hook(world, pre("ls"))).toEqual(quiet);
      });
    }));
});

describe("hook blocks with exit code 2 and a message", () => {
  const expectBlock = (run: Run, message: RegExp) => {
    expect(run.stderr).toMatch(message);
    expect(run).toMatchObject({ status: 2, stdout: "" });
  };
  const withWorld = (work: (world: World) => void | Promise<void>) =>
    inFolder(async (folder) => work(await hookWorld(folder)));

  it.each<[string, (world: World) => void, RegExp]>([
    ["no configuration", ({ config }) => rmSync(config.path), /^sclaw: cannot read the gate configuration/],
    [
      "a broken configuration",
      ({ config }) => writeFileSync(config.path, "{"),
      /^sclaw: .* is not valid JSON/,
    ],
    ["a configuration of another form", ({ config }) => writeFileSync(config.path, "{}"), /cannot be used/],
    [
      "a broken policy",
      ({ config }) => writeFileSync(join(config.policy, "policy.cedar"), "permit"),
      /the policy bundle .* cannot be used/,
    ],
    [
      "a policy that nobody released",
      ({ config }) =>
        writeFileSync(join(config.policy, "tests.json"), '{"format":"sclaw.policy-tests/1","cases":[]}'),
      /to be the released policy/,
    ],
    ["no ledger", ({ config }) => rmSync(config.ledger), /^sclaw: expected a ledger, found no file/],
    ["no key", ({ config }) => rmSync(config.ledgerKey), /^sclaw: cannot read the private key/],
    ["a key that others read", ({ config }) => chmodSync(config.ledgerKey, 0o644), /that you alone can read/],
    ["no trust file", ({ config }) => rmSync(config.keys), /^sclaw: cannot read the trust file/],
    [
      "a server's file that others read",
      ({ config }) => writeFileSync(`${config.ledger}.hook`, "{}", { mode: 0o644 }),
      /that its owner alone reads/,
    ],
    [
      "a server's file of another form",
      ({ config }) => writeFileSync(`${config.ledger}.hook`, "{}", { mode: 0o600 }),
      /found something else/,
    ],
  ])("%s", (_what, change, message) =>
    withWorld((world) => {
      change(world);
      expectBlock(hook(world, pre("ls")), message);
    }),
  );

  it("a ledger that another process writes for too long", () =>
    withWorld(async (world) => {
      const { gate } = await openWorld(world);
      expectBlock(hook(world, pre("ls"), ["--wait", "0"]), /another process|lock/);
      await gate.close();
      expect(hook(world, pre("ls"))).toEqual(quiet);
      expect(hook(world, post("ls"))).toEqual(quiet);
      expectGood(world);
    }));

  it("no event, or one that is none, with a receipt", () =>
    withWorld((world) => {
      expectBlock(hook(world, ""), /^sclaw: expected an event as JSON/);
      expectBlock(hook(world, eventOf("Stop", "Bash", {})), /^sclaw: hook_event_name: /);
      expectBlock(hook(world, post("make")), /^sclaw: the agent says that a call ran which no permit awaits/);
      expect(told(world)).toEqual(Array.from({ length: 3 }, () => "deny invalid-request not_executed"));
      expectGood(world);
    }));

  it("bad usage", () => {
    expectBlock(sclaw(["hook", "--confg", "x"], { input: pre("ls") }), /unknown option/);
    expectBlock(sclaw(["hook", "--wait", "-1"], { input: pre("ls") }), /whole number/);
    expectBlock(sclaw(["hook", "unknown"], { input: pre("ls") }), /too many arguments/);
  });

  it.skipIf(!existsSync("/dev/full"))("a full disk in the agent's way", () =>
    withWorld((world) => {
      const command = `exec "$@" >/dev/full`;
      const args = [process.execPath, bin, "hook", "--config", world.config.path, ...patient];
      const run = spawnSync("sh", ["-c", command, "sh", ...args], {
        input: pre("sudo ls"),
        encoding: "utf8",
      });
      expectBlock(run, /^sclaw: the hook failed: the disk is full/);
    }),
  );

  it("an agent that does not listen", () =>
    withWorld(async (world) => {
      const child = spawn(process.execPath, [bin, "hook", "--config", world.config.path, ...patient]);
      child.stdout.destroy();
      child.stdin.end(pre("sudo ls"));
      expect(await new Promise((resolve) => child.on("close", resolve))).toBe(2);
      expect(told(world)).toEqual(["deny C-003 not_executed"]);
    }));
});

describe("hook install", () => {
  const settingsIn = (folder: string) => join(folder, ".claude/settings.json");
  const read = (path: string) => JSON.parse(readFileSync(path, "utf8"));

  it("writes an agent's settings, once", () => {
    inFolder((folder) => {
      const first = sclaw(["hook", "install"], { cwd: folder });
      expect(first).toMatchObject({
        status: 0,
        stdout:
          "wrote .claude/settings.json\n  PreToolUse: added\n  PostToolUse: added\n  PostToolUseFailure: added\n",
        stderr: expect.stringContaining("2.1.295"),
      });
      const [entry] = read(settingsIn(folder)).hooks.PreToolUse;
      expect(entry).toMatchObject({ matcher: "*", hooks: [{ type: "command", onFailure: "block" }] });
      expect(entry.hooks[0].command).toContain(`sclaw hook --config '${join(folder, "gate.json")}' ||`);
      const text = readFileSync(settingsIn(folder), "utf8");
      const second = sclaw(["hook", "install"], { cwd: folder });
      expect(second).toMatchObject({ status: 0, stdout: expect.stringContaining("nothing was changed") });
      expect(readFileSync(settingsIn(folder), "utf8")).toBe(text);
    });
  });

  it("keeps what is there, with its mode, and shows only where it is asked to", () => {
    inFolder((folder) => {
      const path = join(folder, "s.json");
      const text = '{"model":"m","hooks":{"Stop":[{"hooks":[]}]}}';
      writeFileSync(path, text, { mode: 0o600 });
      const shown = sclaw(["hook", "install", "--settings", path, "--print"]);
      expect(readFileSync(path, "utf8")).toBe(text);
      sclaw(["hook", "install", "--settings", path]);
      expect(read(path)).toEqual(JSON.parse(shown.stdout));
      expect(read(path)).toMatchObject({ model: "m", hooks: { Stop: [{ hooks: [] }] } });
      expect(spawnSync("stat", ["-c", "%a", path], { encoding: "utf8" }).stdout).toBe("600\n");
    });
  });

  it.each([
    ["codex", ".codex/hooks.json"],
    ["gemini-cli", ".gemini/settings.json"],
    ["cursor", ".cursor/hooks.json"],
  ])("knows the settings of %s", (agent, path) => {
    inFolder((folder) => {
      expect(sclaw(["hook", "install", "--agent", agent], { cwd: folder }).status).toBe(0);
      expect(JSON.stringify(read(join(folder, path)))).toContain("sclaw hook --config");
    });
  });

  it.each([
    ["{", /^sclaw: expected settings as JSON/],
    ['{"a":1,"a":2}', /^sclaw: expected settings as JSON/],
    ["// mine\n{}", /^sclaw: expected settings as JSON/],
    ["[]", /^sclaw: expected an object in/],
    ['{"hooks":[]}', /^sclaw: expected an object at \/hooks/],
    ['{"hooks":{"PreToolUse":{}}}', /^sclaw: expected an array at \/hooks\/PreToolUse/],
  ])("refuses %s and changes nothing", (text, message) => {
    inFolder((folder) => {
      const path = join(folder, "settings.json");
      writeFileSync(path, text);
      const run = sclaw(["hook", "install", "--settings", path]);
      expect(run).toMatchObject({ status: 2, stdout: "" });
      expect(run.stderr).toMatch(message);
      expect(readFileSync(path, "utf8")).toBe(text);
    });
  });

  it("an entry works as an agent's shell runs it", () =>
    inFolder(async (folder) => {
      const world = await hookWorld(folder);
      const settings = join(folder, "settings.json");
      const program = `'${process.execPath}' '${bin}'`;
      sclaw(["hook", "install", "--settings", settings, "--config", world.config.path, "--program", program]);
      const { hooks } = read(settings);
      const run = (event: string) =>
        spawnSync("sh", ["-c", hooks.PreToolUse[0].hooks[0].command], { input: event, encoding: "utf8" });
      expect(reasonIn(run(pre("sudo ls")))).toContain("C-003");
      rmSync(world.config.path);
      expect(run(pre("ls"))).toMatchObject({ status: 2, stderr: expect.stringMatching(/^sclaw: [^\n]+\n$/) });
    }));
});
