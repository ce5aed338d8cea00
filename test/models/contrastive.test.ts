import { expect, test } from "vitest";
import { loadDigits } from "../../src/digits.js";
import { Adam, batches, capture, Dense, manualSeed, noGrad, ntXent, randn, Sequential, type Tensor, tensor } from "../../src/index.js";
import { ContrastiveLearner } from "../../src/models.js";
import { checkOp } from "../support/checkOp.js";
import { failure } from "../support/errors.js";

test("NT-Xent is the formula of the paper, in float64", () => {
  const [n, d, tau] = [3, 4, 0.3];
  manualSeed(1);
  const pair = [randn([n, d], { dtype: "float64" }), randn([n, d], { dtype: "float64" })];
  const rows = pair.flatMap((view) => view.toArray() as number[][]);
  const dot = (a: number[], b: number[]): number => a.reduce((sum, value, i) => sum + value * b[i], 0);
  const e = (i: number, k: number): number =>
    Math.exp(dot(rows[i], rows[k]) / Math.sqrt(dot(rows[i], rows[i]) * dot(rows[k], rows[k])) / tau);
  const losses = rows.map((_, i) => {
    const others = rows.reduce((sum, _, k) => sum + (k === i ? 0 : e(i, k)), 0);
    return -Math.log(e(i, (i + n) % (2 * n)) / others);
  });
  const expected = losses.reduce((sum, loss) => sum + loss, 0) / (2 * n);
  expect(ntXent(pair[0], pair[1], { temperature: tau }).item()).toBeCloseTo(expected, 6);
});

test("NT-Xent: first and second derivatives", () => {
  checkOp({
    op: (a, b) => ntXent(a, b),
    shapes: [
      [3, 4],
      [3, 4],
    ],
    result: [],
    range: [0.5, 2],
    tolerance: 3e-5,
  });
});

test("errors name the shapes", () => {
  expect(failure(() => ntXent(tensor([[1, 2]]), tensor([[1], [2]])))).toBe(
    "SHAPE ntXent: prediction [1, 2] and target [2, 1] differ in shape; a loss never broadcasts. Bring both to one shape with reshape.",
  );
  expect(failure(() => new ContrastiveLearner(new Dense(2), { temperature: 0 }))).toBe(
    "ARGUMENT ContrastiveLearner: temperature is 0; expected a number > 0.",
  );
});

test("an encoder of digits learns without labels: neighbours in its features are more often of one class", async () => {
  const { train, test: held } = await loadDigits();
  manualSeed(2);
  const encoder = new Sequential([new Dense(64, { activation: "relu", inputShape: [64] }), new Dense(16)]);
  const learner = new ContrastiveLearner(encoder, { hidden: 32, projection: 16, temperature: 0.2 });
  const accuracy = (): number => {
    const features = (x: Tensor): Tensor =>
      noGrad(() => {
        const z = encoder.forward(x);
        return z.div(z.norm(1, { keepDims: true }));
      });
    const nearest = features(held.x).matmul(features(train.x).transpose()).argmax(1);
    return train.y.indexSelect(0, nearest).eq(held.y).cast("float32").mean().item();
  };
  const before = accuracy();
  learner.forward(train.x.slice([[0, 2]]));
  const optimizer = new Adam(learner.parameters(), { learningRate: 2e-3 });
  const step = capture((first: Tensor, second: Tensor) => {
    const loss = learner.loss(first, second);
    loss.backward();
    optimizer.step();
    optimizer.zeroGrad();
    return loss;
  });
  /** A view: some pixels are lost, the others change a little. */
  const view = (x: Tensor): Tensor => x.mul(randn(x.shape).gt(-0.6).cast("float32")).add(randn(x.shape, { std: 0.1 }));
  const losses: number[] = [];
  for (let epoch = 0; epoch < 8; epoch++) {
    for (const { x } of batches(train, 128, { shuffle: true, dropLast: true })) losses.push(step(view(x), view(x)).item());
  }
  expect(losses.at(-1)).toBeLessThan(0.7 * losses[0]);
  const after = accuracy();
  // Raw pixels of this size are told apart by their neighbours already; random features less well.
  expect(after).toBeGreaterThan(before + 0.02);
});
