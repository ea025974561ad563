/** Where the keys and the kept checkpoint came from: part of what a verdict rests on. */
export interface Provenance {
  /** For example "--keys" or "this folder". */
  readonly keysSource: "option" | "environment" | "sclaw.json" | "folder";
  readonly keysPath: string;
  /** Whether nobody named the keys: a folder can be delivered with its own. */
  readonly keysFoundInFolder: boolean;
  /** Whether the kept checkpoint was named by a file of the folder. */
  readonly sinceFoundInFolder: boolean;
}

/** What the headline has to add about where things came from; empty where the reader named all. */
export function provenanceNote(provenance: Provenance): string {
  const found = [
    provenance.keysFoundInFolder ? "keys" : [],
    provenance.sinceFoundInFolder ? "a kept checkpoint" : [],
  ].flat();
  return found.length === 0 ? "" : `with ${found.join(" and ")} found in this folder`;
}

/** Where the keys came from, in words; the path as it is. */
export function keysSourceWords({ keysSource, keysPath }: Provenance): string {
  switch (keysSource) {
    case "option":
      return `from ${keysPath} (--keys)`;
    case "environment":
      return `from ${keysPath} (SCLAW_KEYS)`;
    case "sclaw.json":
      return `from ${keysPath}, named by sclaw.json in this folder`;
    case "folder":
      return `from ${keysPath}, found in this folder`;
  }
}
