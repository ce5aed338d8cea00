import { describe, expect, test } from "vitest";
import {
  Accuracy,
  type CompileOptions,
  Dense,
  deserializeModel,
  EarlyStopping,
  input,
  LambdaCallback,
  Model,
  Sequential,
  type Tensor,
  tensor,
} from "../../src/index.js";
import { failure, rejection } from "../support/errors.js";
import { normals } from "../support/kernels.js";
import { replaysDuring } from "../support/replays.js";

const N = 10;
const X = normals(2 * N, 3);
const LABELS = Array.from({ length: N }, (_, i) => (i * 7) % 3);
const SIZES = normals(N, 8);
const data = { x: tensor(X, { shape: [N, 2] }), y: [tensor(Int32Array.from(LABELS)), tensor(SIZES, { shape: [N, 1] })] };

const KIND = normals(6, 1);
const SIZE = normals(2, 2);

/** Three classes and a number out of two features. */
function twoHeaded(named: boolean): Model {
  const x = input([2]);
  const kind = new Dense(3, { bias: false }).forward(x);
  const size = new Dense(1, { bias: false }).forward(x);
  const model = new Model({ inputs: x, outputs: named ? { kind, size } : [kind, size] });
  model.loadStateDict({ "0.weight": tensor(KIND, { shape: [3, 2] }), "1.weight": tensor(SIZE, { shape: [1, 2] }) });
  return model;
}

/** The same as a class that does not tell its outputs. */
class Heads extends Model {
  static override capturable = true;
  kind = new Dense(3, { bias: false, inputShape: [2] });
  size = new Dense(1, { bias: false, inputShape: [2] });
  override forward(x: Tensor): Tensor[] {
    return [this.kind.forward(x), this.size.forward(x)];
  }
}
function ownClass(): Heads {
  const model = new Heads();
  model.loadStateDict({ "kind.weight": tensor(KIND, { shape: [3, 2] }), "size.weight": tensor(SIZE, { shape: [1, 2] }) });
  return model;
}

const dot = (weights: Float32Array | number[], row: number, i: number) => weights[2 * row] * X[2 * i] + weights[2 * row + 1] * X[2 * i + 1];
const scores = LABELS.map((_, i) => [0, 1, 2].map((c) => dot(KIND, c, i)));
const mean = (of: (i: number) => number) => LABELS.reduce((sum, _, i) => sum + of(i), 0) / N;
/** The losses and metrics of the outputs, in float64. */
const RIGHT = {
  crossEntropy: mean((i) => Math.log(scores[i].reduce((sum, z) => sum + Math.exp(z), 0)) - scores[i][LABELS[i]]),
  accuracy: mean((i) => Number(scores[i].indexOf(Math.max(...scores[i])) === LABELS[i])),
  mse: mean((i) => (dot(SIZE, 0, i) - SIZES[i]) ** 2),
  mae: mean((i) => Math.abs(dot(SIZE, 0, i) - SIZES[i])),
};

/** Figures to six digits. */
function expectFigures(found: Record<string, number>, right: Record<string, number>): void {
  expect(Object.keys(found)).toEqual(Object.keys(right));
  for (const [name, value] of Object.entries(right)) expect(found[name]).toBeCloseTo(value, 5);
}

