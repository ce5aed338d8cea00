import { glu, maxout, softmax2d, softmin } from "../../ops/activations/channels.js";
import {
  hardSwish,
  hardshrink,
  hardTanh,
  heaviside,
  relu6,
  softshrink,
  threshold,
  thresholdedRelu,
} from "../../ops/activations/piecewise.js";
import { celu, logSigmoid, mish, softsign, tanhshrink } from "../../ops/activations/smooth.js";
import * as basic from "../../ops/activations.js";
import { logSoftmax, softmax } from "../../ops/softmax.js";
import { type ActivationLayerClass, layerOf } from "../activationLayer.js";

/**
 * Activations as layers, under PyTorch's names and with its positional arguments. Each is made of the declaration of its function, where
 * formula, gradient, ranges and paper stand; `Activation(name)` is the same by name. Shape: any → same, unless it says another.
 */

/** `relu` as a layer: y = max(x, 0). @example new ReLU().forward(tensor([-1, 2]))   // [0, 2] */
export const ReLU: ActivationLayerClass<[]> = layerOf("ReLU", basic.relu);

/** `relu6` as a layer: y = min(max(x, 0), 6). @example new ReLU6().forward(tensor([-1, 8]))   // [0, 6] */
export const ReLU6: ActivationLayerClass<[]> = layerOf("ReLU6", relu6);

/**
 * `leakyRelu` as a layer: y = x where x > 0, else slope · x.
 * @param slope finite, default 0.01
 * @throws ArgumentError
 * @example new LeakyReLU(0.2).forward(tensor([-1, 2]))   // [-0.2, 2]
 */
export const LeakyReLU: ActivationLayerClass<[slope?: number]> = layerOf("LeakyReLU", basic.leakyRelu);

/**
 * `thresholdedRelu` as a layer: y = x where x > θ, else 0.
 * @param theta θ ≥ 0, default 1
 * @throws ArgumentError
 * @example new ThresholdedReLU(0.5).forward(tensor([0.4, 2]))   // [0, 2]
 */
export const ThresholdedReLU: ActivationLayerClass<[theta?: number]> = layerOf("ThresholdedReLU", thresholdedRelu);

/**
 * `elu` as a layer: y = x where x > 0, else α(eˣ − 1).
 * @param alpha α ≥ 0, default 1
 * @throws ArgumentError
 * @example new ELU(2).forward(tensor([-1, 2]))   // [-1.2642, 2]
 */
export const ELU: ActivationLayerClass<[alpha?: number]> = layerOf("ELU", basic.elu);

/**
 * `celu` as a layer: y = max(x, 0) + min(0, α(e^(x/α) − 1)).
 * @param alpha α > 0, default 1
 * @throws ArgumentError
 * @example new CELU(2).forward(tensor([-1, 2]))   // [-0.7869, 2]
 */
export const CELU: ActivationLayerClass<[alpha?: number]> = layerOf("CELU", celu);

/** `selu` as a layer: y = λ · elu(x, α), which keep mean and variance. @example new SELU().forward(tensor([-1, 2]))   // [-1.1113, 2.1014] */
export const SELU: ActivationLayerClass<[]> = layerOf("SELU", basic.selu);

/**
 * `gelu` as a layer: y = x · Φ(x).
 * @param approximate "none" or "tanh", default "none"
 * @throws ArgumentError
 * @example new GELU("tanh").forward(tensor([-1, 1]))   // [-0.1588, 0.8412]
 */
export const GELU: ActivationLayerClass<[approximate?: "none" | "tanh"]> = layerOf("GELU", basic.gelu);

/** `silu` as a layer: y = x · σ(x). @example new SiLU().forward(tensor([-1, 1]))   // [-0.2689, 0.7311] */
export const SiLU: ActivationLayerClass<[]> = layerOf("SiLU", basic.silu);

/** `mish` as a layer: y = x · tanh(ln(1 + eˣ)). @example new Mish().forward(tensor([-1, 1]))   // [-0.3034, 0.8651] */
export const Mish: ActivationLayerClass<[]> = layerOf("Mish", mish);

/** `hardSwish` as a layer: y = x · min(max(x + 3, 0), 6) / 6. @example new Hardswish().forward(tensor([-4, 1.5]))   // [0, 1.125] */
export const Hardswish: ActivationLayerClass<[]> = layerOf("Hardswish", hardSwish);

/**
 * `softplus` as a layer: y = ln(1 + e^(βx)) / β.
 * @param beta β > 0, default 1
 * @param threshold where βx is above it, y = x; default Infinity
 * @throws ArgumentError
 * @example new Softplus(2).forward(tensor([0, 1]))   // [0.3466, 1.0635]
 */
export const Softplus: ActivationLayerClass<[beta?: number, threshold?: number]> = layerOf("Softplus", basic.softplus);

/** `sigmoid` as a layer: y = 1 / (1 + e⁻ˣ). @example new Sigmoid().forward(tensor([0, 2]))   // [0.5, 0.8808] */
export const Sigmoid: ActivationLayerClass<[]> = layerOf("Sigmoid", basic.sigmoid);

/** `logSigmoid` as a layer: y = ln σ(x). @example new LogSigmoid().forward(tensor([0, -200]))   // [-0.6931, -200] */
export const LogSigmoid: ActivationLayerClass<[]> = layerOf("LogSigmoid", logSigmoid);

/** `hardSigmoid` as a layer: y = (x + 3) / 6 within 0 and 1. @example new Hardsigmoid().forward(tensor([-4, 1.5]))   // [0, 0.75] */
export const Hardsigmoid: ActivationLayerClass<[]> = layerOf("Hardsigmoid", basic.hardSigmoid);

