import { describe, expect, test } from "vitest";
import { compose, cutout, mixup, normalize, randomCrop, randomFlip, randomRotation, type Transform, transformed } from "../../src/data.js";
import { Dense, Flatten, manualSeed, rand, randint, Sequential, setThreads, type Tensor, tensor } from "../../src/index.js";
import { batches } from "../../src/train/batches.js";

const every = (): Transform =>
  compose(
    randomCrop({ size: 6, padding: 2 }),
    randomFlip(),
    randomFlip({ direction: "vertical" }),
    randomRotation({ degrees: 20 }),
    cutout({ size: 3 }),
    mixup({ alpha: 0.4, classes: 5 }),
    normalize([0.4, 0.5], [0.2, 0.3]),
  );

function images(n = 10) {
  manualSeed(5);
  return { x: rand([n, 2, 6, 6]), y: randint(0, 5, [n]) };
}

type Walked = Iterable<{ x: Tensor; y: Tensor }>;

const numbers = (walked: Walked) => [...walked].map(({ x, y }) => [[...x.view()], [...y.view()]]);

describe("random numbers", () => {
  const data = images();

  test("are the same for the same seed, others in each pass and for each batch", () => {
    const make = (seed: number) => transformed(data, every(), { batchSize: 4, seed, shuffle: false });
    const [first, second] = [make(3), make(3)];
    const passes = [numbers(first), numbers(first)];
    expect(passes[1]).not.toEqual(passes[0]);
    expect([numbers(second), numbers(second)]).toEqual(passes);
    expect(numbers(make(4))).not.toEqual(passes[0]);
  });

  test("differ from batch to batch: equal images are cut in other places", () => {
    const same = { x: tensor(new Float32Array(2 * 64).fill(1)).reshape([2, 1, 8, 8]) };
    const cut = [...transformed(same, cutout({ size: 4 }), { batchSize: 1, seed: 1 })].map(({ x }) => [...x.view()]);
    expect(cut[0]).not.toEqual(cut[1]);
  });

  test("depend neither on threads nor on what else is drawn", async () => {
    const make = () => numbers(transformed(data, every(), { batchSize: 4, seed: 3 }));
    const alone = make();
    await setThreads(2);
    try {
      rand([5]);
      expect(make()).toEqual(alone);
    } finally {
      await setThreads(1);
    }
  });

  test("follow manualSeed without a seed of their own, as batches do", () => {
    const walk = () => numbers(transformed(data, every(), { batchSize: 4 }));
    manualSeed(9);
    const first = [walk(), walk()];
    manualSeed(9);
    expect([walk(), walk()]).toEqual(first);
    manualSeed(9);
    const labels = (walked: Iterable<{ y: Tensor }>) => [...walked].map(({ y }) => [...y.view()]);
    const plain = labels(transformed(data, [], { batchSize: 4 }));
    manualSeed(9);
    expect(labels(batches(data, 4, { shuffle: true }))).toEqual(plain);
  });

  test("a pass in which nothing is random draws nothing", () => {
    manualSeed(9);
    const next = [...batches(data, 10, { shuffle: true })].map(({ y }) => [...y.view()]);
    manualSeed(9);
    numbers(transformed(data, normalize(0, 1), { shuffle: false }));
    expect([...batches(data, 10, { shuffle: true })].map(({ y }) => [...y.view()])).toEqual(next);
  });
});

