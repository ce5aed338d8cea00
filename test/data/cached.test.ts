import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { cached } from "../../src/data/cached.js";
import type { CachedRows } from "../../src/data/cachedRows.js";
import { csvRecords } from "../../src/data/csvRecords.js";
import { DataStream } from "../../src/data/dataStream.js";
import { Dense, manualSeed, Sequential, type Tensor } from "../../src/index.js";

const folder = mkdtempSync(join(tmpdir(), "simdgrad-cache-"));
afterAll(() => rmSync(folder, { recursive: true }));
beforeEach(() => void vi.spyOn(console, "warn").mockImplementation(() => {}));
afterEach(() => void vi.restoreAllMocks());

let names = 0;
const path = (ending: string): string => join(folder, `${names++}.${ending}`);

const HOUSES = "size,city,price,sold\n40,Ulm,210.5,yes\n60,Bonn,330,no\n,Ulm,200,yes\n80,NA,410,yes\n";

async function houses(): Promise<{ csv: string; cache: string; rows: CachedRows }> {
  const [csv, cache] = [path("csv"), path("cache")];
  writeFileSync(csv, HOUSES);
  return { csv, cache, rows: await cached(csvRecords(csv), cache) };
}

/** Rows numbered from 0: x is [i, −i], y is i. */
const numbered = (n: number) => DataStream.from(Array.from({ length: n }, (_, i) => ({ x: Float32Array.of(i, -i), y: i })));
const cachedNumbers = (n: number) => cached(numbered(n), path("cache"), { key: String(n) });

async function targets(batches: AsyncIterable<{ x: Tensor; y: Tensor }>): Promise<number[][]> {
  const found: number[][] = [];
  for await (const { x, y } of batches) {
    const numbers = [...y.view()];
    expect(x.toArray()).toEqual(numbers.map((i) => [i, i === 0 ? -0 : -i]));
    found.push(numbers);
  }
  return found;
}

describe("the rows of a table", () => {
  test("come as they stand, and their figures are known", async () => {
    const { rows } = await houses();
    expect([rows.length, rows.fields.map(({ name }) => name)]).toEqual([4, ["size", "city", "price", "sold"]]);
    expect(rows.fields[0]).toEqual({
      name: "size",
      width: 1,
      categories: null,
      isWhole: true,
      missing: 1,
      min: 40,
      max: 80,
      mean: 60,
      std: expect.closeTo(Math.sqrt(800 / 3), 9),
    });
    expect(rows.fields[1]).toMatchObject({ categories: ["Bonn", "Ulm"], missing: 1 });
    expect(rows.fields[2]).toMatchObject({ isWhole: false, min: 200, max: 410, mean: 287.625 });
    const [batch] = await all(
      rows.batches({ batchSize: 4, shuffle: false, x: ["city", "size"], y: "price", weight: "price", missing: "mean" }),
    );
    expect(batch.x.toArray()).toEqual([
      [0, 1, 40],
      [1, 0, 60],
      [0, 1, 60],
      [0, 0, 80],
    ]);
    expect([batch.y.dtype, batch.y.shape, batch.weight?.shape]).toEqual(["float32", [4, 1], [4]]);
    const [classes] = await all(rows.batches({ batchSize: 3, shuffle: false, x: "price", y: "sold", standardize: true, dropLast: true }));
    expect([classes.y.dtype, [...classes.y.view()]]).toEqual(["int32", [1, 0, 1]]);
    expect(classes.x.view()[1]).toBeCloseTo((330 - 287.625) / rows.fields[2].std, 5);
  });

  test("that are missing or unknown are refused", async () => {
    const { rows } = await houses();
    expect(() => rows.batches({ batchSize: 2, y: "price" })).toThrow(
      'CachedRows.batches: 1 cells of field "size" are missing. Write { missing: "mean" }, or leave such records out.',
    );
    expect(() => rows.batches({ batchSize: 2, x: "price", y: "city" })).toThrow('1 cells of field "city" are missing');
    expect(() => rows.batches({ batchSize: 2, x: "prise" })).toThrow(/has no field "prise".*Did you mean "price"\?/);
  });
});

async function all<T>(items: AsyncIterable<T>): Promise<T[]> {
  const found: T[] = [];
  for await (const item of items) found.push(item);
  return found;
}

