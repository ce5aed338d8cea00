/** A user's own optimizer, written with the operations of tensors. */
import { describe, expect, it } from "vitest";
import { capture, cosineDecay, Linear, manualSeed, options, Parameter, type Tensor, tensor } from "../../src/index.js";
import { Adam, Optimizer, type OptimizerState, SGD, type Update } from "../../src/optim/index.js";
import { failure } from "../support/errors.js";
import { builds, withBuild } from "../support/kernels.js";
import { disposedOf, elements, parameters, setGradients } from "../support/optimizers.js";

interface OwnAdamOptions extends options.OptionsOf<typeof OwnAdam.options> {
  clipNorm?: number;
  clipValue?: number;
  globalClipNorm?: number;
}

class OwnAdam extends Optimizer<OwnAdamOptions> {
  static override readonly options = options.declare("OwnAdam", {
    learningRate: options.number({ default: 1e-3 }),
    beta1: options.number({ default: 0.9, min: 0, below: 1 }),
    beta2: options.number({ default: 0.999, min: 0, below: 1 }),
  });
  protected override stateNames(): string[] {
    return ["m", "v"];
  }
  protected override update({
    parameter,
    gradient,
    states: { m, v },
    learningRate,
    step,
    options: { beta1, beta2 },
  }: Update<OwnAdamOptions>): void {
    m.assign(m.mul(beta1).add(gradient.mul(1 - beta1)));
    v.assign(v.mul(beta2).add(gradient.square().mul(1 - beta2)));
    const correct = (moment: Tensor, beta: number) => moment.div(tensor(beta, { dtype: step.dtype }).pow(step).neg().add(1));
    parameter.assign(parameter.sub(correct(m, beta1).mul(learningRate).div(correct(v, beta2).sqrt().add(1e-8))));
  }
}

class SignSGD extends Optimizer {
  protected override update({ parameter, gradient, learningRate }: Update): void {
    parameter.assign(parameter.sub(gradient.sign().mul(learningRate)));
  }
}

const SIZES = [7, 16, 33];

function train(optimizer: Optimizer, params: Parameter[], from: number, to: number): void {
  for (let step = from; step < to; step++) {
    // The second comes in late.
    setGradients(step < 2 ? [params[0], params[2]] : params, step);
    optimizer.step();
    optimizer.zeroGrad();
  }
}

function expectNear(found: number[][], expected: number[][], bound: number): void {
  const wanted = expected.flat();
  for (const [i, x] of found.flat().entries()) expect(Math.abs(x - wanted[i])).toBeLessThan(bound * Math.max(1, Math.abs(x)));
}

describe.each(builds)("own optimizers, %s", (build) => {
  it.each(["float32", "float64"] as const)("an own Adam is Adam, %s", (dtype) => {
    withBuild(build, () => {
      const [own, library] = [parameters(SIZES, dtype), parameters(SIZES, dtype)];
      train(disposedOf(new OwnAdam(own, { learningRate: 0.01 })), own, 0, 6);
      train(disposedOf(new Adam(library, { learningRate: 0.01 })), library, 0, 6);
      expectNear(elements(own), elements(library), dtype === "float64" ? 1e-12 : 1e-5);
    });
  });
});

