/** What a typed byte came to: a whole line, a wish to stop, or nothing yet. */
export type Typed = "line" | "interrupt" | undefined;

/** A line as it is typed on a terminal that leaves editing to us. */
export class TypedLine {
  #bytes: number[] = [];

  /** Takes one byte from the terminal. */
  type(byte: number): Typed {
    switch (byte) {
      case 0x0a:
      case 0x0d:
        return "line";
      case 0x03: // Ctrl-C
      case 0x04: // Ctrl-D
        return "interrupt";
      case 0x08:
      case 0x7f:
        this.#takeBack();
        return undefined;
      case 0x15: // Ctrl-U
        this.#bytes = [];
        return undefined;
      default:
        this.#bytes.push(byte);
        return undefined;
    }
  }

  /** The line's text; undefined where it is not UTF-8: two lines may not become one. */
  text(): string | undefined {
    try {
      return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(Uint8Array.from(this.#bytes));
    } catch {
      return undefined;
    }
  }

  /** A character, of however many bytes. */
  #takeBack(): void {
    while (isContinuation(this.#bytes.at(-1))) this.#bytes.pop();
    this.#bytes.pop();
  }
}

const isContinuation = (byte: number | undefined) => byte !== undefined && (byte & 0xc0) === 0x80;
