import type { Unary } from "../graph/define.js";
import { Activation } from "../kernels/generated/constants.js";
import * as kernels from "../kernels/generated.js";
import { declare, type OptionsOf } from "../options/declare.js";
import { choice, number } from "../options/kinds.js";
import type { Tensor } from "../tensor/tensor.js";
import { activation, composed } from "./activation.js";
import { where } from "./compare.js";
import { rememberLogits } from "./squashed.js";

/**
 * Activation functions, element by element. Shape: any → same; integers become float32; NaN stays NaN. Formulas and parameters
 * are PyTorch's. To add one, write it here: `activation` makes it out of kernels, `composed` out of operations.
 */

/**
 * y = max(x, 0). Gradient: dx = g where x > 0, else 0. At 0, where some courses leave it undefined, it is 0, as in PyTorch. Nair and
 * Hinton 2010.
 * @example tensor([-1, 2]).relu()   // [0, 2]
 */
export const relu: Unary = activation(declare("relu", {}), {
  forward: (x, out, n, dtype) => kernels.relu({ x, out }, 0, n, dtype),
  saves: "out",
  gradient: (g, saved, out, n, dtype) => kernels.reluGrad({ g, saved, out }, 0, n, dtype),
  initializer: "heNormal",
  act: Activation.Relu,
  dies: true,
});

/** y = σ(x) = 1 / (1 + e⁻ˣ). Gradient: dx = g · y(1 − y). @example tensor([0, 2]).sigmoid()   // [0.5, 0.8808] */
export const sigmoid: Unary = activation(declare("sigmoid", {}), {
  forward: (x, out, n, dtype) => kernels.sigmoid({ x, out }, 0, n, dtype),
  saves: "out",
  gradient: (g, saved, out, n, dtype) => kernels.sigmoidGrad({ g, saved, out }, 0, n, dtype),
  curvature: (gg, g, y) => gg.mul(g).mul(y.mul(-2).add(1)),
  // A loss looks for the operation that made its prediction, to compute with the logits in front of it.
  fuses: () => false,
  note: (result, x) => rememberLogits(result, "sigmoid", x, 0),
  asymptotes: [0, 1],
});

/** y = tanh x. Gradient: dx = g · (1 − y²). @example tensor([0, 1]).tanh()   // [0, 0.7616] */
export const tanh: Unary = activation(declare("tanh", {}), {
  forward: (x, out, n, dtype) => kernels.tanh({ x, out }, 0, n, dtype),
  saves: "out",
  gradient: (g, saved, out, n, dtype) => kernels.tanhGrad({ g, saved, out }, 0, n, dtype),
  curvature: (gg, g, y) => gg.mul(g).mul(y).mul(-2),
  asymptotes: [-1, 1],
});

const GELU = declare("gelu", {
  /** "none" for Φ by erf, or "tanh" for `geluTanh`. Default "none". */
  approximate: choice(["none", "tanh"], { default: "none" }),
});

/** Options of `gelu`. */
export interface GeluOptions extends OptionsOf<typeof GELU> {}

/**
 * y = x · Φ(x) = ½x(1 + erf(x/√2)). Gradient: dx = g · (Φ(x) + x·φ(x)), φ = Φ′. Hendrycks and Gimpel, arXiv 1606.08415.
 * Its derivative is 1.083 at x = 1 and greatest, 1.129, at √2.
 * @param options.approximate "tanh" for `geluTanh`, default "none"
 * @throws ArgumentError for another word
 * @example tensor([-1, 1]).gelu()   // [-0.1587, 0.8413]
 */
export const gelu: (x: Tensor, options?: GeluOptions) => Tensor = composed(
  GELU,
  (x, { approximate }) => (approximate === "tanh" ? geluTanh(x) : geluErf(x)),
  { initializer: "heNormal" },
);

const geluErf: Unary = activation(declare("gelu", {}), {
  forward: (x, out, n, dtype) => kernels.gelu({ x, out }, 0, n, dtype),
  saves: "x",
  gradient: (g, saved, out, n, dtype) => kernels.geluGrad({ g, saved, out }, 0, n, dtype),
  // (x Φ)″ = φ(x) · (2 − x²)
  curvature: (gg, g, x) => {
    const squared = x.square();
    return gg.mul(g).mul(squared.mul(-0.5).exp().mul(INVERSE_SQRT_2PI)).mul(squared.neg().add(2));
  },
});

