/** What is done about gradients that are NaN or infinite, with every optimizer and every way to clip. */
import { describe, expect, it } from "vitest";
import {
  capture,
  clipGradNorm,
  Dense,
  DivergedError,
  Parameter,
  Sequential,
  setThreads,
  type Tensor,
  tensor,
  zeros,
} from "../../src/index.js";
import { Adam, Optimizer, SGD, type Update } from "../../src/optim/index.js";
import { failure } from "../support/errors.js";
import { builds, withBuild } from "../support/kernels.js";
import { disposedOf, elements, everyOptimizer, parameters } from "../support/optimizers.js";

/** An optimizer of a user, in tensor operations. */
class Momentum extends Optimizer {
  protected override stateNames(): string[] {
    return ["velocity"];
  }
  protected override update({ parameter, gradient, states: { velocity }, learningRate }: Update): void {
    velocity.assign(velocity.mul(0.9).add(gradient));
    parameter.assign(parameter.sub(velocity.mul(learningRate)));
  }
}

const optimizers: typeof everyOptimizer = [
  ...everyOptimizer,
  ["a user's own", (params, options) => disposedOf(params === undefined ? new Momentum(options) : new Momentum(params, options))],
];

const CLIPPINGS = [{}, { clipValue: 0.5 }, { clipNorm: 0.5 }, { globalClipNorm: 0.5 }, { adaptiveClip: 0.5 }];
const SIZES = [7, 16, 33];

function report(parameter: Parameter, value: number): never {
  throw new DivergedError(`${parameter.size} ${value}`);
}

function stateOf(optimizer: Optimizer): unknown {
  const { parameters: saved, ...rest } = optimizer.stateDict();
  return { ...rest, saved: saved.map(({ states, ...one }) => [one, Object.values(states).map(({ data }) => [...data])]) };
}

/** Inputs of ten steps; at 0 the loss is finite, and the gradient of the second parameter NaN. */
const INPUTS = [0.5, 0.25, 0.75, 1, 0.5, 2, 0, 0.5, 1, 0.25];

describe.each(optimizers)("%s", (_, make) => {
  it.each(CLIPPINGS)("%j: a step with a gradient of NaN changes nothing, eager and captured", (clipping) => {
    const run = (captured: boolean, inputs: readonly number[]) => {
      const params = parameters(SIZES);
      const optimizer = make(params, clipping);
      const steps = (x: Tensor): Tensor => {
        const [a, b, c] = params;
        const loss = a.sub(x).square().sum().add(b.mul(x).square().sum().sqrt()).add(c.mul(0.5).square().sum());
        loss.backward();
        optimizer.stepIfFinite(report);
        optimizer.zeroGrad();
        return loss;
      };
      const step = captured ? capture(steps) : steps;
      for (const x of inputs) {
        if (x > 0) {
          step(tensor(x));
          continue;
        }
        const before = [elements(params), stateOf(optimizer), optimizer.stepCount];
        expect(failure(() => step(tensor(x)))).toBe("DIVERGED 16 NaN");
        expect([elements(params), stateOf(optimizer), optimizer.stepCount]).toEqual(before);
        optimizer.zeroGrad();
      }
      if (captured) expect((step as ReturnType<typeof capture>).status().replays).toBeGreaterThan(5);
      return [elements(params), stateOf(optimizer)];
    };
    // The bits are those of a training that never saw the step.
    const wanted = run(
      false,
      INPUTS.filter((x) => x > 0),
    );
    expect(run(false, INPUTS)).toEqual(wanted);
    expect(run(true, INPUTS)).toEqual(wanted);
  });
});

describe.each(builds)("gradients that are not finite, %s", (build) => {
  it.each(CLIPPINGS)("%j: a gradient of 1e30 is finite, in float64 one of 1e200", (clipping) => {
    for (const dtype of ["float32", "float64"] as const) {
      const [wide] = parameters([5], dtype);
      const optimizer = disposedOf(new SGD([wide], { ...clipping, learningRate: 1e-30 }));
      wide.grad = tensor([1, dtype === "float64" ? 1e200 : 1e30, 1, 1, 1], { dtype });
      withBuild(build, () => optimizer.stepIfFinite(report));
      expect(optimizer.stepCount).toBe(1);
      wide.grad = tensor([1, 1, 1, -Infinity, 1], { dtype });
      expect(failure(() => withBuild(build, () => optimizer.stepIfFinite(report)))).toBe("DIVERGED 5 -Infinity");
    }
  });

  it("a step that is not asked to look updates, as PyTorch's", () => {
    const x = new Parameter(zeros([2]));
    const optimizer = disposedOf(new SGD([x], { learningRate: 1 }));
    x.grad = tensor([1, Number.NaN]);
    withBuild(build, () => optimizer.step());
    expect([...x.data]).toEqual([-1, Number.NaN]);
  });

  it("parameters of both element types, a frozen one between them", () => {
    const params = [...parameters([3, 20]), ...parameters([4], "float64"), ...parameters([6])];
    const optimizer = disposedOf(new Adam(params));
    for (const [i, parameter] of params.entries()) {
      if (i !== 1) parameter.grad = tensor(new Float64Array(parameter.size).fill(i === 3 ? Number.NaN : 1), { dtype: parameter.dtype });
    }
    expect(failure(() => withBuild(build, () => optimizer.stepIfFinite(report)))).toBe("DIVERGED 6 NaN");
    expect(optimizer.stepCount).toBe(0);
  });
});

it.each([1, 2])("%i threads find the last element of a large gradient", async (threads) => {
  await setThreads(threads);
  const x = new Parameter(zeros([600_001]));
  for (const clipping of CLIPPINGS) {
    const optimizer = disposedOf(new Adam([x], clipping));
    const gradient = new Float32Array(600_001).fill(0.5);
    x.grad = tensor(gradient);
    optimizer.stepIfFinite(report);
    gradient[600_000] = Infinity;
    x.grad = tensor(gradient);
    expect(failure(() => optimizer.stepIfFinite(report))).toBe("DIVERGED 600001 Infinity");
  }
});

it("clipGradNorm with errorIfNonFinite ends a captured step before the update, and names the parameter", () => {
  const net = new Sequential([new Dense(1, { inputShape: [2], bias: false })]);
  const optimizer = disposedOf(new Adam(net.parameters(), { learningRate: 0.1 }));
  const step = capture((x: Tensor) => {
    net.forward(x).square().sum().sqrt().backward();
    clipGradNorm(net.parameters(), 1, { errorIfNonFinite: true });
    optimizer.step();
    optimizer.zeroGrad();
  });
  for (let i = 1; i < 6; i++) step(tensor([[i, 0.5]]));
  expect(step.status().replays).toBeGreaterThan(1);
  const before = elements(net.parameters());
  expect(failure(() => step(tensor([[0, 0]])))).toMatch(
    /^DIVERGED clipGradNorm: the gradient of 0\.weight is NaN; expected finite numbers\./,
  );
  expect([elements(net.parameters()), optimizer.stepCount]).toEqual([before, 5]);
  step(tensor([[1, 0.5]]));
  expect(optimizer.stepCount).toBe(6);
});
