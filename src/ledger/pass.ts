import { formatDigest } from "../bytes/digest.js";
import type { Problem } from "../findings/finding.js";
import type { Engine } from "../keys/engine.js";
import type { TrustFile } from "../keys/trust-file.js";
import { Anchors } from "./anchors.js";
import { checkLedgerName, keyNotValid } from "./authenticity.js";
import { isOfEntries, lasting, leafOf, noteAt, rawLineOf } from "./blocks.js";
import { Chain } from "./chain.js";
import { CheckpointLines } from "./checkpoint-lines.js";
import { agrees } from "./claims.js";
import { Disclosure } from "./disclosure.js";
import { decodeEntry, decodeWithheld, type Entry, ScopeCache } from "./entry.js";
import { type EntryFacts, emptyFacts, followedBy } from "./facts.js";
import { FindingList } from "./finding-list.js";
import { FilePlaces, finishFindings } from "./finish.js";
import { ForkWatch } from "./forks.js";
import { type RangeStart, readHeader } from "./header.js";
import { KeyTimes } from "./key-times.js";
import { levelReached } from "./level.js";
import { type Line, readLine } from "./line.js";
import type { NonceWatch } from "./looks.js";
import { ObservedRecord, outlineOf } from "./observed.js";
import { CheckpointOpener } from "./open-checkpoint.js";
import type { VerifyOptions } from "./options.js";
import { checkOwn, noOwnProblems, type OwnProblems } from "./own-check.js";
import { checkRangeAsked, checkRangeStart } from "./range.js";
import type { Block, Run } from "./recognizer.js";
import { type RecordCursor, recordBytes, recordKinds } from "./record.js";
import { RecordedEntry } from "./recorded-entry.js";
import { notJudged, type ReleaseJudgement, Releases } from "./releases.js";
import { endlessLine, type RawLine } from "./split-lines.js";
import { Tally } from "./tally.js";
import { Tree } from "./tree.js";
import { type Verification, verdictOf } from "./verification.js";

