import { describe, expect, test } from "vitest";
import {
  Accuracy,
  Adam,
  ConfusionMatrix,
  Dense,
  LambdaCallback,
  type Loss,
  type LossSpec,
  logSoftmax,
  type Metric,
  manualSeed,
  memory,
  Sequential,
  type Tensor,
  TopK,
  tensor,
} from "../../src/index.js";
import { failure, rejection } from "../support/errors.js";
import { normals } from "../support/kernels.js";
import { replaysDuring } from "../support/replays.js";

const NONE = -100;
const LABELS = [NONE, NONE, NONE, 2, NONE, NONE, 2, 0];
const SIZES = [1, 2, 3, 4, 5, 6, 7, 8];

/** Gives the logits [1, 2, 3] for every sample: log-probabilities −2.4076, −1.4076, −0.4076. */
function constant(loss: LossSpec, metrics: Metric[] = []): Sequential {
  const model = new Sequential([new Dense(3, { inputShape: [2] })]);
  model.loadStateDict({ "0.weight": tensor([0, 0, 0, 0, 0, 0], { shape: [3, 2] }), "0.bias": tensor([1, 2, 3]) });
  return model.compile({ optimizer: "sgd", loss, metrics });
}

/** A model whose samples differ, and its logits, in float64. */
const WEIGHT = normals(6, 3);
const X = normals(16, 4);
function varied(loss: LossSpec, metrics: Metric[] = []): Sequential {
  const model = constant(loss, metrics);
  model.loadStateDict({ "0.weight": tensor(WEIGHT, { shape: [3, 2] }), "0.bias": tensor([0.5, -0.5, 0]) });
  return model;
}
function logits(i: number): number[] {
  return [0, 1, 2].map((c) => Math.fround(WEIGHT[2 * c]) * X[2 * i] + WEIGHT[2 * c + 1] * X[2 * i + 1] + [0.5, -0.5, 0][c]);
}
/** −log softmax of a label, 0 of one that is ignored. */
function nll(i: number, label: number): number {
  const all = logits(i);
  return label === NONE ? 0 : Math.log(all.reduce((sum, z) => sum + Math.exp(z), 0)) - all[label];
}

/** As one writes it by hand: the mean over the labels that count, or each label's loss. */
const likelihood = (prediction: Tensor, target: Tensor, options?: { reduction?: string }): Tensor => {
  const counts = target.cast("float32").ne(NONE);
  const labels = counts.where(target.cast("float32"), 0).cast("int32");
  const each = counts.where(logSoftmax(prediction).gather(1, labels.unsqueeze(1)).squeeze(1).neg(), 0);
  return options?.reduction === "none" ? each : each.sum().div(counts.where(1, 0).sum());
};
const CUSTOM: Record<string, Loss> = {
  "with ignoreIndex": Object.assign(likelihood.bind(null) as Loss, { ignoreIndex: NONE }),
  "with a divisor": Object.assign(likelihood.bind(null) as Loss, {
    divisor: (_: Tensor, target: Tensor, options?: { reduction?: string }) => {
      const counts = target.cast("float32").ne(NONE).where(1, 0);
      return options?.reduction === "none" ? counts : counts.sum();
    },
  }),
};

const SAMPLE_WEIGHTS: Record<string, number[] | undefined> = {
  "no weights": undefined,
  "ones as weights": [1, 1, 1, 1, 1, 1, 1, 1],
  weights: [3, 0, 1, 0.5, 2, 0, 0.25, 4],
  "weights with zeros": [1, 1, 1, 0, 1, 1, 2, 0],
};

const data = (weight: number[] | undefined, y: readonly number[] = LABELS) => ({
  x: tensor(X, { shape: [8, 2] }),
  y: tensor(Int32Array.from(y)),
  ...(weight && { weight }),
});

