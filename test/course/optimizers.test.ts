import { describe, expect, it } from "vitest";
import {
  Adagrad,
  Adam,
  ConjugateGradient,
  hessian,
  LBFGS,
  type Optimizer,
  Parameter,
  RMSprop,
  SGD,
  type Tensor,
  tensor,
} from "../../src/index.js";

/** One parameter, and a step with a given gradient. */
class One {
  readonly w = new Parameter(tensor([0]));
  readonly optimizer: Optimizer;

  constructor(make: (params: Parameter[]) => Optimizer) {
    this.optimizer = make([this.w]);
  }

  step(gradient: number): number {
    const before = this.w.data[0];
    this.w.mul(gradient).sum().backward();
    this.optimizer.step();
    this.optimizer.zeroGrad();
    return this.w.data[0] - before;
  }
}

describe("Adam", () => {
  it("makes a first step of about the rate, whatever the gradient's size", () => {
    for (const gradient of [1e-3, 1, 1e4]) {
      const one = new One((params) => new Adam(params, { learningRate: 0.01 }));
      expect(one.step(gradient)).toBeCloseTo(-0.01, 6);
    }
  });

  it("corrects the bias: with a constant gradient the moments are its value and square in every step", () => {
    const one = new One((params) => new Adam(params, { learningRate: 0.01 }));
    for (let t = 0; t < 20; t++) expect(one.step(3)).toBeCloseTo(-0.01, 6);
  });

  it("has ε outside the root; inside, as some lectures print it, it matters for small gradients only", () => {
    const epsilon = 1e-8;
    const outside = (g: number): number => g / (Math.sqrt(g * g) + epsilon);
    const inside = (g: number): number => g / Math.sqrt(g * g + epsilon);
    expect(outside(1)).toBeCloseTo(inside(1), 7);
    const small = new One((params) => new Adam(params, { learningRate: 1, epsilon }));
    expect(-small.step(1e-6)).toBeCloseTo(outside(1e-6), 4);
    expect(outside(1e-6)).toBeCloseTo(0.9901, 4);
    expect(inside(1e-6)).toBeCloseTo(0.01, 4);
  });

  it("may take the correction into its rate: α√(1 − β₂ᵗ)/(1 − β₁ᵗ), the same but for ε", () => {
    const [beta1, beta2, rate] = [0.9, 0.999, 0.01];
    const one = new One((params) => new Adam(params, { learningRate: rate }));
    let [s, r] = [0, 0];
    [3, -1, 0.5, 2].forEach((g, i) => {
      const t = i + 1;
      s = beta1 * s + (1 - beta1) * g;
      r = beta2 * r + (1 - beta2) * g * g;
      const alpha = (rate * Math.sqrt(1 - beta2 ** t)) / (1 - beta1 ** t);
      expect(one.step(g)).toBeCloseTo((-alpha * s) / Math.sqrt(r), 6);
    });
  });
});

describe("RMSprop", () => {
  it("starts with a mean square that is biased: 0.1 g² after the first step at ρ = 0.9", () => {
    const one = new One((params) => new RMSprop(params, { learningRate: 0.01, rho: 0.9 }));
    // So the first step is 1/√0.1 = 3.16 rates long; the bias dies out as 0.9ᵗ.
    expect(one.step(5)).toBeCloseTo(-0.01 / Math.sqrt(0.1), 5);
    for (let t = 2; t < 60; t++) one.step(5);
    expect(one.step(5)).toBeCloseTo(-0.01, 4);
  });
});

describe("Adagrad", () => {
  it("behaves like a rate that falls as 1/√t where the gradient stays", () => {
    const one = new One((params) => new Adagrad(params, { learningRate: 0.1 }));
    for (let t = 1; t <= 25; t++) expect(one.step(7)).toBeCloseTo(-0.1 / Math.sqrt(t), 6);
  });

  it("adds the square of the gradient first, and divides by the sum with it: the first step is the rate", () => {
    for (const gradient of [1e-3, 50])
      expect(new One((params) => new Adagrad(params, { learningRate: 0.1 })).step(gradient)).toBeCloseTo(-0.1, 5);
  });
});

describe("curvature", () => {
  it("a quadratic of n variables is solved by conjugate gradients in n steps, and by quasi-Newton in few", () => {
    const curvature = tensor([1, 10, 100]);
    const solve = (make: (w: Parameter) => { step(closure: () => Tensor): unknown }, steps: number): number => {
      const w = new Parameter(tensor([1, 1, 1]));
      const optimizer = make(w);
      for (let step = 0; step < steps; step++) optimizer.step(() => w.square().mul(curvature).sum().div(2));
      return w.abs().max().item();
    };
    expect(solve((w) => new ConjugateGradient([w]), 4)).toBeLessThan(1e-3);
    expect(solve((w) => new LBFGS([w], { lineSearch: "strongWolfe" }), 1)).toBeLessThan(1e-3);
  });
});

