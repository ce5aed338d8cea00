import type { Tensor } from "../../src/index.js";
import type { ActivationTraits, Fused } from "../../src/ops/activation.js";
import * as elementwise from "../../src/ops/activations.js";
import * as softmaxes from "../../src/ops/softmax.js";

/** All activations, by name: what is exported is one. */
export const ACTIVATIONS = { ...elementwise, ...softmaxes };

export type ActivationKey = keyof typeof ACTIVATIONS;

/** Options with which an activation is tested beside its defaults. One with parameters must stand here, with each of them. */
const OPTIONS: { readonly [K in ActivationKey]?: readonly Record<string, number>[] } = {
  leakyRelu: [{ slope: 0.3 }, { slope: 0 }, { slope: -0.5 }, { slope: 1.5 }],
  elu: [{ alpha: 0.7 }, { alpha: 0 }],
  softmax: [{ axis: 0 }],
  logSoftmax: [{ axis: 0 }],
};

/** An activation with options, as layers name it and as a function. */
export interface Case {
  readonly name: ActivationKey;
  readonly options: Readonly<Record<string, number>>;
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
