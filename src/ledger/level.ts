/** How far a verdict reaches (docs/format.md, "What a verdict may claim"). */
export type Level = "L0" | "L1" | "L2";

export interface LevelFacts {
  readonly checked: string;
  /** What can still hide at this level. */
  readonly canHide: readonly string[];
}

export const levels: { readonly [L in Level]: LevelFacts } = {
  L0: {
    checked: "the export against itself and the trust file",
    canHide: ["a cut back to an older genuine checkpoint", "a rewrite by the holder of the ledger key"],
  },
  L1: {
    checked: "the export against itself, the trust file and a checkpoint that was kept",
    canHide: [
      "changes after that checkpoint by the holder of the ledger key",
      "a cut back to an older genuine checkpoint after it",
    ],
  },
  L2: {
    checked: "the export against itself, the trust file, a kept checkpoint and the quorum of witnesses",
    canHide: ["a colluding quorum of witnesses", "entries after the last cosigned checkpoint"],
  },
};

/** What nothing in one export can show, whatever the level. */
export const neverDetectable: readonly string[] = [
  "actions that did not pass through the gate",
  "false content in a genuine record",
  "a second ledger under another name",
  "times and order after the last anchored checkpoint",
  "use of a key before its revocation",
  "who really held a key, and whether people colluded",
  "what withheld entries say",
];

/** What the level is decided on. */
export interface LevelInput {
  readonly anchoredSize: number | undefined;
  /** The size of the largest checkpoint that passed and carries the quorum of witnesses. */
  readonly cosignedSize: number | undefined;
}

/**
 * The level that a verdict reached, and the size up to which it holds. Each level includes
 * the one before: cosignatures alone do not show that the end was not cut off, so without
 * a kept checkpoint they raise nothing.
 */
export function levelReached(input: LevelInput): {
  readonly level: Level;
  readonly anchoredSize: number | undefined;
} {
  const { anchoredSize, cosignedSize } = input;
  if (anchoredSize === undefined) return { level: "L0", anchoredSize };
  if (cosignedSize === undefined || cosignedSize < anchoredSize) return { level: "L1", anchoredSize };
  return { level: "L2", anchoredSize: cosignedSize };
}
