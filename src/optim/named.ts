import { ArgumentError } from "../errors/errors.js";
import { kindText, message } from "../errors/message.js";
import { checkArity } from "../options/arity.js";
import type { Named } from "../options/lookUp.js";
import { Names } from "../options/names.js";
import { isPlain } from "../options/plain.js";
import * as common from "./common.js";
import { Optimizer } from "./optimizer.js";
import type * as optimizers from "./optimizers.js";

/** Names of the optimizers: their classes' in lower case. */
export type OptimizerName = Lowercase<keyof typeof optimizers>;

/** "adam", { name: "sgd", momentum: 0.9 }, or an optimizer. */
export type OptimizerSpec = Named<OptimizerName> | Optimizer;

type OptimizerClass = new (options: object) => Optimizer;

/** The optimizers by name. */
export const OPTIMIZERS: Names<OptimizerClass> = new Names("optimizer", optimizersByName(common), "a name, { name, … } or an optimizer");

/** Classes of optimizers by their names in strings. */
export function optimizersByName(classes: object): Record<string, OptimizerClass> {
  const entries = Object.entries(classes as Record<string, OptimizerClass>);
  return Object.fromEntries(entries.map(([name, optimizer]) => [name.toLowerCase(), optimizer]));
}

/**
 * An optimizer by its name; one that is given as such is returned. It is not yet bound to parameters.
 * @param op what an error begins with
 * @throws ArgumentError for an unknown name or option
 * @example optimizerNamed("compile", { name: "sgd", learningRate: 0.1, momentum: 0.9 }).bind(model.parameters());
 */
export function optimizerNamed(op: string, spec: Named | Optimizer): Optimizer {
  checkArity("optimizerNamed", arguments.length, 2);
  if (typeof op !== "string") {
    throw new ArgumentError(message("optimizerNamed", `what an error begins with is ${kindText(op)}; expected a string`));
  }
  if (spec instanceof Optimizer) return spec;
  const { found, options } = OPTIMIZERS.lookUp(op, lowerCased(spec));
  return new found(options);
}

/** The same with its name in lower case. */
function lowerCased(spec: Named): Named {
  if (typeof spec === "string") return spec.toLowerCase();
  // What is no plain object, such as a class, has no name of an optimizer.
  return isPlain(spec) && typeof spec.name === "string" ? { ...spec, name: spec.name.toLowerCase() } : spec;
}
