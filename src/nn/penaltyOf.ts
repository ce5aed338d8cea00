import { ArgumentError } from "../errors/errors.js";
import { kindText, message } from "../errors/message.js";
import type { Penalty } from "../graph/weightRule.js";
import { checkArity } from "../options/arity.js";
import { declare } from "../options/declare.js";
import { zeros } from "../tensor/creation.js";
import type { Tensor } from "../tensor/tensor.js";
import { isModule, place } from "./forward.js";
import type { Module } from "./module.js";
import { penaltySum } from "./penaltySum.js";
import { penalty } from "./regularization.js";

const PENALTY_OF = declare("penaltyOf", {}, { weights: penalty({}) });

/**
 * What the weights of a model add to its loss, for a loop of your own; `fit` does it by itself:
 *
 *     Σ penalty(w) over all parameters that have a penalty and are trained
 *
 * A parameter's penalty is that of `parameter.penalty`, else that of the option `weightPenalty` or `biasPenalty` of its layer, else, if it has two
 * axes or more, `weights`: biases and what normalizations learn have one.
 * @param model a module whose parameters are there
 * @param weights the penalty of weights that have none of their own, default none
 * @returns a scalar; 0 where nothing has a penalty
 * @throws ArgumentError, GraphError for a lazy layer that is not built, ShapeError for a penalty of your own that gives no scalar
 * @example
 * const model = new Linear(3, 1, { weightPenalty: l2(0.1) });
 * const loss = mse(model.forward(tensor([[1, 2, 3]])), tensor([[10]])).add(penaltyOf(model));
 * loss.backward();
 */
export function penaltyOf(model: Module, weights?: Penalty): Tensor {
  checkArity("penaltyOf", arguments.length, 2);
  if (!isModule(model)) throw new ArgumentError(message("penaltyOf", `the model is ${kindText(model)}; expected a Module`));
  PENALTY_OF.read([weights]);
  // Layers tell their parameters.
  place(model);
  return penaltySum(model, weights ?? null) ?? zeros([]);
}
