/** Letters that look like Latin ones, by the alphabet that they are of. */
const lookalikes = [
  ["Cyrillic", /\p{Script=Cyrillic}/u],
  ["Greek", /\p{Script=Greek}/u],
  ["Armenian", /\p{Script=Armenian}/u],
  ["Cherokee", /\p{Script=Cherokee}/u],
] as const;

/**
 * Breaks a text into lines of at most `width` columns behind `indent`, at spaces where there are
 * some near and anywhere else otherwise: no character is lost, and none of a long word comes to stand
 * where a terminal would put it, at the edge.
 */
export function folded(text: string, width: number, indent: string): string {
  const room = Math.max(20, width - indent.length - 1);
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(/(?<= )/)) {
    if (line !== "" && line.length + word.trimEnd().length > room) {
      lines.push(line);
      line = "";
    }
    line += word;
    while (line.trimEnd().length > room) {
      const cut = endsInsidePair(line, room) ? room - 1 : room;
      lines.push(line.slice(0, cut));
      line = line.slice(cut);
    }
  }
  // The one space where a line is broken is the break's; of more, all are somebody's text.
  const broken = lines.map((part) => part.replace(/(?<! ) $/, ""));
  return [...broken, line].map((part) => indent + part).join("\n");
}

function endsInsidePair(text: string, at: number): boolean {
  const unit = text.charCodeAt(at - 1);
  return unit >= 0xd800 && unit <= 0xdbff;
}

/** Which alphabets a word mixes with Latin, where one does: "pаypal" with a Cyrillic а looks like another. */
export function mixedAlphabets(text: string): readonly string[] {
  const words = text.split(/[^\p{L}\p{M}]+/u).filter((word) => /\p{Script=Latin}/u.test(word));
  return lookalikes.filter(([, letters]) => words.some((word) => letters.test(word))).map(([name]) => name);
}
