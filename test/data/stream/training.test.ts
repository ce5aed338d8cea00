import { describe, expect, test } from "vitest";
import { DataStream } from "../../../src/data.js";
import { Dense, Dropout, manualSeed, type Parameter, randn, Sequential, type Tensor, type TrainingData } from "../../../src/index.js";
import { rejection } from "../../support/errors.js";
import { blobs } from "../../support/toy.js";

const compiled = (): Sequential =>
  new Sequential([new Dense(8, { inputShape: [4], activation: "relu" }), new Dropout(0.2), new Dense(3)]).compile({
    optimizer: "sgd",
    loss: "crossEntropy",
    metrics: ["accuracy"],
  });

const weights = (model: Sequential): number[][] => model.parameters().map((parameter: Parameter) => Array.from(parameter.data));

/** A source of batches that tells whether it is open, and may hang or fail. */
function watched({ hangs, fails }: { hangs?: number; fails?: number } = {}): {
  open: number;
  stream: DataStream<{ x: Tensor; y: Tensor }>;
} {
  const samples = blobs(40);
  const state = {
    open: 0,
    stream: DataStream.from((): AsyncIterableIterator<{ x: Tensor; y: Tensor }, undefined> => {
      let at = 0;
      let wake = (): void => {};
      state.open++;
      return {
        [Symbol.asyncIterator]() {
          return this;
        },
        async next() {
          if (at === hangs) await new Promise<void>((resolve) => (wake = resolve));
          // As a generator does, it closes by itself at its end.
          if (at === fails || at === 40) state.open--;
          if (at === fails) throw new RangeError("the line is broken");
          if (at === 40) return { done: true, value: undefined } as const;
          return { done: false, value: { x: samples.x.slice([at]), y: samples.y.slice([at++]) } } as const;
        },
        async return() {
          state.open--;
          wake();
          return { done: true, value: undefined } as const;
        },
      };
    }).batch(8),
  };
  return state;
}