/** Lines in a row that cannot be read, after which this is no ledger and reading stops. */
const hopelessLines = 100_000;

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
  /** The scope of the tenant that is examined. */
  readonly #examined: Uint8Array | undefined;
  readonly #disclosure: Disclosure;
  readonly #keyTimes: KeyTimes;
  readonly #nonces: NonceWatch;
  readonly #releases: Releases;
  readonly #tally = new Tally();
  readonly #lineFacts = emptyFacts();
  readonly #recordFacts = emptyFacts();
  #chain = Chain.fromStart();
  #tree: Tree;
  #start = 0;
  #frontier: readonly Uint8Array[] = [];
  #lineNumber = 0;
  #unreadInARow = 0;
  #untested = 0;
  #stopped: string | undefined;
  /** What was found wrong with the entry of the present line by itself, where it is one. */
  #own: OwnProblems | undefined;
  #disputed: number | undefined;

  /** `nonces` is what follows nonces through the ledger. */
  constructor(options: VerifyOptions, engine: Engine, nonces: NonceWatch) {
    this.#options = options;
    this.#trust = options.trust;
    this.#engine = engine;
    this.#tree = Tree.empty(engine.sha3_256);
    this.#opener = new CheckpointOpener(options.trust, engine);
    this.#anchors = new Anchors(options.since, options.given, this.#opener, this.#forks, options.sinceCounts);
    this.#checkpoints = new CheckpointLines(options.trust, this.#opener, this.#forks);
    this.#scopes = new ScopeCache(engine.sha3_256);
    const { tenant } = options;
    this.#examined = tenant === undefined ? undefined : this.#scopes.of(tenant);
    this.#disclosure = new Disclosure(options);
    this.#keyTimes = new KeyTimes(options.trust);
    this.#nonces = nonces;
    this.#releases = new Releases(engine.sha3_256);
  }

  /** Why there is no sense in reading on, where there is none. */
  get stopped(): string | undefined {
    return this.#stopped;
  }

  /** The first line of which a recognizer claimed what is not so. */
  get disputed(): number | undefined {
    return this.#disputed;
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
    this.#beginLine();
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
    const kept = this.#options.observe === undefined ? block : lasting(block);
    const { records, runs = [] } = kept;
    const { record } = this.#recordFacts;
    record.use(records);
    const count = records.length / recordBytes;
    let next = 0;
    for (let i = 0; i < count && this.#stopped === undefined; ) {
      record.at = i * recordBytes;
      while (next < runs.length && runs[next]!.first < i) next++;
      const run = runs[next];
      if (record.kind === recordKinds.other) {
        this.#readWhole(record, kept.bytes);
        i++;
      } else if (run !== undefined && run.first === i && isOfEntries(run, records)) {
        this.#run(run, kept);
        i += run.count;
      } else {
        this.#recorded(kept, this.#tree.size);
        this.#append(leafOf(record));
        i++;
      }
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

  /** A line of which a recognizer made no record, but may claim something. */
  #readWhole(record: RecordCursor, bytes: Uint8Array): void {
    const { claim } = record;
    this.#own = undefined;
    this.line(rawLineOf(record, bytes));
    if (!agrees(claim, this.#own)) this.#disputed ??= this.#lineNumber;
  }

  #beginLine(): void {
    this.#lineNumber++;
    if (this.#lineNumber === 1) this.#anchors.at(this.#tree, 1, undefined);
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
    const own = checkOwn(entry, judgedAt, this.#examined, this.#trust, this.#engine);
    this.#own = own.problems;
    const facts = this.#lineFacts;
    facts.takeEntry(entry, own.standing);
    const place = this.#tree.size;
    const { problems, judged: policyJudged } = this.#follow(facts, own.problems, place);
    this.#append(entry.leaf);
    this.#options.observe?.({
      outline: outlineOf(facts.record, facts.isWhole),
      line,
      where: this.#files.of(this.#lineNumber),
      place,
      entry,
      genuine: own.standing.isGenuine,
      approval: own.approval,
      policyJudged,
      problems: followedBy(lineProblems, problems),
      keep: () => {},
    });
  }

  /** The entries of a run, which all have a record: the tree takes them together where no root is asked for between. */
  #run(run: Run, block: Block): void {
    const { record } = this.#recordFacts;
    const first = this.#tree.size;
    const isAsked = this.#anchors.isBetween(first, first + run.count);
    const leaves = isAsked ? undefined : this.#tree.leavesOf(run);
    for (let i = 0; i < run.count; i++) {
      record.at = (run.first + i) * recordBytes;
      this.#recorded(block, first + i);
      if (leaves === undefined) this.#append(leafOf(record));
    }
    if (leaves === undefined) return;
    this.#tree.merge(leaves);
    this.#reach();
  }

  /** One place of the ledger of which there is a record: nothing is wrong with it by itself. */
  #recorded({ bytes, notes }: Block, place: number): void {
    const facts = this.#recordFacts;
    this.#beginLine();
    this.#unreadInARow = 0;
    facts.takeRecord();
    const { problems, judged: policyJudged } = this.#follow(facts, this.#ownOf(facts), place);
    const { observe } = this.#options;
    if (observe === undefined) return;
    const { record } = facts;
    const line = bytes.subarray(record.offset, record.offset + record.length);
    const entry = new RecordedEntry(record, line, this.#engine.sha3_256, this.#scopes);
    const note = noteAt(notes, record.at / recordBytes);
    const seen = { place, genuine: facts.isGenuine, policyJudged, problems, note };
    observe(new ObservedRecord(record, entry, seen, this.#lineNumber, this.#files));
  }

  /** Of a withheld entry, only those before it say when its key is judged. */
  #ownOf({ isDisclosed, record }: EntryFacts): OwnProblems {
    const at = this.#chain.packedIssuedAt;
    if (isDisclosed || at === undefined || this.#keyTimes.isValidAt(record.signer, at)) return noOwnProblems;
    const { id } = this.#keyTimes.key(record.signer);
    return { ...noOwnProblems, forgeries: [keyNotValid(id, record.seq, this.#chain.issuedAt)] };
  }

  /** What an entry shows beside those before it, and all that is wrong with it. */
  #follow(facts: EntryFacts, own: OwnProblems, place: number): ReleaseJudgement {
    const neighbour = this.#chain.previousLine;
    const misfits = this.#chain.check(facts, this.#lineNumber);
    const sequel = this.#followContent(facts, own, misfits);
    let problems = followedBy(own.form, this.#disclosure.check(facts));
    problems = followedBy(problems, own.name);
    problems = followedBy(problems, misfits);
    problems = followedBy(problems, own.forgeries);
    problems = followedBy(problems, own.content);
    problems = followedBy(problems, sequel.problems);
    if (problems.length > 0) {
      const { seq, receiptId: receipt_id } = facts;
      this.#findings.addAll({ line: this.#lineNumber, seq, receipt_id }, problems, { neighbour });
    }
    this.#checkpoints.entry(this.#lineNumber, place);
    return problems === sequel.problems ? sequel : { judged: sequel.judged, problems };
  }

  /**
   * What the content of a whole receipt shows beside those before it. A receipt out of its place
   * says nothing of nonces, requests and releases: the export repeats it, not the runtime.
   */
  #followContent(facts: EntryFacts, own: OwnProblems, misfits: readonly Problem[]): ReleaseJudgement {
    if (facts.isWhole) this.#tally.add(facts.record);
    if (!facts.isGenuine) this.#untested++;
    if (!facts.isGenuine || misfits.some(isMisplaced)) return notJudged;
    const problems = this.#nonces.check(facts, this.#lineNumber);
    const sound = own.content.length === 0 && problems.length === 0;
    const release = this.#releases.check(facts, sound);
    if (problems.length === 0) return release;
    return { judged: release.judged, problems: followedBy(problems, release.problems) };
  }

  /** Puts an entry into the tree, and looks whether its new root is one that was kept. */
  #append(leaf: Uint8Array | undefined): void {
    this.#tree.append(leaf);
    this.#reach();
  }

  #reach(): void {
    if (this.#anchors.isAt(this.#tree.size))
      this.#anchors.at(this.#tree, this.#lineNumber, this.#chain.issuedAt);
  }
}

function isMisplaced({ code }: Problem): boolean {
  return code === "seq.repeated" || code === "seq.order";
}
