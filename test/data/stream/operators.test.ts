import { describe, expect, test } from "vitest";
import { DataStream, weightedSamples } from "../../../src/data.js";
import { manualSeed, type Tensor, tensor, zeros } from "../../../src/index.js";
import { failure, rejection } from "../../support/errors.js";
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
    expect(await of([1, 2].map((side) => ({ x: zeros([3, side, side]) })))).toMatch(
      /expected one shape\. Give images one size: imageFolder/,
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
  test("a repeat that is closed while it waits for the end of a round begins no other", async () => {
    let begun = 0;
    let finish = (): void => {};
    const stream = DataStream.from(() => {
      begun++;
      const results: (Promise<IteratorResult<number>> | null)[] = [Promise.resolve({ done: false, value: 1 })];
      const ending = new Promise<IteratorResult<number>>((resolve) => {
        finish = () => resolve({ done: true, value: undefined });
      });
      return { [Symbol.asyncIterator]: () => ({ next: () => results.pop() ?? ending }) };
    });
    const walk = stream.repeat()[Symbol.asyncIterator]();
    expect(await walk.next()).toEqual({ done: false, value: 1 });
    const waiting = walk.next();
    const closing = walk.return?.();
    finish();
    expect(await waiting).toEqual({ done: true, value: undefined });
    await closing;
    expect(begun).toBe(1);
  });

  test("an endless repeat of nothing ends", async () => {
    expect(await collect(DataStream.from([]).repeat())).toEqual([]);
    expect(await collect(DataStream.from([]).repeat().iterateFrom(3))).toEqual([]);
  });
});

describe("map of several at once", () => {
  test("runs no more than it may, as many as it may, and keeps the order", async () => {
    let [running, most] = [0, 0];
    const stream = DataStream.from(numbers(20)).map(
      async (i) => {
        most = Math.max(most, ++running);
        for (let turn = 0; turn < (i % 3) + 1; turn++) await new Promise((resolve) => setImmediate(resolve));
        running--;
        return i;
      },
      { concurrency: 5 },
    );
    expect(await collect(stream.batch(4))).toHaveLength(5);
    expect(await collect(stream)).toEqual(numbers(20));
    expect(most).toBe(5);
  });
  test("an error comes in its place", async () => {
    const stream = DataStream.from(numbers(9)).map(
      async (i) => {
        if (i === 3) throw new RangeError("three");
        for (let turn = 0; turn < 3 - i; turn++) await new Promise((resolve) => setImmediate(resolve));
        return i;
      },
      { concurrency: 9 },
    );
    const seen: number[] = [];
    const walk = async (): Promise<void> => {
      for await (const item of stream) seen.push(item);
    };
    await expect(walk()).rejects.toThrow(new RangeError("three"));
    expect(seen).toEqual([0, 1, 2]);
  });
});

describe("several streams", () => {
  test("one behind the other, and side by side", async () => {
    const [a, b] = [DataStream.from([1, 2, 3]), DataStream.from(["x", "y"])];
    expect(await collect(DataStream.concat<number | string>([a, b]))).toEqual([1, 2, 3, "x", "y"]);
    const pairs: DataStream<[number, string]> = DataStream.zip([a, b]);
    expect(await collect(pairs)).toEqual([
      [1, "x"],
      [2, "y"],
    ]);
  });
  test("drawn by weights", async () => {
    manualSeed(6);
    const counts = [0, 0];
    const stream = DataStream.sample([DataStream.from([0]).repeat(), DataStream.from([1]).repeat()], { weights: [1, 3] });
    for await (const i of stream.take(2000)) counts[i]++;
    // 500 of 2,000; the standard deviation is 19.
    expect(Math.abs(counts[0] - 500)).toBeLessThan(80);
  });
  test("the end of a sample", async () => {
    manualSeed(6);
    const streams = [DataStream.from([0, 1, 2]), DataStream.from([10, 11, 12, 13, 14, 15])];
    const all = await collect(DataStream.sample(streams));
    expect(all.filter((i) => i < 10)).toEqual([0, 1, 2]);
    expect(all.filter((i) => i >= 10)).toEqual([10, 11, 12, 13, 14, 15]);
    const some = await collect(DataStream.sample(streams, { end: "first" }));
    expect(some.length).toBeLessThan(9);
    expect(some.includes(2) || some.includes(15)).toBe(true);
  });
  test("wrong calls", () => {
    const stream = DataStream.from([1]);
    expect(failure(() => DataStream.sample([stream], { weights: [1, 2] }))).toBe(
      "ARGUMENT DataStream.sample: there are 1 streams, but 2 weights; expected one for each.",
    );
    expect(failure(() => DataStream.sample([stream], { weights: [0] }))).toContain("expected a list of numbers > 0, one for each stream");
    expect(failure(() => DataStream.zip([] as never))).toBe(
      "ARGUMENT DataStream.zip: streams is an array of length 0; expected a list of DataStreams.",
    );
    expect(failure(() => DataStream.concat([[1]] as never))).toContain("expected a list of DataStreams");
  });
});