describe("fit", () => {
  test("on a stream of samples in memory gives the same bits as on the samples", async () => {
    const train = async (data: (samples: ReturnType<typeof blobs>) => TrainingData): Promise<number[][]> => {
      manualSeed(1);
      const model = compiled();
      await model.fit(data(blobs(50)), { epochs: 2, batchSize: 16, shuffle: false, verbose: 0 });
      return weights(model);
    };
    const bits = await train((samples) => samples);
    expect(await train((samples) => DataStream.from(samples).batch(16))).toEqual(bits);
    expect(
      await train((samples) =>
        DataStream.from(samples)
          .map((row) => row)
          .batch(16)
          .prefetch(2),
      ),
    ).toEqual(bits);
  });
  test("takes a stream of { x, y } by its type", () => {
    const stream: DataStream<{ x: Tensor; y: Tensor }> = DataStream.from([{ x: [1, 2], y: 1 }]).batch(1);
    const data: TrainingData = stream;
    const weighed: TrainingData = DataStream.from([{ x: [1], y: 1, weight: 2 }]).batch(1);
    const perhaps: { x: Float32Array; y: number; weight?: number }[] = [{ x: new Float32Array(2), y: 1 }];
    const optional: TrainingData = DataStream.from(perhaps).batch(1).prefetch(1);
    const several: DataStream<{ x: Tensor[]; y: Tensor }> = DataStream.from([{ x: [randn([2]), randn([3])], y: [1] }]).batch(1);
    const inputs: TrainingData = several;
    expect([data, weighed, optional, inputs]).toHaveLength(4);
  });
  test("the same seed gives the same training, whatever else draws; each epoch has another order", async () => {
    const orders: number[][] = [];
    const train = async (disturb: boolean): Promise<number[][]> => {
      manualSeed(4);
      orders.length = 0;
      const samples = blobs(30);
      const stream = DataStream.from(Array.from({ length: 30 }, (_, i) => i))
        .shuffle(12)
        .map((i) => {
          orders[orders.length - 1].push(i);
          if (disturb) randn([i + 1]);
          return { x: samples.x.slice([i]).add(randn([4])), y: samples.y.slice([i]) };
        })
        .batch(8)
        .prefetch(3);
      const model = compiled();
      const onEpochBegin = (): void => void orders.push([]);
      const onBatchEnd = (): void => void (disturb && randn([7]));
      await model.fit(stream, { epochs: 3, callbacks: [{ onEpochBegin, onBatchEnd }], verbose: 0 });
      return weights(model);
    };
    const calm = await train(false);
    expect(orders.map((order) => [...order].sort((a, b) => a - b))).toEqual(
      Array.from({ length: 3 }, () => Array.from({ length: 30 }, (_, i) => i)),
    );
    expect(orders[1]).not.toEqual(orders[0]);
    expect(await train(false)).toEqual(calm);
  });
  test("stepsPerEpoch goes on where the last epoch stopped, over the ends of passes", async () => {
    const state = watched();
    const model = compiled();
    await model.fit(state.stream, { epochs: 4, stepsPerEpoch: 3, verbose: 0 });
    expect(model.optimizer.stepCount).toBe(12);
    expect(state.open).toBe(0);
    await model.fit(state.stream.repeat(), { epochs: 2, stepsPerEpoch: 7, verbose: 0 });
    expect(model.optimizer.stepCount).toBe(26);
    expect(state.open).toBe(0);
  });
  test("a stream for validation gives the figures of the samples, and changes no order", async () => {
    const train = async (validationData?: TrainingData): Promise<[number[][], Record<string, readonly number[]>]> => {
      manualSeed(2);
      const model = compiled();
      const stream = DataStream.from(blobs(30)).shuffle(30).batch(10);
      const { history } = await model.fit(stream, { epochs: 2, validationData, verbose: 0 });
      return [weights(model), history];
    };
    const [alone] = await train();
    const [bits, { valLoss }] = await train(DataStream.from(blobs(20)).batch(7));
    expect(bits).toEqual(alone);
    const [, memory] = await train(blobs(20));
    expect(valLoss).toHaveLength(2);
    for (const [i, loss] of valLoss.entries()) expect(loss).toBeCloseTo(memory.valLoss[i], 6);
  });
  test("an empty stream is an error, and so is one that can be walked once, in the second epoch", async () => {
    const model = compiled();
    const empty = DataStream.from([] as { x: number[]; y: number }[]).batch(4);
    expect(await rejection(() => model.fit(empty, { verbose: 0 }))).toMatch(/^ARGUMENT fit: epoch 1 had no batches/);
    expect(await rejection(() => model.fit(blobs(), { validationData: empty, verbose: 0 }))).toMatch(
      /^ARGUMENT fit: the validation data have no batches/,
    );
    expect(await rejection(() => model.evaluate(empty))).toMatch(/^ARGUMENT evaluate: the data have no batches/);
    expect(await rejection(() => model.predict(empty))).toBe("ARGUMENT predict: x has no samples.");
    const once = DataStream.from(DataStream.from(blobs(8)).batch(4)[Symbol.asyncIterator]());
    expect(await rejection(() => model.fit(once, { epochs: 2, verbose: 0 }))).toMatch(
      /^ARGUMENT DataStream.from: the source is an iterator.* once\. Give a function/,
    );
    expect(model.history?.epoch).toEqual([0]);
  });
  test("an error in the middle of a stream ends the training behind the batches before it, and closes the source", async () => {
    for (const make of [(s: DataStream<{ x: Tensor; y: Tensor }>) => s, (s: DataStream<{ x: Tensor; y: Tensor }>) => s.prefetch(9)]) {
      const state = watched({ fails: 20 });
      const model = compiled();
      await expect(model.fit(make(state.stream), { verbose: 0 })).rejects.toThrow(new RangeError("the line is broken"));
      expect([model.optimizer.stepCount, state.open]).toEqual([2, 0]);
      await model.fit(blobs(), { verbose: 0 });
    }
  });
  test.each([0, 20])("an abort does not wait for a source that hangs at record %i, and closes it", async (hangs) => {
    for (const make of [
      (s: DataStream<{ x: Tensor; y: Tensor }>) => s,
      (s: DataStream<{ x: Tensor; y: Tensor }>) => s.prefetch(2),
      (s: DataStream<{ x: Tensor; y: Tensor }>) => s.map(async (batch) => batch).shuffle(1),
    ]) {
      const state = watched({ hangs });
      const controller = new AbortController();
      const model = compiled();
      const fitted = model.fit(make(state.stream), { verbose: 0, signal: controller.signal });
      while (state.open === 0 || model.optimizer.stepCount < Math.floor(hangs / 8)) await new Promise((resolve) => setImmediate(resolve));
      controller.abort("enough");
      await expect(fitted).rejects.toBe("enough");
      expect([model.optimizer.stepCount, state.open]).toEqual([Math.floor(hangs / 8), 0]);
      const predicted = model.predict(make(watched({ hangs }).stream), { signal: AbortSignal.abort("no") });
      await expect(predicted).rejects.toBe("no");
    }
  });
});

