/** Every optimizer goes on from a saved state to the bit: of all kinds of rates, with groups, with weights that were changed meanwhile. */
import { describe, expect, it } from "vitest";
import {
  cosineRestarts,
  exponentialWarmup,
  noGrad,
  oneCycle,
  Parameter,
  parseOptimizerState,
  ReduceLROnPlateau,
  SAM,
  serializeOptimizerState,
  type Tensor,
  tensor,
} from "../../src/index.js";
import { ClosureOptimizer } from "../../src/optim/closure.js";
import type { Optimizer, Schedule } from "../../src/optim/index.js";
import { WrappingOptimizer } from "../../src/optim/wrapping.js";
import { normals } from "../support/kernels.js";
import { allOptimizers, disposedOf, elements, isAccepted, type OptimizerClass, richOptions } from "../support/optimizers.js";

const SHAPES = [[7], [4, 3], [2, 3, 2], [1]];
const STEPS = 11;

/** Parameters as they are after a step. */
const parameters = (like?: readonly Parameter[]): Parameter[] =>
  SHAPES.map(
    (shape, i) =>
      new Parameter(
        tensor(
          like?.[i].data ?? [
            ...normals(
              shape.reduce((a, b) => a * b),
              i,
            ),
          ],
          { shape },
        ),
      ),
  );

/** A loss with another gradient in each step. The last parameter comes in late. */
function lossOf(params: readonly Parameter[], step: number): Tensor {
  const terms = params.slice(0, step < 2 ? 3 : 4).map((parameter, i) => {
    const noise = tensor([...normals(parameter.size, 100 * step + i)], { shape: parameter.shape });
    return parameter.sub(noise).square().mul(0.5).sum();
  });
  return terms.reduce((sum, term) => sum.add(term));
}

interface Trial {
  readonly params: readonly Parameter[];
  readonly optimizer: Optimizer;
  readonly plateau: ReduceLROnPlateau;
}

/** Between its steps a training changes weights, rates and options, and lowers the rates. */
function train({ params, optimizer, plateau }: Trial, from: number, to: number): void {
  const [first, second = first] = optimizer.groups;
  for (let step = from; step < to; step++) {
    if (optimizer instanceof ClosureOptimizer || optimizer instanceof SAM) optimizer.step(() => lossOf(params, step));
    else {
      lossOf(params, step).backward();
      optimizer.step();
    }
    optimizer.zeroGrad();
    if (step === 1) noGrad(() => params[1].assign(params[1].mul(0.5)));
    if (step === 2 && typeof second.learningRate === "number") second.learningRate = 0.02;
    if (step === 3 && "weightDecay" in first.options) first.options.weightDecay = 0.125;
    if ([3, 4, 6].includes(step)) plateau.step(5);
    if (step === 8 && typeof optimizer.learningRate === "number") optimizer.learningRate = 0.03;
  }
}

/** Each with its defaults and with all terms that it can have; those that wrap, around one with moments. */
const VARIANTS = allOptimizers.flatMap(([name, type]): [string, OptimizerClass, Record<string, unknown>][] => {
  if (type.prototype instanceof WrappingOptimizer) {
    return [
      [name, type, {}],
      [`${name} of Adam`, type, { optimizer: { name: "adam", amsgrad: true } }],
      [`${name} of SGD with momentum`, type, { optimizer: { name: "sgd", momentum: 0.9, nesterov: true } }],
    ];
  }
  const rich = richOptions(type);
  const withMomentum = { ...rich, momentum: 0.9 };
  return [
    [name, type, {}],
    [`${name}, every term`, type, isAccepted(type, withMomentum) ? withMomentum : rich],
  ];
});

const RATES: Record<string, (type: OptimizerClass) => number | Schedule> = {
  "a number": () => 0.05,
  cosineRestarts: () => cosineRestarts(0.05, { steps: 3 }),
  exponentialWarmup: () => exponentialWarmup(0.05, { steps: 6 }),
  oneCycle: () => oneCycle(0.05, { steps: STEPS }),
};

describe.each(VARIANTS)("%s", (_, type, options) => {
  it.each(Object.keys(RATES))("goes on to the bit, whenever it was left: the rate is %s", (rate) => {
    const movesMomentum = (optimizer: Optimizer) => "momentum" in optimizer.groups[0].options || "beta1" in optimizer.groups[0].options;
    const make = (params: Parameter[]): Trial | null => {
      const optimizer = disposedOf(new type(options));
      const isOne = optimizer instanceof ClosureOptimizer;
      optimizer.bind(isOne ? params : [{ params: params.slice(0, 2) }, { params: params.slice(2), learningRate: 0.04 }]);
      if (rate === "oneCycle" && !movesMomentum(optimizer)) return null;
      optimizer.learningRate = RATES[rate](type);
      return { params, optimizer, plateau: new ReduceLROnPlateau(optimizer, { patience: 0, factor: 0.5 }) };
    };
    const whole = make(parameters());
    if (whole === null) return;
    train(whole, 0, STEPS);
    for (let left = 0; left < STEPS; left++) {
      const before = make(parameters()) as Trial;
      train(before, 0, left);
      const bytes = serializeOptimizerState(before.optimizer.stateDict());
      const after = make(parameters(before.params)) as Trial;
      after.optimizer.loadStateDict(parseOptimizerState(bytes));
      after.plateau.loadStateDict(before.plateau.stateDict());
      train(after, left, STEPS);
      expect(elements(after.params), `left after ${left} steps`).toEqual(elements(whole.params));
      expect(shown(after.optimizer)).toEqual(shown(whole.optimizer));
      expect(after.optimizer.currentLearningRate).toBe(whole.optimizer.currentLearningRate);
    }
  });
});

/** The state with the numbers of its tensors. */
function shown(optimizer: Optimizer): unknown {
  const { parameters, ...rest } = optimizer.stateDict();
  const entries = (states: Record<string, Tensor>) => Object.entries(states).map(([name, { data }]) => [name, [...data]]);
  return [rest, parameters.map(({ states, ...one }) => [one, entries(states)])];
}
