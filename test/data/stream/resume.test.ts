import { describe, expect, test } from "vitest";
import { DataStream, RecordError, weightedSamples } from "../../../src/data.js";
import { manualSeed, rand, randn } from "../../../src/index.js";
import { collect, plain } from "../../support/streams.js";

const numbers = (n: number): number[] => Array.from({ length: n }, (_, i) => i);

async function* later(n: number): AsyncGenerator<number, void, undefined> {
  for (let i = 0; i < n; i++) {
    if (i % 3 === 0) await null;
    yield i;
  }
}

/** A stream of every operator, alone and behind others. */
const STREAMS: Record<string, () => DataStream<unknown>> = {
  array: () => DataStream.from(numbers(10)),
  iterable: () => DataStream.from(new Set(numbers(10))),
  "asynchronous iterable": () => DataStream.from(() => later(10)),
  "readable stream": () => DataStream.from(() => new Blob(["abcdefgh"]).stream()),
  samples: () =>
    DataStream.from({
      x: [
        [1, 2],
        [3, 4],
        [5, 6],
      ],
      y: [1, 2, 3],
    }).batch(2),
  "random source": () =>
    DataStream.from(function* () {
      for (let i = 0; i < 6; i++) yield rand([1]).item();
    }),
  map: () => DataStream.from(numbers(10)).map((i) => 2 * i),
  "asynchronous map": () => DataStream.from(numbers(10)).map(async (i) => 2 * i),
  "random map": () => DataStream.from(numbers(10)).map((i) => i + rand([1]).item()),
  "random maps": () =>
    DataStream.from(numbers(10))
      .map((i) => i + rand([1]).item())
      .map((i) => i + rand([1]).item()),
  filter: () => DataStream.from(numbers(20)).filter((i) => i % 3 === 0),
  "random filter": () => DataStream.from(numbers(20)).filter(async () => rand([1]).item() < 0.5),
  batch: () => DataStream.from(numbers(11)).batch(3),
  "batch, whole ones": () => DataStream.from(numbers(11)).batch(3, { dropLast: true }),
  shuffle: () => DataStream.from(numbers(30)).shuffle(7),
  "shuffle of few": () => DataStream.from(numbers(5)).shuffle(100),
  "shuffle of as many": () => DataStream.from(numbers(20)).shuffle(20),
  "shuffle of one": () => DataStream.from(numbers(9)).shuffle(1),
  "shuffle behind map": () =>
    DataStream.from(numbers(30))
      .map((i) => i + rand([1]).item())
      .shuffle(7)
      .batch(4),
  "shuffle behind filter": () =>
    DataStream.from(numbers(40))
      .filter((i) => i % 3 > 0)
      .shuffle(7)
      .shuffle(3),
  repeat: () => DataStream.from(numbers(4)).repeat(3),
  "repeat of shuffle": () => DataStream.from(numbers(6)).shuffle(6).repeat(3).batch(4),
  take: () => DataStream.from(numbers(10)).repeat().take(17),
  skip: () => DataStream.from(numbers(10)).skip(4),
  "take and skip": () => DataStream.from(numbers(30)).shuffle(30).skip(5).take(9).repeat(2),
  prefetch: () => DataStream.from(() => later(9)).prefetch(3),
  "prefetch behind shuffle": () =>
    DataStream.from(() => later(20))
      .shuffle(8)
      .batch(2)
      .prefetch(2),
  "bad records": () =>
    DataStream.from([0, 1, new RecordError("test", "unreadable"), 3, 4, 5, 6])
      .map((i) => {
        if (i === 4) throw new Error("four");
        return i;
      })
      .onBadRecord("skip")
      .shuffle(3),
  "concurrent map": () =>
    DataStream.from(numbers(20)).map(
      async (i) => {
        const number = i + rand([1]).item();
        for (let turns = (7 * i) % 5; turns > 0; turns--) await null;
        return number;
      },
      { concurrency: 4 },
    ),
  "shuffle behind concurrent map": () =>
    DataStream.from(numbers(20))
      .map(async (i) => i + rand([1]).item(), { concurrency: 3 })
      .shuffle(6)
      .prefetch(2),
  "concurrent bad records": () =>
    DataStream.from(numbers(12))
      .map(
        async (i) => {
          if (i % 4 === 1) throw new Error(`${i}`);
          return i;
        },
        { concurrency: 3 },
      )
      .onBadRecord("skip"),
  unbatch: () =>
    DataStream.from({
      x: [
        [1, 2],
        [3, 4],
        [5, 6],
      ],
      y: [1, 2, 3],
    })
      .batch(2)
      .unbatch()
      .shuffle(3)
      .batch(2),
  concat: () => DataStream.concat([DataStream.from(numbers(4)), DataStream.from([]), DataStream.from(numbers(9)).shuffle(9)]),
  zip: () => DataStream.zip([DataStream.from(numbers(9)).shuffle(9), DataStream.from(numbers(7)).shuffle(7)]),
  sample: () =>
    DataStream.sample([DataStream.from(numbers(6)).shuffle(6), DataStream.from([10, 11, 12]).repeat().take(15), DataStream.from([])], {
      weights: [1, 4, 2],
    }),
  "sample up to the first end": () =>
    DataStream.sample([DataStream.from(numbers(9)), DataStream.from([10, 11, 12]).repeat()], { end: "first" }).batch(2),
  "balance by dropping": () => DataStream.from(numbers(40)).balance((i) => i % 10 > 0),
  "balance by repeating": () =>
    DataStream.from(numbers(40))
      .balance((i) => (i % 10 > 0 ? "common" : "rare"), { by: "repeating", shares: { common: 0.9, rare: 0.1 } })
      .shuffle(30),
  "weighted samples": () => weightedSamples({ x: numbers(20), y: numbers(20).map((i) => Number(i > 15)) }, "balanced").batch(3),
  "a long one": () =>
    DataStream.from(numbers(600))
      .shuffle(500)
      .map((i) => ({ x: [i, rand([1]).item()], y: i }))
      .batch(50)
      .prefetch(2),
};

