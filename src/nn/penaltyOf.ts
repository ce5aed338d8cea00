import { ArgumentError, ShapeError } from "../errors/errors.js";
import { kindText, message, shapeText } from "../errors/message.js";
import { Parameter } from "../graph/parameter.js";
import { type Penalty, ruleOf, rulesVersion } from "../graph/weightRule.js";
import { recorder } from "../kernels/recorder.js";
import { checkArity } from "../options/arity.js";
import { declare } from "../options/declare.js";
import { zeros } from "../tensor/creation.js";
import { Tensor } from "../tensor/tensor.js";
import { isModule, place } from "./forward.js";
import type { Module } from "./module.js";
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

/**
 * The same, null where nothing has a penalty.
 * @param weights null: none
 * @param met is told each penalty that counts
 */
export function penaltySum(model: Module, weights: Penalty | null, met?: (penalty: Penalty) => void): Tensor | null {
  const version = rulesVersion();
  recorder?.surround({ valid: () => rulesVersion() === version });
  if (weights === null && version === 0) return null;
  const terms = model.parameters().flatMap((parameter) => {
    const given = parameter.requiresGrad ? penaltyIn(parameter, weights) : null;
    if (given === null) return [];
    const penalty = ruleOf(given);
    met?.(penalty);
    return [scalar(penalty(parameter))];
  });
  return terms.length === 0 ? null : terms.reduce((sum, term) => sum.add(term));
}

/** Whether a step over the model is to have a penalty, as far as that is known before lazy layers are built. */
export function isPenalized(model: Module, weights: Penalty | null): boolean {
  if (weights !== null) return true;
  for (const module of model.namedModules().values()) {
    const { weightPenalty, biasPenalty } = (module as { settings?: { weightPenalty?: unknown; biasPenalty?: unknown } }).settings ?? {};
    if (weightPenalty ?? biasPenalty) return true;
    for (const value of Object.values(module)) if (value instanceof Parameter && value.penalty) return true;
  }
  return false;
}

function penaltyIn({ penalty, rank }: Parameter, weights: Penalty | null): Penalty | null {
  return penalty === undefined && rank > 1 ? weights : (penalty ?? null);
}

function scalar(term: unknown): Tensor {
  if (term instanceof Tensor && term.size === 1) return term;
  const found = term instanceof Tensor ? `has shape ${shapeText(term.shape)}` : `is ${kindText(term)}`;
  throw new ShapeError(message("penaltyOf", `what a penalty gave ${found}; expected a scalar`, "Reduce it with sum()."));
}
