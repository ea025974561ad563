import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** The folder of the installed package: from here, and from the one file that the build makes of it, two up. */
export function packageFolder(): string {
  return fileURLToPath(new URL("../../", import.meta.url));
}

/** The version of this tool, as its package says. */
export function version(): string {
  const text = readFileSync(join(packageFolder(), "package.json"), "utf8");
  return (JSON.parse(text) as { version: string }).version;
}
