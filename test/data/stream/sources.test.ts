import { Readable } from "node:stream";
import { describe, expect, test, vi } from "vitest";
import { DataStream, RecordError } from "../../../src/data.js";
import { forgetNotes } from "../../../src/errors/note.js";
import { FileError, tensor } from "../../../src/index.js";
import { failure, rejection } from "../../support/errors.js";
import { collect, plain } from "../../support/streams.js";

function* three(): Generator<number, void, undefined> {
  yield* [0, 1, 2];
}

async function* threeLater(): AsyncGenerator<number, void, undefined> {
  yield* three();
}

const webStream = (): ReadableStream<number> =>
  new ReadableStream({
    start(controller) {
      for (const i of three()) controller.enqueue(i);
      controller.close();
    },
  });

/** What gives 0, 1, 2, afresh at each call. */
const MAKERS = {
  generator: three,
  "asynchronous generator": threeLater,
  "readable stream": webStream,
  "stream of Node's": () => Readable.from([0, 1, 2]),
  "iterable of promises": () => [0, 1, 2].map(async (i) => i),
  "promise of an iterable": async () => [0, 1, 2],
  set: () => new Set([0, 1, 2]),
};

describe("sources", () => {
  test.each(Object.entries(MAKERS))("%s, made for each walk", async (_, make) => {
    const stream = DataStream.from(make as () => Iterable<number>);
    expect(stream.oneShot).toBeNull();
    for (let walk = 0; walk < 2; walk++) expect(await collect(stream)).toEqual([0, 1, 2]);
  });
  test.each(["generator", "asynchronous generator", "readable stream", "stream of Node's"] as const)(
    "a %s can be walked once",
    async (name) => {
      const stream = DataStream.from(MAKERS[name]() as Iterable<number>)
        .map((i) => i)
        .batch(2)
        .prefetch(1);
      expect(stream.oneShot).toMatch(/ once$/);
      expect(plain(await collect(stream))).toMatchObject([{ values: [0, 1] }, { values: [2] }]);
      expect(await rejection(() => collect(stream))).toMatch(
        /^ARGUMENT DataStream.from: the source is .* once\. Give a function that makes one: DataStream\.from\(\(\) => read\(\)\)\.$/,
      );
    },
  );
  test("an iterable may say why it can be walked once; what has other reasons can be walked again", async () => {
    const told = { oneShot: "the line is closed", [Symbol.iterator]: three };
    expect(DataStream.from(told).shuffle(3).oneShot).toBe("the line is closed");
    expect(DataStream.from(new Set([1])).oneShot).toBeNull();
    expect(await rejection(() => collect(DataStream.from(three()).repeat()))).toBe(
      "ARGUMENT repeat: the source is an iterator, such as a generator gives, which can be walked once.",
    );
  });
  test("a stream is its own source", () => {
    const stream = DataStream.from([1]);
    expect(DataStream.from(stream)).toBe(stream);
  });
  test("the rows of samples", async () => {
    const samples = {
      x: [
        [1, 2],
        [3, 4],
      ],
      y: tensor([5, 6], { dtype: "int32" }),
      weight: [1, 2],
    };
    const rows = await collect(DataStream.from(samples));
    expect(plain(rows)).toEqual([
      { x: { dtype: "float32", values: [1, 2] }, y: { dtype: "int32", values: 5 }, weight: { dtype: "float32", values: 1 } },
      { x: { dtype: "float32", values: [3, 4] }, y: { dtype: "int32", values: 6 }, weight: { dtype: "float32", values: 2 } },
    ]);
    const [batch] = await collect(DataStream.from(samples).batch(2));
    expect(batch.y.dtype).toBe("int32");
    expect(batch.x.toArray()).toEqual(samples.x);
  });
  test("what is none", async () => {
    const of = (given: unknown): string => failure(() => DataStream.from(given as never));
    const expected = "expected an iterable, an async iterable, a ReadableStream, a function that gives one, or samples { x, y }";
    expect(of(3)).toBe(`ARGUMENT DataStream.from: the source is 3; ${expected}.`);
    expect(of(null)).toBe(`ARGUMENT DataStream.from: the source is null; ${expected}.`);
    expect(of("rows.csv")).toBe(
      `ARGUMENT DataStream.from: the source is "rows.csv"; ${expected}. Files are read by csvRecords, jsonlRecords, parquetRecords and imageFolder.`,
    );
    expect(of({ y: [1] })).toBe(`ARGUMENT DataStream.from: the source is an object; ${expected}.`);
    expect(of(tensor([1]))).toBe(
      `ARGUMENT DataStream.from: the source is a tensor; ${expected}. Write DataStream.from({ x }) for its rows.`,
    );
    expect(await rejection(() => collect(DataStream.from((() => 3) as never)))).toBe(
      `ARGUMENT DataStream.from: the function gave 3; ${expected}.`,
    );
  });
});

