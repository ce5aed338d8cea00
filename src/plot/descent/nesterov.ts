import { grad } from "../../graph/backward.js";
import { tensor } from "../../tensor/creation.js";
import type { LossOfTwo } from "./path.js";

export type Vector = readonly [x: number, y: number];

/** Where a step goes, and of what it is made: momentum · velocity, and −rate · gradient. */
export interface MomentumStep {
  /** How far the velocity alone would go. */
  readonly coasting: Vector;
  /** Where the gradient is taken. */
  readonly at: Vector;
  /** −rate · gradient there. */
  readonly descent: Vector;
  /** Where the step ends. */
  readonly end: Vector;
}

export interface MomentumSettings {
  readonly from: Vector;
  /** The step before. */
  readonly velocity: Vector;
  readonly learningRate: number;
  readonly momentum: number;
}

/** A step with momentum, v ← μv − α∇L(θ), θ ← θ + v; or Nesterov's, whose gradient is that at θ + μv. */
export function momentumStep(
  loss: LossOfTwo,
  { from, velocity, learningRate, momentum }: MomentumSettings,
  nesterov: boolean,
): MomentumStep {
  const coasting: Vector = [momentum * velocity[0], momentum * velocity[1]];
  const ahead = plus(from, coasting);
  const at = nesterov ? ahead : from;
  const [gx, gy] = gradientOf(loss, at);
  const descent: Vector = [-learningRate * gx, -learningRate * gy];
  return { coasting, at, descent, end: plus(ahead, descent) };
}

export function plus(a: Vector, b: Vector): Vector {
  return [a[0] + b[0], a[1] + b[1]];
}

/** The gradient of a loss of two numbers, which backward computes in float64. */
export function gradientOf(loss: LossOfTwo, at: Vector): Vector {
  const [x, y] = at.map((value) => tensor([value], { dtype: "float64", requiresGrad: true }));
  const found = grad(loss(x, y).sum(), [x, y], { allowUnused: true });
  const [gx, gy] = found.map((gradient) => gradient?.data[0] ?? 0);
  return [gx, gy];
}
