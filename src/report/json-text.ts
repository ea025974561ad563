const unseen =
  /[\u007f-\u009f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202f\u2060-\u206f\ufeff\ufff9-\ufffb]|[\u{e0000}-\u{e007f}]/gu;

/**
 * An object as JSON with each of its members on a line of its own, compact: a receipt of any
 * depth stays near its own size.
 */
export function jsonLines(value: object): string {
  const members = Object.entries(value).map(
    ([name, member]) => `  ${JSON.stringify(name)}: ${JSON.stringify(member)}`,
  );
  return `{\n${members.join(",\n")}\n}\n`.replace(unseen, escapeUnits);
}

/**
 * A value as indented JSON with a last LF. Characters that a terminal would obey stand as
 * JSON escapes, which changes no value.
 */
export function jsonText(value: unknown): string {
  const text = JSON.stringify(value, undefined, 2);
  return `${text.replace(unseen, escapeUnits)}\n`;
}

function escapeUnits(characters: string): string {
  return characters
    .split("")
    .map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`)
    .join("");
}
