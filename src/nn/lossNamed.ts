import type { Named } from "../options/lookUp.js";
import { Names } from "../options/names.js";
import * as common from "./losses/common.js";
import { type Loss, withOptions } from "./losses/define.js";
import { checkTraits } from "./losses/traits.js";
import type * as losses from "./losses.js";

/** The names of the losses. */
export type LossName = keyof typeof losses;

/** "crossEntropy", { name: "huber", delta: 0.5 }, or a function of prediction and target. */
export type LossSpec = Loss | Named<LossName>;

/** The losses by name. */
export const LOSSES: Names<Loss> = new Names("loss", common as unknown as Record<string, Loss>, "a name, { name, … } or a function");

/** A loss by its name, or with options that hold for all its calls; a function is returned. @throws ArgumentError for an unknown name, option or trait */
export function lossNamed(op: string, spec: LossSpec): Loss {
  if (typeof spec === "function") {
    // A class, whose prototype is fixed, is no loss: the error tells the one that the metric MSE was taken for.
    if (Object.getOwnPropertyDescriptor(spec, "prototype")?.writable === false) LOSSES.lookUp(op, spec.name as LossName, "loss (a class)");
    return checkTraits(op, spec);
  }
  const { found, options } = LOSSES.lookUp(op, spec);
  return Object.keys(options).length === 0 ? found : withOptions(found, options);
}