describe.each(Object.entries(STREAMS))("%s", (_, make) => {
  test("goes on behind any number of items as a walk from the start", async () => {
    const stream = make();
    manualSeed(3);
    const whole = plain(await collect(stream)) as unknown[];
    expect(whole.length).toBeGreaterThan(0);
    for (let k = 0; k <= whole.length + 1; k++) {
      manualSeed(3);
      expect(plain(await collect(stream.iterateFrom(k)))).toEqual(whole.slice(k));
    }
  });
  test("gives the same whatever else draws", async () => {
    manualSeed(3);
    const alone = plain(await collect(make()));
    manualSeed(3);
    const beside: unknown[] = [];
    for await (const item of make()) {
      randn([3]);
      manualSeed(beside.length);
      beside.push(item);
    }
    expect(plain(beside)).toEqual(alone);
  });
  test("each walk is one pass: those in which something is random differ, and are the same in the same order", async () => {
    const stream = make();
    const walks = async (): Promise<unknown[]> => {
      manualSeed(3);
      return plain([await collect(stream), await collect(stream), await collect(stream)]) as unknown[];
    };
    const first = await walks();
    expect(await walks()).toEqual(first);
  });
});

describe("passes", () => {
  test.each([
    "random source",
    "random map",
    "random filter",
    "shuffle",
    "shuffle of few",
    "repeat of shuffle",
    "a long one",
    "concurrent map",
    "zip",
    "sample",
    "balance by dropping",
    "balance by repeating",
    "weighted samples",
  ])("of %s differ", async (name) => {
    manualSeed(5);
    const stream = STREAMS[name]();
    expect(plain(await collect(stream))).not.toEqual(plain(await collect(stream)));
  });
  test("rounds of a repeat differ, and have each item once", async () => {
    manualSeed(5);
    const all = await collect(DataStream.from(numbers(20)).shuffle(20).repeat(2));
    const [first, second] = [all.slice(0, 20), all.slice(20)];
    expect(second).not.toEqual(first);
    for (const round of [first, second]) expect([...round].sort((a, b) => a - b)).toEqual(numbers(20));
  });
  test("a pass in which nothing is random does not count", async () => {
    const order = async (calm: boolean): Promise<unknown> => {
      manualSeed(5);
      if (calm)
        await collect(
          DataStream.from(numbers(9))
            .map((i) => i)
            .batch(2),
        );
      return collect(DataStream.from(numbers(9)).shuffle(9));
    };
    expect(await order(true)).toEqual(await order(false));
  });
  test("seeds differ", async () => {
    const order = async (seed: number): Promise<unknown> => {
      manualSeed(seed);
      return collect(DataStream.from(numbers(30)).shuffle(30));
    };
    expect(await order(1)).not.toEqual(await order(2));
  });
  test("two shuffles one behind the other draw numbers of their own", async () => {
    manualSeed(2);
    const source = DataStream.from(numbers(50));
    const both = await collect(source.shuffle(50).shuffle(50));
    manualSeed(2);
    const inner = await collect(source.shuffle(50));
    manualSeed(2);
    const choices = await collect(source.shuffle(50));
    expect(inner).toEqual(choices);
    expect(both).not.toEqual(choices.map((i) => choices[i]));
  });
});

describe("what is passed over", () => {
  test("is not made, unless a filter or a bad record needs it", async () => {
    const made: number[] = [];
    const map = (i: number): number => {
      made.push(i);
      return i;
    };
    const source = DataStream.from(numbers(100));
    await source.map(map).batch(4).iterateFrom(5).next();
    expect(made).toEqual(numbers(24).slice(20));
    made.length = 0;
    await source
      .map(map)
      .filter((i) => i % 2 === 0)
      .iterateFrom(5)
      .next();
    expect(made).toEqual(numbers(11));
    made.length = 0;
    await source.map(map).onBadRecord("skip").iterateFrom(5).next();
    expect(made).toEqual(numbers(6));
  });
  test.each([1, 4])("a shuffle makes only what is left in its buffer, at concurrency %i", async (concurrency) => {
    let made = 0;
    const count = async (i: number): Promise<number> => {
      made++;
      return i;
    };
    const stream = DataStream.from(numbers(1000)).map(count, { concurrency }).shuffle(10);
    manualSeed(1);
    const whole = await collect(stream);
    made = 0;
    manualSeed(1);
    const { value } = await stream.iterateFrom(900).next();
    expect(value).toBe(whole[900]);
    // The nine that are left in the buffer, and those that fill it up.
    expect(made).toBe(9 + concurrency);
  });
});
