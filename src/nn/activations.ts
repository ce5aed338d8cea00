import { ArgumentError } from "../errors/errors.js";
import { didYouMean, message } from "../errors/message.js";
import * as activations from "../ops/activations.js";
import { type Epilogue, epilogueOf } from "../ops/epilogue.js";
import * as softmaxes from "../ops/softmax.js";
import { lookUp } from "../options/lookUp.js";
import type { Tensor } from "../tensor/tensor.js";

const table = { ...activations, ...softmaxes };

/** The names of all activations. "linear" is none. */
export type ActivationName = keyof typeof table | "linear";

/** An activation by its name, by its name with options ({ name: "leakyRelu", slope: 0.2 }), or a function of a tensor. */
export type ActivationSpec = ActivationName | ({ name: ActivationName } & Record<string, unknown>) | ((x: Tensor) => Tensor);

/** What an activation takes beside x, in order; a test checks that none is missing. */
export const PARAMETERS: Readonly<Record<string, readonly string[]>> = {
  leakyRelu: ["slope"],
  elu: ["alpha"],
  softmax: ["axis"],
  logSoftmax: ["axis"],
};

/**
 * The function that is meant.
 * @throws ArgumentError for an unknown name or option
 */
export function activationOf(op: string, spec: ActivationSpec): (x: Tensor) => Tensor {
  if (typeof spec === "function") return spec;
  if (spec === null || (typeof spec !== "string" && typeof spec !== "object")) {
    throw new ArgumentError(message(op, `activation is ${String(spec)}; expected a name, { name, … } or a function`));
  }
  const name = activationName(spec);
  const { found, options } = lookUp<(x: Tensor, ...rest: never[]) => Tensor>(op, "activation", { ...table, linear }, spec);
  const known = PARAMETERS[name as string] ?? [];
  for (const option of Object.keys(options)) {
    if (known.includes(option)) continue;
    const takes = known.length > 0 ? `Known: ${known.join(", ")}.${didYouMean(option, known)}` : "It takes none.";
    throw new ArgumentError(message(op, `unknown option "${option}" of activation "${name}"`, takes));
  }
  const rest = known.map((option) => options[option]) as never[];
  return (x) => found(x, ...rest);
}

/** The activation as part of a product (see ops/epilogue.ts), with the same bits; null where it has to come after it. */
export function fusedOf(spec: ActivationSpec): Epilogue | null {
  if (typeof spec === "function") return null;
  return typeof spec === "string" ? epilogueOf(spec, {}) : epilogueOf(spec.name, spec);
}

/** The name of an activation; null for a function. */
export function activationName(spec: ActivationSpec): string | null {
  if (typeof spec === "function") return null;
  return typeof spec === "string" ? spec : spec.name;
}

/** What a saved model holds of an activation. @throws ArgumentError for a function */
export function activationConfig(op: string, spec: ActivationSpec): ActivationSpec {
  if (typeof spec !== "function") return spec;
  throw new ArgumentError(message(op, "activation is a function, which a saved model cannot hold", "Use a name, or a Module of your own."));
}

function linear(x: Tensor): Tensor {
  return x;
}
