/** An optimizer at rest: its states lie in JS memory, and the next step continues bit for bit. */
import { describe, expect, it } from "vitest";
import { capture, Linear, manualSeed, memory, mse, options, Parameter, randn, type Tensor, zeros } from "../../src/index.js";
import { Adam, Optimizer, SGD, type Update } from "../../src/optim/index.js";
import { failure } from "../support/errors.js";
import { collectGarbage } from "../support/growth.js";
import { disposedOf, elements, everyOptimizer, parameters, setGradients } from "../support/optimizers.js";

const SIZES = [7, 16, 33];

function train(optimizer: Optimizer, params: Parameter[], between: () => void): void {
  for (let step = 0; step < 6; step++) {
    // The second comes in late.
    setGradients(step < 2 ? [params[0], params[2]] : params, step);
    optimizer.step();
    optimizer.zeroGrad();
    between();
  }
}

class Momentum extends Optimizer {
  static override readonly options = options.declare("Momentum", {});
  seen: Tensor | null = null;
  protected override stateNames(): string[] {
    return ["velocity"];
  }
  protected override update({ parameter, gradient, states: { velocity }, learningRate }: Update): void {
    this.seen = velocity;
    velocity.assign(velocity.mul(0.5).add(gradient));
    parameter.assign(parameter.sub(velocity.mul(learningRate)));
  }
}

describe.each([
  ...everyOptimizer,
  ["an own optimizer", (params, more) => disposedOf(params === undefined ? new Momentum(more) : new Momentum(params, more))],
] as typeof everyOptimizer)("%s", (_, make) => {
  it.each([{}, { globalClipNorm: 0.5 }])("trains with the same bits whether it rests between steps or not, %j", (clipping) => {
    const [restless, rested] = [parameters(SIZES), parameters(SIZES)];
    const [a, b] = [make(restless, clipping), make(rested, clipping)];
    train(a, restless, () => {});
    train(b, rested, () => b.rest());
    expect(elements(rested)).toEqual(elements(restless));
    expect(stateOf(b)).toEqual(stateOf(a));
  });

  it("holds no linear memory at rest", () => {
    const params = parameters(SIZES);
    setGradients(params, 0);
    const { liveBytes } = memory();
    const optimizer = make(params, { clipNorm: 1 });
    optimizer.step();
    expect(memory().liveBytes).toBeGreaterThan(liveBytes);
    optimizer.rest();
    optimizer.rest();
    expect(memory().liveBytes).toBe(liveBytes);
    const state = stateOf(optimizer);
    expect(memory().liveBytes).toBe(liveBytes);
    optimizer.loadStateDict(optimizer.stateDict());
    expect(stateOf(optimizer)).toEqual(state);
  });
});

/** A state as numbers. */
function stateOf(optimizer: Optimizer): unknown {
  return JSON.parse(
    JSON.stringify(optimizer.stateDict(), (_, value) => (value instanceof Object && "toArray" in value ? value.toArray() : value)),
  );
}

it("a captured step is recorded anew after the optimizer rested, and has the same bits", () => {
  const run = (rests: boolean): number[] => {
    manualSeed(4);
    const net = new Linear(8, 8);
    const optimizer = disposedOf(new Adam(net.parameters(), { learningRate: 0.01 }));
    const step = capture((x: Tensor) => {
      const loss = mse(net.forward(x), x);
      loss.backward();
      optimizer.step();
      optimizer.zeroGrad();
      return loss;
    });
    const losses: number[] = [];
    for (let i = 0; i < 20; i++) {
      losses.push(step(randn([4, 8])).item());
      if (rests && i % 7 === 6) optimizer.rest();
    }
    expect(step.status().state).toBe("replaying");
    step.dispose();
    return losses;
  };
  expect(run(true)).toEqual(run(false));
});

it("a state's tensor that was kept beyond the update says that its memory went back", () => {
  const params = parameters([3]);
  setGradients(params, 0);
  const optimizer = disposedOf(new Momentum(params));
  optimizer.step();
  expect(optimizer.seen?.toArray()).toEqual(params[0].grad?.toArray());
  optimizer.rest();
  expect(failure(() => optimizer.seen?.toArray())).toBe(
    "RELEASED state: this result was released: the optimizer gave its memory back. " +
      "Call retain() on it before, return it from noGrad, or copy it with toArray() while it is live.",
  );
});

describe("the memory of states", () => {
  const big = 1 << 18;
  /** Bytes that a step of the optimizer has added. */
  const taken = (optimizer: Optimizer, params: Parameter[]): number => {
    for (const parameter of params) parameter.grad = zeros([parameter.size]);
    const { liveBytes } = memory();
    disposedOf(optimizer).step();
    return memory().liveBytes - liveBytes;
  };

  it("is that of the parameters which the optimizer updates, not of their neighbours", () => {
    const params = Array.from({ length: 8 }, () => new Parameter(zeros([big])));
    const bytes = 4 * big;
    expect(taken(new Adam([params[3]]), [params[3]])).toBeLessThan(2.3 * bytes);
    expect(taken(new Adam([params[0], params[7]]), [params[0], params[7]])).toBeLessThan(4.6 * bytes);
    expect(taken(new SGD(params), params)).toBeLessThan(1024);
  });

  it("is not taken for parameters that have no gradient", () => {
    const [frozen, head] = [new Parameter(zeros([big]), { requiresGrad: false }), new Parameter(zeros([64]))];
    expect(taken(new Adam([frozen, head]), [head])).toBeLessThan(150_000);
  });

  it("is 1.3 times what a thousand small optimizers need, and goes back to the byte", () => {
    const params = Array.from({ length: 1000 }, () => parameters([320])[0]);
    for (const parameter of params) parameter.grad = zeros([320]);
    const { liveBytes } = memory();
    const all = params.map((parameter) => new SGD([parameter], { momentum: 0.9 }));
    for (const optimizer of all) optimizer.step();
    // A cell of each holds its options.
    expect(memory().liveBytes - liveBytes).toBeLessThan(1.3 * 1000 * (4 * 320 + 128) + (64 << 10));
    for (const optimizer of all) optimizer.dispose();
    expect(memory().liveBytes).toBe(liveBytes);
  });

  it("at rest is collected with its optimizer, in one job, in which no finalizer runs", () => {
    const weight = new Parameter(zeros([big]));
    const { arrayBuffers } = process.memoryUsage();
    for (let i = 0; i < 40; i++) {
      weight.grad = zeros([big]);
      const optimizer = new Adam([weight], { clipNorm: 1 });
      optimizer.step();
      optimizer.rest();
    }
    // Array buffers are swept beside the program: a collection waits for the sweeping of the one before.
    for (let i = 0; i < 3; i++) collectGarbage();
    // 40 times two moments were 84 MB.
    expect(process.memoryUsage().arrayBuffers - arrayBuffers).toBeLessThan(10e6);
  });
});
