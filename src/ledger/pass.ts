import { formatDigest } from "../bytes/digest.js";
import type { FindingPlace, Problem } from "../findings/finding.js";
import { limits } from "../json/limits.js";
import type { Engine } from "../keys/engine.js";
import type { TrustFile } from "../keys/trust-file.js";
import { Anchors } from "./anchors.js";
import { type ApprovalJudgement, judgeApproval } from "./approvals.js";
import { checkAuthenticity, checkLedgerName, isGenuine } from "./authenticity.js";
import { Chain } from "./chain.js";
import { CheckpointLines } from "./checkpoint-lines.js";
import { checkControls } from "./controls.js";
import { Disclosure } from "./disclosure.js";
import { decodeEntry, decodeWithheld, type Entry, ScopeCache } from "./entry.js";
import { FindingList } from "./finding-list.js";
import { FilePlaces, finishFindings } from "./finish.js";
import { ForkWatch } from "./forks.js";
import { type RangeStart, readHeader } from "./header.js";
import { checkIntent } from "./intent-check.js";
import { levelReached } from "./level.js";
import { type Line, readLine } from "./line.js";
import { CheckpointOpener } from "./open-checkpoint.js";
import type { VerifyOptions } from "./options.js";
import { checkRangeAsked, checkRangeStart } from "./range.js";
import type { Block } from "./recognizer.js";
import { RecordCursor, recordBytes, recordFlags } from "./record.js";
import { Releases } from "./releases.js";
import { Requests } from "./requests.js";
import type { RawLine } from "./split-lines.js";
import { Tally } from "./tally.js";
import { Tree } from "./tree.js";
import { type Verification, verdictOf } from "./verification.js";

/** Lines in a row that cannot be read, after which this is no ledger and reading stops. */
const hopelessLines = 100_000;
/** Bytes after which a line that has not ended is none of a ledger: reading it to its end may take forever. */
export const endlessLine = 256 * 1024 * 1024;

/**
 * One pass over a ledger export, line by line, in memory that hardly grows with it. Damage
 * never ends the pass: each line is tested as far as it can be.
 */
export class LedgerPass {
  readonly #options: VerifyOptions;
  readonly #trust: TrustFile;
  readonly #engine: Engine;
  readonly #findings = new FindingList();
  readonly #files = new FilePlaces();
  readonly #forks = new ForkWatch();
  readonly #opener: CheckpointOpener;
  readonly #anchors: Anchors;
  readonly #checkpoints: CheckpointLines;
  readonly #scopes: ScopeCache;
  readonly #disclosure: Disclosure;
  readonly #requests: Requests;
  readonly #releases: Releases;
  readonly #tally = new Tally();
  #chain = Chain.fromStart();
  #tree: Tree;
  #start = 0;
  #frontier: readonly Uint8Array[] = [];
  #lineNumber = 0;
  #unreadInARow = 0;
  #untested = 0;
  #stopped: string | undefined;

  constructor(options: VerifyOptions, engine: Engine) {
    this.#options = options;
    this.#trust = options.trust;
    this.#engine = engine;
    this.#tree = Tree.empty(engine.sha3_256);
    this.#opener = new CheckpointOpener(options.trust, engine);
    this.#anchors = new Anchors(options.since, options.given, this.#opener, this.#forks, options.sinceCounts);
    this.#checkpoints = new CheckpointLines(options.trust, this.#opener, this.#forks);
    this.#scopes = new ScopeCache(engine.sha3_256);
    this.#disclosure = new Disclosure(options, this.#scopes);
    this.#requests = new Requests(engine.sha3_256, options.tableSeed ?? 0);
    this.#releases = new Releases(engine.sha3_256);
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
    this.#files.begin(name, this.#lineNumber);
  }

