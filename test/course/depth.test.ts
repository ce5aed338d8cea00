import { describe, expect, it } from "vitest";
import {
  BatchNorm1d,
  crossEntropy,
  Dense,
  elu,
  gelu,
  geluTanh,
  grad,
  Linear,
  type Module,
  manualSeed,
  mse,
  Residual,
  randn,
  relu,
  Sequential,
  SGD,
  silu,
  type Tensor,
  tensor,
} from "../../src/index.js";

const [WIDTH, DEPTH] = [32, 10];

/** The norm of the gradient of the first layer over that of the last. */
function passes(blocks: Module[]): number {
  const x = randn([64, WIDTH]);
  const net = new Sequential([...blocks, new Dense(4)]);
  const labels = tensor(
    Array.from({ length: 64 }, (_, i) => i % 4),
    { dtype: "int32" },
  );
  crossEntropy(net.forward(x), labels).backward();
  const weights = [...net.namedParameters()].filter(([name, { rank }]) => rank === 2 && name.includes("weight"));
  const norm = (i: number): number => weights.at(i)?.[1].grad?.norm().item() as number;
  // The last is the classifier.
  return norm(0) / norm(-2);
}

const layers = (make: () => Module): Module[] => Array.from({ length: DEPTH }, make);

describe("the gradient through ten layers", () => {
  it("vanishes through sigmoids: each multiplies it by at most ¼", () => {
    manualSeed(1);
    const found = passes(layers(() => new Dense(WIDTH, { activation: "sigmoid", weightInitializer: "glorotUniform" })));
    expect(found).toBeLessThan(0.3 ** (DEPTH - 1) * 10);
    expect(found).toBeLessThan(1e-3);
  });

  it("arrives through ReLUs with He's initial weights", () => {
    manualSeed(1);
    const found = passes(layers(() => new Dense(WIDTH, { activation: "relu", weightInitializer: "heNormal" })));
    expect(found).toBeGreaterThan(0.2);
    expect(found).toBeLessThan(5);
  });

  it("arrives through sigmoids with skip connections: more than 100 times as much as without", () => {
    manualSeed(1);
    const bare = passes(layers(() => new Dense(WIDTH, { activation: "sigmoid" })));
    manualSeed(1);
    const skipping = passes(layers(() => new Residual(new Dense(WIDTH, { activation: "sigmoid" }))));
    expect(skipping / bare).toBeGreaterThan(100);
  });

  it("arrives through sigmoids with batch norm in front of them far better than without", () => {
    manualSeed(1);
    const bare = passes(layers(() => new Dense(WIDTH, { activation: "sigmoid" })));
    manualSeed(1);
    const normalised = passes(layers(() => new Sequential([new Dense(WIDTH), new BatchNorm1d(WIDTH, { activation: "sigmoid" })])));
    expect(normalised / bare).toBeGreaterThan(100);
  });

  it("explodes where the weights are too large", () => {
    manualSeed(1);
    const found = passes(layers(() => new Dense(WIDTH, { activation: "relu", weightInitializer: { name: "normal", std: 1 } })));
    // Through a layer the gradient grows by √(width/2); the activations in front of the weight's gradient grow alike.
    expect(found).toBeGreaterThan(0.1);
    manualSeed(1);
    const x = randn([8, WIDTH]);
    const net = new Sequential(layers(() => new Dense(WIDTH, { activation: "relu", weightInitializer: { name: "normal", std: 1 } })));
    expect(net.forward(x).abs().mean().item()).toBeGreaterThan(1e4);
  });
});

