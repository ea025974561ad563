/** What `#engine` means outside Node: see package.json, "imports". */
export { nobleEngine as engine } from "./engine-noble.js";
