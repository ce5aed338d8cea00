import { describe, expect, test } from "vitest";
import { DataStream } from "../../../src/data.js";
import { manualSeed, type Tensor, tensor } from "../../../src/index.js";
import { rejection } from "../../support/errors.js";
import { collect, plain } from "../../support/streams.js";

const numbers = (n: number): number[] => Array.from({ length: n }, (_, i) => i);

describe("order of evaluation", () => {
  test("nothing is read before it is asked for, and no more than is asked for", async () => {
    const read: number[] = [];
    const stream = DataStream.from(function* () {
      for (let i = 0; ; i++) {
        read.push(i);
        yield i;
      }
    })
      .map((i) => i)
      .batch(3);
    const iterator = stream[Symbol.asyncIterator]();
    await null;
    expect(read).toEqual([]);
    await iterator.next();
    expect(read).toEqual([0, 1, 2]);
    await iterator.return?.();
    expect(read).toEqual([0, 1, 2]);
  });
  test("an asynchronous map keeps the order, and runs one call at a time", async () => {
    let running = 0;
    const stream = DataStream.from(numbers(6)).map(async (i) => {
      expect(++running).toBe(1);
      for (let turns = 6 - i; turns > 0; turns--) await null;
      running--;
      return i;
    });
    expect(await collect(stream)).toEqual(numbers(6));
  });
  test("map and filter get the item's number", async () => {
    const stream = DataStream.from(["a", "b", "c", "d"])
      .filter((_, index) => index !== 1)
      .map((item, index) => `${item}${index}`);
    expect(await collect(stream)).toEqual(["a0", "c1", "d2"]);
  });
  test("calls of next that do not wait for each other come in order", async () => {
    const iterator = DataStream.from(numbers(3))
      .map(async (i) => i)
      [Symbol.asyncIterator]();
    const results = await Promise.all([iterator.next(), iterator.next(), iterator.next(), iterator.next()]);
    expect(results.map(({ value }) => value)).toEqual([0, 1, 2, undefined]);
  });
});

describe("shuffle", () => {
  test("has each item once, none more than bufferSize − 1 places early", async () => {
    manualSeed(4);
    for (const size of [1, 2, 7, 40, 100]) {
      const order = await collect(DataStream.from(numbers(40)).shuffle(size));
      expect([...order].sort((a, b) => a - b)).toEqual(numbers(40));
      for (const [place, item] of order.entries()) expect(item - place).toBeLessThan(size);
    }
  });
  test("of all items has every order equally often", async () => {
    manualSeed(4);
    const stream = DataStream.from([0, 1, 2]).shuffle(3);
    const counts = new Map<string, number>();
    for (let i = 0; i < 1200; i++) {
      const order = (await collect(stream)).join("");
      counts.set(order, (counts.get(order) ?? 0) + 1);
    }
    expect(counts.size).toBe(6);
    // Of 200 each; the standard deviation is 13.
    for (const count of counts.values()) expect(Math.abs(count - 200)).toBeLessThan(60);
  });
});

