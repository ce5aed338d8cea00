import { gzipSync } from "node:zlib";
import { parquetWriteBuffer } from "hyparquet-writer";
import { expect } from "vitest";
import { type CachedBatch, cached, csvRecords, DataStream, jsonlRecords, loadTable, parquetRecords } from "../../../../src/data.js";
import { collect } from "../../streams.js";
import { fileOf, written } from "../files.js";
import { type Reader, reader } from "../reader.js";

// It has no types of its own.
const { default: Papa } = (await import("papaparse" as string)) as {
  default: { parse(text: string, options: object): { data: string[][] } };
};

const utf8 = (text: string) => new Uint8Array(Buffer.from(text));

const CSV = utf8('size,city,price\n40,Ulm,1.5\n-6e1,"Bonn, ""am Rhein""",\n80,"two\nlines",2.25\n7,Kiel,1e3\n');
const PLAIN = utf8(`a,b\n${Array.from({ length: 30 }, (_, i) => `${i},${i / 8}`).join("\n")}\n`);
const TYPES = { size: "number", price: "number", a: "number", b: "number" } as const;
const MISSING = ["", "NA", "N/A", "n/a", "#N/A", "<NA>", "NaN", "nan", "null", "NULL", "None", "?"];
const LINES = utf8('{"a": 1, "b": "x"}\n{"a": -2.5e3, "b": null}\n\n{"b": "\\u00e9\\n", "a": 0}\n');

/** Expects rows to be what another parser reads: as many records, as many cells, each number a number. */
function expectRows(rows: readonly Record<string, unknown>[], bytes: Uint8Array): void {
  const text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  const { data } = Papa.parse(text, { delimiter: ",", skipEmptyLines: true });
  const names = data[0].map((name, i) => name.trim() || `column${i + 1}`);
  const records = data.slice(1);
  expect(rows.length, "records").toBe(records.length);
  for (const [i, record] of records.entries()) {
    expect(record.length, `cells of record ${i}`).toBe(names.length);
    for (const [k, cell] of record.entries()) {
      const found = rows[i][names[k]];
      const isMissing = MISSING.includes(cell.trim());
      if (typeof found === "number" && !Number.isNaN(found)) expect(found, `cell ${JSON.stringify(cell)}`).toBe(Number(cell));
      else if (typeof found === "string") expect(found.trim()).toBe(cell.trim());
      else expect(isMissing, `cell ${JSON.stringify(cell)} is ${found}`).toBe(true);
    }
  }
}

/** The values of lines. What JSON takes for white space makes no difference, and a mark of the order of bytes at the begin. */
const linesOf = (bytes: Uint8Array) =>
  Buffer.from(bytes)
    .toString()
    .replace(/^\ufeff/, "")
    .split("\n")
    .filter((line) => !/^[ \t\r]*$/.test(line))
    .map((line) => JSON.parse(line));

/** Only the types of columns that there are may be given. */
const typesIn = (bytes: Uint8Array) => {
  const lines = Buffer.from(bytes)
    .toString("latin1")
    .split(/[\r\n]+/);
  const header = (lines.find((line) => line !== "") ?? "").split(",");
  return Object.fromEntries(Object.entries(TYPES).filter(([name]) => header.includes(name)));
};

const ROWS = Array.from({ length: 60 }, (_, i) => ({
  size: i % 7 === 0 ? null : i / 4,
  rooms: i % 5,
  city: ["Ulm", "Bonn"][i % 2],
  sold: i % 3 === 0,
}));
const CODECS = ["UNCOMPRESSED", "SNAPPY", "GZIP"] as const;

const parquet = (codec: (typeof CODECS)[number]) =>
  new Uint8Array(
    parquetWriteBuffer({
      columnData: [
        { name: "size", data: ROWS.map(({ size }) => size), type: "DOUBLE", nullable: true },
        { name: "rooms", data: ROWS.map(({ rooms }) => rooms), type: "INT32" },
        { name: "city", data: ROWS.map(({ city }) => city), type: "STRING" },
        { name: "sold", data: ROWS.map(({ sold }) => sold), type: "BOOLEAN" },
      ],
      rowGroupSize: 25,
      codec,
      compressors: { GZIP: (input: Uint8Array) => new Uint8Array(gzipSync(input)) },
    }),
  );

const RECORDS = Array.from({ length: 40 }, (_, i) => ({ x: Float32Array.of(i, -i), y: i }));
const cachedRows = (path: string) => cached(DataStream.from(RECORDS), path, { key: "numbers" });

/** Tables and records. */
export const tables: readonly Reader[] = [
  reader({
    name: "loadTable, CSV",
    text: true,
    samples: () => [CSV, PLAIN],
    read: async (bytes) => (await loadTable(bytes, { format: "csv", separator: ",", header: true, types: typesIn(bytes) })).rows,
    judge: expectRows,
  }),
  reader({
    name: "csvRecords",
    text: true,
    samples: () => [CSV, PLAIN],
    read: (bytes) => collect(csvRecords(bytes, { separator: ",", header: true, types: typesIn(bytes) })),
    judge: expectRows,
  }),
  reader({
    name: "loadTable, JSONL",
    text: true,
    samples: () => [LINES],
    read: async (bytes) => (await loadTable(bytes, { format: "jsonl" })).rows,
    judge: (rows, bytes) => expect(rows.length).toBe(linesOf(bytes).length),
  }),
  reader({
    name: "jsonlRecords",
    text: true,
    samples: () => [LINES],
    read: (bytes) => collect(jsonlRecords(bytes)),
    judge: (records, bytes) => expect(records).toEqual(linesOf(bytes)),
  }),
  reader({
    name: "parquetRecords",
    samples: () => CODECS.map(parquet),
    read: (bytes) => collect(parquetRecords(bytes)),
    // There is no checksum. All records have the same columns, as many as the first, and each column is of one type.
    judge: (records) => {
      const kinds = (record: object) => Object.entries(record).map(([name, cell]) => [name, cell === null ? "string" : typeof cell]);
      for (const record of records) expect(Object.keys(record)).toEqual(Object.keys(records[0]));
      const first = new Map(records.flatMap(kinds) as [string, string][]);
      for (const record of records)
        for (const [name, kind] of kinds(record))
          if (record[name] !== null && !first.get(name)?.match(/bigint|number/)) expect(kind).toBe(first.get(name));
    },
  }),
  reader({
    name: "cached",
    mends: true,
    samples: async () => [await written(cachedRows, "cache")],
    read: fileOf(async (path) => collect((await cachedRows(path)).batches({ batchSize: 16, shuffle: false })), "cache"),
    // A file that is no cache is made again; what is read of one is what was written.
    judge: (batches: CachedBatch[]) => {
      const found = batches.flatMap(({ x, y }) => (x.toArray() as number[][]).map((row, i) => [...row, y.view()[i]]));
      expect(found).toEqual(RECORDS.map(({ x, y }) => [x[0], x[1], y]));
    },
  }),
];
