/** Schedules that move the momentum along with the rate. */
import { describe, expect, it } from "vitest";
import { capture, Parameter, type Tensor, tensor } from "../../src/index.js";
import { Adam, cyclicalRate, Optimizer, oneCycle, type Schedule, SGD, type Update, withMomentum } from "../../src/optim/index.js";
import { declare } from "../../src/options/declare.js";
import { number } from "../../src/options/kinds.js";
import { failure } from "../support/errors.js";
import { disposedOf, registry } from "../support/optimizers.js";

const STEPS = 24;
const CYCLE = oneCycle(0.1, { steps: STEPS, pctStart: 0.4 });

/** Has a momentum and is written with tensors. */
class Heavy extends Optimizer<{ learningRate?: number | Schedule; momentum?: number }> {
  static override readonly options = declare("Heavy", { momentum: number({ default: 0.9, min: 0 }) });
  protected override stateNames(): string[] {
    return ["velocity"];
  }
  protected override update({ parameter, gradient, states: { velocity }, learningRate, options }: Update<{ momentum: number }>): void {
    velocity.assign(velocity.mul(options.momentum).add(gradient));
    parameter.assign(parameter.sub(velocity.mul(learningRate)));
  }
}

/** The parameter after each step on ½‖w − x‖². */
function run(
  make: (parameters: Parameter[]) => Optimizer,
  captured: boolean,
  before: (optimizer: Optimizer, step: number) => void = () => {},
) {
  const weight = new Parameter(tensor([1, -2, 3, 0.5, 7]));
  const optimizer = make([weight]);
  const once = (x: Tensor) => {
    const loss = weight.sub(x).square().sum().mul(0.5);
    loss.backward();
    optimizer.step();
    optimizer.zeroGrad();
    return loss;
  };
  const step = captured ? capture(once) : once;
  const rows: number[][] = [];
  for (let t = 0; t < STEPS; t++) {
    before(optimizer, t);
    step(tensor([0, 1, 2, 3, 4]));
    rows.push(weight.toArray() as number[]);
  }
  return { rows, optimizer, status: captured ? (step as ReturnType<typeof capture>).status() : null };
}

describe("a schedule with a momentum", () => {
  const makers = {
    SGD: (parameters: Parameter[]) => new SGD(parameters, { learningRate: CYCLE }),
    Nesterov: (parameters: Parameter[]) => new SGD(parameters, { learningRate: CYCLE, momentum: 0.9, nesterov: true }),
    Adam: (parameters: Parameter[]) => new Adam(parameters, { learningRate: CYCLE }),
    Heavy: (parameters: Parameter[]) => new Heavy(parameters, { learningRate: CYCLE }),
  };

  it.each(Object.entries(makers))("is what sets it by hand before every step, for %s, eager and captured", (name, make) => {
    const key = name === "Adam" ? "beta1" : "momentum";
    const still = (parameters: Parameter[]): Optimizer => {
      const optimizer = make(parameters);
      optimizer.learningRate = (step) => CYCLE(step);
      return optimizer;
    };
    const byHand = run(still, false, ({ groups: [{ options }] }, step) => {
      (options as Record<string, number>)[key] = CYCLE.momentum?.(step) as number;
    });
    expect(run(make, false).rows).toEqual(byHand.rows);
    // What is written with tensors has its momentum as a number in recorded calls.
    if (name === "Heavy") return expect(failure(() => run(make, true))).toContain("this step cannot be replayed");
    const { rows, status, optimizer } = run(make, true);
    expect(rows).toEqual(byHand.rows);
    expect(status?.replays).toBeGreaterThan(STEPS - 6);
    expect((optimizer.groups[0].options as Record<string, number>)[key]).toBe(CYCLE.momentum?.(STEPS - 1));
    expect(new Set(rows.map(String)).size).toBe(STEPS);
  });

  const cycling = registry.filter(([, { options }]) => "momentum" in options.options || "beta1" in options.options);
  it.each(cycling)("moves that of every optimizer that has one, replayed and eager: %s", (name, optimizer) => {
    const key = "momentum" in optimizer.options.options ? "momentum" : "beta1";
    const make = (parameters: Parameter[]): Optimizer => disposedOf(new optimizer(parameters, { learningRate: CYCLE }));
    const eager = run(make, false);
    expect((eager.optimizer.groups[0].options as Record<string, number>)[key]).toBe(CYCLE.momentum?.(STEPS - 1));
    const still = (parameters: Parameter[]): Optimizer =>
      disposedOf(new optimizer(parameters, { learningRate: (step: number) => CYCLE(step) }));
    // Lion goes by signs, which the momentum does not turn here; Muon's is for matrices.
    if (!["Lion", "Muon"].includes(name)) expect(eager.rows).not.toEqual(run(still, false).rows);
    if ("kernel" in optimizer && optimizer.kernel !== null) expect(run(make, true).rows).toEqual(eager.rows);
  });

  it("may pass through 0, where SGD has no velocity", () => {
    const cycle = cyclicalRate(0.01, { maximum: 0.1, stepSizeUp: 4, baseMomentum: 0 });
    const make = (parameters: Parameter[]): Optimizer => new SGD(parameters, { learningRate: cycle });
    expect(run(make, true).rows).toEqual(run(make, false).rows);
  });

  it("is an error before anything changes where the optimizer has none, or not such a one", () => {
    const bare = new (class Bare extends Optimizer {
      protected override update({ parameter, gradient }: Update): void {
        parameter.assign(parameter.sub(gradient));
      }
    })([new Parameter(tensor([1]))], { learningRate: CYCLE });
    bare.groups[0].params[0].grad = tensor([1]);
    expect(failure(() => bare.step())).toBe(
      "ARGUMENT step: the learning rate's schedule moves a momentum, and this optimizer has neither momentum nor beta1. Write cycleMomentum: false.",
    );
    const adam = new Adam([new Parameter(tensor([1]))], { learningRate: withMomentum(0.1, () => 1) });
    adam.groups[0].params[0].grad = tensor([1]);
    expect(failure(() => adam.step())).toBe("ARGUMENT Adam: beta1 is 1; expected a number from 0 to below 1.");
    expect([bare.stepCount, adam.stepCount, adam.groups[0].params[0].toArray()]).toEqual([0, 0, [1]]);
  });
});
