import { expect, test } from "vitest";
import {
  binaryCrossEntropy,
  crossEntropy,
  Dense,
  deserializeModel,
  Sequential,
  TemperatureScaling,
  type Tensor,
  tensor,
} from "../../../src/index.js";
import { failure } from "../../support/errors.js";
import { builds, normals, withBuild } from "../../support/kernels.js";

const logits = tensor(normals(160, 3), { shape: [40, 4] })
  .mul(3)
  .detach();
const labels = tensor(
  Array.from({ length: 40 }, (_, i) => (i * i) % 4),
  { dtype: "int32" },
);

/** The least of a convex function of T, by golden sections of 1/T. */
function least(f: (temperature: number) => number): number {
  let [low, high] = [1 / 100, 100];
  const ratio = (Math.sqrt(5) - 1) / 2;
  for (let i = 0; i < 100; i++) {
    const [a, b] = [high - ratio * (high - low), low + ratio * (high - low)];
    if (f(1 / a) < f(1 / b)) high = b;
    else low = a;
  }
  return 2 / (low + high);
}

test("before, it is 1; fit finds the least cross-entropy, of labels, probabilities, images", () => {
  const scaling = new TemperatureScaling();
  expect(scaling.forward(logits).toArray()).toEqual(logits.toArray());
  const wide = logits.cast("float64");
  const expected = least((t) => crossEntropy(wide.div(t), labels).item());
  expect(scaling.fit(logits, labels)).toBe(scaling);
  expect(scaling.temperature.item()).toBeCloseTo(expected, 4);
  expect(scaling.forward(logits).toArray()).toEqual(logits.div(scaling.temperature).toArray());
  const images = new TemperatureScaling().fit(logits.reshape([10, 4, 4]).transpose(1, 2), labels.reshape([10, 4]));
  expect(images.temperature.item()).toBeCloseTo(expected, 4);
});

// The slope at the solution is a rounding error, of another sign for each build.
test.each(builds)("of probabilities that the logits give at some temperature, it is that one, %s", (build) => {
  withBuild(build, () => {
    for (const temperature of [0.3, 0.7, 1.1, 1.9, 2.5, 3.2, 7, 40]) {
      const soft = logits.div(temperature).softmax(1).detach();
      expect(new TemperatureScaling().fit(logits, soft).temperature.item() / temperature).toBeCloseTo(1, 3);
    }
  });
});

test("of a single column, the least binary cross-entropy", () => {
  const [x, y] = [tensor(normals(40, 8)).mul(4).detach(), tensor(Array.from({ length: 40 }, (_, i) => (i % 3 === 0 ? 1 : 0)))];
  const noisy = x.add(y.mul(3)).detach();
  const expected = least((t) => binaryCrossEntropy(noisy.cast("float64").div(t), y).item());
  expect(new TemperatureScaling().fit(noisy, y).temperature.item()).toBeCloseTo(expected, 3);
  expect(new TemperatureScaling().fit(noisy.unsqueeze(1), y).temperature.item()).toBeCloseTo(expected, 3);
});

test("what is always right, or no better than chance, ends at a bound", () => {
  const [x, y] = [tensor([[2, 0], [0, 1]]), tensor([0, 1])]; // biome-ignore format: a matrix
  expect(new TemperatureScaling().fit(x, y).temperature.item()).toBeLessThan(0.1);
  expect(new TemperatureScaling().fit(x.neg(), y).temperature.item()).toBeCloseTo(100, 1);
});

test("it is saved with the model, and is not trained", async () => {
  const scaling = new TemperatureScaling().fit(logits, labels);
  const model = new Sequential([new Dense(4, { inputShape: [3] }), scaling]);
  const copy = deserializeModel<Sequential>(model.serialize());
  const x: Tensor = tensor(normals(6, 1), { shape: [2, 3] });
  expect(copy.forward(x).toArray()).toEqual(model.forward(x).toArray());
  const before = scaling.temperature.item();
  model.compile({ optimizer: "sgd", loss: "crossEntropy" });
  await model.fit({ x, y: tensor([0, 1], { dtype: "int32" }) }, { epochs: 2, verbose: 0 });
  expect(scaling.temperature.item()).toBe(before);
});

test("errors", () => {
  const scaling = new TemperatureScaling();
  expect(failure(() => scaling.fit(tensor([[1, 2]]), tensor([2])))).toMatch(
    /^INDEX TemperatureScaling.fit: label 2 at position 0 is outside 0 … 1/,
  );
  expect(failure(() => scaling.fit(tensor([1, 2]), tensor([2, 1, 0])))).toMatch(
    /^SHAPE TemperatureScaling.fit: prediction \[2\] and target \[3\]/,
  );
  expect(failure(() => scaling.fit(logits.slice([[0, 0]]), labels.slice([[0, 0]])))).toBe(
    "SHAPE TemperatureScaling.fit: no samples: logits have shape [0, 4].",
  );
});
