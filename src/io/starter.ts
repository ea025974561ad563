import { mkdirSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { CannotDo, refusalOf } from "./refusal.js";
import { packageFolder } from "./version.js";
import { writeWholeFile } from "./write-file.js";

/**
 * Writes the bundle to start from, which the package holds under `starter`, into a folder that
 * does not exist or is empty. Returns the names of its files. Throws a refusal otherwise.
 */
export function writeStarter(folder: string): readonly string[] {
  try {
    mkdirSync(folder, { recursive: true });
    if (readdirSync(folder).length > 0)
      throw new CannotDo(
        `expected a folder that is empty or does not exist, found one with files: ${folder}`,
      );
    const source = join(packageFolder(), "starter");
    const names = readdirSync(source).sort();
    for (const name of names)
      writeWholeFile(join(folder, name), readFileSync(join(source, name), "utf8"), { replace: false });
    return names;
  } catch (error) {
    throw refusalOf(error, `cannot write the policy bundle ${folder}`);
  }
}
