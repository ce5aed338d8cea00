/** A plain convolution net of 500 layers, without skips and normalisation: Xiao et al., ICML 2018. */
import { expect, test } from "vitest";
import { runProgram } from "../support/program.js";

interface Passed {
  /** Standard deviations behind each 100th layer. */
  readonly signal: number[];
  /** Norms of the gradients of the first and the last layer's weight. */
  readonly gradients: [number, number];
  readonly losses: number[];
}

const passed = (initializer: string): Promise<Passed> =>
  runProgram<Passed>(`
    lib.manualSeed(1);
    const layers = Array.from({ length: 500 }, () =>
      new lib.Conv2d(16, 16, 3, { padding: 1, activation: "tanh", weightInitializer: ${initializer}, biasInitializer: "zeros" }));
    const net = new lib.Sequential([new lib.Conv2d(1, 16, 3, { padding: 1 }), ...layers, new lib.GlobalAvgPool2d(), new lib.Linear(16, 2)]);
    const [bright, dark] = [lib.rand([8, 1, 8, 8]), lib.rand([8, 1, 8, 8]).sub(1)];
    const x = lib.concat([bright, dark], 0);
    const y = lib.tensor([...Array(8).fill(0), ...Array(8).fill(1)], { dtype: "int32" });
    const signal = [];
    lib.noGrad(() => net.layers.reduce((value, layer, i) => {
      const next = layer.forward(value);
      if (i % 100 === 0) signal.push(next.std().item());
      return next;
    }, x));
    const optimizer = new lib.SGD(net.parameters(), { learningRate: 0.01 });
    let gradients;
    const losses = [];
    for (let step = 0; step < 20; step++) {
      const loss = lib.crossEntropy(net.forward(x), y);
      loss.backward();
      gradients ??= [layers[0], layers[499]].map(({ weight }) => weight.grad.norm().item());
      optimizer.step();
      optimizer.zeroGrad();
      losses.push(loss.item());
    }
    report({ signal, gradients, losses });
  `);

test("delta-orthogonal weights pass signal and gradient through 500 layers, and the net learns", async () => {
  const { signal, gradients, losses } = await passed('{ name: "deltaOrthogonal", gain: 1.025 }');
  for (const deviation of signal) expect(deviation / signal[0]).toBeGreaterThan(0.2);
  const [first, last] = gradients;
  expect(first / last).toBeGreaterThan(0.1);
  expect(first / last).toBeLessThan(10);
  expect(losses[19]).toBeLessThan(0.5 * losses[0]);
});

test("those of Glorot do not", async () => {
  const { signal } = await passed('"glorotUniform"');
  expect(signal[5] / signal[0]).toBeLessThan(1e-3);
});
