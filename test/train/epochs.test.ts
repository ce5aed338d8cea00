import { describe, expect, test } from "vitest";
import {
  Adam,
  BatchNorm,
  batches,
  crossEntropy,
  Dense,
  Dropout,
  type FitOptions,
  type Model,
  manualSeed,
  Sequential,
  type Tensor,
  type TrainingContext,
  type TrainingData,
} from "../../src/index.js";
import { bits, blobs, rejection } from "../support/toy.js";

const normed = (): Model => new Sequential([new Dense(8, { inputShape: [4] }), new BatchNorm(), new Dropout(0.2), new Dense(3)]);
const compiled = (model = normed()): Model => model.compile({ optimizer: "adam", loss: "crossEntropy" });

/** A model whose batches are noted by the numbers of their samples. */
class Noted extends Sequential {
  readonly seen: number[][] = [];
  constructor() {
    super([new Dense(3, { inputShape: [4] })]);
    this.registerForwardPreHook((_, [x]) => {
      if (this.training) this.seen.push(Array.from((x as Tensor).slice([null, [0, 1]]).data));
      return undefined;
    });
  }
}

/** n samples whose first feature is their number. */
function numbered(n: number): { x: Tensor; y: Tensor } {
  const { x, y } = blobs(n);
  for (let i = 0; i < n; i++) x.view()[4 * i] = i;
  return { x, y };
}

async function seen(data: TrainingData, options: FitOptions): Promise<number[][]> {
  const model = new Noted();
  await compiled(model).fit(data, { verbose: 0, ...options });
  return model.seen;
}

describe("dropLast", () => {
  test("33 samples at batch size 32 train with batch normalization, with the bits of a loop over `batches`", async () => {
    const data = blobs(33);
    manualSeed(4);
    const model = compiled();
    let context: TrainingContext | null = null;
    const onTrainBegin = (given: TrainingContext) => {
      context = given;
    };
    await model.fit(data, { epochs: 3, dropLast: true, verbose: 0, callbacks: [{ onTrainBegin }] });
    expect((context as TrainingContext | null)?.steps).toBe(1);

    manualSeed(4);
    const looped = normed();
    const optimizer = new Adam(looped.parameters());
    for (let epoch = 0; epoch < 3; epoch++) {
      for (const { x, y } of batches(data, 32, { shuffle: true, dropLast: true })) {
        crossEntropy(looped.forward(x), y).backward();
        optimizer.step();
        optimizer.zeroGrad();
      }
    }
    expect(bits(model)).toEqual(bits(looped));
  });

  test("without it the error of a batch of one names it", async () => {
    expect(await rejection(compiled().fit(blobs(33), { verbose: 0 }))).toBe(
      "ARGUMENT batchNorm: x [1, 8] has 1 values per channel; training needs more than 1 value per channel. Leave a last batch of one sample out with dropLast: true (of fit or batches), or call eval() on the model to use the running statistics.",
    );
  });

  test("a full last batch stays, and validation counts every sample", async () => {
    const sizes = (await seen(blobs(12), { batchSize: 4, dropLast: true, epochs: 2 })).map(({ length }) => length);
    expect(sizes).toEqual([4, 4, 4, 4, 4, 4]);
    const model = compiled();
    const validationData = blobs(9);
    const { history } = await model.fit(blobs(12), { batchSize: 8, dropLast: true, validationData, verbose: 0 });
    expect(history.valLoss[0]).toBeCloseTo((await model.evaluate(validationData, { batchSize: 9 })).loss, 6);
  });

  test("nothing left is an error", async () => {
    expect(await rejection(compiled().fit(blobs(20), { dropLast: true, verbose: 0 }))).toBe(
      "ARGUMENT fit: dropLast leaves no batch of 20 samples at batchSize 32. Take smaller batches.",
    );
  });
});

