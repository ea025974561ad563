import { equalBytes } from "../bytes/bytes.js";
import { type DigestText, formatDigest } from "../bytes/digest.js";
import { kindOf } from "../findings/catalogue.js";
import type { Finding, FindingPlace, Problem } from "../findings/finding.js";
import { messageOf } from "../findings/finding.js";
import type { Engine } from "../keys/engine.js";
import type { TrustFile } from "../keys/trust-file.js";
import type { Tenant } from "../receipt/identifiers.js";
import { Anchors, type GivenRoot } from "./anchors.js";
import { type ApprovalJudgement, judgeApproval } from "./approvals.js";
import { checkAuthenticity, isGenuine } from "./authenticity.js";
import { Chain } from "./chain.js";
import { checkControls } from "./controls.js";
import { decodeEntry, decodeWithheld, type Entry, ScopeCache } from "./entry.js";
import { FindingList } from "./finding-list.js";
import { explain } from "./follow.js";
import { frontierProblem, type RangeStart, readHeader } from "./header.js";
import { checkIntent } from "./intent-check.js";
import { levelReached } from "./level.js";
import { type Line, readLine } from "./line.js";
import { CheckpointOpener, type OpenedCheckpoint } from "./open-checkpoint.js";
import { Requests } from "./requests.js";
import type { RawLine } from "./split-lines.js";
import { Tally } from "./tally.js";
import { Tree } from "./tree.js";
import { type Verification, type VerifiedCheckpoint, verdictOf } from "./verification.js";

/** What to verify against, and what the reader asks for. */
export interface VerifyOptions {
  /** The reader's own keys and groups; never taken from an export. */
  readonly trust: TrustFile;
  /** The note of a checkpoint that was kept from an earlier export. */
  readonly since?: string;
  /** A size and root known from elsewhere. */
  readonly given?: GivenRoot;
  /** The start of the range that was asked for. */
  readonly start?: number;
  /** The tenant that is examined: others may be withheld. */
  readonly tenant?: Tenant;
  /** Whether withheld entries are accepted, of whomever they are. */
  readonly allowWithheld?: boolean;
  /** A random number against inputs made to be slow; changes no answer. */
  readonly tableSeed?: number;
  /** Is given each entry as it was tested. */
  readonly observe?: (observed: ObservedEntry) => void;
}

/** One entry as the pass saw it. */
export interface ObservedEntry {
  readonly line: Line;
  /** Where it stands, as findings name it. */
  readonly where: LineInFile;
  /** From 0: its place in the tree. */
  readonly place: number;
  readonly entry: Entry;
  /** Whether a ledger key that was valid there signed it. */
  readonly genuine: boolean;
  readonly approval: ApprovalJudgement | undefined;
}

/** How many checkpoints are named in the result; all are tested. */
export const keptCheckpoints = 1000;

/** Lines in a row that cannot be read, after which this is no ledger and reading stops. */
const hopelessLines = 1_000_000;

/**
 * One pass over a ledger export, line by line, in memory that hardly grows with it. Damage
 * never ends the pass: each line is tested as far as it can be.
 */
export class LedgerPass {
  readonly #options: VerifyOptions;
  readonly #trust: TrustFile;
  readonly #engine: Engine;
  readonly #findings = new FindingList();
  readonly #opener: CheckpointOpener;
  readonly #anchors: Anchors;
  readonly #scopes: ScopeCache;
  readonly #requests: Requests;
  readonly #tally = new Tally();
  readonly #ownScope: Uint8Array | undefined;
  #chain = Chain.fromStart();
  #tree: Tree;
  #lineNumber = 0;
  #unreadInARow = 0;
  #start = 0;
  #frontier: readonly Uint8Array[] = [];
  #disclosed = 0;
  #disclosedOfTenant = 0;
  #withheld = 0;
  #intents = 0;
  #untested = 0;
  #checkpointLines = 0;
  #passedCount = 0;
  #passed: VerifiedCheckpoint[] = [];
  #latest: OpenedCheckpoint | undefined;
  #cosignedSize: number | undefined;
  /** The line of the first entry that no checkpoint covers so far. */
  #uncovered: { readonly line: number; readonly place: number } | undefined;
  #stopped: string | undefined;
  readonly #files: FileStart[] = [];

