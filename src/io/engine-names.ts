/** What can compute, fastest first; `auto` takes the first that passes its self-test on this machine. */
export const engineNames = ["auto", "kernel-fma", "kernel-integer", "node", "noble"] as const;
export type EngineName = (typeof engineNames)[number];
