/** The bytes that are parsed at once, at least: fewer are waited for. */
export const LEAST = 1 << 18;

const LF = 10;

/** The bytes of a text from some line on, up to a line feed. */
export class Gathered {
  bytes = new Uint8Array(0);
  /** Behind the last line feed. */
  end = 0;
  /** Whether the file ends there. */
  isWhole = false;
  #least = LEAST;
  #isBegin = true;

  constructor(readonly pieces: AsyncGenerator<Uint8Array, void, undefined>) {}

  /** Leaves out what stands before `from`, and adds at least as much as makes parsing worth while. @returns false where there is no more */
  async more(from: number): Promise<boolean> {
    if (this.isWhole) return false;
    // A record that was not whole is parsed again: each time with twice the bytes, so that it takes time in proportion.
    this.#least = Math.max(LEAST, 2 * (this.bytes.length - from));
    const parts: Uint8Array[] = [this.bytes.slice(from)];
    let length = parts[0].length;
    while (length < this.#least) {
      const { done, value } = await this.pieces.next();
      if (done) {
        this.isWhole = true;
        break;
      }
      // The memory of a piece is taken again by the next one.
      parts.push(length + value.length < this.#least ? value.slice() : value);
      length += value.length;
    }
    const bytes = new Uint8Array(length + 1);
    let at = 0;
    for (const part of parts) {
      bytes.set(part, at);
      at += part.length;
    }
    this.bytes = bytes.subarray(0, length);
    if (this.#isBegin) {
      this.#isBegin = false;
      if (bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf) this.bytes = this.bytes.subarray(3);
    }
    if (this.isWhole && length > 0 && bytes[length - 1] !== LF) {
      // The last line may end without a line feed.
      bytes[length] = LF;
      this.bytes = new Uint8Array(bytes.buffer, this.bytes.byteOffset, this.bytes.length + 1);
    }
    this.end = this.bytes.lastIndexOf(LF) + 1;
    return this.bytes.length > 0;
  }
}
