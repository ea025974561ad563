/** What every paper ends with: what it is, and what it is not. `tool` is for example `sclaw 0.1.0`. */
export function statements(tool: string): readonly string[] {
  return [
    `Prepared by ${tool} from records supplied by the entity.`,
    "It is not an opinion, attestation or certification, nor a substitute for the examiner's judgment.",
    "It covers only receipts of the stated population and period.",
    "Operations that did not pass through the gate are not represented.",
    "Criterion references are an aid; the mapping's suitability is for management and the service auditor to judge.",
  ];
}

/** What a computed number ends with, where no record was read. */
export function planStatements(tool: string): readonly string[] {
  return [
    `Prepared by ${tool}.`,
    "It is not an opinion, attestation or certification, nor a substitute for the examiner's judgment.",
  ];
}
