import { noGrad } from "../graph/mode.js";
import type { Parameter } from "../graph/parameter.js";
import { type Constraint, ruleOf } from "../graph/weightRule.js";
import { Storage } from "../tensor/storage.js";
import { Tensor } from "../tensor/tensor.js";
import type { Holdings } from "./holdings.js";
import type { States } from "./states.js";

/** Puts a parameter back to where its constraint allows it to be. */
export type Constraining = () => void;

/** What holds the constraints of those parameters that have one. @param at where their learning rate stands */
export function constrainingOf(parameters: readonly Parameter[], at: number, holdings: Holdings, held: States): Constraining[] {
  const constrained = parameters.filter(({ constraint }) => constraint);
  if (constrained.length === 0) return [];
  const storage = new Storage(parameters[0].dtype, 1, "learning rate");
  storage.at = at;
  storage.permanent = true;
  // Its place is the optimizer's: it lives as long as the states.
  storage.companion = held;
  holdings.addStorage(storage);
  const learningRate = new Tensor(storage, []);
  return constrained.map((parameter) => {
    const constraint = ruleOf(parameter.constraint as Constraint);
    return () => {
      noGrad(() => parameter.assign(constraint(parameter, { learningRate })));
    };
  });
}