describe("an own optimizer", () => {
  const net = () => {
    manualSeed(3);
    return new Linear(3, 2);
  };

  it.each([{}, { clipValue: 0.05 }, { clipNorm: 0.05 }, { globalClipNorm: 0.05 }])("captured and eager, %j: the same bits", (clipping) => {
    const run = (captured: boolean) => {
      const model = net();
      const [weight, bias] = model.parameters();
      const optimizer = disposedOf(
        new OwnAdam([{ params: weight }, { params: bias, beta1: 0.5 }], {
          learningRate: cosineDecay(0.1, { steps: 20 }) as never,
          ...clipping,
        }),
      );
      const steps = (x: Tensor) => {
        const loss = model.forward(x).square().sum();
        loss.backward();
        optimizer.step();
        optimizer.zeroGrad();
        return loss;
      };
      const step = captured ? capture(steps) : steps;
      const losses: number[] = [];
      for (let i = 0; i < 16; i++) {
        // An option is a number of the recording: set, it is recorded anew.
        if (i === 8) optimizer.groups[0].options.beta2 = 0.9;
        losses.push(step(tensor([[1, 2, 3 + i]])).item());
      }
      if (captured) expect((step as ReturnType<typeof capture>).status()).toMatchObject({ state: "replaying", replays: 11 });
      return [losses, ...elements(model.parameters())];
    };
    expect(run(true)).toEqual(run(false));
  });

  it("clips as the library's do", () => {
    for (const clipping of [{ clipValue: 0.5 }, { clipNorm: 0.5 }, { globalClipNorm: 0.5 }]) {
      const [own, library] = [parameters(SIZES), parameters(SIZES)];
      class OwnSGD extends Optimizer {
        protected override update({ parameter, gradient, learningRate }: Update): void {
          parameter.assign(parameter.sub(gradient.mul(learningRate)));
        }
      }
      train(disposedOf(new OwnSGD(own, clipping)), own, 0, 4);
      train(disposedOf(new SGD(library, clipping)), library, 0, 4);
      expectNear(elements(own), elements(library), 1e-6);
    }
  });

  it("continues from a saved state", () => {
    const whole = parameters(SIZES);
    const optimizer = disposedOf(new OwnAdam(whole));
    train(optimizer, whole, 0, 4);
    const state: OptimizerState = optimizer.stateDict();
    expect(state.optimizer).toBe("OwnAdam");
    const copies = whole.map((parameter) => new Parameter(tensor(parameter.data)));
    const other = disposedOf(new OwnAdam(copies));
    other.loadStateDict(state);
    train(optimizer, whole, 4, 8);
    train(other, copies, 4, 8);
    expect(elements(copies)).toEqual(elements(whole));
  });

  it("without options of its own takes a learning rate and clips, and is called by its class", () => {
    const x = new Parameter(tensor([1, 1, 1]));
    x.grad = tensor([5, 0, -0.1]);
    disposedOf(new SignSGD([x], { learningRate: 0.5 })).step();
    expect([...x.data]).toEqual([0.5, 1, 1.5]);
    expect(disposedOf(new SignSGD([x])).learningRate).toBe(0.01);
    expect(failure(() => new SignSGD({ momentum: 1 } as never))).toBe(
      'ARGUMENT SignSGD: unknown option "momentum". Known: learningRate, clipValue, clipNorm, globalClipNorm, adaptiveClip.',
    );
    expect(failure(() => new OwnAdam({ beta1: 1 }))).toBe("ARGUMENT OwnAdam: beta1 is 1; expected a number from 0 to below 1.");
  });

  it("changes its parameters in place as a step does: a graph that needs the old elements says so", () => {
    const x = new Parameter(tensor([1, 2]));
    const y = x.square();
    x.grad = tensor([1, 1]);
    disposedOf(new SignSGD([x])).step();
    expect(failure(() => y.sum().backward())).toMatch(/^GRAPH .*step/);
  });

  it("says what is missing, and what an earlier version declared", () => {
    const x = new Parameter(tensor([1]));
    x.grad = tensor([1]);
    class Nothing extends Optimizer {}
    expect(failure(() => disposedOf(new Nothing([x])).step())).toBe(
      "ARGUMENT Nothing: it has no method update. Write update({ parameter, gradient, states, learningRate }).",
    );
    class Old extends Optimizer {
      static readonly defaults = { learningRate: 0.5 };
    }
    expect(failure(() => new Old([x]))).toBe(
      'ARGUMENT Old: static defaults are not read any more. Write static options = options.declare("Old", { … }).',
    );
  });
});
