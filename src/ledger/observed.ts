import type { Problem } from "../findings/finding.js";
import type { ApprovalJudgement } from "./approvals.js";
import type { FilePlaces, LineInFile } from "./finish.js";
import type { Line } from "./line.js";
import type { ObservedEntry } from "./options.js";
import { RecordedOutline } from "./outline.js";
import { RecordCursor, recordBytes } from "./record.js";
import type { RecordedEntry } from "./recorded-entry.js";

/** What the pass found out about an entry. */
interface Seen {
  readonly place: number;
  readonly genuine: boolean;
  readonly policyJudged: boolean;
  readonly problems: readonly Problem[];
  readonly note: string | undefined;
}

/** An entry by its record, as observers are given it: of most, nobody asks for what only the line tells. */
export class ObservedRecord implements ObservedEntry {
  readonly entry: RecordedEntry;
  readonly outline: RecordedOutline | undefined;
  readonly place: number;
  readonly genuine: boolean;
  readonly policyJudged: boolean;
  readonly problems: readonly Problem[];
  readonly note: string | undefined;
  readonly #line: number;
  readonly #files: FilePlaces;
  readonly #at: number;
  /** Undefined once it was kept. */
  #records: Uint8Array | undefined;

  constructor(record: RecordCursor, entry: RecordedEntry, seen: Seen, line: number, files: FilePlaces) {
    this.entry = entry;
    this.outline = entry.disclosed ? new RecordedOutline(record) : undefined;
    this.place = seen.place;
    this.genuine = seen.genuine;
    this.policyJudged = seen.policyJudged;
    this.problems = seen.problems;
    this.note = seen.note;
    this.#line = line;
    this.#files = files;
    this.#at = record.at;
    this.#records = record.bytes;
  }

  get line(): Line {
    return this.entry.line;
  }

  get where(): LineInFile {
    return this.#files.of(this.#line);
  }

  get approval(): ApprovalJudgement | undefined {
    return this.entry.approval;
  }

  keep(): void {
    if (this.#records === undefined) return;
    const record = this.#records.slice(this.#at, this.#at + recordBytes);
    this.#records = undefined;
    this.entry.keep(record);
    this.outline?.keep(record);
  }
}

/** The outline of an entry that was read from its line, by the record that the pass made of it and uses again. */
export function outlineOf({ bytes, at }: RecordCursor, isWhole: boolean): RecordedOutline | undefined {
  if (!isWhole) return undefined;
  return new RecordedOutline(new RecordCursor(bytes.slice(at, at + recordBytes)));
}
