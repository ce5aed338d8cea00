import { describe, expect, it } from "vitest";
import {
  asymmetricHuber,
  binaryCrossEntropy,
  crossEntropy,
  earthMover,
  grad,
  Linear,
  manualSeed,
  mse,
  multiclassHinge,
  pinball,
  randn,
  SGD,
  softmax,
  type Tensor,
  tensor,
} from "../../src/index.js";

const entropyOf = (p: Tensor): Tensor => p.mul(p.log()).sum().neg();

describe("cross-entropy", () => {
  const p = tensor([[0.5, 0.25, 0.125, 0.125]]);
  const logits = tensor([[0.3, -1, 2, 0.1]]);
  const q = softmax(logits, -1);

  it("is the entropy of the truth plus the divergence of the model from it: CE = H + KL", () => {
    const divergence = p.mul(p.log().sub(q.log())).sum();
    expect(crossEntropy(logits, p).item()).toBeCloseTo(entropyOf(p).item() + divergence.item(), 6);
    expect(divergence.item()).toBeGreaterThan(0);
  });

  it("is lowest where the model is the truth, and is then the entropy of the truth: 1.75 bits", () => {
    const best = crossEntropy(p.log(), p).item();
    expect(best / Math.LN2).toBeCloseTo(1.75, 6);
    for (const shift of [0.1, -0.1]) expect(crossEntropy(p.log().add(tensor([[shift, 0, 0, 0]])), p).item()).toBeGreaterThan(best);
  });

  it("of yes and no is the negative logarithm of the likelihood hʸ(1 − h)¹⁻ʸ", () => {
    const h = 0.8;
    const logit = tensor([Math.log(h / (1 - h))]);
    expect(binaryCrossEntropy(logit, tensor([1])).item()).toBeCloseTo(-Math.log(h), 6);
    expect(binaryCrossEntropy(logit, tensor([0])).item()).toBeCloseTo(-Math.log(1 - h), 6);
  });

  it("can fall while the accuracy falls: a confident mistake costs more than several narrow ones", () => {
    const labels = tensor([0, 0, 0], { dtype: "int32" });
    const twoRight = tensor([
      [0.1, 0],
      [0.1, 0],
      [-6, 0],
    ]);
    const noneRight = tensor([
      [-0.1, 0],
      [-0.1, 0],
      [-0.1, 0],
    ]);
    const right = (scores: Tensor): number => scores.argmax(1).eq(labels).sum().item();
    expect([right(twoRight), right(noneRight)]).toEqual([2, 0]);
    expect(crossEntropy(noneRight, labels).item()).toBeLessThan(crossEntropy(twoRight, labels).item());
  });

  it("has the gradient softmax(s) − y", () => {
    const s = tensor([[1, 2, 0.5]], { requiresGrad: true });
    const [found] = grad(crossEntropy(s, tensor([1], { dtype: "int32" })), [s]);
    const expected = softmax(s.detach(), -1).sub(tensor([[0, 1, 0]]));
    expect(found.sub(expected).abs().max().item()).toBeLessThan(1e-6);
  });
});

