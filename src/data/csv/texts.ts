const SLOTS = 4096;

/** The longest text that is kept, in bytes. */
const LONGEST = 64;

/** Turns bytes to texts. The texts of a column are often few: one that was read before is found without making it again. */
export class Texts {
  readonly #kept: (string | undefined)[] = new Array(SLOTS).fill(undefined);
  readonly #decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

  /** The text of the bytes from `from` to before `to`; null where they are no UTF-8. */
  read(bytes: Uint8Array, from: number, to: number): string | null {
    if (from === to) return "";
    if (to - from > LONGEST) return this.#decode(bytes, from, to);
    let hash = to - from;
    for (let i = from; i < to; i++) hash = Math.imul(hash ^ bytes[i], 0x01000193);
    const slot = (hash ^ (hash >>> 15)) & (SLOTS - 1);
    const kept = this.#kept[slot];
    if (kept !== undefined && isSame(kept, bytes, from, to)) return kept;
    const made = this.#decode(bytes, from, to);
    if (made !== null) this.#kept[slot] = made;
    return made;
  }

  #decode(bytes: Uint8Array, from: number, to: number): string | null {
    try {
      return this.#decoder.decode(bytes.subarray(from, to));
    } catch {
      return null;
    }
  }
}

/** Whether a text consists of these bytes. Texts beyond ASCII differ from theirs, and are decoded each time. */
function isSame(text: string, bytes: Uint8Array, from: number, to: number): boolean {
  if (text.length !== to - from) return false;
  for (let i = from; i < to; i++) if (text.charCodeAt(i - from) !== bytes[i]) return false;
  return true;
}
