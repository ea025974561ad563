/** A word as a shell takes it: a file name that sclaw.json of a delivered folder gives can be anything. */
export function quoted(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}

/** The command that was given, for papers and hints. Takes Node's `process.argv`. */
export function commandGiven(argv: readonly string[]): string {
  return ["sclaw", ...argv.slice(2).map(quoted)].join(" ");
}
