import { gunzipSync, gzipSync } from "node:zlib";
import { expect } from "vitest";
import { parseCifar10, parseIdx } from "../../../../src/datasets.js";
import { untar } from "../../../../src/io/tar.js";
import { tar, tarEntry } from "../../tar.js";
import { bytesOf, expectBytes } from "../judge.js";
import { type Reader, reader } from "../reader.js";

const unzipped = (bytes: Uint8Array): Uint8Array => (bytes[0] === 0x1f && bytes[1] === 0x8b ? gunzipSync(bytes) : bytes);

function idx(...shape: number[]): Uint8Array {
  const size = shape.reduce((a, b) => a * b, 1);
  const extents = shape.flatMap((n) => [n >>> 24, (n >>> 16) & 255, (n >>> 8) & 255, n & 255]);
  return Uint8Array.from([0, 0, 8, shape.length, ...extents, ...Array.from({ length: size }, (_, i) => (i * 7) % 256)]);
}

const records = Uint8Array.from({ length: 3 * 3073 }, (_, i) => (i % 3073 === 0 ? i / 3073 : (i * 31) % 256));

/** The published data sets. */
export const dataSets: readonly Reader[] = [
  reader({
    name: "parseIdx",
    samples: () => [idx(3, 4, 4), idx(9), gzipSync(idx(2, 5)), gzipSync(idx(40))],
    read: parseIdx,
    judge: (x, bytes) => {
      const found = x.shape.flatMap((n) => [n >>> 24, (n >>> 16) & 255, (n >>> 8) & 255, n & 255]);
      expectBytes(Buffer.concat([Uint8Array.from([0, 0, 8, x.rank, ...found]), bytesOf(x)]), unzipped(bytes), "idx");
    },
  }),
  reader({
    name: "parseCifar10",
    samples: () => [records, records.subarray(0, 3073), gzipSync(records.subarray(3073))],
    read: (bytes) => parseCifar10(bytes, { dtype: "uint8" }),
    judge: ({ x, y }, bytes) => {
      const pixels = bytesOf(x);
      const rows = Array.from(y.view(), (label, i) => Buffer.concat([Uint8Array.of(label), pixels.subarray(3072 * i, 3072 * (i + 1))]));
      expect(Math.max(...y.view())).toBeLessThan(10);
      expectBytes(Buffer.concat(rows), unzipped(bytes), "records");
    },
  }),
  reader({
    name: "untar",
    samples: () => [tar([tarEntry("a.txt", "alpha"), tarEntry("b", "y".repeat(700)), tarEntry("empty", "")])],
    read: (bytes) => untar("untar", bytes),
    // The checksum of tar is of the headers: the content of a file may be another, its place and length may not.
    judge: (files, bytes) => {
      for (const [name, content] of files) {
        expect(Buffer.from(bytes).includes(Buffer.from(name))).toBe(true);
        expect(Buffer.from(bytes).includes(Buffer.from(content))).toBe(true);
      }
    },
  }),
];
