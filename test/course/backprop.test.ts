import { describe, expect, it } from "vitest";
import {
  grad,
  Linear,
  Module,
  manualSeed,
  mse,
  noGrad,
  type Parameter,
  randn,
  SGD,
  sigmoid,
  type Tensor,
  tensor,
} from "../../src/index.js";

const leaf = (value: number): Tensor => tensor(value, { requiresGrad: true });

const slope = (f: Tensor, x: Tensor): number => grad(f, [x])[0].item();

const rounded = (values: Tensor[], digits = 2): number[] => values.map((value) => Number(value.item().toFixed(digits)));

describe("the graph sigmoid(w0·x0 + w1·x1 + w2)", () => {
  const names = ["w0", "x0", "w1", "x1", "w2"];
  const [w0, x0, w1, x1, w2] = [2, -1, -3, -2, -3].map(leaf);

  it("is 0.73, with the gradients that stand under its edges", () => {
    const f = sigmoid(w0.mul(x0).add(w1.mul(x1)).add(w2));
    expect(Number(f.item().toFixed(2))).toBe(0.73);
    const gradients = rounded(grad(f, [w0, x0, w1, x1, w2]));
    // The lecture rounds each step to two digits and gets 0.20 · 3 = 0.59 and 0.39; unrounded σ′(1) = 0.1966 gives the same.
    expect(Object.fromEntries(names.map((name, i) => [name, gradients[i]]))).toEqual({ w0: -0.2, x0: 0.39, w1: -0.39, x1: -0.59, w2: 0.2 });
  });

  it("has the same gradients node by node, backwards", () => {
    const t012 = 2 * -1 + -3 * -2 + -3;
    const e = Math.exp(-t012);
    const de = -1 / (1 + e) ** 2;
    const dt012 = -(e * de);
    const expected = [-1 * dt012, 2 * dt012, -2 * dt012, -3 * dt012, dt012];
    const one = tensor(1);
    const f = one.div(w0.mul(x0).add(w1.mul(x1)).add(w2).neg().exp().add(1));
    grad(f, [w0, x0, w1, x1, w2]).forEach((found, i) => {
      expect(found.item()).toBeCloseTo(expected[i], 6);
    });
  });
});

/** Two inputs, two hidden ReLUs, one output: h = relu(Wx + b), ŷ = v·h + c, L = (ŷ − y)². */
class MachineRoom extends Module {
  hidden = new Linear(2, 2);
  output = new Linear(2, 1);

  constructor() {
    super();
    this.hidden.weight.assign(
      tensor([
        [1, 4],
        [2, 1],
      ]),
    );
    this.hidden.bias?.assign(tensor([3, -2]));
    this.output.weight.assign(tensor([[2, 3]]));
    this.output.bias?.assign(tensor([-2]));
  }

  forward(x: Tensor): Tensor {
    return this.output.forward(this.hidden.forward(x).relu());
  }
}

describe("the machine room's network", () => {
  const net = new MachineRoom();
  const x = tensor([[-5, 2]]);
  const y = tensor([[8]]);
  const flat = (of: (parameter: Parameter) => Tensor | null): number[] =>
    [...net.parameters()].flatMap((each) => [...(of(each) as Tensor).data]);

  it("says 10 where 8 is right, and has the gradients that the chain rule gives by hand", () => {
    const prediction = net.forward(x);
    expect(prediction.item()).toBe(10);
    const loss = mse(prediction, y);
    expect(loss.item()).toBe(4);
    loss.backward();
    // w₁₁ w₂₁ of the first neuron, those of the second, the biases; then the output's. Its second neuron is dead here: relu(−10) = 0.
    expect(flat(({ grad }) => grad)).toEqual([-40, 16, 0, 0, 8, 0, 24, 0, 4]);
  });

  it("has them by differences, too", () => {
    const at = net.hidden.weight.data;
    const before = at[0];
    const lossWith = (w: number): number => {
      net.hidden.weight.assign(
        tensor([
          [w, 4],
          [2, 1],
        ]),
      );
      return noGrad(() => mse(net.forward(x), y).item());
    };
    const epsilon = 1 / 1024;
    const slope = (lossWith(before + epsilon) - lossWith(before)) / epsilon;
    lossWith(before);
    // A one-sided difference is off by ½ε · L″ = ½ε · 200.
    expect(slope).toBeCloseTo(-40 + 100 * epsilon, 2);
  });

  it("is updated at the rate 0.002", () => {
    new SGD(net.parameters(), { learningRate: 0.002 }).step();
    const expected = [1.08, 3.968, 2, 1, 2.984, -2, 1.952, 3, -2.008];
    flat((parameter) => parameter).forEach((value, i) => {
      expect(value).toBeCloseTo(expected[i], 6);
    });
  });
});

describe("the chain rule", () => {
  it("adds up what comes back over the branches of a fork", () => {
    const x = leaf(3);
    const product = (y: Tensor): Tensor => y.mul(2).mul(y.mul(5));
    const [a, b] = [x.detach().mul(2).item(), x.detach().mul(5).item()];
    expect(slope(product(x), x)).toBe(2 * b + 5 * a);
    expect(slope(x.mul(2).add(x.mul(5)), x)).toBe(slope(x.mul(2), x) + slope(x.mul(5), x));
  });

  it("is the recursion of the error from layer to layer: eˡ = g′(hˡ) · Wᵀeˡ⁺¹, ∂L/∂W = e xᵀ", () => {
    manualSeed(3);
    const x0 = tensor([[0.5, -1, 2]]);
    const weights = [new Linear(3, 4, { bias: false }), new Linear(4, 4, { bias: false }), new Linear(4, 1, { bias: false })];
    const h: Tensor[] = [];
    const x: Tensor[] = [x0];
    for (const layer of weights) {
      h.push(layer.forward(x[x.length - 1]));
      x.push(h[h.length - 1].tanh());
    }
    const loss = x[3].sub(0.3).square().div(2).sum();
    const found = grad(
      loss,
      weights.map(({ weight }) => weight),
    );
    const slopeOf = (n: number): Tensor => x[n + 1].square().neg().add(1);
    let e = slopeOf(2).mul(x[3].sub(0.3));
    for (let l = 2; l >= 0; l--) {
      expect(e.transpose().matmul(x[l]).sub(found[l]).abs().max().item()).toBeLessThan(1e-6);
      if (l > 0) e = slopeOf(l - 1).mul(e.matmul(weights[l].weight));
    }
  });

  it("finds that linear layers on top of each other are one", () => {
    manualSeed(1);
    const [first, second] = [new Linear(5, 7), new Linear(7, 3)];
    const x = randn([4, 5]);
    const one = new Linear(5, 3);
    one.weight.assign(second.weight.matmul(first.weight).detach());
    one.bias?.assign(
      second.weight
        .matmul(first.bias as Tensor)
        .add(second.bias as Tensor)
        .detach(),
    );
    const both = second.forward(first.forward(x));
    expect(both.sub(one.forward(x)).abs().max().item()).toBeLessThan(1e-6);
    // With something between them that is not linear they are not: opposite inputs no longer give opposite changes.
    const bent = (input: Tensor): Tensor => second.forward(first.forward(input).relu());
    const middle = bent(x)
      .add(bent(x.neg()))
      .div(2)
      .sub(bent(x.mul(0)));
    expect(middle.abs().max().item()).toBeGreaterThan(0.01);
  });
});