describe("maximum likelihood", () => {
  it("of a normal distribution around the prediction is least squares", () => {
    const [prediction, target] = [tensor([1, 2, 4]), tensor([1.5, 2, 3])];
    const sigma = 0.7;
    const density = (y: number, mean: number): number => Math.exp(-0.5 * ((y - mean) / sigma) ** 2) / (sigma * Math.sqrt(2 * Math.PI));
    const [predictions, targets] = [[...prediction.data], [...target.data]];
    const nll = -targets.reduce((sum, y, i) => sum + Math.log(density(y, predictions[i])), 0);
    const constant = 3 * Math.log(sigma * Math.sqrt(2 * Math.PI));
    expect(nll).toBeCloseTo((3 * mse(prediction, target).item()) / (2 * sigma ** 2) + constant, 5);
  });

  it("with a normal prior on the weights is an L2 penalty λ/2 · |w|², λ = σ²/τ²", () => {
    manualSeed(2);
    const [sigma, tau] = [0.5, 2];
    const x = randn([20, 3]);
    const y = x.matmul(tensor([[1], [-2], [0.5]])).add(randn([20, 1]).mul(sigma));
    const w = tensor([[0.3], [0.1], [-0.4]], { requiresGrad: true });
    const error = (): Tensor => x.matmul(w).sub(y).square().sum().div(2);
    const posterior = error()
      .div(sigma ** 2)
      .add(
        w
          .square()
          .sum()
          .div(2 * tau ** 2),
      );
    const penalised = error().add(
      w
        .square()
        .sum()
        .mul(sigma ** 2 / tau ** 2 / 2),
    );
    const [a, b] = [grad(posterior, [w])[0].mul(sigma ** 2), grad(penalised, [w])[0]];
    expect(a.sub(b).abs().max().item()).toBeLessThan(1e-4);
  });

  it("of the mean and variance: dividing by n is biased by 1 − 1/n, by n − 1 it is not", () => {
    manualSeed(4);
    const [n, times] = [5, 20000];
    const samples = randn([times, n]).mul(3);
    const biased = samples.variance(1, { correction: 0 }).mean().item();
    const unbiased = samples.variance(1, { correction: 1 }).mean().item();
    expect(biased / 9).toBeCloseTo(1 - 1 / n, 1);
    expect(unbiased / 9).toBeCloseTo(1, 1);
    expect(biased / unbiased).toBeCloseTo(1 - 1 / n, 5);
  });
});

describe("the multi-class SVM", () => {
  it("adds max(0, s_j − s_y + 1) over the other classes: W_j·x − W_y·x + 1, with a minus", () => {
    const scores = tensor([
      [3.2, 5.1, -1.7],
      [1.3, 4.9, 2],
      [2.2, 2.5, -3.1],
    ]);
    const labels = tensor([0, 1, 2], { dtype: "int32" });
    const losses = multiclassHinge(scores, labels, { reduction: "none" });
    expect([...losses.data].map((loss) => Number(loss.toFixed(1)))).toEqual([2.9, 0, 12.9]);
    expect(multiclassHinge(scores, labels).item()).toBeCloseTo(5.2667, 3);
  });
});

describe("classes with an order", () => {
  it("cross-entropy does not see how far a mistake is off, the squared earth-mover's distance does", () => {
    const label = tensor([0], { dtype: "int32" });
    const near = tensor([[0.1, 0.8, 0.05, 0.05]]);
    const far = tensor([[0.1, 0.05, 0.05, 0.8]]);
    expect(crossEntropy(near.log(), label).item()).toBeCloseTo(crossEntropy(far.log(), label).item(), 5);
    expect(earthMover(near.log(), label).item()).toBeLessThan(earthMover(far.log(), label).item() / 2);
  });
});

describe("arrival times", () => {
  it("an asymmetric loss moves the best constant to a quantile: late costs more than early", () => {
    const times = tensor(Array.from({ length: 101 }, (_, i) => i / 100));
    const best = (loss: (prediction: Tensor) => Tensor): number => {
      const costs = Array.from({ length: 101 }, (_, i) => loss(tensor(i / 100).expand([101])).item());
      return costs.indexOf(Math.min(...costs)) / 100;
    };
    expect(best((prediction) => pinball(prediction, times, { quantile: 0.8 }))).toBeCloseTo(0.8, 2);
    expect(best((prediction) => mse(prediction, times))).toBeCloseTo(0.5, 2);
    expect(best((prediction) => asymmetricHuber(prediction, times, { omega: 0.8, delta: 0.01 }))).toBeGreaterThan(0.7);
  });
});

describe("linear regression", () => {
  it("by gradient descent ends at the normal equations' solution", () => {
    manualSeed(5);
    const x = randn([50, 2]);
    const y = x.matmul(tensor([[2], [-1]])).add(0.5);
    const model = new Linear(2, 1);
    const optimizer = new SGD(model.parameters(), { learningRate: 0.3 });
    for (let step = 0; step < 200; step++) {
      mse(model.forward(x), y).backward();
      optimizer.step();
      optimizer.zeroGrad();
    }
    expect(
      model.weight
        .sub(tensor([[2, -1]]))
        .abs()
        .max()
        .item(),
    ).toBeLessThan(1e-4);
    expect(model.bias?.item()).toBeCloseTo(0.5, 4);
  });
});