const INVERSE_SQRT_2PI = 0.3989422804014327;

/**
 * The tanh form of gelu: y = ½x(1 + tanh u), u = √(2/π)(x + 0.044715x³). Gradient: dx = g · ½(1 + tanh u + x · u′ / cosh² u), with
 * u′ = √(2/π)(1 + 0.134145x²); multiplied out, x · u′ / 2 = 0.0535161x³ + 0.398942x. Hendrycks and Gimpel, arXiv 1606.08415.
 * @example tensor([-1, 1]).geluTanh()   // [-0.1588, 0.8412]
 */
export const geluTanh: Unary = activation(declare("geluTanh", {}), {
  forward: (x, out, n, dtype) => kernels.geluTanh({ x, out }, 0, n, dtype),
  saves: "x",
  gradient: (g, saved, out, n, dtype) => kernels.geluTanhGrad({ g, saved, out }, 0, n, dtype),
  // With u = c(x + 0.044715x³), t = tanh u: y″ = (1 − t²)·(u′ + ½x·u″ − x·t·u′²).
  curvature: (gg, g, x) => {
    const squared = x.square();
    const t = tanh(squared.mul(0.044715).add(1).mul(x).mul(SQRT_2_OVER_PI));
    const u1 = squared.mul(0.134145).add(1).mul(SQRT_2_OVER_PI);
    const u2 = x.mul(0.26829 * SQRT_2_OVER_PI);
    const bend = u1.add(x.mul(u2).mul(0.5)).sub(x.mul(t).mul(u1.square()));
    return gg.mul(g).mul(t.square().neg().add(1)).mul(bend);
  },
  initializer: "heNormal",
  aka: ["geluApproximate", "geluNew"],
});

const SQRT_2_OVER_PI = 0.7978845608028654;

/**
 * y = x · σ(x), which is `swish` with β = 1: least at −1.278, where it is −0.278. Gradient:
 * dx = g · σ(x)(1 + x(1 − σ(x))). Ramachandran et al., arXiv 1710.05941.
 * @example tensor([-1, 1]).silu()   // [-0.2689, 0.7311]
 */
export const silu: Unary = activation(declare("silu", {}), {
  forward: (x, out, n, dtype) => kernels.silu({ x, out }, 0, n, dtype),
  saves: "x",
  gradient: (g, saved, out, n, dtype) => kernels.siluGrad({ g, saved, out }, 0, n, dtype),
  // y″ = σ(1 − σ)(2 + x(1 − 2σ))
  curvature: (gg, g, x) => {
    const s = sigmoid(x);
    return gg
      .mul(g)
      .mul(s.mul(s.neg().add(1)))
      .mul(s.mul(-2).add(1).mul(x).add(2));
  },
  initializer: "heNormal",
});

const SOFTPLUS = declare("softplus", {
  /** How sharply it turns, > 0. Default 1. */
  beta: number({ default: 1, above: 0 }),
  /** Where βx is above it, y = x; Infinity for nowhere. Default Infinity. */
  threshold: number({ default: Infinity, infinite: true }),
});

/** Options of `softplus`. */
export interface SoftplusOptions extends OptionsOf<typeof SOFTPLUS> {}

/**
 * y = ln(1 + e^(βx)) / β, computed without overflow. Gradient: dx = g · σ(βx). Dugas et al. 2001.
 *
 * PyTorch takes y = x where βx is above a threshold of 20. No threshold is needed here, and in float32 the results are the same.
 * @param options.beta β > 0, default 1
 * @param options.threshold where βx is above it, y = x and dx = g; default Infinity
 * @throws ArgumentError for a value outside its range
 * @example tensor([0, 1]).softplus()   // [0.6931, 1.3133]
 */
export const softplus: (x: Tensor, options?: SoftplusOptions) => Tensor = composed(
  SOFTPLUS,
  (x, { beta, threshold }) => {
    if (beta === 1 && threshold === Infinity) return softplusOp(x);
    const scaled = x.mul(beta);
    return where(scaled.gt(threshold), x, softplusOp(scaled).div(beta));
  },
  { initializer: "heNormal" },
);

