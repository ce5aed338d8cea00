import { ArgumentError } from "../errors/errors.js";
import { message } from "../errors/message.js";
import type { ActivationTraits, Fused } from "../ops/activation.js";
import { declare } from "../options/declare.js";
import { Names } from "../options/names.js";
import type { Tensor } from "../tensor/tensor.js";
import type * as activations from "./activations/all.js";
import * as common from "./activations/common.js";

/** An activation of the library. */
export type Activate = ((x: Tensor) => Tensor) & ActivationTraits;

/** The activations by name. */
export const ACTIVATIONS: Names<Activate> = new Names("activation", { ...common, linear } as unknown as Record<string, Activate>);

/** The names of all activations. "linear" is none. */
export type ActivationName = keyof typeof activations | "linear";

/** An activation by its name, by its name with options ({ name: "leakyRelu", slope: 0.2 }), or a function of a tensor. */
export type ActivationSpec = ActivationName | ({ name: ActivationName } & Record<string, unknown>) | ((x: Tensor) => Tensor);

/** An activation as layers use it. */
export interface LayerActivation extends Pick<ActivationTraits, "initializer"> {
  readonly apply: (x: Tensor) => Tensor;
  /** The form that an operation applies to its own result, with the same bits; null where the activation comes after it. */
  readonly fused: Fused | null;
}

/** What a file holds of an activation: of a function of the library its name, of anything else that itself. */
export function savedActivation(spec: unknown): unknown {
  return isActivation(spec) ? spec.declaration?.op : spec;
}

/** Whether a value is an activation of the library, which tells its name and its traits. */
export function isActivation(spec: unknown): spec is Activate {
  return typeof spec === "function" && "withSettings" in spec;
}

const NO_PARAMETERS = declare("activation", {});

/**
 * The activation that is meant.
 * @param reshaped whether the result may have another shape
 * @throws ArgumentError for an unknown name, an unknown option, or a value outside its range
 */
export function activationOf(op: string, spec: ActivationSpec, reshaped = false): LayerActivation {
  if (typeof spec === "function" && !isActivation(spec)) return { apply: spec, fused: null };
  const { found, name, options } = isActivation(spec) ? { found: spec, name: "", options: {} } : ACTIVATIONS.lookUp(op, spec);
  const { declaration = NO_PARAMETERS, withSettings, fused, initializer, reshapes } = found;
  if (reshapes && !reshaped) {
    throw new ArgumentError(message(op, `${declaration.op} changes the shape`, "Put it behind in an Activation."));
  }
  const settings = declaration.readOptions(options, `${op}: activation "${name}"`) as never;
  const apply = withSettings === undefined ? found : (x: Tensor): Tensor => withSettings(x, settings);
  return { apply, fused: fused?.(settings) ?? null, initializer };
}

function linear(x: Tensor): Tensor {
  return x;
}