  constructor(options: VerifyOptions, engine: Engine) {
    this.#options = options;
    this.#trust = options.trust;
    this.#engine = engine;
    this.#tree = Tree.empty(engine.sha3_256);
    this.#opener = new CheckpointOpener(options.trust, engine);
    this.#anchors = new Anchors(options.since, options.given, this.#opener);
    this.#scopes = new ScopeCache(engine.sha3_256);
    this.#requests = new Requests(engine.sha3_256, options.tableSeed ?? 0);
    this.#ownScope = options.tenant === undefined ? undefined : this.#scopes.of(options.tenant);
  }

  /** Why there is no sense in reading on, where there is none. */
  get stopped(): string | undefined {
    return this.#stopped;
  }

  /** Ends the pass at its present line, for a reason that the verdict names. */
  stop(reason: string): void {
    this.#stopped ??= reason;
  }

  /** Says that the next line is the first of a file; findings then name the file. */
  beginFile(name: string): void {
    this.#files.push({ name, before: this.#lineNumber });
  }

  /** Tests the next line. */
  line(raw: RawLine): void {
    this.#lineNumber++;
    if (this.#lineNumber === 1) this.#anchors.at(this.#tree, 1, undefined);
    const { problems, line } = readLine(raw);
    this.#findings.addAll({ line: this.#lineNumber }, problems);
    this.#unreadInARow = line === undefined ? this.#unreadInARow + 1 : 0;
    if (this.#unreadInARow >= hopelessLines) this.stop(`${hopelessLines} lines in a row cannot be read`);
    if (line !== undefined) this.#readable(line);
  }

  /** The end of the export: what only shows there, and the verdict. */
  end(): Verification {
    // An empty file has no lines; what is wrong with it is said of its first.
    const line = Math.max(1, this.#lineNumber);
    this.#anchors.end(this.#tree.size, this.#chain.issuedAt, line);
    this.#checkDisclosure(line);
    this.#checkCoverage(line);
    for (const { place, problem } of this.#anchors.found) this.#findings.add(place, problem);
    const { level, anchoredSize } = levelReached({
      anchoredSize: this.#anchors.anchoredSize,
      cosignedSize: this.#cosignedSize,
    });
    const root = this.#tree.root();
    return verdictOf(
      {
        level,
        anchoredSize,
        ledger: this.#trust.ledger,
        keysFingerprint: this.#trust.fingerprint,
        start: this.#start,
        frontier: this.#frontier,
        size: this.#tree.size,
        root: root === undefined ? undefined : formatDigest(root),
        lines: this.#lineNumber,
        disclosed: this.#disclosed,
        withheld: this.#withheld,
        intentsDisclosed: this.#intents,
        controlsUntested: this.#untested,
        tenant: this.#options.tenant,
        counts: this.#tally.counts,
        period: this.#tally.period,
        checkpoints: this.#passed,
        checkpointCount: this.#passedCount,
        latestNote: this.#latest?.note,
        fork: this.#anchors.fork,
        findings: finish(this.#findings, this.#files),
        findingCounts: this.#findings.counts,
        deviations: this.#findings.countOf("deviation"),
        stopped: this.#stopped,
      },
      this.#findings.countOf("error"),
      this.#anchors.undecided,
    );
  }

  #readable(line: Line): void {
    switch (line.kind) {
      case "header":
        this.#header(line);
        break;
      case "entry":
        this.#entry(line, decodeEntry(line, this.#engine.sha3_256, this.#scopes));
        break;
      case "withheld":
        this.#entry(line, decodeWithheld(line, this.#engine.sha3_256));
        break;
      case "checkpoint":
        this.#checkpoint(line);
        break;
    }
  }

  #header(line: Line): void {
    const place = { line: this.#lineNumber };
    if (this.#lineNumber !== 1) {
      this.#findings.add(place, {
        code: "line.unknown",
        expected: "a header as the first line only",
        actual: "one here",
      });
      return;
    }
    const header = readHeader(line.members["export"]);
    this.#findings.addAll(place, header.problems);
    if (header.ledger !== undefined) this.#checkLedger(place, header.ledger);
    if (header.start > 0) this.#beginRange(header.start, header.range);
  }

  /** A range starts from a frontier that a signed note has to bear out, and only where it was asked for. */
  #beginRange(start: number, range: RangeStart | undefined): void {
    const place = { line: this.#lineNumber };
    this.#start = start;
    this.#frontier = range?.frontier ?? [];
    this.#chain = Chain.fromRange(start, range?.frontier);
    this.#tree = Tree.startingAt(this.#engine.sha3_256, start, range?.frontier);
    this.#anchors.begin(start);
    this.#anchors.at(this.#tree, this.#lineNumber, undefined);
    if (range !== undefined) this.#findings.addAll(place, this.#checkRangeStart(start, range));
    const { start: asked } = this.#options;
    const sinceSize = this.#anchors.sinceSize ?? -1;
    if (asked === undefined ? sinceSize >= start : asked === start) return;
    const expected = asked === undefined ? "the whole ledger, from 0" : `a range from ${asked}`;
    this.#findings.add(place, { code: "range.start", expected, actual: `one from ${start}` });
  }

  #checkRangeStart(start: number, range: RangeStart): Problem[] {
    const opening = this.#opener.open(range.checkpoint, undefined);
    if (!opening.ok) {
      const { code, expected, actual } = opening.problem;
      return [
        code === "checkpoint.signature"
          ? frontierProblem(expected, actual)
          : { ...opening.problem, where: "/export/checkpoint" },
      ];
    }
    const { checkpoint, warnings } = opening.opened;
    this.#anchors.compare(opening.opened);
    if (checkpoint.size !== start)
      return [...warnings, frontierProblem(`a note of size ${start}`, `one of size ${checkpoint.size}`)];
    const root = this.#tree.root();
    if (root !== undefined && equalBytes(root, checkpoint.root)) return [...warnings];
    const actual =
      root === undefined ? `${range.frontier.length} hashes, which fit no such size` : formatDigest(root);
    return [...warnings, frontierProblem(`hashes that fold to ${formatDigest(checkpoint.root)}`, actual)];
  }

  #entry(line: Line, entry: Entry): void {
    const place: FindingPlace = { line: this.#lineNumber, seq: entry.seq, receipt_id: entry.receiptId };
    this.#findings.addAll(place, entry.problems);
    if (entry.disclosed) this.#countDisclosed(entry);
    else this.#checkWithheld(place, entry);

    if (entry.ledger !== undefined) this.#checkLedger(place, entry.ledger);
    const judgedAt = entry.disclosed ? entry.issuedAt : this.#chain.issuedAt;
    const neighbour = this.#chain.previousLine;
    this.#findings.addAll(place, this.#chain.check(entry, this.#lineNumber), neighbour);
    const forgeries = checkAuthenticity(entry, judgedAt, this.#trust, this.#engine);
    this.#findings.addAll(place, forgeries);

    const at = this.#tree.size;
    this.#tree.append(entry.leaf);
    this.#anchors.at(this.#tree, this.#lineNumber, this.#chain.issuedAt);
    this.#uncovered ??= { line: this.#lineNumber, place: at };

    const genuine = isGenuine(entry, forgeries, this.#trust);
    const approval = this.#checkContent(place, entry, genuine);
    const where = placeOf(this.#lineNumber, this.#files);
    this.#options.observe?.({ line, where, place: at, entry, genuine, approval });
  }

  #countDisclosed(entry: Entry): void {
    this.#disclosed++;
    if (entry.tenant === this.#options.tenant) this.#disclosedOfTenant++;
    if (entry.intent !== undefined) this.#intents++;
  }

  #checkWithheld(place: FindingPlace, entry: Entry): void {
    this.#withheld++;
    const { tenant, allowWithheld } = this.#options;
    if (
      this.#ownScope !== undefined &&
      entry.scope !== undefined &&
      equalBytes(entry.scope, this.#ownScope)
    ) {
      const problem = { expected: `every entry of ${tenant} disclosed`, actual: "one withheld" };
      this.#findings.add(place, { code: "entry.withheld-in-scope", ...problem });
    } else if (tenant === undefined && allowWithheld !== true) {
      this.#findings.add(place, {
        code: "entry.withheld",
        expected: "the receipt",
        actual: "its hashes alone",
      });
    }
  }

  /**
   * What the content of a whole receipt shows. Controls and approvals are judged of genuine
   * receipts only: of a forged one nothing can be said but that it is forged.
   */
  #checkContent(place: FindingPlace, entry: Entry, genuine: boolean): ApprovalJudgement | undefined {
    const { receipt } = entry;
    if (receipt !== undefined) {
      this.#tally.add(receipt);
      this.#findings.addAll(place, checkIntent(entry, receipt, this.#engine.sha3_256));
    }
    if (receipt === undefined || !genuine) {
      this.#untested++;
      return undefined;
    }
    this.#findings.addAll(place, checkControls(receipt));
    const approval = judgeApproval(receipt, this.#trust, this.#engine);
    this.#findings.addAll(place, approval.problems);
    this.#findings.addAll(place, this.#requests.check(receipt, this.#lineNumber, approval.rejected));
    return approval;
  }

  #checkLedger(place: FindingPlace, ledger: string): void {
    if (ledger === this.#trust.ledger) return;
    this.#findings.add(place, {
      code: "ledger.mismatch",
      expected: this.#trust.ledger,
      actual: JSON.stringify(ledger),
    });
  }

