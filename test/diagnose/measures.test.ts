/** What a diagnosis measures, against closed forms. */
import { describe, expect, test } from "vitest";
import { curvatureOf } from "../../src/diagnose/curvature.js";
import { histogramOf, joined } from "../../src/diagnose/histogram.js";
import { Lookout } from "../../src/diagnose/lookout.js";
import { NoiseScale, noiseOf } from "../../src/diagnose/noise.js";
import {
  Activation,
  Conv2d,
  Dense,
  Flatten,
  grad,
  type LayerRecord,
  Linear,
  LSTM,
  Model,
  manualSeed,
  mse,
  Parameter,
  type ParameterRecord,
  Reshape,
  recompute,
  Sequential,
  type Tensor,
  type TrainingRecord,
  tensor,
} from "../../src/index.js";
import { blobs } from "../support/toy.js";

const float64 = (values: number[], shape: number[]): Tensor => tensor(Float64Array.from(values), { shape });

describe("curvature", () => {
  const quadratic = (a: number[], at: number[]): number => {
    const n = at.length;
    const matrix = float64(a, [n, n]);
    const x = new Parameter(float64(at, [n]));
    return curvatureOf(() => x.unsqueeze(0).matmul(matrix).squeeze(0).mul(x).sum().mul(0.5), [x], 500, 1e-12);
  };

  test("of a quadratic ½xᵀAx is the largest eigenvalue of A", () => {
    // Eigenvalues (7 ± √5) / 2 of the block, and 1.
    expect(quadratic([4, 1, 0, 1, 3, 0, 0, 0, 1], [1, -2, 3])).toBeCloseTo((7 + Math.sqrt(5)) / 2, 8);
  });

  test("is not the one of the largest magnitude where that is below 0", () => {
    expect(quadratic([-5, 0, 0, 0, 2, 0, 0, 0, 1], [1, 1, 1])).toBeCloseTo(2, 8);
    expect(quadratic([-5, 0, 0, -3], [1, 1])).toBeCloseTo(-3, 8);
  });

  test("of linear regression is the largest eigenvalue of 2XᵀX/n, over several parameters", () => {
    // Two features, orthogonal to each other and to the constant: XᵀX is diagonal.
    const x = float64([2, 1, -2, 1, 2, -1, -2, -1], [4, 2]);
    const y = float64([1, 2, 3, 4], [4, 1]);
    const w = new Parameter(float64([0.3, -0.2], [2, 1]));
    const b = new Parameter(float64([0.1], [1]));
    expect(curvatureOf(() => mse(x.matmul(w).add(b), y), [w, b], 200, 1e-12)).toBeCloseTo((2 * 16) / 4, 8);
  });

  test("of a straight line is 0", () => {
    const x = new Parameter(float64([1, 2], [2]));
    expect(curvatureOf(() => x.mul(3).sum(), [x])).toBe(0);
  });
});

