const NEW_LINE = 0x0a;

/** The white space of ASCII. */
const isSpace = (byte: number): boolean => byte === 0x20 || (byte >= 0x09 && byte <= 0x0d);

/**
 * Counts lines and words of bytes that come in pieces. Words are what stands between ASCII white space; the last line
 * counts also when no line break ends it.
 */
export class TextCount {
  #lineBreaks = 0;
  #words = 0;
  #last = NEW_LINE;

  add(piece: Uint8Array): void {
    let last = this.#last;
    for (const byte of piece) {
      if (byte === NEW_LINE) this.#lineBreaks++;
      if (isSpace(last) && !isSpace(byte)) this.#words++;
      last = byte;
    }
    this.#last = last;
  }

  get lines(): number {
    return this.#lineBreaks + (this.#last === NEW_LINE ? 0 : 1);
  }

  get words(): number {
    return this.#words;
  }
}
