import { defineOp, type Unary } from "../graph/define.js";
import * as kernels from "../kernels/generated.js";
import { checkNumber, checkTensor } from "../tensor/check.js";
import type { Tensor } from "../tensor/tensor.js";
import { eluGrad, leakyReluGrad, reluGrad, tanhGrad } from "./activationGradients.js";
import { derivative, elementwise } from "./elementwise.js";
import { floating } from "./operands.js";
import { rememberLogits } from "./squashed.js";

/**
 * Activation functions, element by element. Shape: any → same; integers become float32; NaN stays NaN. Formulas and parameters
 * are PyTorch's.
 */

/**
 * y = max(x, 0). Gradient: dx = g where x > 0, else 0 (0 at 0). Nair and Hinton 2010.
 * @example tensor([-1, 2]).relu()   // [0, 2]
 */
export const relu: Unary = elementwise("relu", kernels.relu, ["out"], (g, { out }) => reluGrad(g, out));

/** y = σ(x) = 1 / (1 + e⁻ˣ). Gradient: dx = g · y(1 − y). @example tensor([0, 2]).sigmoid()   // [0.5, 0.8808] */
export const sigmoid: Unary = (x) => rememberLogits(sigmoidOp(x), "sigmoid", x, 0);

const sigmoidOp: Unary = elementwise("sigmoid", kernels.sigmoid, ["out"], (g, { out }) => sigmoidGrad(g, out));

const sigmoidGrad = derivative("sigmoidGrad", kernels.sigmoidGrad, (gg, g, y) => gg.mul(g).mul(y.mul(-2).add(1)));

/** y = tanh x. Gradient: dx = g · (1 − y²). @example tensor([0, 1]).tanh()   // [0, 0.7616] */
export const tanh: Unary = elementwise("tanh", kernels.tanh, ["out"], (g, { out }) => tanhGrad(g, out));

/**
 * y = x · Φ(x) = ½x(1 + erf(x/√2)). Gradient: dx = g · (Φ(x) + x·φ(x)), φ = Φ′. Hendrycks and Gimpel, arXiv 1606.08415.
 * @example tensor([-1, 1]).gelu()   // [-0.1587, 0.8413]
 */
export const gelu: Unary = elementwise("gelu", kernels.gelu, ["x"], (g, { x }) => geluGrad(g, x));

const INVERSE_SQRT_2PI = 0.3989422804014327;

// (x Φ)″ = φ(x) · (2 − x²)
const geluGrad = derivative("geluGrad", kernels.geluGrad, (gg, g, x) => {
  const squared = x.square();
  return gg.mul(g).mul(squared.mul(-0.5).exp().mul(INVERSE_SQRT_2PI)).mul(squared.neg().add(2));
});

/**
 * The tanh form of gelu: y = ½x(1 + tanh u), u = √(2/π)(x + 0.044715x³). Gradient: dx = g · ½(1 + tanh u + x · u′ / cosh² u).
 * Hendrycks and Gimpel, arXiv 1606.08415.
 * @example tensor([-1, 1]).geluTanh()   // [-0.1588, 0.8412]
 */
export const geluTanh: Unary = elementwise("geluTanh", kernels.geluTanh, ["x"], (g, { x }) => geluTanhGrad(g, x));

const SQRT_2_OVER_PI = 0.7978845608028654;

// With u = c(x + 0.044715x³), t = tanh u: y″ = (1 − t²)·(u′ + ½x·u″ − x·t·u′²).
const geluTanhGrad = derivative("geluTanhGrad", kernels.geluTanhGrad, (gg, g, x) => {
  const squared = x.square();
  const t = tanh(squared.mul(0.044715).add(1).mul(x).mul(SQRT_2_OVER_PI));
  const u1 = squared.mul(0.134145).add(1).mul(SQRT_2_OVER_PI);
  const u2 = x.mul(0.26829 * SQRT_2_OVER_PI);
  const bend = u1.add(x.mul(u2).mul(0.5)).sub(x.mul(t).mul(u1.square()));
  return gg.mul(g).mul(t.square().neg().add(1)).mul(bend);
});

/**
 * y = x · σ(x), also swish. Gradient: dx = g · σ(x)(1 + x(1 − σ(x))). Ramachandran et al., arXiv 1710.05941.
 * @example tensor([-1, 1]).silu()   // [-0.2689, 0.7311]
 */
export const silu: Unary = elementwise("silu", kernels.silu, ["x"], (g, { x }) => siluGrad(g, x));

// y″ = σ(1 − σ)(2 + x(1 − 2σ))
const siluGrad = derivative("siluGrad", kernels.siluGrad, (gg, g, x) => {
  const s = sigmoid(x);
  return gg
    .mul(g)
    .mul(s.mul(s.neg().add(1)))
    .mul(s.mul(-2).add(1).mul(x).add(2));
});

/**
 * y = ln(1 + eˣ), computed without overflow. Gradient: dx = g · σ(x). Dugas et al. 2001.
 * @example tensor([0, 1]).softplus()   // [0.6931, 1.3133]
 */
export const softplus: Unary = elementwise("softplus", kernels.softplus, ["x"], (g, { x }) => softplusGrad(g, x));

const softplusGrad = derivative("softplusGrad", kernels.softplusGrad, (gg, g, x) => sigmoidGrad(gg.mul(g), sigmoid(x)));

/**
 * y = x where x > 0, else slope · x. Gradient: dx = g where x > 0, else slope · g. Maas, Hannun, Ng 2013.
 * @param slope finite, default 0.01
 * @throws ArgumentError if slope is not a finite number
 * @example tensor([-1, 2]).leakyRelu(0.2)   // [-0.2, 2]
 */
export function leakyRelu(x: Tensor, slope = 0.01): Tensor {
  checkTensor("leakyRelu", "x", x);
  checkNumber("leakyRelu", "slope", slope, "a finite number", Number.isFinite);
  return leakyReluOp(floating(x), { slope });
}

const leakyReluOp: (x: Tensor, attributes: { slope: number }) => Tensor = defineOp({
  name: "leakyRelu",
  inputs: ["x"],
  save: ["x"],
  shape: ({ x }) => x.shape,
  forward: ({ x, out }, { slope }: { slope: number }) => kernels.leakyRelu({ x: x.at, out: out.at, slope }, 0, out.size, out.dtype),
  grad: { x: (g, { x }, attributes) => leakyReluGrad(g, x, attributes) },
});

/**
 * y = x where x > 0, else α(eˣ − 1). Gradient: dx = g where x > 0, else g · (y + α). Clevert, Unterthiner, Hochreiter,
 * arXiv 1511.07289.
 * @param alpha α ≥ 0, default 1; unlike in PyTorch a negative one is refused, for it would make the gradient of y ambiguous
 * @throws ArgumentError if alpha is not a number ≥ 0
 * @example tensor([-1, 2]).elu()   // [-0.6321, 2]
 */
export function elu(x: Tensor, alpha = 1): Tensor {
  checkTensor("elu", "x", x);
  checkNumber("elu", "alpha", alpha, "a finite number ≥ 0", (value) => value >= 0 && Number.isFinite(value));
  return eluOp(floating(x), { alpha });
}

const eluOp: (x: Tensor, attributes: { alpha: number }) => Tensor = defineOp({
  name: "elu",
  inputs: ["x"],
  save: ["out"],
  shape: ({ x }) => x.shape,
  forward: ({ x, out }, { alpha }: { alpha: number }) => kernels.elu({ x: x.at, out: out.at, alpha }, 0, out.size, out.dtype),
  grad: { x: (g, { out }, attributes) => eluGrad(g, out, attributes) },
});