describe("noise of the gradient", () => {
  const n = 6;
  const x = [1, 2, -1, 0.5, 3, -2, 0, 1, 2, 2, -1, -0.5];
  const y = [1, -1, 2, 0.5, 3, -2];
  const w = [0.4, -0.3];
  /** The gradient of (wᵀx − y)² for each sample. */
  const each = y.map((target, i) => {
    const error = w[0] * x[2 * i] + w[1] * x[2 * i + 1] - target;
    return [2 * error * x[2 * i], 2 * error * x[2 * i + 1]];
  });
  const mean = [0, 1].map((k) => each.reduce((sum, g) => sum + g[k] / n, 0));
  const variance = each.reduce((sum, g) => sum + ((g[0] - mean[0]) ** 2 + (g[1] - mean[1]) ** 2) / (n - 1), 0);
  const square = mean[0] ** 2 + mean[1] ** 2;
  const weight = new Parameter(float64(w, [2, 1]));
  const gradientOf = (rows: number[]): Map<Tensor, Float64Array> => {
    const inputs = float64(
      rows.flatMap((i) => [x[2 * i], x[2 * i + 1]]),
      [rows.length, 2],
    );
    const targets = float64(
      rows.map((i) => y[i]),
      [rows.length, 1],
    );
    return new Map([[weight, Float64Array.from(grad(mse(inputs.matmul(weight), targets), [weight])[0].data)]]);
  };
  const all = [0, 1, 2, 3, 4, 5];
  const halves = all.flatMap((a) => all.flatMap((b) => all.flatMap((c) => (a < b && b < c ? [[a, b, c]] : []))));
  const found = halves.map((half) => noiseOf(gradientOf(half), gradientOf(all.filter((i) => !half.includes(i))), n / 2));

  test("is without bias: over all halves of linear regression, the sample variance and the squared norm less its share of noise", () => {
    expect(halves).toHaveLength(20);
    expect(found.reduce((sum, noise) => sum + noise.variance / 20, 0)).toBeCloseTo(variance, 10);
    expect(found.reduce((sum, noise) => sum + noise.square / 20, 0)).toBeCloseTo(square - variance / n, 10);
  });

  test("is what McCandlish et al. have for a small and a large batch", () => {
    const norm = (g: number[]): number => g[0] ** 2 + g[1] ** 2;
    for (const [i, half] of halves.entries()) {
      const [small, other] = [half, all.filter((k) => !half.includes(k))].map((rows) => [...[...gradientOf(rows).values()][0]]);
      const ofSmall = (norm(small) + norm(other)) / 2;
      expect(found[i].square).toBeCloseTo((n * norm(mean) - (n / 2) * ofSmall) / (n - n / 2), 10);
      expect(found[i].variance).toBeCloseTo((ofSmall - norm(mean)) / (2 / n - 1 / n), 10);
    }
  });

  test("averages both estimates by themselves; where noise hides the gradient the scale is unknown", () => {
    const scale = new NoiseScale();
    scale.add({ variance: 8, square: -1 });
    expect(scale.value).toBeNull();
    scale.add({ variance: 4, square: 3 });
    expect(scale.value).toBe(6);
  });
});

test("histograms: every finite number is in a bin, the greatest in the last; two are joined bin by bin", () => {
  const numbers = Float64Array.of(0, 1, 2, 3, 4, Number.NaN, Infinity);
  expect(histogramOf(numbers, 0, 4, 4)).toEqual({ min: 0, max: 4, counts: [1, 1, 1, 2] });
  expect(histogramOf(Float64Array.of(3, 3), 3, 3, 3).counts).toEqual([0, 2, 0]);
  const both = joined(histogramOf(numbers, 0, 4, 4), histogramOf(Float64Array.of(4, 8), 4, 8, 4));
  expect(both).toEqual({ min: 0, max: 8, counts: [2, 3, 1, 1] });
});

test("when it looks by itself: at first, at the end, at ends of epochs that are 400 steps apart, and else ever more seldom", () => {
  const looks = (steps: number, perEpoch: number | null, every: number | string = "auto"): number[] => {
    const lookout = new Lookout(every);
    const found: number[] = [];
    for (let step = 1; step <= steps; step++) {
      const isEnd = perEpoch !== null && step % perEpoch === 0;
      const ends = isEnd ? (step === steps ? "training" : "epoch") : "nothing";
      if (lookout.isDue({ step, last: found.at(-1) ?? 0, steps: perEpoch === null ? null : steps, ends })) found.push(step);
    }
    return found;
  };
  expect(looks(470, 94)).toEqual([1, 30, 470]);
  expect(looks(94, 94)).toEqual([1, 94]);
  expect(looks(94, null)).toEqual([1, 30]);
  expect(looks(9, 9)).toEqual([1]);
  expect(looks(1128, 94)).toEqual([1, 30, 470, 940, 1128]);
  expect(looks(3000, null)).toEqual([1, 30, 830, 2490]);
  expect(looks(12, 4, 5)).toEqual([1, 5, 10]);
  expect(looks(12, 4, "1 epoch")).toEqual([1, 4, 8, 12]);
});