describe("momentum", () => {
  const gradients = [1, -2, 0.5, 3, -1];

  it("with the rate inside the velocity is the same while the rate is constant", () => {
    const [rate, beta] = [0.1, 0.9];
    const one = new One((params) => new SGD(params, { learningRate: rate, momentum: beta }));
    let v = 0;
    for (const g of gradients) {
      v = beta * v - rate * g;
      expect(one.step(g)).toBeCloseTo(v, 6);
    }
  });

  it("as a running mean V ← βV + (1 − β)∇ is momentum β at the rate (1 − β)α, not dampening", () => {
    const [rate, beta] = [0.1, 0.9];
    const mean = new One((params) => new SGD(params, { learningRate: (1 - beta) * rate, momentum: beta }));
    const dampened = new One((params) => new SGD(params, { learningRate: rate, momentum: beta, dampening: beta }));
    let v = 0;
    const steps = gradients.map((g) => {
      v = beta * v + (1 - beta) * g;
      expect(mean.step(g)).toBeCloseTo(-rate * v, 6);
      return Math.abs(dampened.step(g) + rate * v);
    });
    expect(Math.max(...steps)).toBeGreaterThan(0.05);
  });

  it("multiplies the step by 1/(1 − β) where the gradient stays", () => {
    const one = new One((params) => new SGD(params, { learningRate: 0.01, momentum: 0.9 }));
    let last = 0;
    for (let t = 0; t < 200; t++) last = one.step(1);
    expect(last).toBeCloseTo(-0.1, 5);
  });
});

describe("Nesterov's momentum", () => {
  it("is the look-ahead of the lectures, seen from the point that they look from: θ̃ = θ − βv", () => {
    const [rate, beta] = [0.1, 0.9];
    const slope = (w: number): number => 3 * w - 1;
    const w = new Parameter(tensor([2]));
    const optimizer = new SGD([w], { learningRate: rate, momentum: beta, nesterov: true });
    let [theta, v] = [2, 0];
    for (let t = 0; t < 20; t++) {
      expect(w.data[0]).toBeCloseTo(theta - beta * v, 5);
      w.square().mul(1.5).sub(w).sum().backward();
      optimizer.step();
      optimizer.zeroGrad();
      v = beta * v + rate * slope(theta - beta * v);
      theta -= v;
    }
  });
});

describe("an elongated bowl, curvatures 1 and 100: condition number 100", () => {
  const descend = (momentum: number, learningRate: number): number => {
    const w = new Parameter(tensor([1, 1]));
    const optimizer = new SGD([w], { learningRate, momentum });
    const curvature = tensor([1, 100]);
    for (let step = 1; step <= 2000; step++) {
      w.square().mul(curvature).sum().div(2).backward();
      optimizer.step();
      optimizer.zeroGrad();
      if (Math.max(...[...w.data].map(Math.abs)) < 1e-4) return step;
    }
    return Number.POSITIVE_INFINITY;
  };

  it("has the Hessian diag(1, 100)", () => {
    const w = tensor([3, -2], { requiresGrad: true });
    const found = hessian(
      () =>
        w
          .square()
          .mul(tensor([1, 100]))
          .sum()
          .div(2),
      w,
    );
    expect([...found.data]).toEqual([1, 0, 0, 100]);
  });

  it("is left in ((√κ − 1)/(√κ + 1))ᵗ by momentum, in ((κ − 1)/(κ + 1))ᵗ without", () => {
    const plain = descend(0, 2 / 101);
    const heavy = descend((9 / 11) ** 2, (2 / 11) ** 2);
    expect(plain).toBeGreaterThan(400);
    expect(heavy).toBeLessThan(100);
    expect(plain).toBeCloseTo(Math.log(1e-4) / Math.log(99 / 101), -1);
  });

  it("is not left at all at a rate above 2/100", () => {
    expect(descend(0, 2.1 / 100)).toBe(Number.POSITIVE_INFINITY);
  });
});

describe("the saddle x² − y²", () => {
  it("holds descent that starts on its ridge, and lets it go after the least push", () => {
    const descend = (y: number): number => {
      const [x, across] = [new Parameter(tensor([1])), new Parameter(tensor([y]))];
      const optimizer = new SGD([x, across], { learningRate: 0.1 });
      for (let step = 0; step < 60; step++) {
        x.square().sub(across.square()).sum().backward();
        optimizer.step();
        optimizer.zeroGrad();
      }
      return x.data[0] ** 2 - across.data[0] ** 2;
    };
    expect(Math.abs(descend(0))).toBeLessThan(1e-10);
    expect(descend(1e-3)).toBeLessThan(-100);
  });
});
