/**
 * Where the values of the line at hand stand: each part is a span of its bytes, strings with their
 * quotes. All parts are canonical JSON, so that equal values have equal bytes.
 */
export const enum Part {
  intent,
  intentAdapter,
  intentAgent,
  intentTenant,
  receipt,
  adapter,
  agent,
  agentId,
  onBehalfOf,
  expiresAt,
  requestedAt,
  required,
  correlation,
  facts,
  irHash,
  ledger,
  nonce,
  policyHash,
  tier,
  tenant,
  count,
}

const spans = memory.data(8 * 24, 16);

/** Keeps a part; both 0 for one that the line lacks. */
// @ts-ignore: decorator
@inline
export function keep(part: Part, from: usize, to: usize): void {
  store<u32>(spans + 8 * part, <u32>from);
  store<u32>(spans + 8 * part, <u32>to, 4);
}

// @ts-ignore: decorator
@inline
export function from(part: Part): usize {
  return load<u32>(spans + 8 * part);
}

// @ts-ignore: decorator
@inline
export function to(part: Part): usize {
  return load<u32>(spans + 8 * part, 4);
}

// @ts-ignore: decorator
@inline
export function isThere(part: Part): bool {
  return from(part) != 0;
}

/** Whether two parts are the same text, or both missing. */
export function same(one: Part, other: Part): bool {
  return sameBytes(from(one), to(one) - from(one), from(other), to(other) - from(other));
}

export function sameBytes(a: usize, aLength: usize, b: usize, bLength: usize): bool {
  return aLength == bLength && memory.compare(a, b, aLength) == 0;
}
