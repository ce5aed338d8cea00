import { defineOp } from "../graph/define.js";
import * as kernels from "../kernels/generated.js";
import type { Tensor } from "../tensor/tensor.js";
import { derivative } from "./elementwise.js";

/**
 * Gradients of the activations whose result tells their slope, as operations: shared by the activations themselves and by the
 * products that end in one (see epilogue.ts).
 */

/** g where y > 0, else 0. */
export const reluGrad: (g: Tensor, y: Tensor) => Tensor = derivative("reluGrad", kernels.reluGrad);

/** g · (1 − y²) */
export const tanhGrad: (g: Tensor, y: Tensor) => Tensor = derivative("tanhGrad", kernels.tanhGrad, (gg, g, y) => gg.mul(g).mul(y).mul(-2));

/** g where x > 0, else slope · g. With a slope ≥ 0 the result does as well as x. */
export const leakyReluGrad: (g: Tensor, x: Tensor, attributes: { slope: number }) => Tensor = defineOp({
  name: "leakyReluGrad",
  inputs: ["g", "x"],
  save: ["x"],
  shape: ({ g }) => g.shape,
  forward: ({ g, x, out }, { slope }: { slope: number }) =>
    kernels.leakyReluGrad({ g: g.at, saved: x.at, out: out.at, slope }, 0, out.size, out.dtype),
  grad: { g: (gg, { x }, attributes) => leakyReluGrad(gg, x, attributes) },
});

/** g where y > 0, else g · (y + α). */
export const eluGrad: (g: Tensor, y: Tensor, attributes: { alpha: number }) => Tensor = defineOp({
  name: "eluGrad",
  inputs: ["g", "y"],
  save: ["g", "y"],
  shape: ({ g }) => g.shape,
  forward: ({ g, y, out }, { alpha }: { alpha: number }) =>
    kernels.eluGrad({ g: g.at, saved: y.at, out: out.at, alpha }, 0, out.size, out.dtype),
  grad: {
    g: (gg, { y }, attributes) => eluGrad(gg, y, attributes),
    // The factor is y + α below 0 and constant above.
    y: (gg, { g, y }) => gg.mul(g).mul(y.lt(0).cast(y.dtype)),
  },
});