/** The last record of a training that is looked at after every step. */
async function record(model: Model, data: { x: Tensor; y: Tensor }, loss = "crossEntropy"): Promise<TrainingRecord> {
  model.compile({ optimizer: { name: "sgd", learningRate: 0.1 }, loss: loss as "mse" });
  const { records } = await model.fit(data, { epochs: 2, batchSize: data.x.shape[0], shuffle: false, verbose: 0, diagnose: { every: 1 } });
  return records.at(-1) as TrainingRecord;
}

const layer = ({ layers }: TrainingRecord, path: string): LayerRecord => layers.find((one) => one.path === path) as LayerRecord;
const parameter = ({ parameters }: TrainingRecord, path: string): ParameterRecord =>
  parameters.find((one) => one.path === path) as ParameterRecord;

describe("records", () => {
  test("of a network in closed form: outputs, gradients, updates", async () => {
    const model = new Sequential([new Dense(2, { inputShape: [2], bias: false }), new Activation("relu"), new Dense(1, { bias: false })]);
    const x = tensor([
      [1, 2],
      [3, -1],
    ]);
    const y = tensor([[1], [2]]);
    model.forward(x);
    const [first, second] = model.parameters();
    first.assign([
      [0.5, 0.25],
      [-1, -2],
    ]);
    second.assign([[0.5, 1]]);
    const found = await record(model, { x, y }, "mse");
    // The numbers by hand, with the weights after two steps of SGD.
    const [w, v] = [[...first.data], [...second.data]];
    const h = [0, 1].map((i) => [0, 1].map((k) => w[2 * k] * [1, 3][i] + w[2 * k + 1] * [2, -1][i]));
    const a = h.map((row) => row.map((value) => Math.max(0, value)));
    const out = a.map((row) => row[0] * v[0] + row[1] * v[1]);
    const dOut = out.map((value, i) => value - [1, 2][i]);
    const rms = (values: number[]): number => Math.sqrt(values.reduce((sum, value) => sum + value * value, 0) / values.length);
    expect(found).toMatchObject({ step: 2, epoch: 1, learningRate: 0.1, curvature: null });
    expect(found.loss).toBeCloseTo((dOut[0] ** 2 + dOut[1] ** 2) / 2, 6);
    const dense = layer(found, "0");
    expect(dense).toMatchObject({ type: "Dense", activation: null, shape: [2, 2], dead: null, saturated: null });
    expect(dense.mean).toBeCloseTo(
      h.flat().reduce((sum, value) => sum + value / 4, 0),
      6,
    );
    const relu = layer(found, "1");
    expect(relu).toMatchObject({ activation: "relu", zeros: a.flat().filter((value) => value === 0).length / 4 });
    expect(relu.dead).toBe([0, 1].filter((k) => a.every((row) => row[k] === 0)).length / 2);
    expect(relu.dead).toBe(0.5);
    expect(relu.gradient).toBeCloseTo(rms(dOut.flatMap((d) => [d * v[0], d * v[1]])), 6);
    expect(layer(found, "2").gradient).toBeCloseTo(rms(dOut), 6);
    const gradient = parameter(found, "2.weight");
    expect(gradient.weight).toBeCloseTo(rms(v), 6);
    expect(gradient.gradient).toBeCloseTo(rms([0, 1].map((k) => dOut[0] * a[0][k] + dOut[1] * a[1][k])), 6);
  });

  test("the update is what the step changed", async () => {
    const model = new Sequential([new Dense(3, { inputShape: [4] })]);
    const { x, y } = blobs(12);
    const before: number[][] = [];
    model.compile({ optimizer: { name: "sgd", learningRate: 0.1 }, loss: "crossEntropy" });
    const history = await model.fit(
      { x, y },
      {
        batchSize: 4,
        verbose: 0,
        diagnose: { every: 1 },
        callbacks: [{ onBatchEnd: () => void before.push([...model.parameters()[0].data]) } as never],
      },
    );
    const norm = (values: number[]): number => Math.hypot(...values);
    const [one, two] = [before[1], before[2]];
    expect(parameter(history.records[2], "0.weight").update).toBeCloseTo(norm(two.map((value, i) => value - one[i])) / norm(two), 6);
  });

  test("units of convolutions are channels, those of sequences are the last axis; saturated results are near an asymptote", async () => {
    const model = new Sequential([
      new Reshape([1, 2, 2]),
      new Conv2d(1, 4, 1, { activation: "relu" }),
      new Reshape([4, 4]),
      new Dense(6, { activation: "relu" }),
      new Dense(5, { activation: "sigmoid" }),
      new Flatten(),
      new Dense(3),
    ]);
    const { x, y } = blobs(12);
    model.forward(x);
    const at = model.namedParameters();
    at.get("1.bias")?.assign([-100, 1, 1, 1]);
    at.get("3.bias")?.assign([-100, -100, -100, 1, 1, 1]);
    at.get("4.bias")?.assign([50, -50, 50, -50, 50]);
    const found = await record(model, { x, y });
    expect(layer(found, "1")).toMatchObject({ activation: "relu", dead: 0.25 });
    expect(layer(found, "3")).toMatchObject({ activation: "relu", dead: 0.5, saturated: null });
    expect(layer(found, "4")).toMatchObject({ activation: "sigmoid", dead: null, saturated: 1 });
  });

  test("gradients reach layers that are computed again, whose outputs are seen once; recurrent layers tell their sequence", async () => {
    class Net extends Model {
      readonly first = new Linear(4, 5);
      readonly last = new Linear(5, 3);
      readonly idle = new Linear(2, 2);
      constructor(readonly again: boolean) {
        super();
      }
      override forward(x: Tensor): Tensor {
        const h = (part: Tensor): Tensor => this.first.forward(part).tanh();
        return this.last.forward(this.again ? recompute(h, x) : h(x));
      }
    }
    const data = blobs(12);
    const [plain, again] = await Promise.all(
      [false, true].map(async (given) => {
        manualSeed(1);
        return record(new Net(given), data);
      }),
    );
    expect(again.layers.map(({ path }) => path)).toEqual(["first", "last", ""]);
    expect(again.layers).toEqual(plain.layers);
    expect(parameter(again, "idle.weight").gradient).toBeNull();
    const recurrent = await record(new Sequential([new Reshape([2, 2]), new LSTM(2, 3), new Dense(3)]), data);
    expect(layer(recurrent, "1").shape).toEqual([12, 3]);
    expect(layer(recurrent, "1").gradient).toBeGreaterThan(0);
  });

  test("of chosen layers only, in so many bins, with curvature and noise, and at most so many", async () => {
    const model = new Sequential([new Dense(4, { activation: "tanh" }), new Dense(3)]);
    model.compile({ optimizer: "adam", loss: "crossEntropy" });
    const diagnose = { every: 1, layers: (path: string) => path === "1", bins: 5, keep: 8, curvature: true };
    const { records } = await model.fit(blobs(), { epochs: 3, batchSize: 16, verbose: 0, diagnose });
    expect(records.length).toBeLessThanOrEqual(8);
    expect(records[0].step).toBe(1);
    const last = records.at(-1) as TrainingRecord;
    expect(last.step).toBe(18);
    expect(last.layers.map(({ path }) => path)).toEqual(["1"]);
    expect(last.layers[0].histogram.counts).toHaveLength(5);
    expect(last.curvature).toBeGreaterThan(0);
    expect(last.noiseScale === null || last.noiseScale > 0).toBe(true);
    expect(JSON.parse(JSON.stringify(records))).toEqual(records);
  });
});
