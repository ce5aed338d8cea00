import type { ActivationTraits, Fused } from "../ops/activation.js";
import * as activations from "../ops/activations.js";
import * as softmaxes from "../ops/softmax.js";
import { declare } from "../options/declare.js";
import { lookUp } from "../options/lookUp.js";
import type { Tensor } from "../tensor/tensor.js";

const table = { ...activations, ...softmaxes };

/** The names of all activations. "linear" is none. */
export type ActivationName = keyof typeof table | "linear";

/** An activation by its name, by its name with options ({ name: "leakyRelu", slope: 0.2 }), or a function of a tensor. */
export type ActivationSpec = ActivationName | ({ name: ActivationName } & Record<string, unknown>) | ((x: Tensor) => Tensor);

/** An activation as layers use it. */
export interface LayerActivation extends Pick<ActivationTraits, "initializer"> {
  readonly apply: (x: Tensor) => Tensor;
  /** The form that an operation applies to its own result, with the same bits; null where the activation comes after it. */
  readonly fused: Fused | null;
}

type Activate = ((x: Tensor) => Tensor) & ActivationTraits;

/** What a file holds of an activation: of a function of the library its name, of anything else that itself. */
export function savedActivation(spec: unknown): unknown {
  return Object.entries(table).find(([, known]) => known === spec)?.[0] ?? spec;
}

const NO_PARAMETERS = declare("activation", {});

/**
 * The activation that is meant.
 * @throws ArgumentError for an unknown name, an unknown option, or a value outside its range
 */
export function activationOf(op: string, spec: ActivationSpec): LayerActivation {
  const named = savedActivation(spec) as ActivationSpec;
  if (typeof named === "function") return { apply: named, fused: null };
  const { found, name, options } = lookUp<Activate>(op, "activation", { ...table, linear } as Record<string, Activate>, named);
  const { declaration = NO_PARAMETERS, withSettings, fused, initializer } = found;
  const settings = declaration.readOptions(options, `${op}: activation "${name}"`) as never;
  const apply = withSettings === undefined ? found : (x: Tensor): Tensor => withSettings(x, settings);
  return { apply, fused: fused?.(settings) ?? null, initializer };
}

function linear(x: Tensor): Tensor {
  return x;
}
