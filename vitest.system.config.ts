import base from "./vitest.config.ts";

/** What needs Debian packages: it fails, and names the package, where one is missing. */
export default { ...base, test: { ...base.test, include: ["test/system/**/*.test.ts"], exclude: [] } };
