/**
 * Bytes as text that stands in a string of JS as it is, and that compressors see through: a byte is always the same one or two
 * characters, one if it is frequent. (Base64 takes half as much again: it lays three bytes over four characters.) What reads it is
 * src/kernels/text.ts.
 */

/** Printable ASCII without quotes, backslash and dollar. */
const ALPHABET = Array.from({ length: 0x7f - 0x20 }, (_, i) => String.fromCharCode(0x20 + i)).filter((c) => !/["'`\\$]/.test(c));
/** The last ones stand before a second character. */
const PREFIXES = 2;
const SINGLE = ALPHABET.length - PREFIXES;

/** All bytes, the most frequent ones of some data first. */
export function byFrequency(...data) {
  const count = new Uint32Array(256);
  for (const bytes of data) for (const byte of bytes) count[byte]++;
  return Uint8Array.from(count.keys()).sort((a, b) => count[b] - count[a] || a - b);
}

/**
 * The text: first the order in hexadecimal, then the data.
 * @param order all bytes, the most frequent ones first: one order for whatever a compressor may find alike
 */
export function textOf(data, order) {
  const codes = [];
  order.forEach((byte, i) => {
    const [prefix, single] = [Math.floor(i / SINGLE), i % SINGLE];
    codes[byte] = (prefix > 0 ? ALPHABET[SINGLE + prefix - 1] : "") + ALPHABET[single];
  });
  return Buffer.from(order).toString("hex") + Array.from(data, (byte) => codes[byte]).join("");
}
