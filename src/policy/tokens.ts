/** A word, a string or a single other character of a Cedar text. */
export interface Token {
  /** Where it begins, in UTF-16 units. */
  readonly at: number;
  readonly text: string;
}

const blank = /\s+|\/\/[^\n]*/y;
const word = /[A-Za-z_][A-Za-z0-9_]*/y;
/** A string that is not closed goes to the end of the text. */
const string = /"(?:[^"\\]|\\.)*(?:"|\\?$)/sy;

/** The tokens of a Cedar text as far as its parts are told by them (Cedar's grammar); blanks and comments are none. */
export function* tokensOf(text: string): Generator<Token> {
  const match = (form: RegExp, at: number) => {
    form.lastIndex = at;
    return form.exec(text)?.[0];
  };
  for (let at = 0; at < text.length; ) {
    const skipped = match(blank, at);
    const token = skipped ?? match(word, at) ?? match(string, at) ?? text[at]!;
    if (skipped === undefined) yield { at, text: token };
    at += token.length;
  }
}
