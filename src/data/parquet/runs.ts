/**
 * Numbers as Parquet packs them: runs of one value, and groups of eight values of a few bits each. A damaged count would be believed by whoever
 * unpacks them, and take hours or all memory: here counts are held against what is expected, without making room for the numbers.
 */

/** Bytes that are read from a place on. */
export interface RunReader {
  readonly bytes: Uint8Array;
  at: number;
}

/** The most values by which groups may exceed what is wanted, to fill them up. */
const SLACK = 1024;

/** A whole number below 2³¹ in groups of seven bits. @throws Error for another one */
export function readVarint(reader: RunReader): number {
  let value = 0;
  for (let place = 1; place < 34359738368; place *= 128) {
    if (reader.at >= reader.bytes.length) throw new Error("a number ends behind its page");
    const byte = reader.bytes[reader.at++];
    value += (byte & 127) * place;
    if (byte < 128) {
      if (value >= 2147483648) break;
      return value;
    }
  }
  throw new Error("a count is too large");
}

/**
 * Passes over `n` numbers of `width` bits.
 * @returns how many of them are `wanted`
 * @throws Error for runs that have other numbers than n, or end behind the bytes
 */
export function passRuns(reader: RunReader, width: number, n: number, wanted: number): number {
  if (width > 32) throw new Error(`its numbers have ${width} bits; expected at most 32`);
  const { bytes } = reader;
  let found = 0;
  for (let seen = 0; seen < n; ) {
    const header = readVarint(reader);
    const count = header % 2 === 1 ? (header >>> 1) * 8 : header >>> 1;
    const left = n - seen;
    if (header % 2 === 1) {
      if (count === 0 || count > left + SLACK) throw new Error(`a group claims ${count} numbers; ${left} are left`);
      const taken = Math.min(count, left);
      if (reader.at + Math.ceil((taken * width) / 8) > bytes.length) throw new Error("a group ends behind its page");
      for (let i = 0; i < taken; i++) if (bitsAt(bytes, reader.at, i * width, width) === wanted) found++;
      reader.at += (count / 8) * width;
    } else {
      const size = (width + 7) >>> 3;
      if (count > left) throw new Error(`a run claims ${count} numbers; ${left} are left`);
      if (reader.at + size > bytes.length) throw new Error("a run ends behind its page");
      if (bitsAt(bytes, reader.at, 0, 8 * size) === wanted) found += count;
      reader.at += size;
    }
    seen += count;
  }
  return found;
}

/** The number of `width` bits that begins at a bit behind a byte. */
function bitsAt(bytes: Uint8Array, from: number, bit: number, width: number): number {
  let value = 0;
  for (let i = 0; i < width; i++) {
    const at = bit + i;
    if (((bytes[from + (at >>> 3)] >>> (at & 7)) & 1) === 1) value |= 1 << i;
  }
  return value >>> 0;
}

/** @throws Error for differences packed in blocks without numbers, which would be unpacked for ever */
export function checkDeltas(reader: RunReader): void {
  const [block, parts] = [readVarint(reader), readVarint(reader)];
  if (parts === 0 || block === 0 || block % parts !== 0 || parts > reader.bytes.length || block > 1 << 24)
    throw new Error(`a block of ${block} numbers in ${parts} parts is not possible`);
}
