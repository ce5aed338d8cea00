/** A tar archive, written by the standard: POSIX ustar, IEEE 1003.1. */
export function tar(entries: readonly Uint8Array[]): Uint8Array {
  const size = entries.reduce((sum, { length }) => sum + length, 0);
  const archive = new Uint8Array(size + 1024);
  let at = 0;
  for (const entry of entries) {
    archive.set(entry, at);
    at += entry.length;
  }
  return archive;
}

interface EntryOptions {
  /** What the header says of the size; default: the truth. */
  size?: number;
  type?: string;
  prefix?: string;
}

/** The blocks of a file. */
export function tarEntry(name: string, content: string | Uint8Array, { size, type = "0", prefix = "" }: EntryOptions = {}): Uint8Array {
  const bytes = typeof content === "string" ? new TextEncoder().encode(content) : content;
  const entry = new Uint8Array(512 + Math.ceil(bytes.length / 512) * 512);
  const put = (text: string, at: number): void => entry.set(new TextEncoder().encode(text), at);
  const length = size ?? bytes.length;
  put(name, 0);
  put("0000644\0", 100);
  put(Number.isNaN(length) ? "!!!!!!!!!!!\0" : `${length.toString(8).padStart(11, "0")}\0`, 124);
  put("        ", 148);
  put(type, 156);
  put("ustar\x0000", 257);
  put(prefix, 345);
  const sum = entry.subarray(0, 512).reduce((total, byte) => total + byte, 0);
  put(`${sum.toString(8).padStart(6, "0")}\0 `, 148);
  entry.set(bytes, 512);
  return entry;
}
