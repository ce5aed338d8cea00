import * as layers from "../nn/layers.js";
import * as losses from "../nn/losses.js";
import type { Module } from "../nn/module.js";
import type { Loss } from "./objective.js";

/**
 * Whether `fit` captures a step by itself: only where all that runs is known to do the same each time. A class or a loss of the
 * user's own says so: `static capturable = true`, `Object.assign(loss, { capturable: true })`.
 */

const layerClasses = new Set<unknown>(Object.values(layers));
const lossFunctions = new Set<unknown>(Object.values(losses));

/** What a class or a function may say of itself. */
interface Marked {
  readonly capturable?: boolean;
}

/** Whether a module and all below may be captured. */
export function isCapturable(model: Module): boolean {
  for (const module of model.namedModules().values()) {
    const own = Object.hasOwn(module.constructor, "capturable");
    if (own ? !(module.constructor as Marked).capturable : !layerClasses.has(module.constructor)) return false;
    if ((module as { holdsFunction?: boolean }).holdsFunction) return false;
  }
  return true;
}

export function areCapturable(all: readonly Loss[]): boolean {
  return all.every((loss) => lossFunctions.has(loss) || (loss as Marked).capturable === true);
}
