import { copyFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { encodeUtf8 } from "../../src/bytes/utf8.js";
import { noObjection } from "../../src/hook/answer.js";
import { answerOnce } from "../../src/hook/answer-once.js";
import { meetingPath } from "../../src/hook/meeting-file.js";
import { serveHooks } from "../../src/hook/serve.js";
import { inFolder } from "../support/sclaw.js";
import { hookWorld, pre } from "./support.js";

it("asks a server that appeared while it tried to open the gate itself", () =>
  inFolder(async (folder) => {
    const { config } = await hookWorld(folder);
    const elsewhere = join(folder, "elsewhere");
    const server = await serveHooks({ path: elsewhere, answer: async () => noObjection });
    // It cannot open the gate itself.
    rmSync(config.policy, { recursive: true });
    const timing = { wait: 0, outcomeWithin: 60_000 };
    const ask = () => answerOnce(encodeUtf8(pre("ls")), config.path, timing);
    expect(await ask()).toMatchObject({
      exit: 2,
      stderr: expect.stringContaining("cannot read the policy bundle"),
    });
    const answer = ask();
    // Its first look for a server is over when it returns its promise.
    copyFileSync(elsewhere, meetingPath(config.ledger));
    expect(await answer).toEqual(noObjection);
    await server.close();
  }));
