/**
 * Where the value that an RFC 6901 pointer names begins in a JSON text, in UTF-16 units. Where
 * a member is missing, where its object begins. Takes a text that was already decoded without
 * issues, so that errors of shape can be told by line and column.
 */
export function locateInJson(text: string, pointer: string): number {
  const names = pointer
    .split("/")
    .slice(1)
    .map((name) => name.replaceAll("~1", "/").replaceAll("~0", "~"));
  let at = skipSpace(text, 0);
  for (const name of names) {
    const next = childOf(text, at, name);
    if (next === undefined) return at;
    at = next;
  }
  return at;
}

/** Where the member or item of that name begins; undefined where there is none. */
function childOf(text: string, start: number, name: string): number | undefined {
  const isObject = text[start] === "{";
  if (!isObject && text[start] !== "[") return undefined;
  let at = skipSpace(text, start + 1);
  for (let i = 0; text[at] !== "}" && text[at] !== "]" && at < text.length; i++) {
    let found = String(i);
    if (isObject) {
      const end = skipString(text, at);
      found = JSON.parse(text.slice(at, end)) as string;
      at = skipSpace(text, skipSpace(text, end) + 1);
    }
    if (found === name) return at;
    at = skipSpace(text, skipValue(text, at));
    if (text[at] === ",") at = skipSpace(text, at + 1);
  }
  return undefined;
}

function skipSpace(text: string, from: number): number {
  let at = from;
  while (text[at] === " " || text[at] === "\n" || text[at] === "\t" || text[at] === "\r") at++;
  return at;
}

/** Behind a string that begins at `from`. */
function skipString(text: string, from: number): number {
  let at = from + 1;
  while (text[at] !== '"' && at < text.length) at += text[at] === "\\" ? 2 : 1;
  return at + 1;
}

/** Behind a value that begins at `from`: brackets are counted, strings passed over. */
function skipValue(text: string, from: number): number {
  let depth = 0;
  let at = from;
  while (at < text.length) {
    const character = text[at]!;
    if (character === '"') at = skipString(text, at);
    else if (depth === 0 && (character === "," || character === "}" || character === "]")) return at;
    else {
      if (character === "{" || character === "[") depth++;
      if (character === "}" || character === "]") depth--;
      at++;
    }
    if (depth === 0 && (character === '"' || character === "}" || character === "]")) return at;
  }
  return at;
}