describe("unbatch", () => {
  test("gives the rows of tensors, lists and objects", async () => {
    const records = [
      { x: [1, 2], y: 1, z: [tensor([1]), tensor([2, 3])] },
      { x: [3, 4], y: 2, z: [tensor([4]), tensor([5, 6])] },
      { x: [5, 6], y: 3, z: [tensor([7]), tensor([8, 9])] },
    ];
    const batches = DataStream.from(records).batch(2);
    expect(plain(await collect(batches.unbatch().batch(2)))).toEqual(plain(await collect(batches)));
    const [row] = await collect(batches.unbatch());
    expect(row.x.toArray()).toEqual([1, 2]);
    expect(row.y.shape).toEqual([]);
    expect(plain(await collect(DataStream.from([tensor([1, 2])]).unbatch()))).toMatchObject([{ values: 1 }, { values: 2 }]);
  });
  test("of what is no batch", async () => {
    expect(await rejection(() => collect(DataStream.from([3]).unbatch()))).toBe(
      "ARGUMENT unbatch: a batch is 3; expected a tensor, a list of tensors or an object of them.",
    );
    expect(await rejection(() => collect(DataStream.from([{ x: tensor([1, 2]), y: tensor([1]) }]).unbatch()))).toBe(
      "SHAPE unbatch: parts of a batch have shapes [2] and [1]; expected one number of rows.",
    );
  });
});