describe.each(Object.entries(SAMPLE_WEIGHTS))("figures do not depend on the batch size: ignored labels, %s", (_, weight) => {
  const w = weight ?? [1, 1, 1, 1, 1, 1, 1, 1];
  const mean = (classWeight: number[]): number => {
    const [sum, total] = LABELS.reduce(
      ([s, t], label, i) => {
        const factor = label === NONE ? 0 : w[i] * classWeight[label];
        return [s + factor * nll(i, label), t + factor];
      },
      [0, 0],
    );
    return sum / total;
  };
  const LOSSES: [string, LossSpec, number][] = [
    ["crossEntropy", "crossEntropy", mean([1, 1, 1])],
    ["crossEntropy of another ignoreIndex", { name: "crossEntropy", ignoreIndex: NONE }, mean([1, 1, 1])],
    ["crossEntropy with class weights", { name: "crossEntropy", classWeight: tensor([10, 1, 1]) }, mean([10, 1, 1])],
    ["crossEntropy as a sum", { name: "crossEntropy", reduction: "sum" }, LABELS.reduce((sum, label, i) => sum + w[i] * nll(i, label), 0)],
    ...Object.entries(CUSTOM).map(([name, loss]): [string, LossSpec, number] => [`a likelihood ${name}`, loss, mean([1, 1, 1])]),
  ];

  test.each(LOSSES)("%s", async (_name, loss, right) => {
    for (const batchSize of SIZES) {
      const evaluated = await varied(loss).evaluate(data(weight), { batchSize });
      expect(evaluated.loss).toBeCloseTo(right, 5);
    }
    // A rate of 0 leaves the weights as they are, so that an epoch is an evaluation.
    for (const batchSize of SIZES) {
      const model = varied(loss);
      model.optimizer.learningRate = 0;
      const { history } = await model.fit(data(weight), { batchSize, verbose: 0 });
      expect(history.loss[0]).toBeCloseTo(right, 5);
    }
  });

  test("accuracy, topK, confusion matrix", async () => {
    const predicted = SIZES.map((_size, i) => logits(i).indexOf(Math.max(...logits(i))));
    const counts = [0, 1, 2].map(() => [0, 0, 0]);
    let [hits, inTop2, total] = [0, 0, 0];
    for (const [i, label] of LABELS.entries()) {
      if (label === NONE) continue;
      counts[label][predicted[i]] += w[i];
      total += w[i];
      if (predicted[i] === label) hits += w[i];
      if (logits(i).filter((z) => z > logits(i)[label]).length < 2) inTop2 += w[i];
    }
    for (const batchSize of SIZES) {
      const matrix = new ConfusionMatrix();
      const model = varied("crossEntropy", [new Accuracy(), new TopK({ k: 2 }), matrix]);
      const figures = await model.evaluate(data(weight), { batchSize });
      expect(figures.accuracy).toBeCloseTo(hits / total, 12);
      expect(figures.top2).toBeCloseTo(inTop2 / total, 12);
      expect(figures.confusionMatrix).toBeCloseTo(hits / total, 12);
      expect(matrix.counts).toEqual(counts);
    }
  });
});

test("a constant prediction: cross-entropy 1.0743, accuracy 2/3, with weights of 1 and without, whatever the batch size", async () => {
  for (const weight of [undefined, [1, 1, 1, 1, 1, 1, 1, 1]]) {
    for (const batchSize of SIZES) {
      const model = constant("crossEntropy", [new Accuracy()]);
      const { loss, accuracy } = await model.evaluate(data(weight), { batchSize });
      expect(loss).toBeCloseTo((2 * 0.40760596 + 2.40760596) / 3, 6);
      expect(accuracy).toBeCloseTo(2 / 3, 12);
    }
  }
  const weighted = constant({ name: "crossEntropy", classWeight: tensor([10, 1, 1]) });
  for (const batchSize of SIZES)
    expect((await weighted.evaluate(data(undefined), { batchSize })).loss).toBeCloseTo((2 * 0.40760596 + 10 * 2.40760596) / 12, 5);
});

