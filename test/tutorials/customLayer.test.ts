import { expect, test } from "vitest";
import { linspace, Module, manualSeed, mse, Parameter, randn, SGD, sin, type Tensor } from "../../src/index.js";
import { Watch } from "../support/tutorial.js";

/** "Learning PyTorch with examples: custom nn modules". */
class Polynomial3 extends Module {
  a = new Parameter(randn([]));
  b = new Parameter(randn([]));
  c = new Parameter(randn([]));
  d = new Parameter(randn([]));
  forward(x: Tensor): Tensor {
    return this.a
      .add(this.b.mul(x))
      .add(this.c.mul(x.pow(2)))
      .add(this.d.mul(x.pow(3)));
  }
  string(): string {
    return `y = ${this.a.item()} + ${this.b.item()} x + ${this.c.item()} x² + ${this.d.item()} x³`;
  }
}

test("a custom layer", () => {
  manualSeed(8);
  const x = linspace(-3, 3, 200);
  const y = sin(x);
  const model = new Polynomial3();
  const optimizer = new SGD(model.parameters(), { learningRate: 1e-5 });

  const watch = new Watch();
  for (let t = 0; t < 1500; t++) {
    const yPrediction = model.forward(x);
    const loss = mse(yPrediction, y, { reduction: "sum" });
    optimizer.zeroGrad();
    loss.backward();
    optimizer.step();
    watch.step(loss.item());
  }
  watch.learned(0.1);
  expect([...model.namedParameters().keys()]).toEqual(["a", "b", "c", "d"]);
  expect(model.string()).toMatch(/^y = /);
});

/** The same tutorial's "control flow and weight sharing": the powers used change from step to step. */
test("a custom layer whose graph is another one in every step", () => {
  manualSeed(9);
  class Dynamic extends Polynomial3 {
    e = new Parameter(randn([], { std: 0.01 }));
    terms = 0;
    override forward(x: Tensor): Tensor {
      let y = super.forward(x);
      // Four powers, five, or six, the last two by the same parameter.
      for (let power = 4; power < 4 + (this.terms++ % 3); power++) y = y.add(this.e.mul(x.pow(power)));
      return y;
    }
  }
  const x = linspace(-1.5, 1.5, 50);
  const y = sin(x);
  const model = new Dynamic();
  const optimizer = new SGD(model.parameters(), { learningRate: 2e-4, momentum: 0.9 });
  const watch = new Watch();
  for (let t = 0; t < 900; t++) {
    const loss = mse(model.forward(x), y, { reduction: "sum" });
    optimizer.zeroGrad();
    loss.backward();
    optimizer.step();
    watch.step(loss.item());
  }
  watch.learned(0.1, { period: 3 });
});
