import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import fc from "fast-check";
import { parquetWriteBuffer } from "hyparquet-writer";
import { afterAll, describe, expect, test, vi } from "vitest";
import { loadTable } from "../../src/data/loadTable.js";
import { parquetRecords } from "../../src/data/parquetRecords.js";
import { ArgumentError, SimdgradError } from "../../src/errors/errors.js";

const folder = mkdtempSync(join(tmpdir(), "simdgrad-parquet-"));
afterAll(() => rmSync(folder, { recursive: true }));

const N = 250;
const ROWS = Array.from({ length: N }, (_, i) => ({
  size: i % 7 === 0 ? null : i / 4,
  rooms: i % 5,
  count: BigInt(i) * 1_000_000n,
  city: i % 11 === 0 ? null : ["Ulm", "Bonn"][i % 2],
  sold: i % 3 === 0,
}));

const written = (codec: "UNCOMPRESSED" | "SNAPPY" | "GZIP" = "SNAPPY"): Uint8Array =>
  new Uint8Array(
    parquetWriteBuffer({
      columnData: [
        { name: "size", data: ROWS.map(({ size }) => size), type: "DOUBLE", nullable: true },
        { name: "rooms", data: ROWS.map(({ rooms }) => rooms), type: "INT32" },
        { name: "count", data: ROWS.map(({ count }) => count), type: "INT64" },
        { name: "city", data: ROWS.map(({ city }) => city), type: "STRING", nullable: true },
        { name: "sold", data: ROWS.map(({ sold }) => sold), type: "BOOLEAN" },
      ],
      rowGroupSize: 100,
      codec,
    }),
  );

const EXPECTED = ROWS.map((row) => ({ ...row, size: row.size ?? Number.NaN, count: Number(row.count) }));

async function all<T>(items: AsyncIterable<T>): Promise<T[]> {
  const found: T[] = [];
  for await (const item of items) found.push(item);
  return found;
}

describe("the records of a Parquet file", () => {
  test("come from a path, a Blob or bytes, of all row groups", async () => {
    const bytes = written();
    const path = join(folder, "houses.parquet");
    writeFileSync(path, bytes);
    for (const file of [path, new Blob([bytes as BlobPart]), bytes, bytes.buffer as ArrayBuffer])
      expect(await all(parquetRecords(file))).toEqual(EXPECTED);
    expect(() => parquetRecords(new Blob([]).stream() as never)).toThrow(ArgumentError);
  });

  test("are a table", async () => {
    const table = await loadTable(written("UNCOMPRESSED"), { format: "parquet" });
    expect(table.types).toEqual({ size: "number", rooms: "integer", count: "integer", city: "category", sold: "boolean" });
    expect([table.length, table.missing.size, table.missing.city]).toEqual([N, 36, 23]);
  });

  test("come from any place; groups that are passed over are not read", async () => {
    const bytes = written();
    const reads = vi.fn();
    const blob = {
      size: bytes.length,
      stream: () => null,
      slice: (start: number, end: number) => {
        reads();
        return { arrayBuffer: async () => bytes.slice(start, end).buffer as ArrayBuffer };
      },
    };
    for (const place of [0, 1, 99, 100, 101, 200, 249, 250, 300]) {
      const walk = parquetRecords(blob).iterateFrom(place);
      expect(await all(walk)).toEqual(EXPECTED.slice(place));
    }
    reads.mockClear();
    await parquetRecords(blob).iterateFrom(220).next();
    // The end of the file, and a chunk of each column.
    expect(reads.mock.calls.length).toBe(6);
  });

  test("may be packed by another peer's codecs", async () => {
    const gzip = new Uint8Array(
      parquetWriteBuffer({
        columnData: [{ name: "a", data: ["x".repeat(50), "y".repeat(50)], type: "STRING" }],
        codec: "GZIP",
        compressors: { GZIP: (input) => new Uint8Array(gzipSync(input)) },
      }),
    );
    expect(await all(parquetRecords(gzip))).toEqual([{ a: "x".repeat(50) }, { a: "y".repeat(50) }]);
  });
});

test("damaged bytes are an error of the library, or other cells of the same table, within a second", async () => {
  const files = [written(), written("UNCOMPRESSED")];
  const damage = fc.tuple(fc.nat(1), fc.array(fc.tuple(fc.nat(), fc.nat(255)), { minLength: 1, maxLength: 3 }), fc.option(fc.nat()));
  await fc.assert(
    fc.asyncProperty(damage, async ([which, changes, cut]) => {
      let bytes = files[which].slice();
      // Half of the changes fall upon the end, where all claims stand.
      for (const [at, byte] of changes) bytes[at % 2 ? at % bytes.length : bytes.length - 1 - (at % 900)] = byte;
      if (cut !== null) bytes = bytes.slice(0, cut % bytes.length);
      const found = await all(parquetRecords(bytes)).catch((error) => error);
      if (Array.isArray(found)) expect(found.length).toBe(N);
      else expect(found).toBeInstanceOf(SimdgradError);
    }),
    { numRuns: 300 },
  );
});