test("gradients are divided by what counts: weights of 1 for samples and classes change nothing", async () => {
  const trained = async (weight: number[] | undefined, classWeight?: number[]): Promise<number[]> => {
    const model = varied("crossEntropy");
    await model.fit(data(weight), { batchSize: 8, shuffle: false, verbose: 0, ...(classWeight && { classWeight }) });
    return [...model.layers[0].parameters()].flatMap(({ data }) => [...data]);
  };
  const right = await trained(undefined);
  const ones = [1, 1, 1, 1, 1, 1, 1, 1];
  for (const found of [await trained(ones), await trained(undefined, [1, 1, 1]), await trained(ones, [1, 1, 1])])
    for (const [i, value] of found.entries()) expect(value).toBeCloseTo(right[i], 6);
});

describe("a batch in which nothing counts", () => {
  const empty: [string, object, object][] = [
    ["ignored labels", { y: [NONE, NONE] }, {}],
    ["weights of 0", { weight: [0, 0] }, {}],
    ["classes of weight 0", { y: [1, 1] }, { classWeight: { 1: 0 } }],
  ];
  test.each(empty)("is left out of the training, captured and eager: %s", async (_, nothing, options) => {
    const good = (i: number) => ({
      x: tensor(X.slice(4 * i, 4 * i + 4), { shape: [2, 2] }),
      y: tensor(Int32Array.of(0, 2)),
      weight: [1, 2],
    });
    const other = (i: number): ReturnType<typeof good> => {
      const { y, ...others } = { ...good(i), ...(nothing as { y?: number[] }) };
      return { ...others, y: Array.isArray(y) ? tensor(Int32Array.from(y)) : y };
    };
    const run = async (capture: boolean, padded: boolean) => {
      manualSeed(1);
      const model = varied("crossEntropy", [new Accuracy()]);
      model.compile({ optimizer: new Adam({ weightDecay: 0.1 }), loss: "crossEntropy", metrics: ["accuracy"] });
      const seen: Record<string, number>[] = [];
      const watch = new LambdaCallback({ onBatchEnd: (_batch, logs) => void seen.push({ ...logs }) });
      const batches = Array.from({ length: 12 }, (_, i) => {
        const isEmpty = [0, 1, 3, 8].includes(i);
        return isEmpty ? (padded ? [other(i % 4)] : []) : [good(i % 4)];
      }).flat();
      let history: unknown;
      const replays = await replaysDuring(async () => {
        ({ history } = await model.fit(batches, { ...options, epochs: 2, verbose: 0, capture, callbacks: padded ? [watch] : [] }));
      });
      const weights = [...model.stateDict().values()].map(({ data }) => [...data]);
      return { found: { history, weights, steps: model.optimizer.stepCount }, seen, replays };
    };
    const right = await run(false, false);
    expect(right.found.steps).toBe(16);
    for (const capture of [false, true]) {
      const { found, seen, replays } = await run(capture, true);
      expect(found).toEqual(right.found);
      expect(seen.flatMap((logs) => Object.values(logs)).every(Number.isFinite)).toBe(true);
      expect(seen.slice(0, 2)).toEqual([
        { loss: 0, accuracy: 0 },
        { loss: 0, accuracy: 0 },
      ]);
      expect(replays > 0).toBe(capture);
    }
  });

  test.each([true, false])("holds no memory; capture: %s", async (capture) => {
    const x = tensor(normals(512, 1), { shape: [256, 2] });
    const [good, padding] = [0, NONE].map((label) => ({ x, y: tensor(new Int32Array(256).fill(label)) }));
    const held: number[] = [];
    const onBatchEnd = (batch: number) => void (batch > 9 && held.push(memory().liveBytes));
    const batches = [padding, padding, ...Array.from({ length: 4 }, () => good), ...Array.from({ length: 200 }, () => padding), good];
    await varied("crossEntropy").fit(batches, { verbose: 0, capture, callbacks: [{ onBatchEnd }] });
    expect(new Set(held.slice(0, -1)).size).toBe(1);
  });

  test("all of them are an error", async () => {
    const what = "every label is ignored, or every weight is 0. Look at ignoreIndex, classWeight and the weights of the samples.";
    const model = varied("crossEntropy");
    const ignored = data(
      undefined,
      LABELS.map(() => NONE),
    );
    expect(await rejection(() => model.fit(ignored, { verbose: 0 }))).toBe(`ARGUMENT fit: nothing counts in the data: ${what}`);
    expect(await rejection(() => model.evaluate(ignored))).toBe(`ARGUMENT evaluate: nothing counts in the data: ${what}`);
    expect(await rejection(() => model.fit(data(undefined), { verbose: 0, validationData: ignored }))).toBe(
      `ARGUMENT fit: nothing counts in the validation data: ${what}`,
    );
    const weightless = [data([0, 0, 0, 0, 0, 0, 0, 0])];
    expect(await rejection(() => model.fit(weightless, { verbose: 0 }))).toBe(`ARGUMENT fit: nothing counts in the data: ${what}`);
  });
});

