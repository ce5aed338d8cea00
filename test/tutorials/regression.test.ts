import { expect, test } from "vitest";
import { Activation, Linear, linspace, manualSeed, mse, randn, Sequential, SGD } from "../../src/index.js";
import { Watch } from "../support/tutorial.js";

/** "Learning PyTorch with examples", the last program: a polynomial fitted by a network and an optimizer. */
test("regression: y = 0.5x² − x + noise", () => {
  manualSeed(1);
  const x = linspace(-2, 2, 64).reshape([64, 1]);
  const y = x
    .mul(x)
    .mul(0.5)
    .sub(x)
    .add(randn([64, 1], { std: 0.05 }));

  const model = new Sequential([new Linear(1, 16), new Activation("tanh"), new Linear(16, 1)]);
  const optimizer = new SGD(model.parameters(), { learningRate: 0.05, momentum: 0.9 });

  const watch = new Watch();
  for (let t = 0; t < 300; t++) {
    const yPrediction = model.forward(x);
    const loss = mse(yPrediction, y);
    optimizer.zeroGrad();
    loss.backward();
    optimizer.step();
    watch.step(loss.item());
  }
  watch.learned(0.02);
  expect(watch.losses.at(-1)).toBeLessThan(0.01);
});

/** The same tutorial's second program: gradients by autograd, the update by hand. */
test("regression: parameters updated by hand", async () => {
  const { noGrad, Parameter, sin } = await import("../../src/index.js");
  manualSeed(2);
  const x = linspace(-3, 3, 200);
  const y = sin(x);
  const [a, b, c, d] = [0, 1, 2, 3].map(() => new Parameter(randn([])));
  const learningRate = 1e-5;

  const watch = new Watch();
  for (let t = 0; t < 1500; t++) {
    const yPrediction = a
      .add(b.mul(x))
      .add(c.mul(x.mul(x)))
      .add(d.mul(x.mul(x).mul(x)));
    const loss = yPrediction.sub(y).pow(2).sum();
    loss.backward();
    noGrad(() => {
      for (const parameter of [a, b, c, d]) {
        parameter.addScaled(parameter.grad as NonNullable<typeof parameter.grad>, -learningRate);
        parameter.grad = null;
      }
    });
    watch.step(loss.item());
  }
  watch.learned(0.1);
});