describe("batch", () => {
  const batch = async (records: unknown[], options?: object): Promise<unknown> => {
    const [first] = await collect(DataStream.from(records).batch(records.length, options));
    return plain(first);
  };
  const f = (values: unknown): unknown => ({ dtype: "float32", values });

  test("records of numbers, arrays, typed arrays and tensors", async () => {
    expect(await batch([1, 2, 3])).toEqual(f([1, 2, 3]));
    expect(
      await batch([
        [1, 2],
        [3, 4],
      ]),
    ).toEqual(
      f([
        [1, 2],
        [3, 4],
      ]),
    );
    expect(await batch([[[1, 2]], [[3, 4]]])).toEqual(f([[[1, 2]], [[3, 4]]]));
    expect(await batch([true, false])).toEqual({ dtype: "bool", values: [1, 0] });
    expect(await batch([new Uint8Array([1, 2]), new Uint8Array([3, 255])])).toEqual({
      dtype: "uint8",
      values: [
        [1, 2],
        [3, 255],
      ],
    });
    expect(await batch([tensor([1, 2], { dtype: "int32" }), tensor([3, 4], { dtype: "int32" })])).toEqual({
      dtype: "int32",
      values: [
        [1, 2],
        [3, 4],
      ],
    });
    expect(await batch([[], []])).toEqual(f([[], []]));
  });
  test("records of parts, lists of tensors, what is undefined", async () => {
    expect(
      await batch([
        { x: [1, 2], y: 0, weight: undefined },
        { x: [3, 4], y: 1 },
      ]),
    ).toEqual({
      x: f([
        [1, 2],
        [3, 4],
      ]),
      y: f([0, 1]),
    });
    expect(await batch([{ x: [tensor([1]), tensor(2)] }, { x: [tensor([3]), tensor(4)] }])).toEqual({ x: [f([[1], [3]]), f([2, 4])] });
    expect(await batch([{ x: { a: 1, b: [2] } }, { x: { a: 3, b: [4] } }])).toEqual({ x: { a: f([1, 3]), b: f([[2], [4]]) } });
  });
  test("the last one is smaller, or left out", async () => {
    const sizes = async (dropLast: boolean): Promise<number[]> =>
      (await collect(DataStream.from(numbers(7)).batch(3, { dropLast }))).map((t) => t.shape[0]);
    expect(await sizes(false)).toEqual([3, 3, 1]);
    expect(await sizes(true)).toEqual([3, 3]);
  });
  test("sequences are filled up", async () => {
    expect(await batch([[1], [1, 2, 3], []], { pad: 7 })).toEqual(
      f([
        [1, 7, 7],
        [1, 2, 3],
        [7, 7, 7],
      ]),
    );
    expect(
      await batch(
        [
          [[1, 2]],
          [
            [3, 4],
            [5, 6],
          ],
        ],
        { pad: 0 },
      ),
    ).toEqual(
      f([
        [
          [1, 2],
          [0, 0],
        ],
        [
          [3, 4],
          [5, 6],
        ],
      ]),
    );
    const records = [
      { x: [1], y: new Int32Array([2]), weight: [1], length: 1 },
      { x: [3, 4], y: new Int32Array([5, 6]), weight: [1, 1], length: 2 },
    ];
    const filled = {
      x: f([
        [1, 0],
        [3, 4],
      ]),
      y: {
        dtype: "int32",
        values: [
          [2, -100],
          [5, 6],
        ],
      },
      weight: f([
        [1, 0],
        [1, 1],
      ]),
      length: f([1, 2]),
    };
    expect(await batch(records, { pad: 0 })).toEqual(filled);
    expect(await batch(records, { pad: { x: 0 } })).toEqual(filled);
    expect(await batch(records, { pad: { x: 9, y: 0 } })).toMatchObject({
      x: f([
        [1, 9],
        [3, 4],
      ]),
      y: {
        values: [
          [2, 0],
          [5, 6],
        ],
      },
    });
  });
  test("labels of a type that does not hold the filler are int32 in every batch", async () => {
    const records = [[1], [2, 3], [4], [5]].map((labels) => ({ x: labels, y: new Uint8Array(labels) }));
    const batches = await collect(DataStream.from(records).batch(2, { pad: 0 }));
    expect(batches.map(({ y }) => [(y as Tensor).dtype, (y as Tensor).toArray()])).toEqual([
      [
        "int32",
        [
          [1, -100],
          [2, 3],
        ],
      ],
      ["int32", [[4], [5]]],
    ]);
  });
  test("records that do not go together", async () => {
    const of = (records: unknown[], options?: object): Promise<string> => rejection(() => batch(records, options));
    expect(await of([[1, 2], [3]])).toBe(
      "SHAPE batch: record 1 of the batch has shape [1], record 0 of the batch has [2]; expected one shape. To fill sequences up write batch(…, { pad: 0 }).",
    );
    expect(await of([{ x: [1] }, { x: 1 }])).toBe(
      "SHAPE batch: x of record 1 of the batch has shape [], x of record 0 of the batch has [1]; expected one shape.",
    );
    expect(await of([{ x: 1, y: 2 }, { x: 1 }])).toBe(
      "ARGUMENT batch: record 1 of the batch is an object without y; expected x, y, as the first one has.",
    );
    expect(await of([{ x: 1 }, { x: 1, y: 2 }])).toBe(
      "ARGUMENT batch: record 1 of the batch is an object with y; expected x, as the first one has.",
    );
    expect(await of([{ x: 1 }, 3])).toBe("ARGUMENT batch: record 1 of the batch is 3; expected an object.");
    expect(await of([{ x: "red" }])).toBe(
      'ARGUMENT batch: x of record 0 of the batch is "red"; expected numbers or tensors. Let map make numbers of it: map(({ size, price }) => ({ x: [size], y: [price] })).',
    );
    expect(await of([new Int32Array(1), [1]])).toBe(
      "DTYPE batch: record 1 of the batch is of float32, record 0 of the batch of int32; expected one type. Let map give all records arrays of one type.",
    );
    expect(await of([[[1, 2]], [[1]]], { pad: 0 })).toContain("SHAPE batch: record 1 of the batch has shape [1, 1]");
  });
});

describe("repeat, take, skip", () => {
  test("ends", async () => {
    const source = DataStream.from(numbers(3));
    expect(await collect(source.repeat(0))).toEqual([]);
    expect(await collect(source.repeat().take(7))).toEqual([0, 1, 2, 0, 1, 2, 0]);
    expect(await collect(source.take(0))).toEqual([]);
    expect(await collect(source.take(9))).toEqual(numbers(3));
    expect(await collect(source.skip(9))).toEqual([]);
    expect(await collect(source.skip(1).repeat(2))).toEqual([1, 2, 1, 2]);
  });
  test("an endless repeat of nothing ends", async () => {
    expect(await collect(DataStream.from([]).repeat())).toEqual([]);
    expect(await collect(DataStream.from([]).repeat().iterateFrom(3))).toEqual([]);
  });
});