describe("losses, their weights and metrics of several outputs", () => {
  const { crossEntropy, accuracy, mse, mae } = RIGHT;
  const optimizer = "sgd";
  const CASES: [string, () => Model, CompileOptions, Record<string, number>][] = [
    [
      "lists",
      () => twoHeaded(false),
      { optimizer, loss: ["crossEntropy", "mse"], lossWeights: [1, 0.25], metrics: [["accuracy"], ["mae", "mse"]] },
      { loss: crossEntropy + 0.25 * mse, out1Loss: crossEntropy, out2Loss: mse, out1Accuracy: accuracy, out2Mae: mae, out2Mse: mse },
    ],
    [
      "objects by the names of the description",
      () => twoHeaded(true),
      {
        optimizer,
        loss: { size: "mse", kind: "crossEntropy" },
        lossWeights: { size: 2 },
        metrics: { size: "mae", kind: [new Accuracy()] },
      },
      { loss: crossEntropy + 2 * mse, kindLoss: crossEntropy, sizeLoss: mse, kindAccuracy: accuracy, sizeMae: mae },
    ],
    [
      "objects by the names that outputs have by themselves",
      () => twoHeaded(false),
      { optimizer, loss: { out1: "crossEntropy", out2: { name: "mse" } }, metrics: { out2: ["mae"] } },
      { loss: crossEntropy + mse, out1Loss: crossEntropy, out2Loss: mse, out2Mae: mae },
    ],
    [
      "a class that does not tell its outputs",
      ownClass,
      { optimizer, loss: { out1: "crossEntropy", out2: "mse" }, lossWeights: [0, 3], metrics: [[], "mae"] },
      { loss: 3 * mse, out1Loss: crossEntropy, out2Loss: mse, out2Mae: mae },
    ],
    [
      "a class that names its outputs",
      () => Object.assign(ownClass(), { outputNames: ["kind", "size"] }),
      { optimizer, loss: ["crossEntropy", "mse"], metrics: { kind: "accuracy" } },
      { loss: crossEntropy + mse, kindLoss: crossEntropy, sizeLoss: mse, kindAccuracy: accuracy },
    ],
    [
      "a list of metrics: of the first output",
      () => twoHeaded(true),
      { optimizer, loss: ["crossEntropy", "mse"], metrics: ["accuracy"] },
      { loss: crossEntropy + mse, kindLoss: crossEntropy, sizeLoss: mse, accuracy },
    ],
  ];

  test.each(CASES)("%s", async (_, make, options, right) => {
    for (const batchSize of [1, 3, 4, N]) {
      const model = make().compile(options);
      expectFigures(await model.evaluate(data, { batchSize }), right);
      model.optimizer.learningRate = 0;
      const told: string[][] = [];
      const watch = new LambdaCallback({ onTrainBegin: ({ figures }) => void told.push([...figures]) });
      const { history } = await model.fit(data, { batchSize, verbose: 0, validationData: data, callbacks: [watch] });
      const validated = Object.entries(right).map(([name, value]) => [`val${name[0].toUpperCase()}${name.slice(1)}`, value]);
      expectFigures(Object.fromEntries(Object.entries(history).map(([name, [value]]) => [name, value])), {
        ...right,
        ...Object.fromEntries(validated),
      });
      expect(told).toEqual([Object.keys(history)]);
    }
  });

  test("weights of samples for each output weigh its loss, its gradients and its metrics, captured too", async () => {
    const weights = [normals(N, 4), normals(N, 6)].map((numbers) => tensor(Array.from(numbers, Math.abs)));
    const weighed = { ...data, weight: weights };
    const losses: CompileOptions = { optimizer: { name: "sgd", learningRate: 0.1 }, loss: ["crossEntropy", "mse"] };
    const model = twoHeaded(true).compile({ ...losses, metrics: [["accuracy"], ["mae"]] });
    const figures = await model.evaluate(weighed, { batchSize: 4 });
    const weightedMean = (of: (i: number) => number, { data: w }: Tensor): number =>
      LABELS.reduce((sum, _, i) => sum + w[i] * of(i), 0) / [...w].reduce((sum, one) => sum + one, 0);
    const hits = (i: number): number => Number(scores[i].indexOf(Math.max(...scores[i])) === LABELS[i]);
    expect(figures.kindAccuracy).toBeCloseTo(weightedMean(hits, weights[0]), 5);
    expect(figures.sizeLoss).toBeCloseTo(
      weightedMean((i) => (dot(SIZE, 0, i) - SIZES[i]) ** 2, weights[1]),
      5,
    );
    expect(figures.sizeMae).toBeCloseTo(
      weightedMean((i) => Math.abs(dot(SIZE, 0, i) - SIZES[i]), weights[1]),
      5,
    );
    const trained = async (capture: boolean): Promise<number[][]> => {
      const two = twoHeaded(false).compile(losses);
      await two.fit(weighed, { epochs: 8, batchSize: 5, shuffle: false, verbose: 0, capture });
      return [...two.stateDict().values()].map((weight) => [...weight.data]);
    };
    const eager = await trained(false);
    expect(await trained(true)).toEqual(eager);
    // The outputs share no parameter: each trains as if alone, with its weights.
    const alone = new Sequential([new Dense(1, { bias: false, inputShape: [2] })]);
    alone.loadStateDict({ "0.weight": tensor(SIZE, { shape: [1, 2] }) });
    alone.compile({ optimizer: { name: "sgd", learningRate: 0.1 }, loss: "mse" });
    await alone.fit({ x: data.x, y: data.y[1], weight: weights[1] }, { epochs: 8, batchSize: 5, shuffle: false, verbose: 0 });
    const [weight] = [...alone.stateDict().values()];
    for (const [i, value] of eager[1].entries()) expect(value).toBeCloseTo(Number(weight.data[i]), 6);
    expect(await rejection(() => model.evaluate({ ...data, weight: [weights[0]] }))).toBe(
      "ARGUMENT evaluate: the model has 2 outputs, the data have a list of 1 weights. Give one weight for all, or one for each output.",
    );
  });

  test("weights of losses weigh gradients, captured too", async () => {
    const run = async (lossWeights: number[], capture: boolean) => {
      const model = twoHeaded(false).compile({ optimizer: { name: "sgd", learningRate: 0.1 }, loss: ["crossEntropy", "mse"], lossWeights });
      const replays = await replaysDuring(() => model.fit(data, { epochs: 8, batchSize: 5, shuffle: false, verbose: 0, capture }));
      return { replays, weights: [...model.stateDict().values()].map((weight) => [...weight.data]) };
    };
    const [eager, captured] = [await run([1, 0.5], false), await run([1, 0.5], true)];
    expect(captured.weights).toEqual(eager.weights);
    expect([eager.replays, captured.replays > 8]).toEqual([0, true]);
    // The outputs share no parameter: each trains as if alone, the second at half the rate.
    const alone = new Sequential([new Dense(1, { bias: false, inputShape: [2] })]);
    alone.loadStateDict({ "0.weight": tensor(SIZE, { shape: [1, 2] }) });
    alone.compile({ optimizer: { name: "sgd", learningRate: 0.05 }, loss: "mse" });
    await alone.fit({ x: data.x, y: data.y[1] }, { epochs: 8, batchSize: 5, shuffle: false, verbose: 0 });
    const [weight] = [...alone.stateDict().values()];
    for (const [i, value] of captured.weights[1].entries()) expect(value).toBeCloseTo(Number(weight.data[i]), 6);
    const none = await run([1, 0], true);
    expect(none.weights[1]).toEqual([...tensor(SIZE).data]);
  });

  test("an output whose labels are all ignored in a batch adds nothing, and is no NaN", async () => {
    const y = LABELS.map((label, i) => (i < 4 ? -100 : label));
    for (const batchSize of [1, 2, 4, N]) {
      const model = twoHeaded(true).compile({ optimizer: { name: "sgd", learningRate: 0.1 }, loss: ["crossEntropy", "mse"] });
      const given = { x: data.x, y: [tensor(Int32Array.from(y)), data.y[1]] };
      const { kindLoss, sizeLoss } = await model.evaluate(given, { batchSize });
      const counted = LABELS.slice(4).map(
        (label, i) => Math.log(scores[i + 4].reduce((s, z) => s + Math.exp(z), 0)) - scores[i + 4][label],
      );
      expect(kindLoss).toBeCloseTo(counted.reduce((a, b) => a + b, 0) / counted.length, 5);
      expect(sizeLoss).toBeCloseTo(RIGHT.mse, 5);
      const { history } = await model.fit(given, { epochs: 3, batchSize, shuffle: false, verbose: 0 });
      expect(Object.values(history).flat().every(Number.isFinite)).toBe(true);
      expect(history.sizeLoss[2]).toBeLessThan(history.sizeLoss[0]);
    }
  });

  test("the figures of an output can be monitored", async () => {
    const model = twoHeaded(true).compile({ optimizer: "sgd", loss: ["crossEntropy", "mse"], metrics: { kind: "accuracy" } });
    const stopping = new EarlyStopping({ monitor: "valKindAccuracy", patience: 2 });
    model.optimizer.learningRate = 0;
    const { epoch } = await model.fit(data, { epochs: 20, validationData: data, callbacks: [stopping], verbose: 0 });
    expect(epoch.length).toBe(3);
  });

  test("names travel with the model", () => {
    const loaded = deserializeModel<Model>(twoHeaded(true).serialize());
    expect(loaded.outputNames).toEqual(["kind", "size"]);
    expect(deserializeModel<Model>(twoHeaded(false).serialize()).outputNames).toEqual(["out1", "out2"]);
    const damaged = Object.assign(twoHeaded(true), { plan: { ...twoHeaded(true).plan, outputNames: ["kind", "kind"] } });
    expect(failure(() => deserializeModel(damaged.serialize()))).toBe(
      'ARGUMENT deserializeModel: architecture: outputNames[1] is "kind"; expected another name for each output.',
    );
  });
});

