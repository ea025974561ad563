import { type DigestText, formatDigest, type HashFunction } from "../bytes/digest.js";
import { decodeUtf8 } from "../bytes/utf8.js";
import { canonicalBytes } from "../json/canonical.js";
import { type PolicyProblem, SourceText } from "./problem.js";

/** The files that a policy bundle has; only `tests.json` may be absent (docs/policy.md, "Bundle"). */
export const bundleFiles = [
  "bundle.json",
  "catalogue.json",
  "entities.json",
  "policy.cedar",
  "schema.cedarschema",
  "tests.json",
] as const;

export type BundleFile = (typeof bundleFiles)[number];

/** The bytes of a bundle, by file name. */
export type PolicyFiles = ReadonlyMap<string, Uint8Array>;

const mostBytes = 16 * 1024 * 1024;

/** The texts of a bundle; a file that is missing or no text is a problem and has none. */
export interface BundleTexts {
  readonly texts: ReadonlyMap<BundleFile, SourceText>;
  readonly problems: readonly PolicyProblem[];
}

/** Reads the files as the texts that they have to be: UTF-8, LF, no byte order mark, no other file. */
export function readTexts(files: PolicyFiles): BundleTexts {
  const texts = new Map<BundleFile, SourceText>();
  const problems: PolicyProblem[] = [];
  for (const name of files.keys()) {
    if ((bundleFiles as readonly string[]).includes(name)) continue;
    problems.push({
      file: name,
      expected: `only ${bundleFiles.join(", ")}`,
      actual: "another file",
      hint: "the bundle's identity is its files: keep others elsewhere",
    });
  }
  for (const name of bundleFiles) {
    const bytes = files.get(name);
    if (bytes === undefined) {
      if (name !== "tests.json") problems.push({ file: name, expected: "this file", actual: "nothing" });
      continue;
    }
    const source = readText(name, bytes, problems);
    if (source !== undefined) texts.set(name, source);
  }
  return { texts, problems };
}

function readText(name: BundleFile, bytes: Uint8Array, problems: PolicyProblem[]): SourceText | undefined {
  if (bytes.length > mostBytes) {
    problems.push({ file: name, expected: `at most ${mostBytes} bytes`, actual: `${bytes.length}` });
    return undefined;
  }
  const text = decodeUtf8(bytes);
  if (text === undefined) {
    problems.push({ file: name, expected: "UTF-8", actual: "bytes that are not UTF-8" });
    return undefined;
  }
  const source = new SourceText(name, text);
  if (text.startsWith("\ufeff"))
    problems.push(
      source.problem(0, "no byte order mark", "a byte order mark", "save it as UTF-8 without BOM"),
    );
  const cr = text.indexOf("\r");
  if (cr >= 0)
    problems.push(source.problem(cr, "LF line ends", "CR", "an editor or git changed the line ends"));
  return source;
}

/**
 * The identity of a policy bundle: SHA3-256 over the RFC 8785 form of its format, its language
 * and the SHA3-256 of each file (docs/policy.md, "Identity").
 * It is of the bytes as they are, so that no parser's version changes it.
 */
export function policyHash(files: PolicyFiles, sha3: HashFunction): DigestText {
  const digests = [...files].map(([name, bytes]) => [name, formatDigest(sha3(bytes))] as const);
  const identity = { files: Object.fromEntries(digests), format: "sclaw.policy/1", language: "cedar/4" };
  return formatDigest(sha3(canonicalBytes(identity)));
}