describe("a loop of your own", () => {
  test("that is left closes the source", async () => {
    for (const make of [
      (s: DataStream<{ x: Tensor; y: Tensor }>) => s,
      (s: DataStream<{ x: Tensor; y: Tensor }>) => s.shuffle(2).prefetch(2),
      (s: DataStream<{ x: Tensor; y: Tensor }>) =>
        s
          .repeat(3)
          .take(9)
          .filter(() => true),
      (s: DataStream<{ x: Tensor; y: Tensor }>) => s.skip(1).onBadRecord("skip"),
    ]) {
      const state = watched();
      for await (const { x } of make(state.stream)) {
        expect(x.shape).toEqual([8, 4]);
        expect(state.open).toBe(1);
        break;
      }
      expect(state.open).toBe(0);
      await expect(
        (async () => {
          for await (const _ of make(state.stream)) throw new Error("mine");
        })(),
      ).rejects.toThrow("mine");
      expect(state.open).toBe(0);
    }
  });
  test("that ends has closed the source; a walk that was not begun opens none", async () => {
    const state = watched();
    const idle = state.stream[Symbol.asyncIterator]();
    await idle.return?.();
    expect(await idle.next()).toEqual({ done: true, value: undefined });
    expect(state.open).toBe(0);
  });
});

describe("evaluate and predict", () => {
  test("of a stream give what they give of the samples", async () => {
    manualSeed(3);
    const model = compiled();
    const samples = blobs(50);
    const stream = DataStream.from(samples).batch(16);
    const [figures, expected] = [await model.evaluate(stream), await model.evaluate(samples)];
    expect(figures.accuracy).toBe(expected.accuracy);
    expect(figures.loss).toBeCloseTo(expected.loss, 6);
    const whole = await model.predict(samples.x, { batchSize: 16 });
    for (const batches of [stream, stream.map(({ x }) => x), stream.map(({ x }) => [x]), stream.prefetch(2)]) {
      const predicted = await model.predict(batches);
      expect(predicted.shape).toEqual([50, 3]);
      expect(predicted.toArray()).toEqual(whole.toArray());
    }
    expect((await model.predict([{ x: samples.x, y: samples.y }])).toArray()).toEqual((await model.predict(samples.x)).toArray());
  });
});

describe("prefetch", () => {
  test("holds no more than it may, among them the one that is being made", async () => {
    let [made, taken] = [0, 0];
    const stream = DataStream.from(async function* () {
      for (; made < 30; ) {
        made++;
        expect(made - taken).toBeLessThanOrEqual(4);
        yield made;
      }
    }).prefetch(3);
    for await (const item of stream) {
      taken = item;
      for (let turn = 0; turn < 5; turn++) await new Promise((resolve) => setImmediate(resolve));
      // Three are waiting behind the one that was taken.
      expect(made).toBe(Math.min(30, item + 3));
    }
  });
  test("a walk that is left stops making items", async () => {
    let made = 0;
    const stream = DataStream.from(async function* () {
      for (;;) yield made++;
    }).prefetch(2);
    for await (const _ of stream) break;
    const then = made;
    for (let turn = 0; turn < 5; turn++) await new Promise((resolve) => setImmediate(resolve));
    expect(made).toBe(then);
  });
  test("an error that nobody comes to is no unhandled rejection", async () => {
    const unhandled: unknown[] = [];
    const onUnhandled = (reason: unknown): void => void unhandled.push(reason);
    process.on("unhandledRejection", onUnhandled);
    const stream = DataStream.from(async function* () {
      yield 1;
      throw new Error("unseen");
    }).prefetch(5);
    for await (const _ of stream) {
      for (let turn = 0; turn < 5; turn++) await new Promise((resolve) => setImmediate(resolve));
      break;
    }
    for (let turn = 0; turn < 5; turn++) await new Promise((resolve) => setImmediate(resolve));
    process.off("unhandledRejection", onUnhandled);
    expect(unhandled).toEqual([]);
  });
});