  /** Tests the next line. */
  line(raw: RawLine): void {
    if (!raw.ended && raw.length > endlessLine)
      this.stop(`a line is longer than ${endlessLine} bytes and has not ended`);
    this.#lineNumber++;
    if (this.#lineNumber === 1) this.#anchors.at(this.#tree, 1, undefined);
    const { problems, line } = readLine(raw);
    const about = line === undefined ? "entry" : "neither";
    this.#findings.addAll({ line: this.#lineNumber }, problems, { about });
    this.#unreadInARow = line === undefined ? this.#unreadInARow + 1 : 0;
    if (this.#unreadInARow >= hopelessLines) this.stop(`${hopelessLines} lines in a row cannot be read`);
    switch (line?.kind) {
      case undefined:
        break;
      case "header":
        this.#header(line);
        break;
      case "entry":
        this.#entry(line, decodeEntry(line, this.#engine.sha3_256, this.#scopes), problems);
        break;
      case "withheld":
        this.#entry(line, decodeWithheld(line, this.#engine.sha3_256), problems);
        break;
      case "checkpoint":
        this.#checkpoint(line);
        break;
    }
  }

  /** Tests the next lines, of which a recognizer has made records; ends where the pass stops. */
  block(block: Block): void {
    const record = new RecordCursor(block.records);
    for (; record.at < block.records.length; record.at += recordBytes) {
      this.line(rawLineOf(record, block.bytes));
      if (this.#stopped !== undefined) return;
    }
  }

  /** The end of the export: what only shows there, and the verdict. */
  end(): Verification {
    // An empty file has no lines; what is wrong with it is said of its first.
    const last = { line: Math.max(1, this.#lineNumber) };
    this.#anchors.end(this.#tree.size, this.#chain.issuedAt, last.line);
    this.#findings.addAll(last, this.#disclosure.end());
    const uncovered = this.#checkpoints.end(this.#tree.size);
    if (uncovered !== undefined) this.#findings.add(uncovered.place ?? last, uncovered.problem);
    for (const { place, problem } of this.#anchors.found) {
      this.#findings.add(place, problem, { about: "neither" });
    }
    return this.#verdict();
  }

  #verdict(): Verification {
    const { level, anchoredSize } = levelReached({
      anchoredSize: this.#anchors.anchoredSize,
      cosignedSize: this.#checkpoints.cosignedSize,
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
        disclosed: this.#disclosure.disclosed,
        withheld: this.#disclosure.withheld,
        intentsDisclosed: this.#disclosure.intents,
        controlsUntested: this.#untested,
        tenant: this.#options.tenant,
        counts: this.#tally.counts,
        period: this.#tally.period,
        checkpoints: this.#checkpoints.verified,
        checkpointCount: this.#checkpoints.verifiedCount,
        latestNote: this.#checkpoints.latestNote,
        fork: this.#forks.fork,
        findings: finishFindings(this.#findings, this.#files),
        findingCounts: this.#findings.counts,
        deviations: this.#findings.countOf("deviation"),
        stopped: this.#stopped,
      },
      this.#findings.countOf("error"),
      this.#anchors.undecided,
    );
  }

  /** Adds what was found wrong with the present line as such. */
  #add(problems: readonly Problem[]): void {
    this.#findings.addAll({ line: this.#lineNumber }, problems);
  }

  #header(line: Line): void {
    if (this.#lineNumber !== 1) {
      this.#add([{ code: "line.unknown", expected: "a header as the first line only", actual: "one here" }]);
      return;
    }
    const header = readHeader(line.members["export"]);
    this.#add(header.problems);
    const mismatch = checkLedgerName(header.ledger, this.#trust);
    this.#findings.addAll({ line: this.#lineNumber }, mismatch, { about: "neither" });
    if (header.start > 0) this.#beginRange(header.start, header.range);
  }

  #beginRange(start: number, range: RangeStart | undefined): void {
    this.#start = start;
    this.#frontier = range?.frontier ?? [];
    this.#chain = Chain.fromRange(start, range?.frontier);
    this.#tree = Tree.startingAt(this.#engine.sha3_256, start, range?.frontier);
    this.#anchors.begin(start);
    this.#anchors.at(this.#tree, this.#lineNumber, undefined);
    if (range !== undefined) this.#add(checkRangeStart(range, this.#tree, this.#opener, this.#forks));
    this.#add(checkRangeAsked(start, this.#options.start, this.#anchors.sinceSize));
  }

  #checkpoint(line: Line): void {
    const { issuedAt } = this.#chain;
    const problems = this.#checkpoints.check(
      line.members["checkpoint"],
      this.#lineNumber,
      this.#tree,
      issuedAt,
    );
    this.#findings.addAll({ line: this.#lineNumber }, problems, { about: "checkpoint" });
  }

  /** One place of the ledger, disclosed or withheld: what it says, whether it fits, who signed it. */
  #entry(line: Line, entry: Entry, lineProblems: readonly Problem[]): void {
    const judgedAt = entry.disclosed ? entry.issuedAt : this.#chain.issuedAt;
    const neighbour = this.#chain.previousLine;
    const misfits = this.#chain.check(entry, this.#lineNumber);
    const forgeries = checkAuthenticity(entry, judgedAt, this.#trust, this.#engine);
    const genuine = isGenuine(entry, forgeries, this.#trust);
    const content = this.#checkContent(entry, genuine, misfits.some(isMisplaced));
    const problems = [
      ...entry.problems,
      ...this.#disclosure.check(entry),
      ...checkLedgerName(entry.ledger, this.#trust),
      ...misfits,
      ...forgeries,
      ...content.problems,
    ];
    const place: FindingPlace = { line: this.#lineNumber, seq: entry.seq, receipt_id: entry.receiptId };
    this.#findings.addAll(place, problems, { neighbour });

    const at = this.#tree.size;
    this.#tree.append(entry.leaf);
    this.#checkpoints.entry(this.#lineNumber, at);
    this.#anchors.at(this.#tree, this.#lineNumber, this.#chain.issuedAt);
    this.#options.observe?.({
      line,
      where: this.#files.of(this.#lineNumber),
      place: at,
      entry,
      genuine,
      approval: content.approval,
      policyJudged: content.policyJudged,
      problems: [...lineProblems, ...problems],
    });
  }

  /**
   * What the content of a whole receipt shows. Controls and approvals are judged of genuine
   * receipts only: of a forged one nothing can be said but that it is forged. A receipt out of
   * its place says nothing of nonces, requests and releases: the export repeats it, not the runtime.
   */
  #checkContent(entry: Entry, genuine: boolean, misplaced: boolean): ContentCheck {
    const { receipt } = entry;
    if (receipt === undefined) {
      this.#untested++;
      return { problems: [], approval: undefined, policyJudged: false };
    }
    this.#tally.add(receipt);
    const problems = checkIntent(entry, receipt, this.#engine.sha3_256);
    if (!genuine) {
      this.#untested++;
      return { problems, approval: undefined, policyJudged: false };
    }
    const approval = judgeApproval(receipt, this.#trust, this.#engine);
    problems.push(...checkControls(receipt), ...approval.problems);
    if (misplaced) return { problems, approval, policyJudged: false };
    problems.push(...this.#requests.check(receipt, this.#lineNumber, approval.rejected));
    const sound = problems.length === 0;
    const release = this.#releases.check(receipt, sound);
    problems.push(...release.problems);
    return { problems, approval, policyJudged: release.judged };
  }
}

/** What the content of one entry shows. */
interface ContentCheck {
  readonly problems: Problem[];
  readonly approval: ApprovalJudgement | undefined;
  readonly policyJudged: boolean;
}

/** The line that a record is of, as it stands in its block; not kept where it is too long. */
function rawLineOf(record: RecordCursor, bytes: Uint8Array): RawLine {
  const { offset, length } = record;
  const kept = length > limits.lineBytes ? bytes.subarray(0, 0) : bytes.subarray(offset, offset + length);
  return { bytes: kept, length, ended: (record.flags & recordFlags.ended) !== 0 };
}

function isMisplaced({ code }: Problem): boolean {
  return code === "seq.repeated" || code === "seq.order";
}
