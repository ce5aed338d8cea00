import { defineOp } from "../graph/define.js";
import * as kernels from "../kernels/generated.js";
import { type Shape, sizeOf } from "../tensor/shape.js";
import type { Tensor } from "../tensor/tensor.js";

interface Attributes {
  /** How many of the last axes are normalised together. */
  readonly axes: number;
  readonly epsilon: number;
  /** Whether the mean is subtracted; without, the variance is the mean square: root mean square normalisation. Default true. */
  readonly centered?: boolean;
}

/**
 * y = (x − mean) / √(variance + ε) · weight + bias, with the mean and the biased variance over the last axes of each sample; or, not
 * centered, as if the mean were 0.
 * Shape:     x [..., ...normalised], weight and bias [...normalised] or null → as x
 * Gradient:  dbias = Σ g, dweight = Σ g · x̂ over the other axes; dx = s · (h − mean h − x̂ · mean(h · x̂)), h = g · weight,
 *            s = 1 / √(variance + ε)
 * Ba, Kiros and Hinton, arXiv 1607.06450, 2016; not centered: Zhang and Sennrich, arXiv 1910.07467, 2019.
 * @internal
 */
export const layerNorm: (x: Tensor, weight: Tensor | null, bias: Tensor | null, attributes: Attributes) => Tensor = defineOp({
  name: "layerNorm",
  inputs: ["x", "weight?", "bias?"],
  save: ["x", "weight"],
  shape: ({ x }, _: Attributes) => x.shape,
  workspace: ({ x }, { axes }) => 2 * view(x, axes).rows,
  forward: ({ x, weight, bias, workspace, out }, { axes, epsilon, centered = true }) => {
    const { rows, columns } = view(x, axes);
    const operands = { x: x.at, weight: weight?.at ?? 0, bias: bias?.at ?? 0, out: out.at, saved: workspace.at };
    kernels.layerNorm({ ...operands, columns, epsilon, centered: Number(centered) }, 0, rows, x.dtype);
  },
  grad: {
    x: (g, { x, weight }, attributes) => {
      const { centered = true } = attributes;
      const over = last(attributes.axes);
      const { normal, scale } = normalised(x, attributes);
      const h = weight === null ? g : g.mul(weight);
      const dx = centered ? h.sub(h.mean(over, { keepDims: true })) : h;
      return dx.sub(normal.mul(h.mul(normal).mean(over, { keepDims: true }))).mul(scale);
    },
    weight: (g, { x }, attributes) => g.mul(normalised(x, attributes).normal).sum(leading(x.shape, attributes.axes)),
    bias: (g, _, { axes }) => g.sum(leading(g.shape, axes)),
  },
  backward: (pass, { x, weight, workspace }, { axes, centered = true }) => {
    const { rows, columns } = view(x, axes);
    const common = { g: pass.g.at, x: x.at, saved: workspace.at, columns };
    const toWeight = pass.wanted("weight") ? pass.into("weight") : null;
    const toBias = pass.wanted("bias") ? pass.into("bias") : null;
    if (toWeight !== null || toBias !== null) {
      const to = { weightGrad: toWeight?.at ?? 0, biasGrad: toBias?.at ?? 0 };
      const betas = { weightBeta: toWeight?.beta ?? 0, biasBeta: toBias?.beta ?? 0 };
      kernels.layerNormSums({ ...common, ...to, ...betas, rows }, 0, columns, x.dtype);
    }
    if (pass.wanted("x")) {
      const to = { weight: weight?.at ?? 0, out: pass.whole("x").at, centered: Number(centered) };
      kernels.layerNormGrad({ ...common, ...to }, 0, rows, x.dtype);
    }
  },
});

function view({ shape }: { readonly shape: Shape }, axes: number): { rows: number; columns: number } {
  return { rows: sizeOf(shape.slice(0, -axes)), columns: sizeOf(shape.slice(-axes)) };
}

function last(axes: number): number[] {
  return Array.from({ length: axes }, (_, i) => -1 - i);
}

function leading(shape: Shape, axes: number): number[] {
  return shape.map((_, axis) => axis).slice(0, -axes);
}

function normalised(x: Tensor, { axes, epsilon, centered = true }: Attributes): { normal: Tensor; scale: Tensor } {
  const over = last(axes);
  const deviation = centered ? x.sub(x.mean(over, { keepDims: true })) : x;
  const scale = deviation.mul(deviation).mean(over, { keepDims: true }).add(epsilon).sqrt().reciprocal();
  return { normal: deviation.mul(scale), scale };
}
