import { crc32 as zlibCrc32 } from "node:zlib";
import fc from "fast-check";
import { expect, test } from "vitest";
import { crc32, crc32ByTable } from "../../src/io/crc32.js";

test.each([
  ["Node's own", crc32],
  ["by a table", crc32ByTable],
])("%s: the check value of the standard, and whatever zlib says", (_, crc) => {
  expect(crc(new TextEncoder().encode("123456789"))).toBe(0xcbf43926);
  fc.assert(fc.property(fc.uint8Array(), (bytes) => crc(bytes) === zlibCrc32(bytes)));
  fc.assert(fc.property(fc.uint8Array(), fc.uint8Array(), (a, b) => crc(b, crc(a)) === zlibCrc32(Buffer.concat([a, b]))));
});
