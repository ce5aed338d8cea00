import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { type CsvRecordsOptions, csvRecords } from "../../src/data/csvRecords.js";
import { jsonlRecords } from "../../src/data/jsonlRecords.js";
import { SimdgradError } from "../../src/errors/errors.js";
import { RecordError } from "../../src/io/recordError.js";

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const records = (text: string, options?: CsvRecordsOptions) => csvRecords(bytes(text), options);

async function all<T>(items: AsyncIterable<T>): Promise<T[]> {
  const found: T[] = [];
  for await (const item of items) found.push(item);
  return found;
}

beforeEach(() => void vi.spyOn(console, "warn").mockImplementation(() => {}));
afterEach(() => void vi.restoreAllMocks());

/** More than a block of records, with a bad one in the middle and a record of many lines. */
const LONG = Array.from({ length: 60_000 }, (_, i) => (i === 40_000 ? "bad" : `${i},"text ${i % 5}"`)).join("\n");

describe("records", () => {
  test("are objects of cells", async () => {
    const text = "size,city,sold,on\n40,Ulm,yes,2020-01-01\n,NA,no,\n";
    expect(await all(records(text))).toEqual([
      { size: 40, city: "Ulm", sold: "yes", on: "2020-01-01" },
      { size: Number.NaN, city: null, sold: "no", on: null },
    ]);
    expect(await all(records(text, { types: { size: "text", sold: "boolean", on: "date" } }))).toEqual([
      { size: "40", city: "Ulm", sold: true, on: Date.UTC(2020, 0, 1) },
      { size: null, city: null, sold: false, on: null },
    ]);
  });

  test("come again at each walk, and from any place", async () => {
    const stream = records(LONG.replace("bad", '40000,"text\n0"'), { names: ["i", "text"] });
    const first = await all(stream);
    expect([first.length, first[59_999], first[40_000].text]).toEqual([60_000, { i: 59_999, text: "text 4" }, "text\n0"]);
    expect(await all(stream)).toEqual(first);
    for (const place of [0, 1, 25_000, 59_999, 60_000]) {
      const rest: unknown[] = [];
      const walk = stream.iterateFrom(place);
      for (let step = await walk.next(); !step.done && rest.length < 3; step = await walk.next()) rest.push(step.value);
      await walk.return?.();
      expect(rest).toEqual(first.slice(place, place + 3));
    }
  });

  test("that are bad name file and line, come in their place, and can be passed over", async () => {
    const stream = records(LONG, { names: ["i", "text"] });
    let count = 0;
    const walk = async () => {
      for await (const _ of stream) count++;
    };
    await expect(walk()).rejects.toMatchObject({ name: "RecordError", file: "the data", line: 40_001 });
    await expect(stream.iterateFrom(50_000).next()).rejects.toThrow("csvRecords: the data, line 40001: it has 1 cell; expected 2 columns.");
    expect(count).toBe(40_000);
    const lenient = stream.onBadRecord("skip");
    expect((await all(lenient)).length).toBe(59_999);
    expect([lenient.skipped.count, lenient.skipped.first[0].line]).toEqual([1, 40_001]);
    expect((await lenient.iterateFrom(40_000).next()).value).toEqual({ i: 40_001, text: "text 1" });
    const late = records(`a,b\n${"1,yes\n".repeat(2000)}x,no\n2,maybe\n1,5;3,no\n3,no\n`, { types: { b: "boolean" } }).onBadRecord("skip");
    expect((await all(late)).length).toBe(2001);
    expect(late.skipped.first.map(({ message }) => message)).toEqual([
      'csvRecords: the data, line 2002: column "a": "x" is no number. Read the column as texts with { types: { "a": "text" } }, or mend the cell.',
      'csvRecords: the data, line 2003: column "b": "maybe" is not of type "boolean". Mend the cell, or read the column as texts: { types: { "b": "text" } }.',
      "csvRecords: the data, line 2004: it has 3 cells; expected 2 columns.",
    ]);
  });

  test("of a stream come once", async () => {
    const stream = csvRecords(new Blob(["a\n1\n2\n"]).stream());
    expect(stream.oneShot).toMatch(/it is a stream/);
    expect(await all(stream)).toEqual([{ a: 1 }, { a: 2 }]);
  });

  test("whose lines end with a carriage return alone are refused, also behind the last one", async () => {
    for (const text of ["a,b\r1,2\r3,4", "a,b\r1,2\r3,4\r"]) {
      await expect(all(records(text))).rejects.toThrow("the lines of the data end with a carriage return alone; expected a line feed");
    }
    expect(await all(records("a,b\r\n1,2\r"))).toEqual([{ a: 1, b: 2 }]);
    expect(await all(records("1,2\r"))).toEqual([{ column1: 1, column2: 2 }]);
  });

  test("of any bytes are records or errors of the library", async () => {
    const pieces = fc.constantFrom("a,b\n", "1,2\n", '"', '"x"', "\r\n", ";", "NA", "é", "x", "1e5", ",", "\n", "{", "}", '{"a":1}');
    const inputs = fc.oneof(
      fc.uint8Array({ maxLength: 100 }),
      fc.array(pieces, { maxLength: 40 }).map((list) => bytes(list.join(""))),
    );
    await fc.assert(
      fc.asyncProperty(inputs, fc.boolean(), async (input, lenient) => {
        for (const stream of [csvRecords(input), jsonlRecords(input)]) {
          const judged = lenient ? stream.onBadRecord("skip") : stream;
          const found = await all(judged as AsyncIterable<unknown>).catch((error) => error);
          if (!Array.isArray(found)) expect(found).toBeInstanceOf(SimdgradError);
        }
      }),
      { numRuns: 300 },
    );
  });
});

describe("JSONL", () => {
  test("records are the objects of lines", async () => {
    const values = fc.array(fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 2 })), { maxLength: 10 });
    await fc.assert(
      fc.asyncProperty(values, async (objects) => {
        const text = objects.map((object) => JSON.stringify(object)).join("\r\n\n");
        expect(await all(jsonlRecords(bytes(text)))).toEqual(JSON.parse(JSON.stringify(objects)));
      }),
      { numRuns: 200 },
    );
  });

  test("lines that are none are bad records", async () => {
    const text = '{"a":1}\n[1]\n{"a":\n\n{"a":2}';
    await expect(all(jsonlRecords(bytes(text)))).rejects.toThrow(
      "jsonlRecords: the data, line 2: it is an array of length 1; expected an object.",
    );
    const lenient = jsonlRecords(bytes(text)).onBadRecord("skip");
    expect(await all(lenient)).toEqual([{ a: 1 }, { a: 2 }]);
    expect(lenient.skipped.first.map(({ line }) => line)).toEqual([2, 3]);
    const broken = jsonlRecords(Uint8Array.of(0xff, 10));
    await expect(all(broken)).rejects.toBeInstanceOf(RecordError);
    await expect(all(jsonlRecords(bytes(`{"a":"${"x".repeat(40_000_000)}"}`)))).rejects.toThrow("the line has more than 16 MiB");
  });
});