describe("classes", () => {
  const labelled = DataStream.from(numbers(4000)).map((i) => ({ x: [i], y: Number(i % 20 === 7) }));
  const shareOf = async (stream: DataStream<{ y: number }>): Promise<[number, number]> => {
    const labels = (await collect(stream)).map(({ y }) => y);
    return [labels.filter((y) => y === 1).length / labels.length, labels.length];
  };
  test("are balanced by dropping and by repeating", async () => {
    manualSeed(7);
    for (const shares of [undefined, { 0: 19, 1: 1 }]) {
      const [dropped, few] = await shareOf(labelled.balance(({ y }) => y, { shares }));
      expect(Math.abs(dropped - 0.5)).toBeLessThan(0.1);
      expect(Math.abs(few - 400)).toBeLessThan(80);
      const [repeated, many] = await shareOf(labelled.balance(({ y }) => y, { by: "repeating", shares }));
      expect(Math.abs(repeated - 0.5)).toBeLessThan(0.05);
      expect(Math.abs(many - 7600)).toBeLessThan(400);
    }
    expect(await rejection(() => collect(labelled.balance(({ y }) => tensor([y]), { shares: { 0: 1, 2: 3 } })))).toBe(
      'ARGUMENT balance: an item is of class "1"; the shares are those of "0", "2". Tell its share, too, or leave shares out: classes are then counted.',
    );
  });
  test("samples in memory are drawn by their weights", async () => {
    manualSeed(7);
    const samples = {
      x: numbers(10),
      y: tensor(
        numbers(10).map((i) => Number(i === 3)),
        { dtype: "int32" },
      ),
    };
    const counts = async (weights: Parameters<typeof weightedSamples>[1], count = 3000): Promise<number[]> => {
      const counts = Array.from({ length: 10 }, () => 0);
      for await (const { x } of weightedSamples(samples, weights, { count })) counts[x.item()]++;
      return counts;
    };
    const balanced = await counts("balanced");
    // 1,500 of 3,000; the standard deviation is 27.
    expect(Math.abs(balanced[3] - 1500)).toBeLessThan(120);
    expect(balanced.reduce((a, b) => a + b)).toBe(3000);
    expect(await counts([0, 0, 2, 0, 0, 0, 0, 0, 0, 0], 5)).toEqual([0, 0, 5, 0, 0, 0, 0, 0, 0, 0]);
    const [zero, one] = await counts(tensor([1, 3, 0, 0, 0, 0, 0, 0, 0, 0]));
    expect(zero + one).toBe(3000);
    expect(Math.abs(zero - 750)).toBeLessThan(110);
    expect(await collect(weightedSamples(samples, "balanced"))).toHaveLength(10);
    const of = (weights: unknown): string => failure(() => weightedSamples(samples, weights as never));
    expect(of([1])).toBe("SHAPE weightedSamples: there are 10 samples, but 1 weights.");
    expect(of(3)).toBe('ARGUMENT weightedSamples: the weights are 3; expected a number for each sample, or "balanced".');
    expect(of(numbers(10).map(() => 0))).toBe("ARGUMENT weightedSamples: all weights are 0. Give some sample more.");
    expect(of(numbers(10).map((i) => -i))).toBe("ARGUMENT weightedSamples: the weight of sample 1 is -1; expected a finite number ≥ 0.");
    expect(failure(() => weightedSamples({ x: [1] }, "balanced"))).toContain('"balanced" needs labels y [n]; y is undefined');
  });
});

test("wrong calls", () => {
  const stream = DataStream.from([1]);
  const calls: [() => unknown, string][] = [
    [() => DataStream.from(undefined as never), "DataStream.from: the source is undefined; expected an iterable"],
    [() => stream.map(undefined as never), "map: fn is undefined; expected a function of an item."],
    [() => stream.map((i) => i, { concurrency: 0 }), "map: concurrency is 0; expected a whole number ≥ 1."],
    [() => stream.filter(3 as never), "filter: keep is 3; expected a function of an item."],
    [() => stream.batch(0), "batch: size is 0; expected a whole number ≥ 1."],
    [
      () => stream.batch(2, { drop_last: true } as never),
      'batch: unknown option "drop_last". Known: dropLast, pad. Did you mean "dropLast"?',
    ],
    [
      () => stream.batch(2, { pad: { x: "0" } as never }),
      "batch: pad is an object; expected a number, or an object of numbers such as { x: 0, y: -100 }, or null.",
    ],
    [() => stream.shuffle(2.5), "shuffle: bufferSize is 2.5; expected a whole number ≥ 1."],
    [() => stream.repeat(1.5), "repeat: times is 1.5; expected a whole number ≥ 0, or Infinity."],
    [() => stream.take(-1), "take: count is -1; expected a whole number ≥ 0."],
    [() => stream.skip("2" as never), 'skip: count is "2"; expected a whole number ≥ 0.'],
    [() => stream.prefetch(0), "prefetch: count is 0; expected a whole number ≥ 1."],
    [() => stream.onBadRecord("ignore" as never), 'onBadRecord: policy is "ignore"; expected "error" or "skip".'],
    [() => stream.iterateFrom(-1), "iterateFrom: batches is -1; expected a whole number ≥ 0."],
    [
      () => stream.balance((i) => i, { shares: { a: 0 } }),
      "balance: shares is an object; expected an object with a number > 0 for each class, or null.",
    ],
    [
      () => new (DataStream as unknown as new (source: unknown) => unknown)([1]),
      "DataStream: the source is an array of length 1. Write DataStream.from(…).",
    ],
  ];
  for (const [call, text] of calls) expect(failure(call)).toContain(`ARGUMENT ${text}`);
});
