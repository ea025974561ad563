import type { Time } from "../json/time.js";

/** The present time as the format writes times. */
export function now(): Time {
  return new Date().toISOString() as Time;
}