const softplusOp: Unary = activation(declare("softplus", {}), {
  forward: (x, out, n, dtype) => kernels.softplus({ x, out }, 0, n, dtype),
  saves: "x",
  gradient: (g, saved, out, n, dtype) => kernels.softplusGrad({ g, saved, out }, 0, n, dtype),
  // y″ = σ(1 − σ)
  curvature: (gg, g, x) => {
    const s = sigmoid(x);
    return gg.mul(g).mul(s).mul(s.neg().add(1));
  },
});

const LEAKY_RELU = declare("leakyRelu", {
  /** What x is multiplied by where it is negative, finite. Default 0.01. */
  slope: number({ default: 0.01, aka: ["negativeSlope", "alpha"] }),
});

/** Options of `leakyRelu`. */
export interface LeakyReluOptions extends OptionsOf<typeof LEAKY_RELU> {}

/**
 * y = x where x > 0, else slope · x. Gradient: dx = g where x > 0, else slope · g. Maas, Hannun, Ng 2013. Keras and some courses call the
 * slope α.
 * @param options.slope finite, default 0.01
 * @throws ArgumentError if slope is not a finite number
 * @example tensor([-1, 2]).leakyRelu({ slope: 0.2 })   // [-0.2, 2]
 */
export const leakyRelu: (x: Tensor, options?: LeakyReluOptions) => Tensor = activation(LEAKY_RELU, {
  forward: (x, out, n, dtype, { slope }) => kernels.leakyRelu({ x, out, slope }, 0, n, dtype),
  saves: "x",
  gradient: (g, saved, out, n, dtype, { slope }) => kernels.leakyReluGrad({ g, saved, out, slope }, 0, n, dtype),
  // The result has the sign of x.
  fuses: ({ slope }) => slope >= 0,
  initializer: "heNormal",
});

const ELU = declare("elu", {
  /** The limit of −y for large negative x, ≥ 0. Default 1. */
  alpha: number({ default: 1, min: 0 }),
});

/** Options of `elu`. */
export interface EluOptions extends OptionsOf<typeof ELU> {}

/**
 * y = x where x > 0, else α(eˣ − 1). Gradient: dx = g where x > 0, else g · (y + α). Clevert, Unterthiner, Hochreiter,
 * arXiv 1511.07289.
 * @param options.alpha α ≥ 0, default 1, where some courses recommend 0.1 to 0.3; unlike in PyTorch a negative one is
 * refused, for it would make the gradient of y ambiguous
 * @throws ArgumentError if alpha is not a number ≥ 0
 * @example tensor([-1, 2]).elu()   // [-0.6321, 2]
 */
export const elu: (x: Tensor, options?: EluOptions) => Tensor = activation(ELU, {
  forward: (x, out, n, dtype, { alpha }) => kernels.elu({ x, out, alpha }, 0, n, dtype),
  saves: "out",
  gradient: (g, saved, out, n, dtype, { alpha }) => kernels.eluGrad({ g, saved, out, alpha }, 0, n, dtype),
  // The factor is y + α below 0 and constant above.
  curvature: (gg, g, y) => gg.mul(g).mul(y.lt(0).cast(y.dtype)),
  initializer: "heNormal",
});

/**
 * y = λ · elu(x) with α = 1.67326…, λ = 1.05070…, which keep mean 0 and variance 1 from layer to layer. Gradient: dx = g · λ where
 * x > 0, else g · (y + λα). Klambauer et al., arXiv 1706.02515.
 * @example tensor([-1, 2]).selu()   // [-1.1113, 2.1014]
 */
export const selu: Unary = composed(declare("selu", {}), (x) => elu(x, { alpha: 1.6732632423543772 }).mul(1.0507009873554805), {
  initializer: "lecunNormal",
});

/**
 * y = (x + 3) / 6, at least 0 and at most 1: sigmoid in straight lines. Gradient: dx = g / 6 for −3 < x < 3, else 0. Courbariaux,
 * Bengio and David, arXiv 1511.00363; the slope is PyTorch's.
 * @example tensor([-4, 0, 1.5]).hardSigmoid()   // [0, 0.5, 0.75]
 */
export const hardSigmoid: Unary = composed(
  declare("hardSigmoid", {}),
  // Two ReLUs, so that the gradient is 0 at both ends.
  (x) => relu(relu(x.neg().add(3)).div(-6).add(1)),
  { asymptotes: [0, 1] },
);