describe("stepsPerEpoch", () => {
  test("data without an end: each epoch goes on where the last one stopped, and the end is told", async () => {
    const data = numbered(4);
    let [asked, closed] = [0, 0];
    function* endless() {
      try {
        for (; ; asked++) yield { x: data.x.add(asked), y: data.y };
      } finally {
        closed++;
      }
    }
    const ends: number[] = [];
    const onEpochEnd = () => void ends.push(asked);
    const found = await seen({ [Symbol.iterator]: endless }, { epochs: 3, stepsPerEpoch: 2, callbacks: [{ onEpochEnd }] });
    expect(found.map(([first]) => first)).toEqual([0, 1, 2, 3, 4, 5]);
    expect(ends).toEqual([1, 3, 5]);
    expect(closed).toBe(1);
  });

  test("asynchronous data without an end, with a signal that never comes", async () => {
    const data = numbered(4);
    async function* endless() {
      for (let i = 0; ; i++) yield { x: data.x.add(i), y: data.y };
    }
    const options = { epochs: 2, stepsPerEpoch: 3, signal: new AbortController().signal };
    const found = await seen({ [Symbol.asyncIterator]: endless }, options);
    expect(found.map(([first]) => first)).toEqual([0, 1, 2, 3, 4, 5]);
  });

  test("samples: epochs are cut from passes, each in a new order", async () => {
    const data = numbered(10);
    manualSeed(6);
    const found = await seen(data, { epochs: 3, batchSize: 4, stepsPerEpoch: 2 });
    manualSeed(6);
    const orders = [0, 1].flatMap(() => [...batches(data, 4, { shuffle: true })].map(({ x }) => Array.from(x.slice([null, [0, 1]]).data)));
    expect(found).toEqual(orders);
    expect(orders[0]).not.toEqual(orders[3]);
  });

  test("more than a pass has", async () => {
    const found = await seen(numbered(4), { batchSize: 2, stepsPerEpoch: 5, shuffle: false });
    expect(found).toEqual([
      [0, 1],
      [2, 3],
      [0, 1],
      [2, 3],
      [0, 1],
    ]);
  });

  test("an iterable that ends is walked anew; an iterator that cannot be is an error", async () => {
    const { x, y } = numbered(3);
    const three = [0, 1, 2].map((i) => ({ x: x.slice([[i, i + 1]]), y: y.slice([[i, i + 1]]) }));
    expect((await seen(three, { epochs: 2, stepsPerEpoch: 2 })).flat()).toEqual([0, 1, 2, 0]);
    expect(await rejection(seen(three.values(), { epochs: 2, stepsPerEpoch: 2 }))).toBe(
      "ARGUMENT fit: epoch 2 had 1 of 2 batches; then the data ended. An iterator can be walked once: give an iterable that starts afresh.",
    );
  });

  test("a callback's stop ends an epoch early, without an error", async () => {
    const stopping = {
      context: null as TrainingContext | null,
      onTrainBegin(context: TrainingContext) {
        this.context = context;
      },
      onBatchEnd(batch: number) {
        if (batch === 1) this.context?.stop();
      },
    };
    expect((await seen(numbered(4), { batchSize: 1, stepsPerEpoch: 3, epochs: 2, callbacks: [stopping] })).length).toBe(2);
    expect(stopping.context?.steps).toBe(3);
  });

  test("an abort ends it", async () => {
    const controller = new AbortController();
    const onBatchEnd = (batch: number) => {
      if (batch === 1) controller.abort(new Error("enough"));
    };
    const options = { stepsPerEpoch: 1000, signal: controller.signal, callbacks: [{ onBatchEnd }] };
    await expect(seen(numbered(4), options)).rejects.toThrow("enough");
  });
});

describe("initialEpoch", () => {
  const data = numbered(22);
  const options = { batchSize: 4, verbose: 0, validationSplit: 0.1 } as const;

  /** Trains up to epochs, one `fit` after the other, each of which begins where the last one stopped. */
  async function inParts(model: Model, ends: readonly number[], more: FitOptions = {}): Promise<Model> {
    for (const [i, epochs] of ends.entries()) await model.fit(data, { ...options, ...more, epochs, initialEpoch: ends[i - 1] ?? 0 });
    return model;
  }

  test("epochs are numbered from the start, in callbacks and in the history", async () => {
    const told: number[] = [];
    let context: TrainingContext | null = null;
    const callback = {
      onTrainBegin(given: TrainingContext) {
        context = given;
      },
      onEpochBegin: (epoch: number) => void told.push(epoch),
      onEpochEnd: (epoch: number) => void told.push(epoch),
    };
    const { epoch, history } = await compiled().fit(data, { ...options, epochs: 10, initialEpoch: 7, callbacks: [callback] });
    expect(told).toEqual([7, 7, 8, 8, 9, 9]);
    expect([epoch, history.valLoss.length]).toEqual([[7, 8, 9], 3]);
    expect(context).toMatchObject({ epochs: 10, initialEpoch: 7 });
  });

  test.each<[string, FitOptions]>([
    ["a pass an epoch", {}],
    ["dropLast", { dropLast: true }],
    ["epochs that end within a pass", { stepsPerEpoch: 3 }],
    ["epochs of more than a pass", { stepsPerEpoch: 7, dropLast: true }],
  ])("a run in parts has the bits of one run: %s", async (_, more) => {
    manualSeed(8);
    const whole = bits(await inParts(compiled(), [6], more));
    manualSeed(8);
    expect(bits(await inParts(compiled(), [1, 4, 6], more))).toEqual(whole);

    // As another process would go on.
    manualSeed(8);
    const first = await inParts(compiled(), [4], more);
    manualSeed(8);
    const second = compiled();
    second.loadStateDict(first.stateDict());
    second.optimizer.bind(second.parameters());
    second.optimizer.loadStateDict(first.optimizer.stateDict());
    await second.fit(data, { ...options, ...more, epochs: 6, initialEpoch: 4 });
    expect(bits(second)).toEqual(whole);
  });

  test("a run that went on too far may be taken up at an earlier epoch", async () => {
    manualSeed(8);
    const whole = bits(await inParts(compiled(), [5]));
    manualSeed(8);
    const model = await inParts(compiled(), [3]);
    const [weights, state] = [model.stateDict(), model.optimizer.stateDict()];
    await model.fit(data, { ...options, epochs: 4, initialEpoch: 3 });
    model.loadStateDict(weights);
    model.optimizer.loadStateDict(state);
    await model.fit(data, { ...options, epochs: 5, initialEpoch: 3 });
    expect(bits(model)).toEqual(whole);
  });

  test("nothing is left to do at the last epoch; beyond it is an error", async () => {
    const model = compiled();
    const before = bits(model);
    const { epoch } = await model.fit(data, { ...options, epochs: 3, initialEpoch: 3 });
    expect([epoch, bits(model)]).toEqual([[], before]);
    expect(await rejection(model.fit(data, { ...options, epochs: 3, initialEpoch: 4 }))).toBe(
      "ARGUMENT fit: initialEpoch is 4, epochs is 3; expected at most epochs. epochs counts those before, too.",
    );
  });
});
