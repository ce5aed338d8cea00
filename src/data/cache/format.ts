import { isPlain } from "../../options/plain.js";
import type { CachedField } from "./field.js";

/**
 * A cache file: 16 bytes that say what it is; blocks of rows, each row as many float32 (little-endian); what is told of them as JSON; and 16
 * bytes with the length and the checksum of that JSON. Since the end is written last, a file that is cut anywhere has no end.
 */

/** What stands behind the rows. */
export interface CacheFooter {
  readonly version: 1;
  /** What tells whether the source has changed. */
  readonly key: string;
  readonly rows: number;
  readonly blockRows: number;
  readonly fields: readonly CachedField[];
  /** Of each field of texts the place of each code among its categories. */
  readonly ranks: readonly (readonly number[] | null)[];
  /** The checksum of each block. */
  readonly checksums: readonly number[];
}

/** Bytes before the first row, and behind the footer. */
export const EDGE = 16;

const BEGIN = "simdgrad rows 1\n";
const END = "rows end";

/** The bytes before the first row. */
export function beginBytes(): Uint8Array {
  return new TextEncoder().encode(BEGIN);
}

/** The bytes behind the last row. */
export function endBytes(footer: CacheFooter): Uint8Array {
  const text = new TextEncoder().encode(JSON.stringify(footer));
  // The checksum takes words of four bytes: spaces fill the JSON up.
  const bytes = new Uint8Array(Math.ceil(text.length / 4) * 4 + EDGE).fill(32);
  bytes.set(text);
  const at = bytes.length - EDGE;
  const view = new DataView(bytes.buffer);
  view.setUint32(at, at, true);
  view.setUint32(at + 4, checksum(bytes.subarray(0, at)), true);
  bytes.set(new TextEncoder().encode(END), at + 8);
  return bytes;
}

/** The bytes of the footer and the end, as the last ones of a file tell; null for a file that does not end so. */
export function footerSize(end: Uint8Array): number | null {
  if (end.length < EDGE || new TextDecoder().decode(end.subarray(8)) !== END) return null;
  return new DataView(end.buffer, end.byteOffset).getUint32(0, true) + EDGE;
}

/** What stands behind the rows; null where it is damaged, or does not fit to a file of that size. @param bytes from the footer to the end */
export function readFooter(bytes: Uint8Array, fileSize: number): CacheFooter | null {
  const at = bytes.length - EDGE;
  if (at < 0 || new DataView(bytes.buffer, bytes.byteOffset).getUint32(at + 4, true) !== checksum(bytes.subarray(0, at))) return null;
  let footer: CacheFooter;
  try {
    footer = JSON.parse(new TextDecoder().decode(bytes.subarray(0, at)));
  } catch {
    return null;
  }
  if (!isPlain(footer) || footer.version !== 1 || !Array.isArray(footer.fields)) return null;
  return EDGE + footer.rows * rowBytesOf(footer.fields) + bytes.length === fileSize ? footer : null;
}

export function rowBytesOf(fields: readonly { readonly width: number }[]): number {
  return 4 * fields.reduce((sum, { width }) => sum + width, 0);
}

/** A checksum of words of four bytes, in which each change of a word shows: each step can be undone, for the word as for the sum before it. */
export function checksum(bytes: Uint8Array): number {
  const words = bytes.byteOffset % 4 === 0 ? new Uint32Array(bytes.buffer, bytes.byteOffset, bytes.length >>> 2) : null;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  let sum = 0x811c9dc5;
  for (let i = 0; i < bytes.length >>> 2; i++) {
    sum = Math.imul(sum ^ (words === null ? view.getUint32(4 * i, true) : words[i]), 0x01000193);
    sum ^= sum >>> 15;
  }
  return sum >>> 0;
}
