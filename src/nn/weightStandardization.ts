import { Parameter } from "../graph/parameter.js";
import { checkArity } from "../options/arity.js";
import { declare, type OptionsOf, type SettingsOf } from "../options/declare.js";
import { flag, number } from "../options/kinds.js";
import { ones } from "../tensor/creation.js";
import type { Shape } from "../tensor/shape.js";
import type { Tensor } from "../tensor/tensor.js";
import type { Module } from "./module.js";
import { reparameterize, restore, type WeightRule } from "./reparameterization.js";

const WEIGHT_STANDARDIZATION = declare("weightStandardization", {
  /** Whether each output has a factor that is trained. Default true. */
  gain: flag({ default: true, aka: ["affine"] }),
  /** Factor of all: that of the activation before the layer, √(2 / (1 − 1/π)) = 1.7139588594436646 of relu. Default 1. */
  gamma: number({ default: 1, above: 0 }),
  /** The least that variance · fan-in is taken for, > 0. Default 1e-4. */
  epsilon: number({ default: 1e-4, above: 0, aka: ["eps"] }),
});

/** Options of `weightStandardization`. */
export interface WeightStandardizationOptions extends OptionsOf<typeof WEIGHT_STANDARDIZATION> {}

/**
 * Lets a layer compute with its weight standardised, as networks without normalisation do:
 * γ · gain · (weight − mean) / √max(variance · fanIn, ε), with the mean and the biased variance of what leads to each output. `weight` is
 * the parameter before; the layer has another one, `gain`. Brock, De and Smith, arXiv 2101.08692, 2021.
 *
 * The gain starts at 1. A layer that waits for its input may be passed.
 * Shape:     weight [out, in, ...] → the same; gain [out, 1, ...]
 * @param layer with a parameter `weight` whose outputs are on axis 0: a convolution, Dense, Linear
 * @param options.gain whether each output has a factor that is trained, default true
 * @param options.gamma factor of all, > 0, default 1
 * @param options.epsilon > 0, default 1e-4
 * @returns the layer
 * @throws ArgumentError for what has no weight, for a second time, and for an option
 * @example weightStandardization(new Conv2d(3, 16, 3)).forward(randn([2, 3, 8, 8])).shape   // [2, 16, 6, 6]
 */
export function weightStandardization<M extends Module>(layer: M, options?: WeightStandardizationOptions): M {
  checkArity("weightStandardization", arguments.length, 2);
  return reparameterize(layer, weightStandardizationRule(WEIGHT_STANDARDIZATION.readOptions(options)));
}

/**
 * Gives a layer that `weightStandardization` changed a parameter `weight` with the standardised weight, and takes the gain away.
 * @returns the layer
 * @throws ArgumentError for a layer that `weightStandardization` has not changed
 * @example removeWeightStandardization(weightStandardization(new Conv2d(3, 8, 1))).weight.shape   // [8, 3, 1, 1]
 */
export function removeWeightStandardization<M extends Module>(layer: M): M {
  checkArity("removeWeightStandardization", arguments.length, 1);
  return restore(layer, "weightStandardization");
}

/** @internal @throws ArgumentError for options that are none */
export function weightStandardizationRule(given: unknown): WeightRule {
  const settings = WEIGHT_STANDARDIZATION.readOptions(given) as SettingsOf<typeof WEIGHT_STANDARDIZATION>;
  const gainShape = (weight: Shape): Shape | null => (settings.gain ? weight.map((extent, axis) => (axis === 0 ? extent : 1)) : null);
  return {
    described: { by: "weightStandardization", options: { ...settings } },
    split: (weight) => {
      const shape = gainShape(weight.shape);
      return { weight, gain: shape && new Parameter(ones(shape)) };
    },
    shapes: (weight) => ({ weight, gain: gainShape(weight) }),
    compute: ({ weight, gain }) => {
      const w = weight as Tensor;
      const axes = w.shape.map((_, axis) => axis).slice(1);
      const fanIn = w.size / w.shape[0];
      const centered = w.sub(w.mean(axes, { keepDims: true }));
      const spread = centered.square().mean(axes, { keepDims: true }).mul(fanIn).maximum(settings.epsilon);
      const standard = centered.mul(spread.sqrt().reciprocal().mul(settings.gamma));
      return gain == null ? standard : standard.mul(gain);
    },
  };
}
