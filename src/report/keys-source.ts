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