  #checkpoint(line: Line): void {
    const place = { line: this.#lineNumber };
    this.#checkpointLines++;
    const opening = this.#opener.open(line.members["checkpoint"], this.#chain.issuedAt);
    if (!opening.ok) {
      this.#findings.add(place, opening.problem);
      return;
    }
    const { opened } = opening;
    const { size, root } = opened.checkpoint;
    this.#findings.addAll(place, opened.warnings);
    this.#anchors.compare(opened);
    if (size !== this.#tree.size) {
      this.#findings.add(place, {
        code: "checkpoint.size",
        expected: `${this.#tree.size} entries before it`,
        actual: `${size}`,
      });
      return;
    }
    const recomputed = this.#tree.root();
    if (recomputed === undefined || !equalBytes(recomputed, root)) {
      const actual = recomputed === undefined ? "a root that cannot be recomputed" : formatDigest(recomputed);
      this.#findings.add(place, { code: "checkpoint.root", expected: formatDigest(root), actual });
      return;
    }
    this.#pass(opened, formatDigest(root));
  }

  #pass(opened: OpenedCheckpoint, root: DigestText): void {
    const { signers, cosigners } = opened;
    const { size } = opened.checkpoint;
    this.#passedCount++;
    this.#passed.push({ line: this.#lineNumber, size, root, signers, cosigners });
    if (this.#passed.length >= 2 * keptCheckpoints) this.#passed = this.#passed.slice(-keptCheckpoints);
    this.#latest = opened;
    this.#uncovered = undefined;
    // One witness with two keys is one witness.
    const witnesses = new Set(
      this.#trust.witnesses.filter(({ id }) => cosigners.includes(id)).map(({ holder }) => holder),
    );
    const { witnessQuorum } = this.#trust;
    if (witnessQuorum > 0 && witnesses.size >= witnessQuorum) this.#cosignedSize = size;
  }

  #checkDisclosure(line: number): void {
    const { tenant } = this.#options;
    if (this.#disclosed === 0) {
      this.#findings.add({ line }, { code: "line.empty", expected: "at least one receipt", actual: "none" });
    } else if (tenant !== undefined && this.#disclosedOfTenant === 0) {
      this.#findings.add(
        { line },
        { code: "line.empty", expected: `at least one receipt of ${tenant}`, actual: "none" },
      );
    }
  }

  #checkCoverage(line: number): void {
    if (this.#checkpointLines === 0) {
      this.#findings.add(
        { line },
        { code: "checkpoint.missing", expected: "at least one checkpoint line", actual: "none" },
      );
    } else if (this.#uncovered !== undefined) {
      const entries = `entries from ${this.#uncovered.place} to ${this.#tree.size - 1}`;
      const problem = {
        expected: `a checkpoint of size ${this.#tree.size} that verifies`,
        actual: `none over ${entries}`,
      };
      this.#findings.add({ line: this.#uncovered.line }, { code: "checkpoint.uncovered", ...problem });
    }
  }
}

/** A file of an export in several: its name, and how many lines come before it. */
interface FileStart {
  readonly name: string;
  readonly before: number;
}

/** A line's number in its file, and the file where the export came in several. */
export interface LineInFile {
  readonly line: number;
  readonly file?: string;
}

function placeOf(line: number, files: readonly FileStart[]): LineInFile {
  const file = files.findLast((candidate) => candidate.before < line);
  return file === undefined ? { line } : { line: line - file.before, file: file.name };
}

/** Findings as they are given out: worded, with what each follows from, lines counted in their file. */
function finish(list: FindingList, files: readonly FileStart[]): Finding[] {
  const causes = explain(list.kept);
  return list.kept.map((found, index) => {
    const { problem, line, seq, receipt_id } = found;
    const follows = causes[index];
    return {
      code: problem.code,
      severity: kindOf(problem.code).severity,
      ...placeOf(line, files),
      ...(seq === undefined ? {} : { seq }),
      ...(receipt_id === undefined ? {} : { receipt_id }),
      message: messageOf(problem),
      ...(problem.where === undefined ? {} : { where: problem.where }),
      expected: problem.expected,
      actual: problem.actual,
      ...(follows === undefined ? {} : { follows_from: follows }),
    };
  });
}