describe("weights of samples", () => {
  test.each([
    ["negative", -1],
    ["NaN", Number.NaN],
    ["infinite", Infinity],
  ])("%s: an error before training", async (_, wrong) => {
    const given = data([1, 1, wrong, 1, 1, 1, 1, 1]);
    const model = varied("crossEntropy");
    const text = (op: string) => `ARGUMENT ${op}: the weight of sample 2 is ${wrong}; expected a finite number ≥ 0.`;
    expect(await rejection(() => model.fit(given, { verbose: 0 }))).toBe(text("fit"));
    expect(await rejection(() => model.fit([given], { verbose: 0 }))).toBe(text("fit"));
    expect(await rejection(() => model.evaluate(given))).toBe(text("evaluate"));
    expect(await rejection(() => model.fit(data(undefined), { validationData: given, verbose: 0 }))).toBe(text("fit"));
    expect(model.optimizer.bound).toBe(false);
  });
  test("0 for every sample: an error before training", async () => {
    const model = varied("mse");
    const given = { ...data([0, 0, 0, 0, 0, 0, 0, 0]), y: tensor(normals(24, 1), { shape: [8, 3] }) };
    const text = (op: string) =>
      `ARGUMENT ${op}: each of the 8 samples has weight 0, so nothing counts. Leave weight out, or give some sample more.`;
    expect(await rejection(() => model.fit(given, { verbose: 0 }))).toBe(text("fit"));
    expect(await rejection(() => model.evaluate(given))).toBe(text("evaluate"));
    expect(model.optimizer.bound).toBe(false);
  });
});

test("what a loss of one's own says of itself is checked by compile", () => {
  const compile = (traits: object): string =>
    failure(() =>
      new Sequential([new Dense(1)]).compile({ optimizer: "sgd", loss: Object.assign((p: Tensor) => p.mean(), traits) as Loss }),
    );
  expect(compile({ ignoreIndex: "pad" })).toBe(
    'ARGUMENT compile: the loss: ignoreIndex is "pad"; expected a whole number from -2147483648 to 2147483647, or null.',
  );
  expect(compile({ divisor: 3 })).toBe("ARGUMENT compile: the loss: divisor is 3; expected a function of prediction, target and options.");
  expect(compile({ reduction: "total" })).toMatch(
    /^ARGUMENT compile: the loss: reduction is "total"; expected "mean", "sum", "none" or "batchMean"/,
  );
  expect(compile({ squashing: "tanh" })).toMatch(/^ARGUMENT compile: the loss: squashing is "tanh"/);
});

