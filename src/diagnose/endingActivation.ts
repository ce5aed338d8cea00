import { ACTIVATIONS, type Activate, isActivation } from "../nn/activations.js";
import type { Module } from "../nn/module.js";
import type { ActivationTraits } from "../ops/activation.js";
import type { Tensor } from "../tensor/tensor.js";

/** What is known of the activation that a module ends in. */
export interface Ending extends Pick<ActivationTraits, "dies" | "asymptotes"> {
  readonly name: string;
}

/** What a module may tell of its activation. */
interface Activated {
  readonly settings?: { readonly activation?: unknown };
}

/**
 * The activation that a module ends in; null: none that is known. A layer has it among its settings, unless it belongs to a layer inside; else
 * the operation tells that made the result.
 */
export function endingOf(module: Module, result: Tensor): Ending | null {
  const { activation } = module.constructor as { activation?: unknown };
  if (isActivation(activation)) return told(activation);
  const given = module.children().size === 0 ? (module as Activated).settings?.activation : undefined;
  if (isActivation(given)) return told(given);
  const name = typeof given === "string" ? given : (given as { name?: unknown } | null | undefined)?.name;
  const named = typeof given === "function" ? null : known(name);
  return named ?? known(result.storage.madeBy);
}

/** The activation of a name; "linear" is none. */
function known(name: unknown): Ending | null {
  if (typeof name !== "string" || name === "linear" || !Object.hasOwn(ACTIVATIONS.table, name)) return null;
  return told(ACTIVATIONS.table[name]);
}

function told({ declaration, name, dies, asymptotes }: Activate): Ending {
  return { name: declaration?.op ?? name, dies, asymptotes };
}
