import type { FloatArray } from "../memory/views.js";
import { declare, type OptionsOf } from "../options/declare.js";
import { count, number } from "../options/kinds.js";
import { option } from "../options/option.js";
import { ClosureOptimizer, type Landscape, type Memory, recalled } from "./closure.js";
import { addTo, dot, largest, scaled } from "./flatParameters.js";
import type { Settings } from "./group.js";
import { learningRate } from "./options.js";
import { searchAlong } from "./searchAlong.js";
import type { Evaluated } from "./strongWolfe.js";

const isLineSearch = (value: unknown): boolean => value === "strongWolfe" || value === "strong_wolfe";

const LBFGS_OPTIONS = declare("LBFGS", {
  /** Finite number ≥ 0, or a schedule: the length of a step in units of the quasi-Newton step. Default 1. */
  learningRate: learningRate(1),
  /** The most iterations in a step, ≥ 1. Default 20. */
  maxIter: count({ default: 20, aka: ["maxIterations"] }),
  /** The number of evaluations in a step after which no iteration begins, ≥ 1. Default null: 1.25 · maxIter, rounded down. */
  maxEval: count({ default: null, aka: ["maxEvaluations"] }),
  /** A step ends where no element of the gradient is larger, ≥ 0. Default 1e-7. */
  toleranceGrad: number({ default: 1e-7, min: 0, aka: ["gtol", "gradientTolerance"] }),
  /** A step ends where loss and parameters change by no more, ≥ 0. Default 1e-9. */
  toleranceChange: number({ default: 1e-9, min: 0, aka: ["ftol"] }),
  /** How many iterations the curvature is known of, ≥ 1; each takes two vectors as long as the parameters. Default 100. */
  historySize: count({ default: 100, aka: ["history", "memory", "m"] }),
  /** "strongWolfe" (PyTorch writes strong_wolfe) looks for a good length; null takes the learning rate. Default null. */
  lineSearch: option<"strongWolfe" | "strong_wolfe", { default: null; aka: string[] }>('"strongWolfe"', isLineSearch, {
    default: null,
    aka: ["lineSearchFn"],
  }),
});

export interface LBFGSOptions extends OptionsOf<typeof LBFGS_OPTIONS> {}

/** A pair that tells the curvature: by how much the gradient changed along a step. */
interface Pair {
  readonly y: FloatArray;
  readonly s: FloatArray;
  /** 1/(y·s) */
  readonly ro: number;
}

/** What is left of the last iteration. */
interface Last {
  readonly direction: FloatArray;
  readonly gradient: FloatArray;
  readonly t: number;
  /** The first guess of the inverse Hessian is this times the identity. */
  readonly scale: number;
  readonly pairs: readonly Pair[];
}

/**
 * L-BFGS: a quasi-Newton method, whose steps follow −H∇ with an inverse Hessian H that is guessed from the last changes of the gradient.
 *
 *     s = θₖ₊₁ − θₖ,  y = ∇ₖ₊₁ − ∇ₖ                  kept if y·s > 1e-10
 *     H₀ = (y·s)/(y·y),  d = −H∇ by the two-loop recursion
 *     θ ← θ + t · d      t = learningRate, in the first iteration times min(1, 1/Σ|∇|), or as the line search finds it
 *
 * A step makes up to `maxIter` iterations, for which it evaluates the loss again and again: it takes a closure. It suits whole data
 * sets, or large batches, of models with up to a few million parameters. Sums are in float64, vectors have the parameters' type.
 *
 * As PyTorch's LBFGS, its defaults too. One group of parameters, no clipping.
 *
 * Liu, Nocedal: On the limited memory BFGS method for large scale optimization (Mathematical Programming 45, 1989).
 *
 * @throws ArgumentError for an unknown option or one outside its range, for groups of parameters, for a way to clip
 * @example
 * const optimizer = new LBFGS(model.parameters(), { lineSearch: "strongWolfe" });
 * const loss = optimizer.step(() => crossEntropy(model.forward(x), y));   // the loss before the step
 */
export class LBFGS extends ClosureOptimizer<LBFGSOptions> {
  static override readonly options = LBFGS_OPTIONS;

  #last: Last | null = null;

