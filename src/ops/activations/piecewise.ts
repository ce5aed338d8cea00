import { ArgumentError } from "../../errors/errors.js";
import { message } from "../../errors/message.js";
import { defineOp, type Unary } from "../../graph/define.js";
import * as kernels from "../../kernels/generated.js";
import { declare, type OptionsOf } from "../../options/declare.js";
import { flag, number } from "../../options/kinds.js";
import type { Tensor } from "../../tensor/tensor.js";
import { composed } from "../activation.js";
import { clamp } from "../arithmetic.js";
import { where } from "../compare.js";
import { zerosLike } from "../creation.js";

/**
 * Activations in straight pieces, element by element. Shape: any → same; integers become float32; NaN stays NaN. Where pieces meet,
 * the gradient is PyTorch's.
 */

const HEAVISIDE = declare("heaviside", {
  /** Whether backward passes g through as if y were x. Default false: the gradient is 0. */
  straightThrough: flag({ default: false }),
});

/** Options of `heaviside`. */
export interface HeavisideOptions extends OptionsOf<typeof HEAVISIDE> {}

/**
 * Binary threshold: y = 1 where x > 0, else 0, also at 0. Rosenblatt 1958.
 *
 * The step is flat on both sides, so its gradient is 0 everywhere: whatever stands in front of it learns nothing by backward. With
 * `straightThrough` the gradient is dx = g instead, which is no derivative but an estimate that lets binary units learn; Bengio,
 * Léonard and Courville, arXiv 1308.3432. torch.heaviside takes the value at 0 as an argument and has no gradient at all.
 * @param options.straightThrough default false
 * @throws ArgumentError for another option
 * @example heaviside(tensor([-1, 0, 2]))   // [0, 0, 1]
 */
export const heaviside: (x: Tensor, options?: HeavisideOptions) => Tensor = composed(HEAVISIDE, (x, settings) => step(x, settings), {
  aka: ["binaryThreshold", "binaryStep", "unitStep", "step"],
});

const step: (x: Tensor, settings: { straightThrough: boolean }) => Tensor = defineOp({
  name: "heaviside",
  inputs: ["x"],
  shape: ({ x }) => x.shape,
  forward: ({ x, out }) => {
    // The sign without what is negative: NaN stays.
    kernels.sign({ x: x.at, out: out.at }, 0, out.size, out.dtype);
    kernels.relu({ x: out.at, out: out.at }, 0, out.size, out.dtype);
  },
  grad: { x: (g, _, { straightThrough }: { straightThrough: boolean }) => (straightThrough ? g : zerosLike(g)) },
});

const THRESHOLD = declare("threshold", {
  /** What x must exceed, finite. Default 0. */
  threshold: number({ default: 0 }),
  /** The result where it does not, finite. Default 0. */
  value: number({ default: 0 }),
});

/** Options of `threshold`. */
export interface ThresholdOptions extends OptionsOf<typeof THRESHOLD> {}

/**
 * y = x where x > threshold, else value. Gradient: dx = g where x > threshold, else 0. PyTorch's has no defaults; here they are relu's.
 * @param options.threshold finite, default 0
 * @param options.value finite, default 0
 * @throws ArgumentError for a value that is no finite number
 * @example threshold(tensor([-1, 0.2, 2]), { threshold: 0.5, value: -3 })   // [-3, -3, 2]
 */
export const threshold: (x: Tensor, options?: ThresholdOptions) => Tensor = composed(THRESHOLD, above);

function above(x: Tensor, { threshold, value }: { threshold: number; value: number }): Tensor {
  return where(x.le(threshold), value, x);
}

const THRESHOLDED_RELU = declare("thresholdedRelu", {
  /** What x must exceed, ≥ 0. Default 1. */
  theta: number({ default: 1, min: 0 }),
});

/** Options of `thresholdedRelu`. */
export interface ThresholdedReluOptions extends OptionsOf<typeof THRESHOLDED_RELU> {}

/**
 * y = x where x > θ, else 0; as Keras's ThresholdedReLU. Gradient: dx = g where x > θ, else 0. Konda, Memisevic and Krueger,
 * arXiv 1402.3337.
 * @param options.theta θ ≥ 0, default 1
 * @throws ArgumentError if theta is not a number ≥ 0
 * @example thresholdedRelu(tensor([-2, 0.5, 2]))   // [0, 0, 2]
 */
export const thresholdedRelu: (x: Tensor, options?: ThresholdedReluOptions) => Tensor = composed(
  THRESHOLDED_RELU,
  (x, { theta }) => above(x, { threshold: theta, value: 0 }),
  { initializer: "heNormal", dies: true },
);

const HARD_TANH = declare("hardTanh", {
  /** The least result, finite. Default −1. */
  min: number({ default: -1, aka: ["minVal"] }),
  /** The greatest result, finite, > min. Default 1. */
  max: number({ default: 1, aka: ["maxVal"] }),
});