/** `tanh` as a layer. @example new Tanh().forward(tensor([0, 1]))   // [0, 0.7616] */
export const Tanh: ActivationLayerClass<[]> = layerOf("Tanh", basic.tanh);

/**
 * `hardTanh` as a layer: y = min(max(x, min), max).
 * @param min finite, default −1
 * @param max finite, default 1
 * @throws ArgumentError
 * @example new Hardtanh(0, 2).forward(tensor([-1, 3]))   // [0, 2]
 */
export const Hardtanh: ActivationLayerClass<[min?: number, max?: number]> = layerOf("Hardtanh", hardTanh);

/** `tanhshrink` as a layer: y = x − tanh x. @example new Tanhshrink().forward(tensor([0, 1]))   // [0, 0.2384] */
export const Tanhshrink: ActivationLayerClass<[]> = layerOf("Tanhshrink", tanhshrink);

/** `softsign` as a layer: y = x / (1 + |x|). @example new Softsign().forward(tensor([-1, 3]))   // [-0.5, 0.75] */
export const Softsign: ActivationLayerClass<[]> = layerOf("Softsign", softsign);

/**
 * `softshrink` as a layer: y = x − λ above λ, x + λ below −λ, else 0.
 * @param lambda λ ≥ 0, default 0.5
 * @throws ArgumentError
 * @example new Softshrink(1).forward(tensor([-3, 0.5]))   // [-2, 0]
 */
export const Softshrink: ActivationLayerClass<[lambda?: number]> = layerOf("Softshrink", softshrink);

/**
 * `hardshrink` as a layer: y = x where |x| > λ, else 0.
 * @param lambda λ ≥ 0, default 0.5
 * @throws ArgumentError
 * @example new Hardshrink(1).forward(tensor([-3, 0.5]))   // [-3, 0]
 */
export const Hardshrink: ActivationLayerClass<[lambda?: number]> = layerOf("Hardshrink", hardshrink);

/**
 * `threshold` as a layer: y = x where x > threshold, else value.
 * @param threshold finite, default 0; PyTorch's has no default
 * @param value finite, default 0
 * @throws ArgumentError
 * @example new Threshold(0.5, -3).forward(tensor([0.2, 2]))   // [-3, 2]
 */
export const Threshold: ActivationLayerClass<[threshold?: number, value?: number]> = layerOf("Threshold", threshold);

/**
 * `heaviside` as a layer: y = 1 where x > 0, else 0. Its gradient is 0, so nothing in front of it learns, unless `straightThrough` passes
 * it on as it is.
 * @param options.straightThrough default false
 * @throws ArgumentError
 * @example new Heaviside().forward(tensor([-1, 0, 2]))   // [0, 0, 1]
 */
export const Heaviside: ActivationLayerClass<[options?: { straightThrough?: boolean }]> = layerOf("Heaviside", heaviside, []);

/**
 * `softmax` as a layer.
 * @param axis default −1, the last
 * @throws ArgumentError; at forward IndexError for an axis outside the shape
 * @example new Softmax(0).forward(tensor([0, 0]))   // [0.5, 0.5]
 */
export const Softmax: ActivationLayerClass<[axis?: number]> = layerOf("Softmax", softmax);

/**
 * `logSoftmax` as a layer.
 * @param axis default −1, the last
 * @throws ArgumentError; at forward IndexError for an axis outside the shape
 * @example new LogSoftmax(0).forward(tensor([0, 0]))   // [-0.6931, -0.6931]
 */
export const LogSoftmax: ActivationLayerClass<[axis?: number]> = layerOf("LogSoftmax", logSoftmax);

/**
 * `softmin` as a layer: softmax of −x.
 * @param axis default −1, the last
 * @throws ArgumentError; at forward IndexError for an axis outside the shape
 * @example new Softmin().forward(tensor([0, 0]))   // [0.5, 0.5]
 */
export const Softmin: ActivationLayerClass<[axis?: number]> = layerOf("Softmin", softmin);

/**
 * `softmax2d` as a layer: softmax over the channels.
 * Shape:     [n, c, h, w] or [c, h, w] → same
 * @throws ArgumentError; at forward ShapeError for another number of axes
 * @example new Softmax2d().forward(tensor([[[0]], [[0]]]))   // [[[0.5]], [[0.5]]]
 */
export const Softmax2d: ActivationLayerClass<[]> = layerOf("Softmax2d", softmax2d);

/**
 * `glu` as a layer: a · σ(b) of the halves a, b of an axis.
 * Shape:     [..., 2n, ...] → [..., n, ...]
 * @param axis default −1, the last
 * @throws ArgumentError; at forward ShapeError for an odd extent, IndexError for an axis outside the shape
 * @example new GLU().forward(tensor([1, 2, 0, 0]))   // [0.5, 1]
 */
export const GLU: ActivationLayerClass<[axis?: number]> = layerOf("GLU", glu);

/**
 * `maxout` as a layer: the greatest of each group of neighbours along an axis.
 * Shape:     [..., k · n, ...] → [..., n, ...]
 * @param pieces k, whole number ≥ 1, default 2
 * @param axis default −1, the last
 * @throws ArgumentError; at forward ShapeError unless the extent is a multiple of pieces, IndexError for an axis outside the shape
 * @example new Sequential([new Dense(12), new Maxout(3)]).forward(ones([5, 4])).shape   // [5, 4]
 */
export const Maxout: ActivationLayerClass<[pieces?: number, axis?: number]> = layerOf("Maxout", maxout);
