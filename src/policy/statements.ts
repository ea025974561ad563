import { tokensOf } from "./tokens.js";

/** One policy as it stands in a text. */
export interface Statement {
  /** Where it begins, its annotations included, in UTF-16 units. */
  readonly at: number;
  readonly text: string;
  readonly places: Places;
}

/** Where the parts of a policy stand in the whole text, in UTF-16 units. */
export interface Places {
  readonly annotations: ReadonlyMap<string, number>;
  /** Of each `when` and `unless`, in order. */
  readonly clauses: readonly number[];
}

/**
 * Splits a Cedar text into its policies: each ends with a semicolon outside strings and
 * comments (Cedar's grammar, "Policy"). What follows the last semicolon is a statement too,
 * unless it is blank, so that nothing is left out. Cedar's own splitter orders them anew, and
 * the positions that it reports count from the start of each.
 */
export function splitStatements(text: string): readonly Statement[] {
  const statements: Statement[] = [];
  let open: OpenStatement | undefined;
  for (const token of tokensOf(text)) {
    open ??= new OpenStatement(token.at);
    open.add(token.at, token.text);
    if (token.text !== ";") continue;
    statements.push(open.statement(text.slice(open.at, token.at + 1)));
    open = undefined;
  }
  if (open !== undefined) statements.push(open.statement(text.slice(open.at)));
  return statements;
}

class OpenStatement {
  readonly at: number;
  readonly #annotations = new Map<string, number>();
  readonly #clauses: number[] = [];
  #depth = 0;
  /** Of an @ whose name comes next. */
  #sign: number | undefined;

  constructor(at: number) {
    this.at = at;
  }

  add(at: number, token: string): void {
    if ("([{".includes(token)) this.#depth++;
    else if (")]}".includes(token)) this.#depth--;
    if (this.#sign !== undefined) this.#annotations.set(token, this.#sign);
    this.#sign = token === "@" ? at : undefined;
    if (this.#depth === 0 && (token === "when" || token === "unless")) this.#clauses.push(at);
  }

  statement(text: string): Statement {
    return { at: this.at, text, places: { annotations: this.#annotations, clauses: this.#clauses } };
  }
}