describe("the file", () => {
  test("is written once, and again where the source or an option changed", async () => {
    const { csv, cache } = await houses();
    const { ino } = statSync(cache);
    await cached(csvRecords(csv), cache);
    expect(statSync(cache).ino).toBe(ino);
    expect((await cached(csvRecords(csv), cache, { drop: ["city"] })).fields.length).toBe(3);
    const unknown = /there is no field "citty", which is to be dropped\. There are .* Did you mean "city"\?/;
    await expect(cached(csvRecords(csv), path("other"), { drop: ["citty"] })).rejects.toThrow(unknown);
    await expect(
      cached(
        csvRecords(csv).map((row) => row),
        path("other"),
        { drop: ["citty"], key: "k" },
      ),
    ).rejects.toThrow(unknown);
    writeFileSync(csv, `${HOUSES}90,Kiel,1,no\n`);
    expect((await cached(csvRecords(csv), cache)).length).toBe(5);
    await expect(cached(numbered(3), path("cache"))).rejects.toThrow(/nothing tells whether the records have changed/);
  });

  test("is not there where a record is bad, and nothing else is left", async () => {
    const [csv, cache] = [path("csv"), path("cache")];
    writeFileSync(csv, `${HOUSES}1,2\n`);
    const before = readdirSync(folder).length;
    await expect(cached(csvRecords(csv), cache)).rejects.toThrow(`csvRecords: ${csv}, line 6: it has 2 cells; expected 4 columns.`);
    await expect(cached([{ x: [1, 2] }, { x: [1] }], cache, { key: "" })).rejects.toThrow(
      'cached: record 1: field "x" is an array of length 1; expected 2 numbers, as in the first.',
    );
    expect(readdirSync(folder).length).toBe(before);
    expect((await cached(csvRecords(csv).onBadRecord("skip"), cache, { key: "1" })).length).toBe(4);
    await expect(cached([{ x: 1 }], csv, { key: "" })).rejects.toThrow(/is there, and no cache/);
  });

  test("of numbers that float32 does not hold is refused", async () => {
    const [csv, cache] = [path("csv"), path("cache")];
    writeFileSync(csv, "a,b\n1,2\n3,-1e300\n");
    const problem =
      'cached: field "b" has the number -1e+300; a cache keeps float32, up to 3.4e38. Scale it, or leave it out: { drop: ["b"] }.';
    await expect(cached(csvRecords(csv), cache)).rejects.toThrow(problem);
    await expect(cached([{ b: [0, -1e300] }], cache, { key: "" })).rejects.toThrow(problem);
    expect((await cached(csvRecords(csv), cache, { drop: ["b"] })).fields[0]).toMatchObject({ min: 1, max: 3, mean: 2, std: 1 });
  });

  test("that was cut is written anew, at whatever byte", async () => {
    const { csv, cache } = await houses();
    const whole = readFileSync(cache);
    await fc.assert(
      fc.asyncProperty(fc.nat(whole.length - 1), async (length) => {
        writeFileSync(cache, whole);
        truncateSync(cache, length);
        const rows = await cached(csvRecords(csv), cache);
        expect(rows.length).toBe(4);
        expect(readFileSync(cache).equals(whole)).toBe(true);
      }),
      { numRuns: 30, examples: [[0], [15], [16], [whole.length - 1]] },
    );
  });

  test("with another byte anywhere is never taken as data", async () => {
    const { csv, cache } = await houses();
    const whole = readFileSync(cache);
    const good = await all((await cached(csvRecords(csv), cache)).batches({ batchSize: 4, x: "price", shuffle: false }));
    await fc.assert(
      fc.asyncProperty(fc.nat(whole.length - 1), fc.integer({ min: 1, max: 255 }), async (at, change) => {
        const bytes = Uint8Array.from(whole);
        bytes[at] ^= change;
        writeFileSync(cache, bytes);
        const read = async () => all((await cached(csvRecords(csv), cache)).batches({ batchSize: 4, x: "price", shuffle: false }));
        const found = await read().catch((error: Error) => error.message);
        if (typeof found === "string") expect(found).toMatch(/block 0 of .* is damaged|is there, and no cache/);
        else expect(found[0].x.toArray()).toEqual(good[0].x.toArray());
      }),
      { numRuns: 60 },
    );
  });
});

describe("batches", () => {
  test("have every row once, in another order in each pass, the same for a seed", async () => {
    const rows = await cachedNumbers(100_000);
    // Windows of a block each: 1 MiB of the 1.2 MB of rows.
    const batches = rows.batches({ batchSize: 1000, memory: 0.5 });
    manualSeed(3);
    const [first, second] = [await targets(batches), await targets(batches)];
    manualSeed(3);
    expect(await targets(batches)).toEqual(first);
    expect(second).not.toEqual(first);
    for (const pass of [first, second]) {
      expect(pass.length).toBe(100);
      expect(pass.flat().sort((a, b) => a - b)).toEqual(Array.from({ length: 100_000 }, (_, i) => i));
      // Neither the order of the file, nor that of blocks.
      expect(pass.flat().filter((i, at, list) => at > 0 && i === list[at - 1] + 1).length).toBeLessThan(30);
    }
    const ordered = await targets(rows.batches({ batchSize: 30_000, shuffle: false, dropLast: true }));
    expect(ordered.map((numbers) => [numbers.length, numbers[0]])).toEqual([
      [30_000, 0],
      [30_000, 30_000],
      [30_000, 60_000],
    ]);
  });

  test("come from any place as a walk from the start gives them", async () => {
    const rows = await cachedNumbers(200_001);
    for (const shuffle of [true, false]) {
      const batches = rows.batches({ batchSize: 1500, memory: 1, shuffle });
      manualSeed(5);
      const whole = await targets(batches);
      for (const place of [0, 1, 58, 59, 116, 133, 134, 200]) {
        manualSeed(5);
        const walk = batches.iterateFrom(place);
        const rest = await targets({ [Symbol.asyncIterator]: () => walk });
        expect(rest).toEqual(whole.slice(place));
      }
    }
  });

  test("train a model", async () => {
    manualSeed(1);
    const records = Array.from({ length: 512 }, (_, i) => ({ x: [Math.sin(i), Math.cos(i)], y: Math.sin(i) > 0 ? 1 : 0 }));
    const rows = await cached(records, path("cache"), { key: "" });
    const model = new Sequential([new Dense(2)]);
    model.compile({ optimizer: { name: "adam", learningRate: 0.05 }, loss: "crossEntropy", metrics: ["accuracy"] });
    await model.fit(rows.batches({ batchSize: 32 }), { epochs: 10, verbose: 0 });
    expect((await model.evaluate(rows.batches({ batchSize: 100, shuffle: false }))).accuracy).toBeGreaterThan(0.95);
  });

  test("are an error where the file is gone or cut meanwhile", async () => {
    const rows = await cachedNumbers(1000);
    truncateSync(rows.file, 5000);
    await expect(targets(rows.batches({ batchSize: 10 }))).rejects.toThrow(/ends at byte 5000; it became shorter while it was read/);
    rmSync(rows.file);
    await expect(targets(rows.batches({ batchSize: 10 }))).rejects.toThrow(/no such file or folder/);
  });
});