describe("weights of classes", () => {
  const weighted = (classWeight: object, loss: LossSpec = "crossEntropy", y: unknown = [0, 1, 2, 0, 1, 2, 0, 1]) =>
    rejection(() =>
      varied(loss).fit(
        { x: tensor(X, { shape: [8, 2] }), y: y as number[] },
        { classWeight: classWeight as never, shuffle: false, verbose: 0 },
      ),
    );
  const FORM = "expected { label: weight } or an array with a weight for each class, numbers ≥ 0";
  test.each<[object, string]>([
    [{ cat: 2 }, `classWeight is an object; ${FORM}. Look at cat: 2.`],
    [{ "-1": 3 }, `classWeight is an object; ${FORM}. Look at -1: 3.`],
    [{ 0: -1 }, `classWeight is an object; ${FORM}. Look at 0: -1.`],
    [{ 0: "2" }, `classWeight is an object; ${FORM}. Look at 0: 2.`],
    [{ 0: Number.NaN }, `classWeight is an object; ${FORM}. Look at 0: NaN.`],
    [{ 7: 10 }, "classWeight has a weight for class 7; the classes are 0 … 2."],
    [[1, 1, 1, 1], "classWeight has 4 weights; the model tells 3 classes apart."],
    [[1, 1], "classWeight has 2 weights; the model tells 3 classes apart."],
    [[0, 0, 0], "classWeight is 0 for each of the 3 classes, so nothing counts."],
  ])("%j is an error", async (classWeight, text) => expect(await weighted(classWeight)).toBe(`ARGUMENT fit: ${text}`));

  test("targets that are values", async () => {
    const y = tensor(normals(24, 1), { shape: [8, 3] });
    for (const loss of ["mse", "mae", "huber"] as const)
      expect(await weighted({ 0: 2 }, loss, y)).toBe(
        `ARGUMENT fit: classWeight is given, but the targets of ${loss} are values, not classes. Weigh the samples instead: { x, y, weight }.`,
      );
    const own = (prediction: Tensor, target: Tensor, options?: { reduction?: string }) =>
      options?.reduction === "none" ? prediction.sum(1).sub(target).square() : prediction.sum(1).sub(target).square().mean();
    expect(await weighted({ 0: 2 }, own as Loss, [0.5, 1, 2, 3, 4, 5, 6, 7])).toMatch(
      /^DTYPE fit: the labels that classWeight weighs are float32/,
    );
    expect(await weighted({ 0: 2 }, own as Loss, [0, 1, 2, 3, 4, 5, 6, 7])).toMatch(
      /^INDEX fit: classWeight: label 3 at position 3 is outside 0 … 2/,
    );
  });

  test("several labels a sample", async () => {
    const y = tensor([1, 0, 1, 0, 0, 1, 1, 1, 0, 0, 0, 0, 1, 0, 1, 0, 0, 1, 1, 1, 0, 0, 0, 0], { shape: [8, 3] });
    expect(await weighted({ 1: 2 }, "binaryCrossEntropy", y)).toBe(
      'ARGUMENT fit: classWeight is given, but each of the 3 columns is a yes-or-no class of its own. Write loss: { name: "binaryCrossEntropy", posWeight } instead.',
    );
  });

  test("ignored labels weigh nothing, one-hot and soft rows what their most probable class does", async () => {
    const classWeight = [2, 1, 0.5];
    const right = LABELS.reduce(
      ([sum, total], label, i) => (label === NONE ? [sum, total] : [sum + classWeight[label] * nll(i, label), total + classWeight[label]]),
      [0, 0],
    );
    const lossOf = async (y: Tensor, batchSize: number): Promise<number> => {
      const model = varied("crossEntropy");
      model.optimizer.learningRate = 0;
      const { history } = await model.fit({ x: tensor(X, { shape: [8, 2] }), y }, { classWeight, batchSize, verbose: 0 });
      return history.loss[0];
    };
    const most = SIZES.map((_, i) => i % 3);
    const soft = most.map((label) => [0, 1, 2].map((c) => (c === label ? 0.6 : 0.2)));
    const [sum, total] = soft.reduce(
      ([s, t], row, i) => {
        const w = classWeight[most[i]];
        return [s + w * row.reduce((all, q, c) => all + q * nll(i, c), 0), t + w];
      },
      [0, 0],
    );
    for (const batchSize of SIZES) {
      expect(await lossOf(tensor(Int32Array.from(LABELS)), batchSize)).toBeCloseTo(right[0] / right[1], 5);
      expect(await lossOf(tensor(soft.flat(), { shape: [8, 3] }), batchSize)).toBeCloseTo(sum / total, 5);
    }
  });
});
