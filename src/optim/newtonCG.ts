import { alongHessian } from "../graph/higher.js";
import type { FloatArray } from "../memory/views.js";
import { declare, type OptionsOf } from "../options/declare.js";
import { count, number } from "../options/kinds.js";
import { tensor } from "../tensor/creation.js";
import { ClosureOptimizer, type Landscape, type Memory } from "./closure.js";
import { addTo, dot, largest, scaled } from "./flatParameters.js";
import type { Settings } from "./group.js";
import { learningRate } from "./options.js";
import { searchAlong } from "./searchAlong.js";
import type { Evaluated } from "./strongWolfe.js";

const NEWTON_CG = declare("NewtonCG", {
  /** Finite number ≥ 0, or a schedule: the length that the line search tries first, in units of the Newton step. Default 1. */
  learningRate: learningRate(1),
  /** The most iterations in a step, ≥ 1. Default 5. */
  maxIter: count({ default: 5, aka: ["maxIterations"] }),
  /** The most products with the Hessian in an iteration, ≥ 1. Default 50. */
  maxProducts: count({ default: 50, aka: ["maxCG", "cgIterations"] }),
  /** η: how near the solution of Newton's equations must come, relative to the gradient, from above 0 to below 1. Default 0.01. */
  forcing: number({ default: 0.01, above: 0, below: 1, aka: ["eta"] }),
  /** A step ends where no element of the gradient is larger, ≥ 0. Default 1e-7. */
  toleranceGrad: number({ default: 1e-7, min: 0, aka: ["gtol", "gradientTolerance"] }),
  /** A step ends where loss and parameters change by no more, ≥ 0. Default 1e-9. */
  toleranceChange: number({ default: 1e-9, min: 0, aka: ["ftol", "xtol"] }),
});

export interface NewtonCGOptions extends OptionsOf<typeof NEWTON_CG> {}

/**
 * Newton-CG, also called Hessian-free: Newton's equations are solved by conjugate gradients, which need products of the Hessian with
 * vectors (as `hvp` computes them) instead of the Hessian.
 *
 *     H d = −∇          until ‖H d + ∇‖ ≤ min(η, √‖∇‖) · ‖∇‖, or a direction is found along which the loss is not bent upwards
 *     θ ← θ + t · d     t by a line search for the strong Wolfe conditions, c₂ = 0.9
 *
 * A step makes up to `maxIter` iterations. The closure must return the loss with its graph: `backward` must not have consumed it. All of
 * its operations must be twice differentiable. Where `fit` gathers several batches for a step, the curvature is that of the first.
 *
 * PyTorch has no such optimizer. The book takes η = 0.5, which makes the first iterations in a narrow valley those of gradient descent.
 * It keeps nothing from step to step. One group of parameters, no clipping.
 *
 * Nocedal, Wright: Numerical Optimization (2006), algorithm 7.1; Martens: Deep learning via Hessian-free optimization (ICML 2010).
 *
 * @throws ArgumentError for an unknown option or one outside its range, for groups of parameters, for a way to clip
 * @example
 * const optimizer = new NewtonCG(model.parameters());
 * const loss = optimizer.step(() => crossEntropy(model.forward(x), y));   // the loss before the step
 */
export class NewtonCG extends ClosureOptimizer<NewtonCGOptions> {
  static override readonly options = NEWTON_CG;

  protected override descend(start: Landscape, options: Settings<NewtonCGOptions>): void {
    const { maxIter, toleranceGrad, toleranceChange } = options;
    let here: Evaluated = start;
    for (let iteration = 0; iteration < maxIter && largest(here.gradient) > toleranceGrad; iteration++) {
      const { gradient, loss } = here;
      const direction = newtonDirection(start, gradient, options);
      const slope = dot(gradient, direction);
      if (slope > -toleranceChange) break;
      const found = searchAlong(start, direction, here, slope, start.learningRate, { c2: 0.9, toleranceChange });
      here = found;
      if (found.t * largest(direction) <= toleranceChange || Math.abs(found.loss - loss) < toleranceChange) break;
    }
  }

  protected override remember(): Memory {
    return { numbers: {}, vectors: {} };
  }

  protected override recall(): () => void {
    return () => {};
  }
}

/** An approximate solution of H d = −∇ that leads down. */
function newtonDirection({ parameters, graph }: Landscape, gradient: FloatArray, options: Ending): FloatArray {
  const trained = parameters.parameters.filter(({ requiresGrad }) => requiresGrad);
  return alongHessian("NewtonCG", graph, trained, (product) => {
    const hessianTimes = (v: FloatArray): FloatArray => {
      const vectors = parameters.split(v).flatMap((part, i) => {
        const { requiresGrad, shape, dtype } = parameters.parameters[i];
        return requiresGrad ? [tensor(part, { shape, dtype })] : [];
      });
      const products = product(vectors);
      return parameters.join((parameter) => (parameter.requiresGrad ? products[trained.indexOf(parameter)].view() : null));
    };
    return truncatedCG(hessianTimes, gradient, options);
  });
}

/** When the solution of Newton's equations ends. */
type Ending = Pick<Settings<NewtonCGOptions>, "maxProducts" | "forcing">;

/** Conjugate gradients for H d = −∇, which end early: near enough, or where H is not positive. */
function truncatedCG(hessianTimes: (v: FloatArray) => FloatArray, gradient: FloatArray, { maxProducts, forcing }: Ending): FloatArray {
  const d = gradient.slice().fill(0);
  const residual = gradient.slice();
  const p = scaled(-1, gradient);
  let square = dot(residual, residual);
  const norm = Math.sqrt(square);
  const enough = Math.min(forcing, Math.sqrt(norm)) * norm;
  for (let i = 0; i < maxProducts; i++) {
    const hp = hessianTimes(p);
    const curvature = dot(p, hp);
    // Not bent upwards along p: what was found so far leads down, and at first the gradient itself does.
    if (!(curvature > 0)) return i === 0 ? p : d;
    const alpha = square / curvature;
    addTo(d, alpha, p);
    addTo(residual, alpha, hp);
    const next = dot(residual, residual);
    if (Math.sqrt(next) <= enough) break;
    const beta = next / square;
    for (let j = 0; j < p.length; j++) p[j] = beta * p[j] - residual[j];
    square = next;
  }
  return d;
}
