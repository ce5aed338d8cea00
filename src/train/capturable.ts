import { isLibraryLayer, typeOf } from "../nn/architecture.js";
import type { Loss } from "../nn/losses.js";
import type { Module } from "../nn/module.js";

/**
 * `fit` captures a step by itself only where all that runs is known to do the same each time. A class or a loss of the user's own
 * says so: `static capturable = true`, `Object.assign(loss, { capturable: true })`.
 */

/** What `capture: false` is, as an obstacle. */
export const NOT_WANTED = "fit was given capture: false";

/** What a class may say of itself. */
interface Marked {
  readonly capturable?: boolean;
}

/** Why a step of this model with these losses may not be captured; null if it may. */
export function captureObstacle(model: Module, losses: readonly Loss[] = []): string | null {
  for (const module of model.namedModules().values()) {
    const own = Object.hasOwn(module.constructor, "capturable");
    if (own ? !(module.constructor as Marked).capturable : !isLibraryLayer(module))
      return `${typeOf(module)} is a class of your own; write static capturable = true in it if its forward does the same each time`;
    if ((module as { holdsFunction?: boolean }).holdsFunction) return `${typeOf(module)} calls a function of your own`;
  }
  if (losses.every(({ capturable }) => capturable === true)) return null;
  return "the loss is a function of your own; write Object.assign(loss, { capturable: true }) if it does the same each time";
}
