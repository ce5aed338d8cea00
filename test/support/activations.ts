import type { Tensor } from "../../src/index.js";
import * as activations from "../../src/nn/activations/all.js";
import type { ActivationTraits, Fused } from "../../src/ops/activation.js";

const { glu: _, maxout: __, softmax2d: ___, ...any } = activations;

/** The activations that take any shape and keep it, by name: what the registry exports is one. */
export const ACTIVATIONS = any;

export type ActivationKey = keyof typeof ACTIVATIONS;

/** Options with which an activation is tested beside its defaults. One with parameters must stand here, with each of them. */
const OPTIONS: { readonly [K in ActivationKey]?: readonly Record<string, unknown>[] } = {
  heaviside: [{ straightThrough: true }],
  threshold: [
    { threshold: 0.5, value: -3 },
    { threshold: -1, value: 2 },
  ],
  thresholdedRelu: [{ theta: 0.8 }],
  hardTanh: [{ min: -0.7, max: 1.5 }],
  softshrink: [{ lambda: 0.8 }],
  hardshrink: [{ lambda: 1 }],
  rrelu: [{ lower: 0.25, upper: 0.75 }],
  celu: [{ alpha: 0.5 }, { alpha: 3 }],
  swish: [{ beta: 2 }, { beta: -0.5 }, { beta: 0 }],
  gelu: [{ approximate: "tanh" }],
  softplus: [
    { beta: 2, threshold: 1 },
    { beta: 0.5, threshold: 20 },
  ],
  softmin: [{ axis: 0 }],
  leakyRelu: [{ slope: 0.3 }, { slope: 0 }, { slope: -0.5 }, { slope: 1.5 }],
  elu: [{ alpha: 0.7 }, { alpha: 0 }],
  softmax: [{ axis: 0 }],
  logSoftmax: [{ axis: 0 }],
};

/** An activation with options, as layers name it and as a function. */
export interface Case {
  readonly name: ActivationKey;
  readonly options: Readonly<Record<string, unknown>>;
  readonly apply: (x: Tensor) => Tensor;
  /** Its form inside of other operations, or null. */
  readonly fused: Fused | null;
}

export function traitsOf(name: ActivationKey): ActivationTraits {
  return ACTIVATIONS[name] as ActivationTraits;
}

/** Every activation with its defaults and with each of its examples. */
export const CASES: readonly Case[] = (Object.keys(ACTIVATIONS) as ActivationKey[]).flatMap((name) => {
  const { declaration, withSettings, fused } = traitsOf(name);
  if (declaration === undefined || withSettings === undefined) throw new Error(`${name} says nothing of its parameters`);
  return [{}, ...(OPTIONS[name] ?? [])].map((options) => {
    const settings = declaration.readOptions(options) as never;
    return { name, options, apply: (x: Tensor) => withSettings(x, settings), fused: fused?.(settings) ?? null };
  });
});
