import type { ActivationTraits } from "../../ops/activation.js";
import { prelu } from "../../ops/activations/sloped.js";
import { tensor } from "../../tensor/creation.js";
import type { Tensor } from "../../tensor/tensor.js";
import type { ActivationLayerClass } from "../activationLayer.js";
import * as layers from "../layers/activations.js";
import { Identity } from "../layers/identity.js";
import { PReLU } from "../layers/prelu.js";
import { RReLU } from "../layers/rrelu.js";
import { Swish } from "../layers/swish.js";
import type { Module } from "../module.js";
import * as functions from "./all.js";

/** An activation, as a program finds it that lists all. */
export interface ActivationEntry {
  /** The function: of a tensor, and of options where it has some. */
  readonly function: (x: Tensor, options?: never) => Tensor;
  /** The class of the layer. */
  readonly layer: new (
    ...args: never[]
  ) => Module;
  /** The formula as text. */
  readonly formula: string;
  /** The options with their defaults. */
  readonly options: Readonly<Record<string, unknown>>;
  /** Whether an element of the result depends on one element of x, so that it has a curve. */
  readonly isElementwise: boolean;
}

type Name = keyof typeof functions | "linear" | "prelu";

type Class = ActivationLayerClass<never> | (new (...args: never[]) => Module);

/** The layer and the formula of each. */
const CLASSES: Readonly<Record<Name, readonly [layer: Class, formula: string, along?: "axis"]>> = {
  linear: [Identity, "x"],
  heaviside: [layers.Heaviside, "1 where x > 0, else 0"],
  threshold: [layers.Threshold, "x where x > threshold, else value"],
  relu: [layers.ReLU, "max(x, 0)"],
  relu6: [layers.ReLU6, "min(max(x, 0), 6)"],
  leakyRelu: [layers.LeakyReLU, "x where x > 0, else slope · x"],
  prelu: [PReLU, "x where x > 0, else weight · x"],
  rrelu: [RReLU, "x where x > 0, else (lower + upper)/2 · x"],
  thresholdedRelu: [layers.ThresholdedReLU, "x where x > θ, else 0"],
  elu: [layers.ELU, "x where x > 0, else α(eˣ − 1)"],
  celu: [layers.CELU, "max(x, 0) + min(0, α(e^(x/α) − 1))"],
  selu: [layers.SELU, "λ · (x where x > 0, else α(eˣ − 1))"],
  gelu: [layers.GELU, "x · Φ(x)"],
  geluTanh: [layers.GELU, "½x(1 + tanh(√(2/π)(x + 0.044715x³)))"],
  geluSigmoid: [Swish, "x · σ(1.702x)"],
  silu: [layers.SiLU, "x · σ(x)"],
  swish: [Swish, "x · σ(βx)"],
  mish: [layers.Mish, "x · tanh(ln(1 + eˣ))"],
  hardSwish: [layers.Hardswish, "x · min(max(x + 3, 0), 6) / 6"],
  softplus: [layers.Softplus, "ln(1 + e^(βx)) / β"],
  sigmoid: [layers.Sigmoid, "1 / (1 + e⁻ˣ)"],
  logSigmoid: [layers.LogSigmoid, "ln σ(x)"],
  hardSigmoid: [layers.Hardsigmoid, "min(max(x + 3, 0), 6) / 6"],
  tanh: [layers.Tanh, "tanh x"],
  hardTanh: [layers.Hardtanh, "min(max(x, min), max)"],
  tanhshrink: [layers.Tanhshrink, "x − tanh x"],
  softsign: [layers.Softsign, "x / (1 + |x|)"],
  softshrink: [layers.Softshrink, "x − λ above λ, x + λ below −λ, else 0"],
  hardshrink: [layers.Hardshrink, "x where |x| > λ, else 0"],
  softmax: [layers.Softmax, "e^(xᵢ) / Σⱼ e^(xⱼ)", "axis"],
  softmax2d: [layers.Softmax2d, "softmax over the channels", "axis"],
  logSoftmax: [layers.LogSoftmax, "ln softmax(x)", "axis"],
  softmin: [layers.Softmin, "softmax(−x)", "axis"],
  maxout: [layers.Maxout, "max of each group of neighbours", "axis"],
  glu: [layers.GLU, "a · σ(b) of the halves a, b", "axis"],
};

function entries(): Readonly<Record<Name, ActivationEntry>> {
  const known: Record<string, (x: Tensor) => Tensor> = {
    ...functions,
    linear: (x) => x,
    // As it starts.
    prelu: (x) => prelu(x, tensor([0.25], { dtype: "float32" })),
  };
  const listed = Object.entries(CLASSES).map(([name, [layer, formula, along]]) => {
    const { declaration } = known[name] as ActivationTraits;
    const options = { ...declaration?.readOptions(undefined) };
    return [
      name,
      Object.freeze({ function: known[name], layer, formula, options: Object.freeze(options), isElementwise: along === undefined }),
    ];
  });
  return Object.freeze(Object.fromEntries(listed));
}

/**
 * All activations by name: function, layer, formula and options of each, so that a page can list or plot them. What is elementwise has a
 * curve; the others work on whole axes. `prelu` and `rrelu` are as they start and as they are evaluated.
 * @example
 * const x = linspace(-3, 3, 7);
 * for (const [name, { function: f, isElementwise }] of Object.entries(activations)) if (isElementwise) f(x).shape   // [7]
 */
export const activations: Readonly<Record<Name, ActivationEntry>> = entries();
