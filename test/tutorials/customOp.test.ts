import { expect, test } from "vitest";
import { defineOp, full, gradcheck, linspace, manualSeed, Parameter, SGD, sin, tensor } from "../../src/index.js";
import { Watch } from "../support/tutorial.js";

/** "Learning PyTorch with examples: defining new autograd functions": P₃(x) = ½(5x³ − 3x), P₃′(x) = 3/2 (5x² − 1). */
const legendrePolynomial3 = defineOp({
  name: "legendrePolynomial3",
  inputs: ["x"],
  save: ["x"],
  shape: ({ x }) => x.shape,
  forward: ({ x, out }) => void out.view().set((x.view() as Float32Array).map((v) => 0.5 * (5 * v * v * v - 3 * v))),
  grad: { x: (g, { x }) => g.mul(1.5).mul(x.mul(x).mul(5).sub(1)) },
});

test("a custom op", () => {
  manualSeed(10);
  gradcheck(legendrePolynomial3, [tensor([-1.2, 0.1, 0.7], { dtype: "float64", requiresGrad: true })]);

  const x = linspace(-3, 3, 200);
  const y = sin(x);
  const [a, b, c, d] = [0, -1, 0, 0.3].map((value) => new Parameter(full([], value)));
  const optimizer = new SGD([a, b, c, d], { learningRate: 5e-5 });

  const watch = new Watch();
  for (let t = 0; t < 1500; t++) {
    // y = a + b · P₃(c + d · x)
    const yPrediction = a.add(b.mul(legendrePolynomial3(c.add(d.mul(x)))));
    const loss = yPrediction.sub(y).pow(2).sum();
    loss.backward();
    optimizer.step();
    optimizer.zeroGrad();
    watch.step(loss.item());
  }
  watch.learned(0.2);
  // As printed in the tutorial: y = 0 + -2.2 · P₃(0 + 0.26 x).
  expect(b.item()).toBeLessThan(-1.5);
  expect(d.item()).toBeCloseTo(0.25, 1);
});
