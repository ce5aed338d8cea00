import { COUNTER_BYTES, noise, writeCounter } from "../ops/noise.js";
import { checkArity } from "../options/arity.js";
import { declare, type OptionsOf, type SettingsOf } from "../options/declare.js";
import { number } from "../options/kinds.js";
import type { Tensor } from "../tensor/tensor.js";
import type { Module } from "./module.js";
import { inverted } from "./noisy.js";
import { reparameterize, restore, type WeightRule } from "./reparameterization.js";
import { Stream } from "./stream.js";

const DROP_CONNECT = declare("dropConnect", {
  /** Probability with which a weight falls, 0 … 1. Default 0.5. */
  p: number({ default: 0.5, min: 0, max: 1, aka: ["rate"] }),
});

/** Options of `dropConnect`. */
export interface DropConnectOptions extends OptionsOf<typeof DROP_CONNECT> {}

/**
 * Lets weights of a layer fall at random, in place of its inputs as dropout does: in training each forward computes with
 * weight · m / (1 − p), mᵢ being 0 with probability p; in evaluation with the weight. What falls depends on the seed, the layer's place in the
 * model and how often it has run in training. Wan et al., ICML 2013; there masks differ from sample to sample, here from batch to batch,
 * and the scale stands in training.
 *
 * A layer that waits for its input may be passed.
 * @param layer with a parameter `weight`
 * @param options.p probability, 0 … 1, default 0.5
 * @returns the layer
 * @throws ArgumentError for what has no weight, for a weight that another rule computes, and for an option
 * @example new Sequential([dropConnect(new Dense(64, { activation: "relu" }), { p: 0.2 }), new Dense(10)])
 */
export function dropConnect<M extends Module>(layer: M, options?: DropConnectOptions): M {
  checkArity("dropConnect", arguments.length, 2);
  return reparameterize(layer, dropConnectRule(DROP_CONNECT.readOptions(options)));
}

/**
 * Lets the weights of a layer stay again.
 * @returns the layer
 * @throws ArgumentError for a layer that `dropConnect` has not changed
 * @example removeDropConnect(dropConnect(new Linear(3, 2))).weight.shape   // [2, 3]
 */
export function removeDropConnect<M extends Module>(layer: M): M {
  checkArity("removeDropConnect", arguments.length, 1);
  return restore(layer, "dropConnect");
}

/** @internal @throws ArgumentError for options that are none */
export function dropConnectRule(given: unknown): WeightRule {
  const { p } = DROP_CONNECT.readOptions(given) as SettingsOf<typeof DROP_CONNECT>;
  const drawing = { path: "", count: 0 };
  const masks = new Stream(drawing, "dropConnect", "weight");
  return {
    described: { by: "dropConnect", options: { p } },
    split: (weight) => ({ weight }),
    shapes: (weight) => ({ weight }),
    compute: (parts, module) => {
      const weight = parts.weight as Tensor;
      if (module === null || !module.training || p === 0) return weight;
      drawing.path = module.path;
      const draw = masks.draw({ bytes: COUNTER_BYTES, write: writeCounter });
      return inverted(weight, noise(weight, { shape: weight.shape, distribution: "uniform", ...draw }).ge(p), p);
    },
  };
}
