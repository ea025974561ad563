/** Limits that hold before any work is done on a line (docs/format.md, "Bytes"). */
export const limits = {
  /** Bytes of one line, its LF not counted. */
  lineBytes: 1_048_576,
  /** Levels of arrays and objects, the line's own object being the first. */
  depth: 64,
} as const;