/** Options of `hardTanh`. */
export interface HardTanhOptions extends OptionsOf<typeof HARD_TANH> {}

/**
 * y = min(max(x, min), max): tanh in straight lines. Gradient: dx = g where min < x < max, else 0, also at both ends, where that of
 * `clamp` is g. Collobert 2004.
 * @param options.min finite, default −1
 * @param options.max finite, default 1
 * @throws ArgumentError unless min < max, both finite
 * @example hardTanh(tensor([-3, 0.5, 3]))   // [-1, 0.5, 1]
 */
export const hardTanh: (x: Tensor, options?: HardTanhOptions) => Tensor = composed(
  HARD_TANH,
  (x, { min, max }) => {
    if (min >= max) throw new ArgumentError(message("hardTanh", `min ${min}, max ${max}; expected min < max`));
    return between(x, { min, max });
  },
  { asymptotes: [-1, 1] },
);

/** Like `clamp`, but flat at the limits themselves: the result tells the gradient. */
const between: (x: Tensor, limits: { min: number; max: number }) => Tensor = defineOp({
  name: "hardTanh",
  inputs: ["x"],
  save: ["out"],
  shape: ({ x }) => x.shape,
  forward: ({ x, out }, { min, max }: { min: number; max: number }) =>
    kernels.clamp({ x: x.at, out: out.at, min, max }, 0, out.size, out.dtype),
  grad: { x: (g, { out }, { min, max }) => where(out.le(min), 0, where(out.ge(max), 0, g)) },
});

/**
 * y = min(max(x, 0), 6): relu that stays representable in few bits. Gradient: dx = g where 0 < x < 6, else 0. Krizhevsky 2010; it is
 * `hardTanh` from 0 to 6.
 * @example relu6(tensor([-1, 3, 8]))   // [0, 3, 6]
 */
export const relu6: Unary = composed(declare("relu6", {}), (x) => between(x, { min: 0, max: 6 }), { initializer: "heNormal", dies: true });

/**
 * y = x · min(max(x + 3, 0), 6) / 6: silu in pieces. Gradient: dx = g · (x/3 + ½) where −3 ≤ x < 3, else 0 below and g above. Howard et
 * al., arXiv 1905.02244.
 *
 * At −3 the gradient is −g/2, as in PyTorch up to version 2.6; later ones have 0 there.
 * @example hardSwish(tensor([-4, 1.5, 4]))   // [0, 1.125, 4]
 */
export const hardSwish: Unary = composed(
  declare("hardSwish", {}),
  (x) => {
    // The parabola is computed within ±3 alone, so that nothing is ∞ · 0.
    const c = clamp(x, -3, 3);
    return where(x.ge(3), x, c.mul(c.add(3)).div(6));
  },
  { initializer: "heNormal", aka: ["hardSilu"] },
);

const LAMBDA = number({ default: 0.5, min: 0, aka: ["lambd"] });

const SOFTSHRINK = declare("softshrink", {
  /** Half of the width of what becomes 0, ≥ 0. Default 0.5. */
  lambda: LAMBDA,
});
const HARDSHRINK = declare("hardshrink", {
  /** Half of the width of what becomes 0, ≥ 0. Default 0.5. */
  lambda: LAMBDA,
});

/** Options of `softshrink` and `hardshrink`. */
export interface ShrinkOptions extends OptionsOf<typeof SOFTSHRINK> {}

/**
 * y = x − λ where x > λ, x + λ where x < −λ, else 0: the proximal step of λ|x|. Gradient: dx = g where |x| > λ, else 0. Donoho 1995.
 * @param options.lambda λ ≥ 0, default 0.5
 * @throws ArgumentError if lambda is not a number ≥ 0
 * @example softshrink(tensor([-2, 0.3, 2]))   // [-1.5, 0, 1.5]
 */
export const softshrink: (x: Tensor, options?: ShrinkOptions) => Tensor = composed(SOFTSHRINK, (x, { lambda }) =>
  x.sub(clamp(x, -lambda, lambda)),
);

/**
 * y = x where |x| > λ, else 0. Gradient: dx = g where |x| > λ, else 0. Donoho and Johnstone 1994.
 * @param options.lambda λ ≥ 0, default 0.5; unlike in PyTorch a negative one, which changes nothing, is refused
 * @throws ArgumentError if lambda is not a number ≥ 0
 * @example hardshrink(tensor([-2, 0.3, 2]))   // [-2, 0, 2]
 */
export const hardshrink: (x: Tensor, options?: ShrinkOptions) => Tensor = composed(HARDSHRINK, (x, { lambda }) =>
  where(x.abs().le(lambda), 0, x),
);
