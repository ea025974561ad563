import { Option } from "@commander-js/extra-typings";

/** Where a gate's configuration is. */
export const configOption = () =>
  new Option("--config <file>", "the gate's configuration").default("gate.json");
