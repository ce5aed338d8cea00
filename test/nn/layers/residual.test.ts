import { expect, test } from "vitest";
import {
  Adam,
  BatchNorm2d,
  Conv2d,
  Dense,
  deserializeModel,
  gradcheck,
  input,
  Linear,
  Model,
  noGrad,
  Rescaling,
  Residual,
  randn,
  Sequential,
  type Tensor,
  tensor,
} from "../../../src/index.js";
import { failure } from "../../support/errors.js";

const block = (): Residual =>
  new Residual(
    new Sequential([
      new Conv2d(null, 6, 3, { padding: 1, stride: 2 }),
      new BatchNorm2d(null, { activation: "relu" }),
      new Conv2d(null, 6, 1),
    ]),
    { shortcut: new Conv2d(null, 6, 1, { stride: 2 }), activation: "relu" },
  );

test("y = activation(body(x) + shortcut(x))", () => {
  const x = tensor([[1, -2]]);
  expect(new Residual(new Rescaling(3)).forward(x).toArray()).toEqual([[4, -8]]);
  expect(new Residual(new Rescaling(3), { shortcut: new Rescaling(0.5), activation: "relu" }).forward(x).toArray()).toEqual([[3.5, 0]]);
});

test("in a Sequential, saved and loaded with the same bits; parts have names", () => {
  const model = new Sequential([block(), new Residual(new Conv2d(6, 6, 1))]);
  const x = randn([2, 3, 4, 4]);
  expect(model.forward(x).shape).toEqual([2, 6, 2, 2]);
  expect([...model.stateDict().keys()]).toEqual(
    expect.arrayContaining(["0.body.0.weight", "0.body.1.running_mean", "0.shortcut.weight", "1.body.bias"]),
  );
  const copy = deserializeModel(model.serialize());
  expect(noGrad(() => copy.eval().forward(x) as Tensor).data).toEqual(noGrad(() => model.eval().forward(x)).data);
  expect(copy.describe()).toEqual(model.describe());
});

test("in a functional model, which trains", async () => {
  const x = input([4]);
  const model = new Model({ inputs: x, outputs: new Dense(1).forward(new Residual(new Dense(4, { activation: "tanh" })).forward(x)) });
  model.compile({ optimizer: new Adam({ learningRate: 0.02 }), loss: "mse" });
  const rows = randn([32, 4]);
  const { history } = await model.fit({ x: rows, y: rows.sum(1, { keepDims: true }) }, { epochs: 30, batchSize: 8, verbose: 0 });
  expect(history.loss.at(-1)).toBeLessThan((history.loss[0] as number) / 2);
});

test("gradients in float64", () => {
  const layer = new Residual(new Linear(2, 2), { activation: "tanh" });
  gradcheck((x) => layer.forward(x), [tensor([[0.5, -1]], { dtype: "float64", requiresGrad: true })]);
});

test("errors", () => {
  expect(failure(() => new Residual(new Linear(2, 3)).forward(randn([1, 2])))).toBe(
    "SHAPE Residual: the body makes [1, 3], x has [1, 2]; expected one shape. Pass a shortcut such as new Conv2d(null, channels, 1).",
  );
  expect(failure(() => new Residual(new Linear(2, 3)).outputShape([5, 2]))).toContain("the body makes [5, 3], x has [5, 2]");
  expect(failure(() => new Residual([new Linear(2, 2)] as never))).toBe(
    "ARGUMENT Residual: body is an array of length 1; expected a layer. Write new Residual(new Sequential([…])).",
  );
  expect(failure(() => new Residual(new Linear(2, 2), { shortcut: 3 as never }))).toContain("shortcut is 3; expected a layer, or null.");
});
