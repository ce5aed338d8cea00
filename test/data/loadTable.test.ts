import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import fc from "fast-check";
import { afterAll, describe, expect, test } from "vitest";
import { type LoadTableOptions, loadTable } from "../../src/data/loadTable.js";
import { SimdgradError } from "../../src/errors/errors.js";
import { FileError } from "../../src/io/error.js";

const folder = mkdtempSync(join(tmpdir(), "simdgrad-table-"));
afterAll(() => rmSync(folder, { recursive: true }));

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const load = (text: string, options?: LoadTableOptions) => loadTable(bytes(text), options);
const failure = (text: string | Uint8Array, options?: LoadTableOptions) =>
  loadTable(typeof text === "string" ? bytes(text) : text, options).then(
    () => "read",
    (error: Error) => {
      expect(error).toBeInstanceOf(FileError);
      return error.message;
    },
  );

const HOUSES = "size,rooms,city,sold,since,note\n40.5,2,Ulm,true,2020-01-31,old\n60,3,Bonn,false,2021-05-01,new\n,4,Ulm,NA,,\n";

describe("types", () => {
  test("are guessed, and told", async () => {
    const table = await load(HOUSES);
    expect(table.types).toEqual({ size: "number", rooms: "integer", city: "category", sold: "boolean", since: "date", note: "category" });
    expect(table.missing).toEqual({ size: 1, rooms: 0, city: 0, sold: 1, since: 1, note: 1 });
    expect(table.columns).toEqual({
      size: Float64Array.of(40.5, 60, Number.NaN),
      rooms: Float64Array.of(2, 3, 4),
      city: ["Ulm", "Bonn", "Ulm"],
      sold: [true, false, null],
      since: Float64Array.of(Date.UTC(2020, 0, 31), Date.UTC(2021, 4, 1), Number.NaN),
      note: ["old", "new", null],
    });
    expect(table.summary()).toBe(
      [
        "3 rows, 6 columns",
        "column  type      missing  cells",
        "size    number    1        40.5 … 60, mean 50.25",
        "rooms   integer   0        2 … 4, mean 3, 3 different",
        "city    category  0        2 different: Ulm (2), Bonn (1)",
        "sold    boolean   1        2 different: true (1), false (1)",
        "since   date      1        2020-01-31T00:00:00.000Z … 2021-05-01T00:00:00.000Z",
        "note    category  1        2 different: old (1), new (1)",
      ].join("\n"),
    );
  });

  test("can be given", async () => {
    const table = await load(HOUSES, { types: { rooms: "category", city: "text", since: "text" } });
    expect([table.types.rooms, table.types.city, table.types.since]).toEqual(["category", "text", "text"]);
    expect(table.column("rooms")).toEqual(["2", "3", "4"]);
    expect(table.column("since")).toEqual(["2020-01-31", "2021-05-01", null]);
    await expect(load(HOUSES, { types: { city: "number" } })).rejects.toThrow(
      'loadTable: the data, line 2: column "city": "Ulm" is no number. Read the column as texts with { types: { "city": "text" } }, or mend the cell.',
    );
    await expect(load(HOUSES, { types: { size: "integer" } })).rejects.toThrow('column "size", row 0: 40.5 is not of type "integer"');
    await expect(load(HOUSES, { types: { town: "text" } })).rejects.toThrow(/types names a column "town"; there are size, rooms/);
    await expect(load(HOUSES, { types: { size: "number", rooms: "string" as never } })).rejects.toThrow(
      /^loadTable: types is { "rooms": "string" }; expected types by column, of "number", "integer",/,
    );
    await expect(load(HOUSES, { types: "text" as never })).rejects.toThrow(/types is "text"; expected types by column/);
  });

  test("are those of all cells: a text behind thousands of numbers is one", async () => {
    const numbers = Array.from({ length: 30_000 }, (_, i) => `${i},${i % 7}`);
    const table = await load(`a,b\n${numbers.join("\n")}\n007,x\n`);
    expect(table.types).toEqual({ a: "integer", b: "category" });
    expect(table.length).toBe(30_001);
    expect([table.column("a")[30_000], table.column("b")[0], table.column("b")[30_000]]).toEqual([7, "0", "x"]);
  });
});

