import { ShapeError } from "../errors/errors.js";
import { kindText, message, shapeText } from "../errors/message.js";
import { Parameter } from "../graph/parameter.js";
import { type Penalty, ruleOf, rulesVersion } from "../graph/weightRule.js";
import { recorder } from "../kernels/recorder.js";
import { Tensor } from "../tensor/tensor.js";
import type { Module } from "./module.js";

/**
 * What the weights of a model add to its loss; null where nothing has a penalty.
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

/** What a weight adds to the loss, of its own or as all weights do; null: nothing. */
export function penaltyIn({ penalty, rank }: Parameter, weights: Penalty | null): Penalty | null {
  return penalty === undefined && rank > 1 ? weights : (penalty ?? null);
}

function scalar(term: unknown): Tensor {
  if (term instanceof Tensor && term.size === 1) return term;
  const found = term instanceof Tensor ? `has shape ${shapeText(term.shape)}` : `is ${kindText(term)}`;
  throw new ShapeError(message("penaltyOf", `what a penalty gave ${found}; expected a scalar`, "Reduce it with sum()."));
}