describe("errors", () => {
  const failing = function* (): Generator<number, void, undefined> {
    yield 0;
    yield 1;
    throw new RangeError("the line is broken");
  };
  test("of a source come behind the items before them", async () => {
    for (const make of [
      (s: DataStream<number>) => s,
      (s: DataStream<number>) => s.map((i) => i),
      (s: DataStream<number>) => s.prefetch(5),
    ]) {
      const seen: unknown[] = [];
      const walk = async (): Promise<void> => {
        for await (const item of make(DataStream.from(failing))) seen.push(item);
      };
      await expect(walk()).rejects.toThrow("the line is broken");
      expect(seen).toEqual([0, 1]);
    }
  });
  test("end the walk", async () => {
    const iterator = DataStream.from(failing)[Symbol.asyncIterator]();
    await iterator.next();
    await iterator.next();
    await expect(iterator.next()).rejects.toThrow(RangeError);
    expect(await iterator.next()).toEqual({ done: true, value: undefined });
  });
  test("of a map are thrown as they are", async () => {
    const stream = DataStream.from([0, 1, 2]).map((i) => {
      if (i === 2) throw new RangeError("two");
      return i;
    });
    const iterator = stream[Symbol.asyncIterator]();
    expect([(await iterator.next()).value, (await iterator.next()).value]).toEqual([0, 1]);
    await expect(iterator.next()).rejects.toThrow(new RangeError("two"));
  });
});

describe("bad records", () => {
  const record = (line: number): RecordError => new RecordError("prices", "the price is missing", { file: "prices.txt", line });

  test("an error has the record's place", () => {
    const error = new RecordError("prices", "no price", { file: "a.txt", line: 7, cause: 3 }, "Give one.");
    expect(error).toBeInstanceOf(FileError);
    expect(error).toMatchObject({ code: "FILE", name: "RecordError", file: "a.txt", line: 7, index: null, cause: 3 });
    expect(error.message).toBe("prices: a.txt, line 7: no price. Give one.");
    expect(new RecordError("prices", "no price", { index: 4 }).message).toBe("prices: record 4: no price.");
    expect(new RecordError("prices", "no price").message).toBe("prices: no price.");
  });
  test("are errors, unless they are skipped, counted and told", async () => {
    forgetNotes();
    const warn = vi.spyOn(console, "warn").mockImplementation(() => {});
    const source = DataStream.from(function* () {
      for (let i = 0; i < 20; i++) yield i % 2 === 0 ? i : record(i);
    });
    expect(await rejection(() => collect(source.batch(3)))).toBe("FILE prices: prices.txt, line 1: the price is missing.");
    expect(await rejection(() => collect(source.onBadRecord("error").onBadRecord("skip")))).toMatch(/^FILE/);
    const stream = source.onBadRecord("skip").batch(4);
    expect(stream.skipped).toEqual({ count: 0, first: [] });
    for (let walk = 0; walk < 2; walk++) {
      expect((await collect(stream)).flatMap((batch) => batch.toArray())).toEqual([0, 2, 4, 6, 8, 10, 12, 14, 16, 18]);
      expect(stream.skipped.count).toBe(10);
      expect(stream.skipped.first.map(({ line }) => line)).toEqual([1, 3, 5, 7, 9, 11, 13, 15, 17, 19]);
    }
    expect(warn.mock.calls).toEqual([
      [
        "simdgrad: 10 bad records were skipped:\n  prices: prices.txt, line 1: the price is missing.\n  prices: prices.txt, line 3: the price is missing.\n  prices: prices.txt, line 5: the price is missing.\n  and 7 more",
      ],
    ]);
    warn.mockRestore();
  });
  test("an error of a function makes one", async () => {
    const warn = vi.spyOn(console, "warn").mockImplementation(() => {});
    const stream = DataStream.from(['{"a":1}', "{", '{"a":2}'])
      .map((line) => JSON.parse(line) as { a: number })
      .filter(({ a }) => {
        if (a === 2) throw record(2);
        return true;
      })
      .onBadRecord("skip");
    expect(await collect(stream)).toEqual([{ a: 1 }]);
    expect(stream.skipped.first[0]).toMatchObject({ index: 1, cause: expect.any(SyntaxError) });
    expect(stream.skipped.first[0].message).toMatch(/^map: record 1: /);
    expect(stream.skipped.first[1].line).toBe(2);
    warn.mockRestore();
  });
  test("where all are bad, the first is the error", async () => {
    const stream = DataStream.from([record(1), record(2)]).onBadRecord("skip");
    expect(await rejection(() => collect(stream))).toBe("FILE prices: prices.txt, line 1: the price is missing.");
  });
});
