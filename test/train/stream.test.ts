import { describe, expect, test } from "vitest";
import {
  batches,
  Dense,
  Dropout,
  type FitOptions,
  Linear,
  Model,
  manualSeed,
  rand,
  randint,
  randn,
  randperm,
  type Samples,
  Sequential,
  type Tensor,
} from "../../src/index.js";
import { bits, blobs } from "../support/toy.js";

/** Draws in every step, also in validation. */
class Noisy extends Model {
  fc1 = new Linear(4, 8);
  drop = new Dropout(0.4);
  fc2 = new Linear(8, 3);
  override forward(x: Tensor): Tensor {
    const noise = randn(x.shape, { std: 0.1 }).add(rand(x.shape, { high: 0.1 }));
    return this.fc2.forward(this.drop.forward(this.fc1.forward(x.add(noise)).relu()));
  }
}

const MODELS: Record<string, () => Model> = {
  "dropout in a captured step": () =>
    new Sequential([new Dense(8, { activation: "relu", inputShape: [4] }), new Dropout(0.5), new Dense(3)]),
  "layers that wait for their input": () => new Sequential([new Dense(8, { activation: "tanh" }), new Dropout(0.2), new Dense(3)]),
  "draws of a layer of one's own": () => new Noisy(),
};

manualSeed(3);
const samples = blobs(40);
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
/** Lets everybody else run after every step. */
const polite = { onBatchEnd: turn };

interface Run {
  data?: () => Samples;
  callbacks?: FitOptions["callbacks"];
}

async function trained(make: () => Model, { data = () => samples, callbacks = [polite] }: Run = {}) {
  const model = make().compile({ optimizer: "adam", loss: "crossEntropy" });
  const { history } = await model.fit(data(), { epochs: 3, batchSize: 8, verbose: 0, callbacks, validationData: samples });
  return { bits: bits(model), history };
}

async function alone(make: () => Model, run?: Run) {
  manualSeed(9);
  return await trained(make, run);
}

/** Disturbs in every turn of the event loop until `work` is done; @returns its result, and how often it was disturbed. */
async function disturbed<T>(work: Promise<T>, disturb: () => void): Promise<{ result: T; times: number }> {
  let [done, times] = [false, 0];
  const disturbing = (async () => {
    for (; !done; times++) {
      disturb();
      await turn();
    }
  })();
  try {
    return { result: await work, times };
  } finally {
    done = true;
    await disturbing;
  }
}

describe.each(Object.entries(MODELS))("a seed fixes a training: %s", (_, make) => {
  test("two fits at once, ten times: each has the bits that it has alone", async () => {
    const expected = await alone(make);
    for (let i = 0; i < 10; i++) {
      manualSeed(9);
      const [first, second] = await Promise.all([trained(make), trained(make)]);
      expect(first).toEqual(expected);
      expect(second).toEqual(expected);
    }
  });

  const other = MODELS["draws of a layer of one's own"]();
  test.each<[string, () => void]>([
    ["randperm, rand, randn and randint", () => void [randperm(3), rand([2]), randn([2]), randint(0, 3, [2])]],
    ["manualSeed", () => manualSeed(77)],
    ["another loop's shuffle", () => void [...batches(samples, 20, { shuffle: true })]],
    ["another model's training step", () => other.forward(samples.x).sum().backward()],
  ])("%s meanwhile changes nothing", async (_, disturb) => {
    const expected = await alone(make);
    manualSeed(9);
    const { result, times } = await disturbed(trained(make), disturb);
    expect(result).toEqual(expected);
    expect(times).toBeGreaterThan(10);
  });

  test("draws of callbacks, and their forwards of the model itself, change nothing", async () => {
    let model: Model | null = null;
    const meddler = {
      onTrainBegin: (context: { model: unknown }) => {
        model = context.model as Model;
      },
      onBatchEnd: () => {
        randn([3]);
        manualSeed(5);
        model?.forward(samples.x).sum().backward();
        model?.zeroGrad();
      },
    };
    expect(await alone(make, { callbacks: [meddler] })).toEqual(await alone(make));
  });

  test("a fit that follows another model's has the bits that it has alone", async () => {
    const expected = await alone(make);
    manualSeed(9);
    await trained(make);
    expect(await trained(make)).toEqual(expected);
  });

  test("a second fit of a model draws other numbers, the same each time", async () => {
    const run = async () => {
      manualSeed(9);
      const model = make().compile({ optimizer: { name: "sgd", learningRate: 0 }, loss: "crossEntropy" });
      const losses: number[] = [];
      for (let i = 0; i < 2; i++) {
        const { history } = await model.fit(samples, { batchSize: 8, verbose: 0, callbacks: [polite] });
        losses.push(...history.loss);
      }
      return losses;
    };
    const losses = await run();
    expect(losses[1]).not.toBe(losses[0]);
    const { result } = await disturbed(run(), () => void randn([2]));
    expect(result).toEqual(losses);
  });
});

test("what an iterable draws for its batches is the training's", async () => {
  const augmented = {
    *[Symbol.iterator]() {
      for (const { x, y } of batches(samples, 8, { shuffle: true })) yield { x: x.add(randn(x.shape)), y };
    },
  };
  const run = { data: () => augmented as never };
  const make = MODELS["dropout in a captured step"];
  const expected = await alone(make, run);
  manualSeed(9);
  const { result } = await disturbed(Promise.all([trained(make, run), trained(make, run)]), () => {
    randn([3]);
    [...batches(samples, 20, { shuffle: true })];
  });
  expect(result).toEqual([expected, expected]);
});

test("manualSeed in a callback holds outside of the fit, at once and after it", async () => {
  manualSeed(5);
  const first = rand([2]).toArray();
  const second = rand([2]).toArray();
  let inside: unknown;
  const callback = {
    onTrainBegin() {
      manualSeed(5);
      inside = rand([2]).toArray();
    },
  };
  await alone(MODELS["draws of a layer of one's own"], { callbacks: [callback] });
  expect([inside, rand([2]).toArray()]).toEqual([first, second]);
});

test("the order of `batches` is drawn at the call: iterators walked at once have the orders of iterators walked one by one", () => {
  const labels = ({ y }: { y: Tensor }): number[] => Array.from(y.data);
  const make = () => batches({ x: samples.x, y: randint(0, 1000, [40]) }, 8, { shuffle: true });
  manualSeed(2);
  const expected = [...make()].flatMap(labels).concat([...make()].flatMap(labels));
  manualSeed(2);
  const [a, b] = [make(), make()];
  const [first, second]: number[][] = [[], []];
  for (let i = 0; i < 5; i++) {
    second.push(...labels(b.next().value as never));
    randperm(3);
    first.push(...labels(a.next().value as never));
  }
  expect([...first, ...second]).toEqual(expected);
});