describe("the same table is read", () => {
  const rows = [
    { a: 1, b: "x" },
    { a: -2.5, b: "y" },
  ];
  test.each([
    ["a,b\n1,x\n-2.5,y\n", {}],
    ["a,b\r\n1,x\r\n-2.5,y", {}],
    ["\ufeffa;b\n1;x\n-2.5;y\n", {}],
    ["a\tb\n1\tx\n-2.5\ty\n", {}],
    ["a|b\n1|x\n-2.5|y\n", { separator: "|" }],
    ["\n\na,b\n\n1,x\n\r\n-2.5,y\n\n", {}],
    ["# made by hand\na,b\n1,x\n# half\n-2.5,y\n", { comment: "#" }],
    ['"a","b"\n"1","x"\n -2.50 ,"y"\n', {}],
    ["1,x\n-2.5,y\n", { names: ["a", "b"] }],
    ["p,q\n1,x\n-25e-1,y\n", { names: ["a", "b"] }],
    ["a,b\n+1.0e0,x\n-0.25E+1,y\n", {}],
  ] as [string, LoadTableOptions][])("from %j", async (text, options) => {
    expect((await load(text, options)).rows).toEqual(rows);
  });

  test("from a file, packed or not, a Blob, a stream of single bytes", async () => {
    const text = "a,b\n1,x\n-2.5,y\n";
    writeFileSync(join(folder, "t.csv"), text);
    writeFileSync(join(folder, "t.csv.gz"), gzipSync(text));
    writeFileSync(join(folder, "t.tsv"), text.replaceAll(",", "\t"));
    const stream = new ReadableStream({
      start(controller) {
        for (const byte of gzipSync(text)) controller.enqueue(Uint8Array.of(byte));
        controller.close();
      },
    });
    const files = ["t.csv", "t.csv.gz", "t.tsv"].map((name) => join(folder, name));
    for (const file of [...files, new Blob([text]), stream, bytes(text).buffer as ArrayBuffer])
      expect((await loadTable(file)).rows).toEqual(rows);
  });
});

test("JSONL is a table, too", async () => {
  const text = '{"a":1,"b":"x"}\n\n{"a":null,"b":"y"}\n{"b":"x"}\n';
  const table = await load(text, { format: "jsonl", types: { b: "text" } });
  expect([table.types, table.missing, table.length]).toEqual([{ a: "integer", b: "text" }, { a: 2, b: 0 }, 3]);
  expect(await failure(`${text}{"a":`, { format: "jsonl" })).toMatch(/^loadTable: the data, line 5: it is no JSON: /);
  // A mark of the order of bytes begins many a file; other characters that are not seen are none of JSON's.
  const marked = await loadTable(new TextEncoder().encode('\ufeff{"a":1}\t\r\n \r\n{"a":2}'), { format: "jsonl" });
  expect(marked.rows).toEqual([{ a: 1 }, { a: 2 }]);
  for (const odd of ["\u000b", "\u00a0", "\ufeff"])
    expect(await failure(`{"a":1}\n{"a":2}${odd}\n`, { format: "jsonl" })).toMatch(/^loadTable: the data, line 2: it is no JSON: /);
  await expect(load('{"a":[1]}', { format: "jsonl" })).rejects.toThrow(/column "a" has cells of type object/);
});

test("a file without names has columns 1, 2, …", async () => {
  expect((await load("1,2\n3,4\n")).rows).toEqual([
    { column1: 1, column2: 2 },
    { column1: 3, column2: 4 },
  ]);
  expect((await load("a,b\nc,d\n", { header: false })).rows.length).toBe(2);
  expect((await load(",b\n0,1\n")).names).toEqual(["column1", "b"]);
});

