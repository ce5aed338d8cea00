import type { FloatArray } from "../memory/views.js";
import { declare, type OptionsOf } from "../options/declare.js";
import { choice, count, number } from "../options/kinds.js";
import { ClosureOptimizer, type Landscape, type Memory, recalled } from "./closure.js";
import { addTo, dot, largest, scaled } from "./flatParameters.js";
import type { Settings } from "./group.js";
import { learningRate } from "./options.js";
import { searchAlong } from "./searchAlong.js";
import type { Evaluated } from "./strongWolfe.js";

const CONJUGATE_GRADIENT = declare("ConjugateGradient", {
  /** Finite number ≥ 0, or a schedule: multiplies the length that the line search tries first. Default 1. */
  learningRate: learningRate(1),
  /** How much of the last direction is kept: "polakRibiere" (PR+) or "fletcherReeves". Default "polakRibiere". */
  method: choice(["polakRibiere", "fletcherReeves"], { default: "polakRibiere", aka: ["beta", "variant"] }),
  /** The most iterations in a step, ≥ 1. Default 20. */
  maxIter: count({ default: 20, aka: ["maxIterations"] }),
  /** The number of iterations after which the direction is the gradient's again, ≥ 1. Default null: as many as there are parameters. */
  restart: count({ default: null, aka: ["restartEvery"] }),
  /** A step ends where no element of the gradient is larger, ≥ 0. Default 1e-7. */
  toleranceGrad: number({ default: 1e-7, min: 0, aka: ["gtol", "gradientTolerance"] }),
  /** A step ends where loss and parameters change by no more, ≥ 0. Default 1e-9. */
  toleranceChange: number({ default: 1e-9, min: 0, aka: ["ftol"] }),
});

export interface ConjugateGradientOptions extends OptionsOf<typeof CONJUGATE_GRADIENT> {}

/** What is left of the last iteration. */
interface Last {
  readonly direction: FloatArray;
  readonly gradient: FloatArray;
  /** How far along the direction the step went, and how steep the loss was there. */
  readonly t: number;
  readonly slope: number;
  /** Iterations since the direction was the gradient's. */
  readonly age: number;
}

/**
 * Nonlinear conjugate gradients: each direction keeps as much of the last one as would make both conjugate if the loss were quadratic.
 *
 *     d = −∇ₖ + β dₖ₋₁
 *     Fletcher–Reeves:  β = ∇ₖ·∇ₖ / ∇ₖ₋₁·∇ₖ₋₁
 *     Polak–Ribière+:   β = max(0, ∇ₖ·(∇ₖ − ∇ₖ₋₁) / ∇ₖ₋₁·∇ₖ₋₁)
 *     θ ← θ + t · d     t by a line search for the strong Wolfe conditions, c₂ = 0.1
 *
 * The direction becomes −∇ again after `restart` iterations, where two gradients are far from orthogonal
 * (|∇ₖ·∇ₖ₋₁| ≥ 0.2 ∇ₖ·∇ₖ: Powell), and where it would not lead down. It needs three vectors where L-BFGS needs 2 · historySize, and
 * more evaluations. A step makes up to `maxIter` iterations and takes a closure.
 *
 * PyTorch has no such optimizer. One group of parameters, no clipping.
 *
 * Nocedal, Wright: Numerical Optimization (2006), section 5.2.
 *
 * @throws ArgumentError for an unknown option or one outside its range, for groups of parameters, for a way to clip
 * @example
 * const optimizer = new ConjugateGradient(model.parameters());
 * const loss = optimizer.step(() => crossEntropy(model.forward(x), y));   // the loss before the step
 */
export class ConjugateGradient extends ClosureOptimizer<ConjugateGradientOptions> {
  static override readonly options = CONJUGATE_GRADIENT;

  #last: Last | null = null;

  protected override descend(start: Landscape, options: Settings<ConjugateGradientOptions>): void {
    const { maxIter, restart, toleranceGrad, toleranceChange, method } = options;
    const longest = restart ?? start.parameters.size;
    let here: Evaluated = start;
    let last = this.#last;
    for (let iteration = 0; iteration < maxIter && largest(here.gradient) > toleranceGrad; iteration++) {
      const { gradient, loss } = here;
      let age = last === null || last.age + 1 >= longest ? 0 : last.age + 1;
      let direction = scaled(-1, gradient);
      if (last !== null && age > 0) {
        if (areFarFromOrthogonal(gradient, last.gradient)) age = 0;
        else addTo(direction, keptShare(gradient, last.gradient, method), last.direction);
      }
      let slope = dot(gradient, direction);
      if (slope >= 0) {
        age = 0;
        direction = scaled(-1, gradient);
        slope = dot(gradient, direction);
      }
      if (slope > -toleranceChange) break;
      // As much of a change as in the iteration before, if the loss falls as fast as it looks.
      const guess = last === null ? Math.min(1, 1 / largest(gradient)) : (last.t * last.slope) / slope;
      const first = guess > 0 && guess < Infinity ? guess : 1;
      const found = searchAlong(start, direction, here, slope, first * start.learningRate, { c2: 0.1, toleranceChange });
      here = found;
      last = { direction, gradient, t: found.t, slope, age };
      if (found.t * largest(direction) <= toleranceChange || Math.abs(found.loss - loss) < toleranceChange) break;
    }
    this.#last = last;
  }

  protected override remember(): Memory {
    if (this.#last === null) return { numbers: {}, vectors: {} };
    const { direction, gradient, ...numbers } = this.#last;
    return { numbers, vectors: { direction, gradient } };
  }

  protected override recall(memory: Memory | null): () => void {
    const last = memory && {
      direction: recalled(memory.vectors, "direction"),
      gradient: recalled(memory.vectors, "gradient"),
      t: recalled(memory.numbers, "t"),
      slope: recalled(memory.numbers, "slope"),
      age: recalled(memory.numbers, "age"),
    };
    return () => {
      this.#last = last;
    };
  }
}

function areFarFromOrthogonal(gradient: FloatArray, before: FloatArray): boolean {
  return Math.abs(dot(gradient, before)) >= 0.2 * dot(gradient, gradient);
}

/** β */
function keptShare(gradient: FloatArray, before: FloatArray, method: "polakRibiere" | "fletcherReeves"): number {
  const square = dot(gradient, gradient);
  if (method === "fletcherReeves") return square / dot(before, before);
  return Math.max(0, (square - dot(gradient, before)) / dot(before, before));
}
