/** Several batches that make one step of the optimizer. */
import { describe, expect, it } from "vitest";
import {
  Callback,
  type CompileOptions,
  crossEntropy,
  Dense,
  DivergedError,
  type FitOptions,
  l2,
  manualSeed,
  mse,
  randint,
  randn,
  Sequential,
  type Tensor,
  tensor,
} from "../../src/index.js";
import { replaysDuring } from "../support/replays.js";

interface Data {
  x: Tensor;
  y: Tensor;
  weight?: Tensor;
}

const DATA: [string, () => Data][] = [
  ["plain", () => ({ x: randn([22, 5]), y: randint(0, 3, [22]) })],
  [
    "weights of samples",
    () => ({ x: randn([22, 5]), y: randint(0, 3, [22]), weight: tensor(Float32Array.from({ length: 22 }, (_, i) => i % 4)) }),
  ],
];

async function train(data: () => Data, compile: Partial<CompileOptions>, options: FitOptions) {
  manualSeed(3);
  const model = new Sequential([new Dense(8, { activation: "tanh" }), new Dense(3)]);
  model.compile({ optimizer: { name: "adam", learningRate: 0.05 }, loss: "crossEntropy", metrics: ["accuracy"], ...compile });
  let figures: Record<string, number[]> = {};
  const given = data();
  const replays = await replaysDuring(async () => {
    figures = (await model.fit(given, { verbose: 0, shuffle: false, epochs: 6, ...options })).history;
  });
  return { figures, weights: model.parameters().flatMap((parameter) => [...parameter.data]), replays, steps: model.optimizer.stepCount };
}

type Trained = Awaited<ReturnType<typeof train>>;

function expectNear(found: Trained, expected: Trained): void {
  expect(found.steps).toBe(expected.steps);
  for (const [i, value] of expected.weights.entries()) expect(found.weights[i]).toBeCloseTo(value, 4);
}

describe.each(DATA)("fit with accumulate, %s", (_, data) => {
  const losses: [string, Partial<CompileOptions>][] = [
    ["mean", {}],
    ["sum", { loss: crossEntropySum() }],
    ["with a penalty", { penalty: l2(0.1) }],
    ["ignored labels", { loss: { name: "crossEntropy", ignoreIndex: 1 } }],
  ];
  it.each(losses)("batches make a step as one large batch does, %s", async (_, compile) => {
    // 22 samples: of 5 batches four make a step, and the last one makes a step of its own.
    const found = await train(data, compile, { batchSize: 5, accumulate: 4 });
    const whole = await train(data, compile, { batchSize: 20 });
    expectNear(found, whole);
    expect(found.figures.loss).toHaveLength(6);
    // Uneven batches: 8, 8 and 6 are the whole.
    const uneven = await train(data, compile, { batchSize: 8, accumulate: 3 });
    expectNear(uneven, await train(data, compile, { batchSize: 22 }));
    for (const [i, loss] of (await train(data, compile, { batchSize: 22 })).figures.loss.entries())
      expect(uneven.figures.loss[i]).toBeCloseTo(loss, 3);
  });

  it("a penalty counts once, beside sums too", async () => {
    const compile = { loss: crossEntropySum(), penalty: l2(0.5) };
    const found = await train(data, compile, { batchSize: 8, accumulate: 3 });
    expectNear(found, await train(data, compile, { batchSize: 22 }));
  });

  it("captured: the same bits", async () => {
    const options = { batchSize: 5, accumulate: 3 };
    const { replays, ...found } = await train(data, {}, options);
    expect(replays).toBeGreaterThan(10);
    const { replays: none, ...expected } = await train(data, {}, { ...options, capture: false });
    expect(none).toBe(0);
    expect(found).toEqual(expected);
  });
});

/** Cross-entropy added up. */
function crossEntropySum() {
  const loss = (x: Tensor, y: Tensor, options?: object) => crossEntropy(x, y, { reduction: "sum", ...options });
  return Object.assign(loss, { reduction: "sum" as const, capturable: true });
}

it("callbacks see the gradients of a step once, when it is made", async () => {
  const seen: [number, number][] = [];
  class Norms extends Callback {
    constructor(private readonly model: Sequential) {
      super();
    }
    override onStep(batch: number): void {
      const norm = this.model.parameters().reduce((sum, { grad }) => sum + (grad?.square().sum().item() ?? Number.NaN), 0);
      seen.push([batch, norm]);
    }
  }
  const run = async (options: FitOptions) => {
    manualSeed(3);
    seen.length = 0;
    const model = new Sequential([new Dense(3)]);
    model.compile({ optimizer: "sgd", loss: "crossEntropy" });
    await model.fit(
      { x: randn([22, 5]), y: randint(0, 3, [22]) },
      { verbose: 0, shuffle: false, callbacks: [new Norms(model)], ...options },
    );
    return [...seen];
  };
  const found = await run({ batchSize: 5, accumulate: 2 });
  const expected = await run({ batchSize: 10 });
  expect(found.map(([batch]) => batch)).toEqual([1, 3, 4]);
  for (const [i, [, norm]] of expected.entries()) expect(found[i][1]).toBeCloseTo(norm, 5);
});

it("a loss that is not finite ends training before the step", async () => {
  const model = new Sequential([new Dense(1)]);
  model.compile({ optimizer: "sgd", loss: "mse" });
  const x = randn([12, 2]);
  const y = tensor(
    Float32Array.from({ length: 12 }, (_, i) => (i === 7 ? Infinity : i)),
    { shape: [12, 1] },
  );
  model.forward(x);
  const before = model.parameters().map(({ data }) => [...data]);
  await expect(model.fit({ x, y }, { batchSize: 4, accumulate: 3, shuffle: false, verbose: 0 })).rejects.toThrow(DivergedError);
  expect(model.parameters().map(({ data }) => [...data])).toEqual(before);
});

it("batches in which nothing counts are left out", async () => {
  const loss = { name: "crossEntropy", ignoreIndex: 9 } as const;
  const y = tensor([0, 9, 9, 1, 9, 9], { dtype: "int32" });
  const data = () => ({ x: randn([6, 4]), y });
  expectNear(await train(data, { loss }, { batchSize: 1, accumulate: 2 }), await train(data, { loss }, { batchSize: 6 }));
});

it("accumulate is checked", async () => {
  const model = new Sequential([new Dense(1)]).compile({ optimizer: "sgd", loss: mse });
  const start = (accumulate: number) => model.fit({ x: [[1]], y: [[1]] }, { accumulate });
  await expect(start(0)).rejects.toThrow("fit: accumulate is 0; expected a whole number ≥ 1.");
  await expect(model.fit({ x: [[1]], y: [[1]] }, { gradientAccumulationSteps: 2 } as FitOptions)).rejects.toThrow(
    'Did you mean "accumulate"?',
  );
});