test("quoted cells hold separators, quotes and line feeds, and lines are counted through them", async () => {
  const text = 'a,b\n"x, ""y""",1\n"two\nlines",2\n"",3\n5" pipe,4\n';
  expect((await load(text)).rows).toEqual([
    { a: 'x, "y"', b: 1 },
    { a: "two\nlines", b: 2 },
    { a: null, b: 3 },
    { a: '5" pipe', b: 4 },
  ]);
  expect(await failure(`${text}z,1,2\n`)).toBe("loadTable: the data, line 7: it has 3 cells; expected 2 columns.");
});

test("missing cells are what the option says", async () => {
  expect((await load("a,b\n-999,none\n2,x\n", { missing: ["-999", "none"] })).rows[0]).toEqual({ a: null, b: null });
  const all = await load("a\nNA\n NaN \nnull\n?\n1\n");
  expect(all.missing).toEqual({ a: 4 });
});

test("what is wrong is named with file and line", async () => {
  const file = join(folder, "bad.csv");
  writeFileSync(file, "a,b\n1,2\n3\n");
  await expect(loadTable(file)).rejects.toThrow(`loadTable: ${file}, line 3: it has 1 cell; expected 2 columns.`);
  await expect(loadTable(join(folder, "none.csv"))).rejects.toThrow(/cannot read .*none\.csv: no such file or folder/);
  await expect(loadTable(join(folder, "none.xlsx"))).rejects.toThrow(/ends with \.xlsx; expected \.csv, \.tsv, \.jsonl or \.parquet/);
  expect(await failure("")).toMatch(/the data has no records|the data have no records/);
  expect(await failure("a,a\n1,2\n")).toBe('loadTable: the data has two columns "a". Give other names: { names: [ … ] }.');
  expect(await failure("a;b\n1,5;2\n3,25;4\n")).toBe(
    'loadTable: the data: the numbers of column "a" have a decimal comma, or one between thousands, as "1,5". Write them with a decimal point and nothing between thousands, or read the column as texts: { types: { "a": "text" } }.',
  );
  expect(await failure('a,b\n1,"x\n2,y\n')).toBe("loadTable: the data, line 2: a quote is not closed before the file ends.");
  expect(await failure('a,b\n1,"x"y\n')).toMatch(/line 2: its quotes are malformed/);
  expect(await failure(Uint8Array.of(97, 10, 0xff, 0xfe, 10))).toBe(
    "loadTable: the data, line 2: its bytes are no UTF-8. Save the file as UTF-8.",
  );
  expect(await failure(Uint8Array.of(0xff, 0xfe, 97, 0))).toMatch(/UTF-16/);
  expect(await failure(Uint8Array.of(97, 0, 10))).toMatch(/This is no CSV file/);
  expect(await failure("a\r1\r2")).toMatch(/carriage return alone/);
  expect(await failure(gzipSync("a,b\n1,2\n").subarray(0, 20))).toMatch(/gzip data of the data are damaged or truncated/);
});

test("a quote that is never closed ends the reading of a long file in time", async () => {
  const text = `a,b\n1,"x\n${"2,y\n".repeat(10_000_000)}`;
  expect(await failure(text)).toMatch(/line 2: the record has more than 16 MiB; most likely a quote is not closed/);
});

