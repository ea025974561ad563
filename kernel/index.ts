export { take } from "./memory";
