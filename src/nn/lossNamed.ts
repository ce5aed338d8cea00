import { ArgumentError } from "../errors/errors.js";
import { message } from "../errors/message.js";
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
    if (isClass(spec)) throw classGiven(op, spec.name);
    return checkTraits(op, spec);
  }
  const { found, options } = LOSSES.lookUp(op, spec);
  return Object.keys(options).length === 0 ? found : withOptions(found, options);
}

/** Whether a function is a class, which is no function of prediction and target: its prototype cannot be replaced. */
function isClass(value: object): boolean {
  return Object.getOwnPropertyDescriptor(value, "prototype")?.writable === false;
}

/** The error for a class, such as the metric MSE. */
function classGiven(op: string, name: string): ArgumentError {
  const same = Object.keys(LOSSES.table).find((loss) => loss.toLowerCase() === name.toLowerCase());
  const mend = same === undefined ? 'Write loss: "crossEntropy"; a metric belongs to metrics.' : `Write loss: "${same}".`;
  return new ArgumentError(message(op, `the loss is the class ${name}; expected a name, { name, … } or a function`, mend));
}
