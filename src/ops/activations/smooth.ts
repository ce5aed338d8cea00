import type { Unary } from "../../graph/define.js";
import { declare, type OptionsOf } from "../../options/declare.js";
import { number } from "../../options/kinds.js";
import type { Tensor } from "../../tensor/tensor.js";
import { composed } from "../activation.js";
import { relu, silu, softplus, tanh } from "../activations.js";
import { clamp } from "../arithmetic.js";
import { expm1 } from "../elementary.js";

/** Smooth activations, element by element. Shape: any → same; integers become float32; NaN stays NaN. Formulas are PyTorch's. */

const CELU = declare("celu", {
  /** The limit of −y for large negative x, > 0. Default 1. */
  alpha: number({ default: 1, above: 0 }),
});

/** Options of `celu`. */
export interface CeluOptions extends OptionsOf<typeof CELU> {}

/**
 * y = max(x, 0) + min(0, α(e^(x/α) − 1)): elu whose slope at 0 is 1 for every α. Gradient: dx = g where x > 0, else g · e^(x/α).
 * Barron, arXiv 1704.07483.
 * @param options.alpha α > 0, default 1; unlike in PyTorch a negative one is refused
 * @throws ArgumentError if alpha is not a number > 0
 * @example celu(tensor([-1, 2]), { alpha: 2 })   // [-0.7869, 2]
 */
export const celu: (x: Tensor, options?: CeluOptions) => Tensor = composed(
  CELU,
  // What is positive does not come near the exponential, which would overflow.
  (x, { alpha }) => relu(x).add(expm1(clamp(x, -Infinity, 0).div(alpha)).mul(alpha)),
  { initializer: "heNormal" },
);

/** y = x − tanh x. Gradient: dx = g · tanh² x. @example tanhshrink(tensor([-1, 0, 1]))   // [-0.2384, 0, 0.2384] */
export const tanhshrink: Unary = composed(declare("tanhshrink", {}), (x) => x.sub(tanh(x)));

/**
 * y = x / (1 + |x|): it saturates more gently than tanh. Gradient: dx = g / (1 + |x|)². Glorot and Bengio, AISTATS 2010.
 * @example softsign(tensor([-1, 0, 3]))   // [-0.5, 0, 0.75]
 */
export const softsign: Unary = composed(declare("softsign", {}), (x) => x.div(x.abs().add(1)), { asymptotes: [-1, 1] });

const SWISH = declare("swish", {
  /** How sharply it turns, finite: 0 gives x/2, large values come near relu. Default 1. */
  beta: number({ default: 1 }),
});

/** Options of `swish`. */
export interface SwishOptions extends OptionsOf<typeof SWISH> {}

/**
 * y = x · σ(βx); with β = 1 it is `silu`. Gradient: dx = g · (σ(βx) + βx · σ(βx)(1 − σ(βx))). Ramachandran, Zoph and Le,
 * arXiv 1710.05941; the layer `Swish` learns β.
 * @param options.beta β, finite, default 1
 * @throws ArgumentError if beta is not a finite number
 * @example swish(tensor([-1, 1]), { beta: 2 })   // [-0.1192, 0.8808]
 */
export const swish: (x: Tensor, options?: SwishOptions) => Tensor = composed(SWISH, (x, { beta }) => sharpened(x, beta), {
  initializer: "heNormal",
});

/** x · σ(βx) by way of silu, which has a kernel and goes to 0 at −∞. */
function sharpened(x: Tensor, beta: number): Tensor {
  if (beta === 0) return x.mul(0.5);
  return beta === 1 ? silu(x) : silu(x.mul(beta)).div(beta);
}

/**
 * y = x · σ(1.702x): the form of gelu by sigmoid, off by at most 0.0203. Gradient: that of `swish` with β = 1.702. Hendrycks and Gimpel,
 * arXiv 1606.08415.
 * @example geluSigmoid(tensor([-1, 1]))   // [-0.1542, 0.8458]
 */
export const geluSigmoid: Unary = composed(declare("geluSigmoid", {}), (x) => sharpened(x, 1.702), {
  initializer: "heNormal",
  aka: ["quickGelu", "geluQuick"],
});

/**
 * y = x · tanh(ln(1 + eˣ)). Gradient: dx = g · (t + x(1 − t²)σ(x)), t = tanh(ln(1 + eˣ)). Misra, arXiv 1908.08681.
 * @example mish(tensor([-1, 1]))   // [-0.3034, 0.8651]
 */
export const mish: Unary = composed(declare("mish", {}), (x) => x.mul(tanh(softplus(x))), { initializer: "heNormal" });

/**
 * y = ln σ(x) = −ln(1 + e⁻ˣ), without overflow. Gradient: dx = g · σ(−x).
 * @example logSigmoid(tensor([0, -200]))   // [-0.6931, -200]
 */
export const logSigmoid: Unary = composed(declare("logSigmoid", {}), (x) => softplus(x.neg()).neg());