  protected override descend(start: Landscape, options: Settings<LBFGSOptions>): void {
    const { parameters, evaluate, learningRate } = start;
    const { maxIter, toleranceGrad, toleranceChange, historySize, lineSearch } = options;
    const maxEval = options.maxEval ?? Math.floor((maxIter * 5) / 4);
    let here: Evaluated = start;
    if (largest(here.gradient) <= toleranceGrad) return;
    let last = this.#last;
    let evaluations = 1;
    for (let iteration = 1; ; iteration++) {
      const { gradient, loss } = here;
      const { scale, pairs } = last === null ? { scale: 1, pairs: [] } : curvature(last, gradient, historySize);
      const direction = last === null ? scaled(-1, gradient) : descent(gradient, scale, pairs);
      const first: boolean = last === null;
      let t = first ? Math.min(1, 1 / absoluteSum(gradient)) * learningRate : learningRate;
      last = { direction, gradient, t, scale, pairs };
      const slope = dot(gradient, direction);
      if (slope > -toleranceChange) break;
      if (lineSearch === null) {
        parameters.move(t, direction);
        // In the last iteration nobody would look at what is found there.
        if (iteration === maxIter) break;
        here = evaluate();
        evaluations++;
      } else {
        const found = searchAlong(start, direction, here, slope, t, { c2: 0.9, toleranceChange: 1e-9 });
        evaluations += found.evaluations;
        here = found;
        t = found.t;
        last = { ...last, t };
      }
      if (iteration === maxIter || evaluations >= maxEval) break;
      if (largest(here.gradient) <= toleranceGrad) break;
      if (Math.abs(t) * largest(direction) <= toleranceChange || Math.abs(here.loss - loss) < toleranceChange) break;
    }
    this.#last = last;
  }

  protected override remember(): Memory {
    if (this.#last === null) return { numbers: {}, vectors: {} };
    const { direction, gradient, t, scale, pairs } = this.#last;
    const vectors = pairs.flatMap(({ y, s }, i) => [[`y${i}`, y] as const, [`s${i}`, s] as const]);
    const inverses = pairs.map(({ ro }, i) => [`ro${i}`, ro] as const);
    return {
      numbers: { t, scale, pairs: pairs.length, ...Object.fromEntries(inverses) },
      vectors: { direction, gradient, ...Object.fromEntries(vectors) },
    };
  }

  protected override recall(memory: Memory | null): () => void {
    let last: Last | null = null;
    if (memory !== null) {
      const { numbers, vectors } = memory;
      const pairs = Array.from({ length: recalled(numbers, "pairs") }, (_, i) => ({
        y: recalled(vectors, `y${i}`),
        s: recalled(vectors, `s${i}`),
        ro: recalled(numbers, `ro${i}`),
      }));
      last = {
        direction: recalled(vectors, "direction"),
        gradient: recalled(vectors, "gradient"),
        t: recalled(numbers, "t"),
        scale: recalled(numbers, "scale"),
        pairs,
      };
    }
    return () => {
      this.#last = last;
    };
  }
}

/** What is known of the curvature, with what the last iteration has shown. */
function curvature({ direction, gradient: before, t, scale, pairs }: Last, gradient: FloatArray, historySize: number) {
  const y = addTo(gradient.slice(), -1, before);
  const s = scaled(t, direction);
  const ys = dot(y, s);
  if (!(ys > 1e-10)) return { scale, pairs };
  const kept = pairs.length >= historySize ? pairs.slice(pairs.length - historySize + 1) : pairs;
  return { scale: ys / dot(y, y), pairs: [...kept, { y, s, ro: 1 / ys }] };
}

/** −H∇, by the two-loop recursion. */
function descent(gradient: FloatArray, scale: number, pairs: readonly Pair[]): FloatArray {
  const q = scaled(-1, gradient);
  const alphas: number[] = [];
  for (let i = pairs.length - 1; i >= 0; i--) {
    const { y, s, ro } = pairs[i];
    alphas[i] = dot(s, q) * ro;
    addTo(q, -alphas[i], y);
  }
  const d = scaled(scale, q);
  for (const [i, { y, s, ro }] of pairs.entries()) addTo(d, alphas[i] - dot(y, d) * ro, s);
  return d;
}

function absoluteSum(x: FloatArray): number {
  let sum = 0;
  for (let i = 0; i < x.length; i++) sum += Math.abs(x[i]);
  return sum;
}
