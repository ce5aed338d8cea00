import { expect } from "vitest";
import { type DType, Parameter, type Tensor, tensor } from "../../src/index.js";
import { ClosureOptimizer } from "../../src/optim/closure.js";
import type { Optimizer } from "../../src/optim/index.js";
import type { OptimizerClass } from "./optimizers.js";
import { read } from "./repository.js";

interface Numbers {
  shape: number[];
  data: number[];
}

/** A trajectory of 20 steps, computed by PyTorch. */
export interface Trajectory {
  name: string;
  optimizer: string;
  problem: "quadratic" | "rosenbrock";
  x0: number[];
  config: Record<string, unknown>;
  /** Row t holds the loss before step t. */
  losses: Numbers;
  grads: Numbers;
  /** Row t holds the parameters after step t. */
  params: Numbers;
  err: { params: number; losses: number };
  /** The parameters after the last step of PyTorch's run in float64. */
  final64: number[];
}

interface File {
  problems: { quadratic: { A: Numbers; b: Numbers } };
  cases: Trajectory[];
}

const { problems, cases } = JSON.parse(read("test/golden/optimizers.json")) as File;

/** Those of some optimizers. PyTorch's NAdam is Nadam here. */
export const trajectories = (...optimizers: string[]): [string, Trajectory][] => {
  const names = optimizers.map((name) => name.toLowerCase());
  return cases.filter(({ optimizer }) => names.includes(optimizer.toLowerCase())).map((one) => [one.name, one]);
};

/** PyTorch's defaults that differ from ours, by optimizer: a trajectory that does not set them has them. */
const DEFAULTS: Record<string, Record<string, unknown>> = { RMSprop: { alpha: 0.99 } };

/** A trajectory's options in our words: those that the optimizer declares as PyTorch's. */
export function optionsOf({ optimizer, config }: Trajectory, { options: { options } }: OptimizerClass): Record<string, unknown> {
  const ours = (word: string): string => {
    const plain = (text: string) => text.replaceAll("_", "").toLowerCase();
    const found = Object.entries(options).find(([name, { aka }]) => [name, ...aka].some((known) => plain(known) === plain(word)));
    if (found === undefined) throw new Error(`${optimizer}: no option declares PyTorch's "${word}" among its words`);
    return found[0];
  };
  const entries = Object.entries({ ...DEFAULTS[optimizer], ...config }).flatMap(([word, value]) =>
    word === "betas" ? (value as number[]).map((beta, i) => [`beta${i + 1}`, beta]) : [[ours(word), value]],
  );
  return Object.fromEntries(entries) as Record<string, unknown>;
}

/** The problem's loss at x, computed by recorded operations. */
export function lossOf(problem: Trajectory["problem"], x: Tensor): Tensor {
  const data = ({ shape, data }: Numbers) => tensor(data.map(Math.fround), { shape, dtype: x.dtype });
  if (problem === "quadratic") {
    const { A, b } = problems.quadratic;
    const bent = data(A)
      .mul(x)
      .mul(x.reshape([5, 1]))
      .sum()
      .mul(0.5);
    return bent.sub(x.mul(data(b)).sum());
  }
  const x0 = x.mul(tensor([1, 0], { dtype: x.dtype })).sum();
  const x1 = x.mul(tensor([0, 1], { dtype: x.dtype })).sum();
  const valley = x1.sub(x0.square());
  return x0.sub(1).square().add(valley.square().mul(100));
}

/**
 * Follows a trajectory with the optimizer that `make` makes. It expects that parameters and losses differ from PyTorch's by at most
 * max(1e-5, 10 · err), and the last parameters in float64 by at most 1e-9. (PyTorch's float64 run began with the same float32 numbers.)
 */
export function follow({ problem, x0, losses, params, err, final64 }: Trajectory, dtype: DType, make: (x: Parameter) => Optimizer): void {
  const x = new Parameter(tensor(x0.map(Math.fround), { dtype }));
  const optimizer = make(x);
  for (let t = 0; t < losses.data.length; t++) {
    const loss = lossOf(problem, x);
    expectNear(`loss before step ${t}`, [loss.item()], [losses.data[t]], err.losses);
    if (optimizer instanceof ClosureOptimizer) optimizer.step(() => lossOf(problem, x));
    else {
      loss.backward();
      optimizer.step();
      optimizer.zeroGrad();
    }
    expectNear(`parameters after step ${t}`, x.data, params.data.slice(t * x.size, (t + 1) * x.size), err.params);
  }
  expect(optimizer.stepCount).toBe(losses.data.length);
  if (dtype === "float64") {
    x.data.forEach((value, i) => {
      expect(Math.abs(value - final64[i]), `float64: ${value}, PyTorch ${final64[i]}`).toBeLessThan(1e-9);
    });
  }
  optimizer.dispose();
}

function expectNear(what: string, found: ArrayLike<number>, expected: readonly number[], err: number): void {
  expected.forEach((want, i) => {
    const bound = Math.max(1e-5, 10 * err) + 1e-5 * Math.abs(want);
    expect(Math.abs(found[i] - want), `${what}: ${found[i]}, PyTorch ${want}`).toBeLessThanOrEqual(bound);
  });
}
