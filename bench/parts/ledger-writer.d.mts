export declare const ledgerName: string;
/** The trust file of every ledger that is made here, as a value. */
export declare function trustFile(): object;
/** The lines of an export of so many receipts, each with its LF. */
export declare function ledgerLines(count: number): Generator<string>;