describe("fit", () => {
  const model = () => {
    manualSeed(7);
    const made = new Sequential([new Flatten(), new Dense(5)]);
    return made.compile({ optimizer: "adam", loss: "crossEntropy", metrics: ["accuracy"] });
  };
  const weights = (made: Sequential) => made.parameters().map((parameter) => [...parameter.view()]);

  test("gives the same bits as without, if nothing is changed", async () => {
    const data = images();
    const [plain, through] = [model(), model()];
    manualSeed(11);
    await plain.fit(data, { epochs: 3, batchSize: 4, verbose: 0 });
    manualSeed(11);
    await through.fit(transformed(data, [], { batchSize: 4 }), { epochs: 3, verbose: 0 });
    expect(weights(through)).toEqual(weights(plain));
  });

  test("trains on mixed labels, replays its steps, and goes on where it stopped", async () => {
    const data = images(16);
    const stream = () => transformed(data, every(), { batchSize: 4 });
    const [whole, parted] = [model(), model()];
    manualSeed(11);
    await whole.fit(stream(), { epochs: 4, verbose: 0 });
    expect(whole.captureStatus?.state).toBe("replaying");
    manualSeed(11);
    await parted.fit(stream(), { epochs: 2, verbose: 0 });
    rand([3]);
    await parted.fit(stream(), { epochs: 4, initialEpoch: 2, verbose: 0 });
    expect(weights(parted)).toEqual(weights(whole));
  });

  test("evaluate takes normalised data", async () => {
    const data = images();
    const made = model();
    const { loss } = await made.evaluate(transformed(data, normalize(0, 1), { shuffle: false }));
    expect(loss).toBeCloseTo((await made.evaluate(data)).loss, 5);
  });
});

describe("data", () => {
  test("of bytes become byte / 255, and stay bytes themselves", () => {
    const x = tensor(Uint8Array.from({ length: 8 }, (_, i) => 30 * i)).reshape([2, 1, 2, 2]);
    const [batch] = transformed({ x }, normalize(0, 1), { shuffle: false });
    expect([x.dtype, batch.x.dtype, batch.x.shape]).toEqual(["uint8", "float32", [2, 1, 2, 2]]);
    expect([...batch.x.view()]).toEqual(Array.from({ length: 8 }, (_, i) => Math.fround(Math.fround((30 * i) / 255))));
  });

  test("are not changed, though transforms write in place", () => {
    const data = images();
    const before = [...data.x.view()];
    numbers(transformed(data, every()));
    numbers(transformed([data], every()));
    expect([...data.x.view()]).toEqual(before);
  });

  test("keep their weights, and lose the last batch if asked", () => {
    const weight = tensor(Float32Array.from({ length: 10 }, (_, i) => i));
    const walked = [...transformed({ ...images(), weight }, randomFlip(), { batchSize: 4, shuffle: false, dropLast: true })];
    expect(walked.map((batch) => [...batch.weight.view()])).toEqual([
      [0, 1, 2, 3],
      [4, 5, 6, 7],
    ]);
  });

  test("may be batches, at once or later", async () => {
    const data = images();
    const parts = () => batches(data, 5);
    const now = { [Symbol.iterator]: parts };
    const later = {
      async *[Symbol.asyncIterator]() {
        yield* parts();
      },
    };
    const atOnce = transformed(now, every(), { seed: 2 });
    const slowly = transformed(later, every(), { seed: 2 });
    for (let pass = 0; pass < 2; pass++) {
      const found: unknown[] = [];
      for await (const { x, y } of slowly) found.push([[...x.view()], [...y.view()]]);
      expect(found).toEqual(numbers(atOnce));
      expect(found.length).toBe(2);
    }
    expect(() => transformed(now, every(), { batchSize: 5 })).toThrow(
      "transformed: batchSize is given, and the data are batches already. Leave batchSize out, or give { x, y }.",
    );
  });

  test("that are no images are refused", () => {
    expect(() => transformed({ x: rand([4, 36]) }, [])).toThrow(
      "transformed: x has shape [4, 36]; expected [n, channels, height, width]. Transforms take images; write reshape([n, 1, height, width]) for rows of pixels.",
    );
    expect(() => transformed({ x: [rand([1, 1, 2, 2])] }, [])).toThrow(
      "transformed: x is a list of 1 tensors; expected one tensor of images.",
    );
    expect(() => transformed(rand([2]) as never, [])).toThrow(/Write transformed\(\{ x, y \}\)\.$/);
    expect(() => transformed(images(), [randomFlip] as never)).toThrow(/transform 0 is a function/);
  });
});
