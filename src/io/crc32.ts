import { builtin } from "../kernels/platform.js";

/** The CRC-32 of each byte by itself, with the reflected polynomial 0xedb88320. */
const TABLE: Uint32Array = Uint32Array.from({ length: 256 }, (_, byte) => {
  let crc = byte;
  for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? 0xedb88320 ^ (crc >>> 1) : crc >>> 1;
  return crc;
});

interface Zlib {
  /** Node 20 and newer have it. */
  crc32?(bytes: Uint8Array, before: number): number;
}

/**
 * The CRC-32 of bytes, as PNG, zip and gzip have it (ISO 3309). Node's own function takes an eighth of the table's time.
 * @param before the CRC-32 of the bytes that stand before these; default: none do
 */
export function crc32(bytes: Uint8Array, before = 0): number {
  return builtin<Zlib>("node:zlib")?.crc32?.(bytes, before) ?? crc32ByTable(bytes, before);
}

/** `crc32` where the platform has none. */
export function crc32ByTable(bytes: Uint8Array, before = 0): number {
  let crc = ~before;
  for (let i = 0; i < bytes.length; i++) crc = TABLE[(crc ^ bytes[i]) & 255] ^ (crc >>> 8);
  return ~crc >>> 0;
}