describe("any", () => {
  const cell = fc.oneof(
    fc.double({ noNaN: true, noDefaultInfinity: true }).map(String),
    fc.integer().map(String),
    fc.string({ unit: fc.constantFrom("a", "ä", ",", '"', "\n", " ", "7", "😀", "-", ".", "e") }),
  );
  const quote = (text: string) => (/[",\n]/.test(text) || text.startsWith('"') ? `"${text.replaceAll('"', '""')}"` : text);

  test("table is read as it was written", async () => {
    const tables = fc
      .integer({ min: 1, max: 4 })
      .chain((width) => fc.array(fc.array(cell, { minLength: width, maxLength: width }), { maxLength: 20 }));
    await fc.assert(
      fc.asyncProperty(tables, fc.boolean(), async (rows, crlf) => {
        const width = rows[0]?.length ?? 1;
        const names = Array.from({ length: width }, (_, i) => `c${i}`);
        const lines = [names, ...rows].map((row) => row.map(quote).join(","));
        const types = Object.fromEntries(names.map((name) => [name, "text" as const]));
        const table = await load(lines.join(crlf ? "\r\n" : "\n"), { types, separator: ",", header: true, missing: [""] });
        // Of one column, a row without anything is an empty line.
        const expected = rows.filter((row) => width > 1 || quote(row[0]) !== "");
        expect(table.rows.map((row) => Object.values(row))).toEqual(
          expected.map((row) => row.map((text) => (text.trim() === "" ? null : text))),
        );
      }),
      { numRuns: 300 },
    );
  });

  test("number has the bits that JavaScript gives its digits", async () => {
    const written = fc.oneof(
      fc.double({ noNaN: true, noDefaultInfinity: true }).map(String),
      fc.tuple(fc.double({ min: -1e9, max: 1e9, noNaN: true }), fc.nat(17)).map(([value, digits]) => value.toFixed(digits)),
      fc.tuple(fc.double({ noNaN: true, noDefaultInfinity: true }), fc.nat(20)).map(([value, digits]) => value.toExponential(digits)),
      fc
        .tuple(fc.bigInt({ min: 0n, max: 10n ** 20n }), fc.nat(20), fc.integer({ min: -30, max: 30 }))
        .map(([m, z, e]) => `0.${"0".repeat(z)}${m}e${e}`),
    );
    await fc.assert(
      fc.asyncProperty(
        fc.array(
          written.filter((text) => Number.isFinite(Number(text))),
          { minLength: 1, maxLength: 50 },
        ),
        async (texts) => {
          const table = await load(`a\n${texts.join("\n")}\n`, { header: true });
          expect(table.column("a")).toEqual(Float64Array.from(texts, Number));
        },
      ),
      { numRuns: 300 },
    );
  });

  test("bytes are a table or an error of the library", async () => {
    const pieces = fc.constantFrom("a,b\n", "1,2\n", '"', '""', "\r\n", ";", "\t", "NA", "é", "\ufeff", "#", "x", "-1e5", ",", "\n");
    const inputs = fc.oneof(
      fc.uint8Array({ maxLength: 200 }),
      fc.array(pieces, { maxLength: 40 }).map((list) => bytes(list.join(""))),
      fc.array(pieces, { maxLength: 40 }).map((list) => new Uint8Array(gzipSync(list.join("")))),
      fc.tuple(fc.nat(60), fc.nat(255)).map(([at, byte]) => {
        const packed = new Uint8Array(gzipSync(HOUSES));
        packed[at % packed.length] = byte;
        return packed;
      }),
    );
    await fc.assert(
      fc.asyncProperty(inputs, async (input) => {
        try {
          const table = await loadTable(input);
          for (const cells of Object.values(table.columns)) expect(cells.length).toBe(table.length);
        } catch (error) {
          expect(error).toBeInstanceOf(SimdgradError);
        }
      }),
      { numRuns: 400 },
    );
  });
});

test("columns may have the names of what every object has, but for one that no object can have", async () => {
  const bytes = (text: string) => new TextEncoder().encode(text);
  const table = await loadTable(bytes("constructor,toString\n1,a\n2,b\n"));
  expect([table.types, table.rows[1]]).toEqual([
    { constructor: "integer", toString: "category" },
    { constructor: 2, toString: "b" },
  ]);
  await expect(loadTable(bytes("__proto__,a\n1,2\n"))).rejects.toThrow('loadTable: the data has a column "__proto__". Give other names');
});
