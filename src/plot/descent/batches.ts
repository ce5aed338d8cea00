import { noGrad } from "../../graph/mode.js";
import { Parameter } from "../../graph/parameter.js";
import { mse } from "../../nn/losses/mse.js";
import { SGD } from "../../optim/sgd.js";
import { tensor } from "../../tensor/creation.js";
import { orderOf } from "../../tensor/random.js";
import { seedOf, underSeed } from "../../tensor/seed.js";
import type { Tensor } from "../../tensor/tensor.js";
import type { LossOfTwo, Path } from "./path.js";

/** Samples of one feature, whose targets a line w · x + b is to meet. */
export interface LineData {
  readonly x: readonly number[];
  readonly y: readonly number[];
}

export interface Descent {
  /** Samples of each step. */
  readonly batchSize: number;
  readonly learningRate: number;
  readonly epochs: number;
  /** Weight and bias at the start. */
  readonly start: readonly [weight: number, bias: number];
  /** Of the orders of the samples. */
  readonly seed: number;
}

/** The path of weight and bias by gradient descent on the mean squared error of batches, each epoch in another order. */
export function descend({ x, y }: LineData, { batchSize, learningRate, epochs, start, seed }: Descent): Path {
  const [weight, bias] = start.map((value) => new Parameter(tensor([value])));
  const optimizer = new SGD([weight, bias], { learningRate });
  const path: (readonly [number, number])[] = [[weight.data[0], bias.data[0]]];
  const from = seedOf(seed);
  for (let epoch = 0; epoch < epochs; epoch++) {
    const order = [...underSeed(from, () => orderOf(x.length, epoch))];
    for (let at = 0; at < order.length; at += batchSize) {
      const batch = order.slice(at, at + batchSize);
      const [inputs, targets] = [x, y].map((values) => tensor(batch.map((i) => values[i])));
      mse(inputs.mul(weight).add(bias), targets).backward();
      optimizer.step();
      optimizer.zeroGrad();
      path.push([weight.data[0], bias.data[0]]);
    }
  }
  optimizer.dispose();
  return path;
}

/** The mean squared error of all samples as a function of weight and bias: a quadratic one, of the moments of the samples. */
export function errorOf({ x, y }: LineData): LossOfTwo {
  const mean = (value: (i: number) => number): number => x.reduce((sum, _, i) => sum + value(i), 0) / x.length;
  const [mx, my, xx, xy, yy] = [
    (i: number) => x[i],
    (i: number) => y[i],
    (i: number) => x[i] * x[i],
    (i: number) => x[i] * y[i],
    (i: number) => y[i] * y[i],
  ].map(mean);
  return (w: Tensor, b: Tensor) =>
    noGrad(() =>
      w
        .square()
        .mul(xx)
        .add(b.square())
        .add(w.mul(b).mul(2 * mx))
        .sub(w.mul(2 * xy))
        .sub(b.mul(2 * my))
        .add(yy),
    );
}

/** Weight and bias of the least squares. */
export function leastSquares({ x, y }: LineData): [weight: number, bias: number] {
  const n = x.length;
  const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
  const [mx, my] = [sum(x) / n, sum(y) / n];
  const weight = sum(x.map((value, i) => (value - mx) * (y[i] - my))) / sum(x.map((value) => (value - mx) * (value - mx)));
  return [weight, my - weight * mx];
}