describe("errors", () => {
  const of = (options: object, make = () => twoHeaded(true)) =>
    failure(() => make().compile({ optimizer: "sgd", loss: "mse", ...options } as CompileOptions));

  test.each<[string, object, string]>([
    [
      "an unknown output",
      { loss: { kind: "mse", width: "mse" } },
      'loss is given for output "width"; the model\'s outputs are kind, size.',
    ],
    ["no loss", { loss: { kind: "mse" } }, 'loss names none for output "size". Give one for each output, or one for all.'],
    ["losses too many", { loss: ["mse", "mse", "mse"] }, "loss is not one for each output (kind, size): 3 given, 2 expected."],
    ["weights too few", { lossWeights: [1] }, "lossWeights is not one for each output (kind, size): 1 given, 2 expected."],
    ["weights of 0", { lossWeights: [0, 0] }, "each of lossWeights is 0, so nothing would be trained."],
    ["metrics by output 0", { metrics: { 0: "mae" } }, 'metrics is given for output "0"; the model\'s outputs are kind, size.'],
    [
      "two metrics of one name",
      { metrics: { kind: ["mae", "mae"] } },
      'two figures are called "kindMae". Give one of the metrics another name.',
    ],
  ])("%s", (_, options, text) => expect(of(options)).toBe(`ARGUMENT compile: ${text}`));

  test("weights that are no numbers", () => {
    for (const lossWeights of [[1, Number.NaN], [1, "2"], { kind: Infinity }, 3, null])
      expect(of({ lossWeights })).toMatch(/^ARGUMENT compile: lossWeights is .*; expected finite numbers, a list or an object by output\./);
  });

  test("one metric for two outputs", () => {
    const metric = new Accuracy();
    expect(of({ metrics: [[metric], [metric]] })).toBe(
      'ARGUMENT compile: metric "accuracy" is given for two outputs. Make one for each output.',
    );
  });

  test("outputs of a class that does not tell them", async () => {
    expect(of({ loss: { kind: "mse" } }, ownClass)).toBe(
      'ARGUMENT compile: loss is given for output "kind"; the model\'s outputs are out1, out2, ….',
    );
    const model = ownClass().compile({ optimizer: "sgd", loss: "mse", metrics: [[], [], ["mae"]] });
    const values = { x: data.x, y: [tensor(normals(3 * N, 4), { shape: [N, 3] }), data.y[1]] };
    expect(await rejection(() => model.evaluate(values))).toBe('ARGUMENT evaluate: there is no output for the metric "out3Mae".');
    model.compile({ optimizer: "sgd", loss: "mse", lossWeights: [1, 1, 1] });
    expect(await rejection(() => model.fit(values, { verbose: 0 }))).toBe(
      "ARGUMENT fit: the model has 2 outputs, compile was given 3 lossWeights.",
    );
  });

  test("names of outputs", () => {
    const x = input([2]);
    const made = new Dense(1).forward(x);
    for (const name of ["", "name", "1st", "a b", "é"])
      expect(failure(() => new Model({ inputs: x, outputs: { [name]: made } }))).toBe(
        `ARGUMENT Model: an output is called ${JSON.stringify(name)}; expected letters, digits and _, a letter first, and not "name".`,
      );
    const val = new Model({ inputs: x, outputs: { val: made, other: made } });
    expect(failure(() => val.compile({ optimizer: "sgd", loss: "mse" }))).toBe(
      'ARGUMENT compile: two figures are called "valLoss". Give one of the metrics another name.',
    );
  });
});
