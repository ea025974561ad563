export { take } from "./memory";
export { hashMany, hashOne, jobBytes } from "./sha3";
export { nodes, subtreeBytes, subtrees } from "./tree";
