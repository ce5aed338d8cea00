import { noGrad } from "../graph/mode.js";
import { Parameter } from "../graph/parameter.js";
import { checkArity } from "../options/arity.js";
import { declare, type OptionsOf, type SettingsOf } from "../options/declare.js";
import { number } from "../options/kinds.js";
import { normalizeAxis, type Shape } from "../tensor/shape.js";
import type { Tensor } from "../tensor/tensor.js";
import type { Module } from "./module.js";
import { reparameterize, restore, type WeightRule } from "./reparameterization.js";

const WEIGHT_NORM = declare("weightNorm", {
  /** The axis whose entries have a length each, negative from the end; null: the whole weight has one. Default 0. */
  axis: number({ default: 0, whole: true, nullable: true, aka: ["dim"] }),
});

/** Options of `weightNorm`. */
export interface WeightNormOptions extends OptionsOf<typeof WEIGHT_NORM> {}

/**
 * Lets a layer learn the length and the direction of its weight apart, as torch.nn.utils.weight_norm: weight = g · v / ‖v‖, the norm being
 * taken of each entry of an axis. The layer has the parameters `weightG` and `weightV` in place of `weight`; its state has them as weight_g
 * and weight_v. Whenever forward runs, `weight` is computed anew; read outside of forward, it is a copy without a gradient.
 * Salimans and Kingma, arXiv 1602.07868, 2016.
 *
 * It changes nothing that the layer computes, until it is trained. A layer that waits for its input may be passed.
 * Shape:     weight [n₀, n₁, …] → weightV the same, weightG [n₀, 1, …] for axis 0, [] for null
 * @param layer with a parameter `weight`
 * @param options.axis whole number, negative from the end, or null, default 0
 * @returns the layer
 * @throws ArgumentError for what has no weight, and for a second time; IndexError for an axis that the weight does not have
 * @example new Sequential([weightNorm(new Dense(64, { activation: "relu" })), weightNorm(new Dense(10))])
 */
export function weightNorm<M extends Module>(layer: M, options?: WeightNormOptions): M {
  checkArity("weightNorm", arguments.length, 2);
  return reparameterize(layer, weightNormRule(WEIGHT_NORM.readOptions(options)));
}

/**
 * Gives a layer that `weightNorm` changed a parameter `weight` again, with the weight that it computed last.
 * @returns the layer
 * @throws ArgumentError for a layer that `weightNorm` has not changed
 * @example removeWeightNorm(weightNorm(new Linear(3, 2))).weight.shape   // [2, 3]
 */
export function removeWeightNorm<M extends Module>(layer: M): M {
  checkArity("removeWeightNorm", arguments.length, 1);
  return restore(layer, "weightNorm");
}

/** @internal @throws ArgumentError for options that are none */
export function weightNormRule(given: unknown): WeightRule {
  const settings = WEIGHT_NORM.readOptions(given) as SettingsOf<typeof WEIGHT_NORM>;
  const others = (shape: Shape): number[] => {
    const at = settings.axis === null ? null : normalizeAxis("weightNorm", settings.axis, shape);
    return shape.map((_, axis) => axis).filter((axis) => axis !== at);
  };
  // Of a vector, each entry of the axis is an element.
  const lengths = (v: Tensor): Tensor => {
    if (settings.axis === null) return v.norm();
    const axes = others(v.shape);
    return axes.length === 0 ? v.abs() : v.norm(axes, { keepDims: true });
  };
  const lengthsShape = (shape: Shape): Shape => {
    const axes = others(shape);
    return settings.axis === null ? [] : shape.map((extent, axis) => (axes.includes(axis) ? 1 : extent));
  };
  return {
    described: { by: "weightNorm", options: { axis: settings.axis } },
    split: (weight) => {
      const measured = (): Tensor => noGrad(() => lengths(weight));
      // Where initial values wait for their place in a model, their lengths wait, too.
      const waiting = weight.storage.lazy !== null;
      const shape = lengthsShape(weight.shape);
      const weightG = waiting
        ? Parameter.drawn(shape, (elements) => elements.set(measured().data as Float32Array))
        : new Parameter(measured());
      return { weightG, weightV: weight };
    },
    shapes: (weight) => ({ weightG: lengthsShape(weight), weightV: weight }),
    compute: ({ weightG, weightV }) => (weightV as Tensor).mul((weightG as Tensor).div(lengths(weightV as Tensor))),
  };
}
