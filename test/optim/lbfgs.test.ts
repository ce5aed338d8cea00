import { describe, expect, it, test } from "vitest";
import { capture, LBFGS, Parameter, tensor } from "../../src/index.js";
import { failure } from "../support/errors.js";
import { builds, withBuild } from "../support/kernels.js";
import { disposedOf } from "../support/optimizers.js";
import { follow, lossOf, optionsOf, trajectories } from "../support/trajectories.js";

describe.each(builds)("%s", (build) => {
  it.each(trajectories("LBFGS"))("%s follows PyTorch", (_, one) => {
    const options = optionsOf(one, LBFGS as never);
    for (const dtype of ["float32", "float64"] as const) withBuild(build, () => follow(one, dtype, (x) => new LBFGS([x], options)));
  });
});

/** Rosenbrock's valley from [-1.2, 1] in float64 with the strong Wolfe conditions: parameters and evaluations, by PyTorch 1.13. */
const WOLFE = [
  {
    options: { learningRate: 0.5, maxIter: 20, maxEval: 3, toleranceGrad: 1e-3, toleranceChange: 1e-4 },
    params: [
      [-0.9150600824922219, 1.108328205815038],
      [-1.0100102024437594, 1.0687408250258004],
      [-1.021868773203861, 1.0617705104321205],
      [-1.0238029116042668, 1.0571472155647783],
    ],
    evaluations: [3, 3, 3, 3],
  },
  {
    options: { learningRate: 0.5, maxIter: 20, maxEval: 7, toleranceGrad: 1e-3, toleranceChange: 1e-4, historySize: 5 },
    params: [
      [-1.021868773203861, 1.0617705104321205],
      [-1.009793247151425, 1.0105400370763298],
      [-0.6536759856992389, 0.39226428337740815],
      [-0.11835403788230198, -0.01385438201075564],
    ],
    evaluations: [7, 7, 7, 7],
  },
  {
    options: { learningRate: 1, maxIter: 4, maxEval: 3, toleranceGrad: 1e-3, toleranceChange: 1e-4, historySize: 5 },
    params: [
      [-1.0245319374749242, 1.0716196343805646],
      [-1.0288795417769347, 1.0655029659385047],
      [-1.0203084885381626, 1.0352770040679862],
      [-0.9431081078269414, 0.8529277780729583],
    ],
    evaluations: [3, 3, 3, 3],
  },
];

test.each(WOLFE)("the line search is PyTorch's: $options", ({ options, params, evaluations }) => {
  const x = new Parameter(tensor([Math.fround(-1.2), 1], { dtype: "float64" }));
  const optimizer = disposedOf(new LBFGS([x], { ...options, lineSearch: "strongWolfe" }));
  for (const [t, expected] of params.entries()) {
    let calls = 0;
    optimizer.step(() => {
      calls++;
      return lossOf("rosenbrock", x);
    });
    expect(calls).toBe(evaluations[t]);
    for (const [i, value] of expected.entries()) expect(x.data[i]).toBeCloseTo(value, 9);
  }
});

it("takes steps only as far as the loss is finite", () => {
  const x = new Parameter(tensor([3], { dtype: "float64" }));
  const optimizer = disposedOf(new LBFGS([x], { learningRate: 100, lineSearch: "strongWolfe" }));
  // ln x + 1/x: least at 1, without a value below 0.
  for (let i = 0; i < 3; i++) optimizer.step(() => x.log().add(x.reciprocal()).sum());
  expect(x.item()).toBeCloseTo(1, 6);
});

it("keeps as many pairs as the history has, each as the parameters are shaped", () => {
  const x = new Parameter(tensor([[-1.2, 1]]));
  const optimizer = disposedOf(new LBFGS([x], { historySize: 2, learningRate: 0.01, maxIter: 9 }));
  optimizer.step(() => lossOf("rosenbrock", x.reshape([2]) as never));
  const { numbers, parameters } = optimizer.stateDict();
  expect(numbers).toMatchObject({ pairs: 2 });
  expect(Object.keys(parameters[0].states)).toEqual(["direction", "gradient", "y0", "s0", "y1", "s1"]);
  expect(parameters[0].states.y1.shape).toEqual([1, 2]);
});

it("refuses a state in which something is missing, and changes nothing", () => {
  const x = new Parameter(tensor([-1.2, 1]));
  const optimizer = disposedOf(new LBFGS([x], { learningRate: 0.01 }));
  optimizer.step(() => lossOf("rosenbrock", x));
  const before = optimizer.stateDict();
  const { gradient, ...states } = before.parameters[0].states;
  const damaged = { ...before, parameters: [{ ...before.parameters[0], states }] };
  expect(failure(() => optimizer.loadStateDict(damaged))).toBe('ARGUMENT loadStateDict: "gradient" is missing.');
  const { scale, ...numbers } = before.numbers as Record<string, number>;
  expect(failure(() => optimizer.loadStateDict({ ...before, numbers }))).toBe('ARGUMENT loadStateDict: "scale" is missing.');
  expect(failure(() => optimizer.loadStateDict({ ...before, numbers: { t: "1" } as never }))).toContain("expected an object of numbers");
  expect(optimizer.stateDict()).toEqual(before);
});

it("evaluates by a captured closure with the same bits", () => {
  const run = (captured: boolean): number[] => {
    const x = new Parameter(tensor([-1.2, 1]));
    const optimizer = disposedOf(new LBFGS([x], { lineSearch: "strongWolfe" }));
    const evaluate = () => {
      optimizer.zeroGrad();
      const loss = lossOf("rosenbrock", x);
      loss.backward();
      return loss;
    };
    const closure = captured ? capture(evaluate) : evaluate;
    for (let i = 0; i < 2; i++) optimizer.step(closure);
    if (captured) expect((closure as ReturnType<typeof capture>).status().replays).toBeGreaterThan(10);
    return [...x.data];
  };
  expect(run(true)).toEqual(run(false));
});
