import { spawnSync } from "node:child_process";

/** Fails, and says which Debian package to install, where a program is missing: nothing is skipped. */
export function needProgram(program: string, debianPackage: string): string {
  const found = spawnSync("sh", ["-c", `command -v ${program}`], { encoding: "utf8" });
  if (found.status !== 0)
    throw new Error(`expected the program ${program}, found none: apt-get install ${debianPackage}`);
  return found.stdout.trim();
}
