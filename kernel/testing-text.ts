export { take } from "./memory";
export { decode16, decode64 } from "./base64";
export { digestOf, hexOf16 } from "./hex";
export { readTime } from "./time";
export { object } from "./text";
