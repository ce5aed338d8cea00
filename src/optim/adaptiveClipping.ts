import { noGrad } from "../graph/mode.js";
import type { Parameter } from "../graph/parameter.js";
import { Tensor } from "../tensor/tensor.js";

/** The least norm that a unit's weights count with: units that begin at zero could not move otherwise. */
export const LEAST_NORM = 1e-3;

/**
 * Scales the gradient of each unit of a parameter so that its norm is at most `clipping` times that of the unit's weights. A unit is what
 * one element of the first axis holds, and a vector as a whole.
 */
export function clipAdaptively(parameter: Parameter, clipping: number, least: number, op: string): void {
  noGrad(() => {
    const gradient = new Tensor(parameter.gradientStorage(), parameter.shape);
    const most = unitNorm(parameter).maximum(least).mul(clipping);
    gradient.assign(gradient.mul(most.div(unitNorm(gradient)).minimum(1)));
  });
  parameter.gradientChanged(op);
}

function unitNorm(x: Tensor): Tensor {
  const axes = x.shape.map((_, axis) => axis);
  return x.norm(x.rank > 1 ? axes.slice(1) : axes, { keepDims: true });
}