describe("activations", () => {
  const at = (f: (x: Tensor) => Tensor, value: number): { y: number; slope: number } => {
    const x = tensor(value, { dtype: "float64", requiresGrad: true });
    const y = f(x);
    return { y: y.item(), slope: grad(y, [x])[0].item() };
  };

  it("the derivative of GELU at 1 is 1.083, by its tanh form with 0.0535161x³, too", () => {
    expect(at(gelu, 1).slope).toBeCloseTo(1.083, 3);
    const u = 0.0356774 + 0.797885;
    const printed = 0.5 * Math.tanh(u) + (0.0535161 + 0.398942) / Math.cosh(u) ** 2 + 0.5;
    expect(at(geluTanh, 1).slope).toBeCloseTo(printed, 5);
  });

  it("the minimum of swish is −0.278, at −1.278: it is not nonnegative", () => {
    const { y, slope } = at(silu, -1.2785);
    expect(slope).toBeCloseTo(0, 4);
    expect(y).toBeCloseTo(-0.2785, 4);
  });

  it("x · σ(1.702x) is close to GELU", () => {
    for (const x of [-3, -1, -0.3, 0.5, 2]) expect(Math.abs(x / (1 + Math.exp(-1.702 * x)) - at(gelu, x).y)).toBeLessThan(0.021);
  });

  it("the derivative of ReLU at 0 is 0, that of ELU below 0 is αeˣ", () => {
    expect(at(relu, 0).slope).toBe(0);
    expect(at((x) => elu(x, { alpha: 0.3 }), -2).slope).toBeCloseTo(0.3 * Math.exp(-2), 12);
  });

  it("a ReLU whose input is negative for every sample is dead: no gradient moves it, a leaky one does", () => {
    manualSeed(2);
    const x = randn([32, 3]);
    const gradientOf = (activation: (x: Tensor) => Tensor): number => {
      const layer = new Linear(3, 1);
      layer.bias?.assign(tensor([-100]));
      mse(activation(layer.forward(x)), tensor(1).expand([32, 1])).backward();
      return (layer.weight.grad as Tensor).abs().max().item();
    };
    expect(gradientOf(relu)).toBe(0);
    expect(gradientOf((h) => h.leakyRelu())).toBeGreaterThan(0);
  });
});

describe("universal approximation", () => {
  it("a sum of shifted ReLUs is any piecewise linear curve: sin on [0, 2π] to 1 % by 24 of them", () => {
    const knots = Array.from({ length: 25 }, (_, i) => (i * 2 * Math.PI) / 24);
    const slopes = knots.slice(1).map((knot, i) => (Math.sin(knot) - Math.sin(knots[i])) / (knot - knots[i]));
    const weights = slopes.map((slope, i) => slope - (i === 0 ? 0 : slopes[i - 1]));
    const hidden = new Linear(1, 24);
    hidden.weight.assign(tensor(Array(24).fill([1])));
    hidden.bias?.assign(tensor(knots.slice(0, 24).map((knot) => -knot)));
    const output = new Linear(24, 1, { bias: false });
    output.weight.assign(tensor([weights]));
    const points = Array.from({ length: 200 }, (_, i) => [(i * 2 * Math.PI) / 199]);
    const found = output.forward(hidden.forward(tensor(points)).relu());
    const error = found
      .sub(tensor(points.map(([x]) => [Math.sin(x)])))
      .abs()
      .max()
      .item();
    expect(error).toBeLessThan(0.01);
  });
});

describe("batch, mini-batch and online descent", () => {
  it("make 1, 8 and 64 updates an epoch; the more, the farther they are after it, and the noisier", () => {
    const after = (size: number): { steps: number; error: number } => {
      manualSeed(7);
      const x = randn([64, 4]);
      const truth = tensor([[1], [-2], [3], [0.5]]);
      const y = x.matmul(truth).add(randn([64, 1]).mul(0.1));
      const model = new Dense(1, { bias: false, weightInitializer: "zeros", inputShape: [4] });
      const optimizer = new SGD(model.parameters(), { learningRate: 0.02 });
      for (let at = 0; at < 64; at += size) {
        mse(model.forward(x.slice([[at, at + size]])), y.slice([[at, at + size]])).backward();
        optimizer.step();
        optimizer.zeroGrad();
      }
      return { steps: optimizer.stepCount, error: model.weight.sub(truth.transpose()).norm().item() };
    };
    const [batch, mini, online] = [64, 8, 1].map(after);
    expect([batch.steps, mini.steps, online.steps]).toEqual([1, 8, 64]);
    expect(mini.error).toBeLessThan(batch.error);
    expect(online.error).toBeLessThan(mini.error);
  });

  it("the mean of the mini-batches' gradients is that of the batch: the estimate is unbiased", () => {
    manualSeed(8);
    const [x, y, w] = [randn([64, 4]), randn([64, 1]), randn([4, 1], { requiresGrad: true })];
    const gradient = (from: number, to: number): Tensor => grad(mse(x.slice([[from, to]]).matmul(w), y.slice([[from, to]])), [w])[0];
    let sum = gradient(0, 8);
    for (let at = 8; at < 64; at += 8) sum = sum.add(gradient(at, at + 8));
    expect(sum.div(8).sub(gradient(0, 64)).abs().max().item()).toBeLessThan(1e-6);
  });
});
