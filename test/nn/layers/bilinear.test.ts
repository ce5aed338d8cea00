import { describe, expect, test } from "vitest";
import { Bilinear, deserializeModel, input, Model, manualSeed, randn, SGD, tensor, zeros } from "../../../src/index.js";
import { checkOp, expectClose } from "../../support/checkOp.js";
import { failure } from "../../support/errors.js";

test("x₁ᵀ · weight · x₂ + bias, over any number of leading axes", () => {
  const layer = new Bilinear(2, 3, 1);
  layer.loadStateDict({ weight: tensor([[[1, 0, 2], [0, 3, 0]]]), bias: tensor([10]) }); // biome-ignore format: a matrix
  // 1·(1·4 + 2·6) + 2·(3·5)
  expect(layer.forward(tensor([1, 2]), tensor([4, 5, 6])).toArray()).toEqual([56]);
  expect(layer.forward(tensor([[1, 2], [1, 0]]), tensor([[4, 5, 6], [1, 1, 1]])).toArray()).toEqual([[56], [13]]); // biome-ignore format: rows
  expect(layer.forward(zeros([4, 0, 2]), zeros([4, 0, 3])).shape).toEqual([4, 0, 1]);
  expect(layer.forward(tensor([1, 2], { dtype: "int32" }), tensor([4, 5, 6], { dtype: "int32" })).toArray()).toEqual([56]);
  expect(layer.outputShape([5, 2], [5, 3])).toEqual([5, 1]);
});

test("its gradients", () => {
  const layer = new Bilinear(3, 2, 4);
  checkOp({
    op: (x1, x2, weight, bias) => {
      Object.assign(layer, { weight, bias });
      return layer.forward(x1, x2);
    },
    shapes: [[2, 5, 3], [2, 5, 2], [4, 3, 2], [4]], // biome-ignore format: one line
    result: [2, 5, 4],
  });
});

test("starts at U(±1/√in1Features), weight and bias", () => {
  manualSeed(3);
  for (const parameter of new Bilinear(16, 2, 400).parameters()) {
    const largest = Math.max(...[...parameter.data].map(Math.abs));
    expect(largest).toBeLessThanOrEqual(0.25);
    expect(largest).toBeGreaterThan(0.24);
  }
});

test("PyTorch's keys; without a bias there is none", () => {
  expect([...new Bilinear(2, 3, 4).namedParameters().keys()]).toEqual(["weight", "bias"]);
  expect([...new Bilinear(2, 3, 4, { bias: false }).namedParameters().keys()]).toEqual(["weight"]);
});

test("in a functional model, trained and saved", async () => {
  manualSeed(4);
  const [a, b] = [input([3]), input([2])];
  const layer = new Bilinear(3, 2, 1);
  const model = new Model({ inputs: [a, b], outputs: layer.forward(a, b) });
  model.compile({ optimizer: new SGD({ learningRate: 0.2 }), loss: "mse" });
  const [x1, x2] = [randn([64, 3]), randn([64, 2])];
  const truth = new Bilinear(3, 2, 1);
  const y = truth.forward(x1, x2).detach();
  const history = await model.fit({ x: [x1, x2], y }, { epochs: 60, batchSize: 32, verbose: 0 });
  expect(history.history.loss.at(-1)).toBeLessThan(1e-3);
  const again = deserializeModel(model.serialize());
  expectClose("again", (await again.predict([x1, x2])) as never, (await model.predict([x1, x2])) as never, 0);
});

describe("errors", () => {
  test.each([
    [
      [2, 3],
      [2, 2],
    ],
    [
      [2, 2],
      [3, 3],
    ],
    [[2], [2, 3]],
    [[], [3]],
  ])("%j and %j", (a, b) => {
    expect(failure(() => new Bilinear(2, 3, 1).forward(zeros(a), zeros(b)))).toMatch(
      /^SHAPE Bilinear: x1 .* and x2 .*; expected \[…, 2\] and \[…, 3\], equal in front\.$/,
    );
  });
  test("arguments", () => {
    expect(failure(() => new Bilinear(0, 1, 1))).toBe("ARGUMENT Bilinear: in1Features is 0; expected a whole number ≥ 1.");
    expect(failure(() => new Bilinear(2, 3, 1).forward(zeros([2]), 3 as never))).toMatch(/^ARGUMENT Bilinear: x2 is 3/);
  });
});
