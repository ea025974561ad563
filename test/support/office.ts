import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, parse } from "node:path";
import { needProgram } from "./system.js";

/**
 * Converts a file with LibreOffice into the same folder and returns the new file's path. Each
 * run has a profile of its own, as on a machine where it was never started.
 */
export function convert(path: string, to: string, importFilter?: string): string {
  const program = needProgram("soffice", "libreoffice-calc-nogui");
  const profile = mkdtempSync(join(tmpdir(), "sclaw-office-"));
  try {
    const { dir, name } = parse(path);
    const run = spawnSync(
      program,
      [
        `-env:UserInstallation=file://${profile}`,
        "--headless",
        ...(importFilter === undefined ? [] : [`--infilter=${importFilter}`]),
        "--convert-to",
        to,
        "--outdir",
        dir,
        path,
      ],
      { encoding: "utf8", env: { ...process.env, HOME: profile, LC_ALL: "C.UTF-8" } },
    );
    if (run.status !== 0 || !run.stdout.includes("convert"))
      throw new Error(`soffice failed: ${run.stdout}${run.stderr}`);
    return join(dir, `${name}.${to.split(":")[0]}`);
  } finally {
    rmSync(profile, { recursive: true, force: true });
  }
}

/** CSV as a person imports it who chooses UTF-8, commas and quotes. */
export const utf8Csv = "CSV:44,34,76,1,,0,false,true";
