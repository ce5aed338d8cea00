/** The constraints. This module is their registry. */
import type { Constraint, RuleMaker } from "../graph/weightRule.js";
import { declare, type OptionsOf } from "../options/declare.js";
import { number } from "../options/kinds.js";
import { normalizeAxis } from "../tensor/shape.js";
import type { Tensor } from "../tensor/tensor.js";
import { defineRule } from "./rule.js";

const AXIS = {
  /** The axis whose entries have a norm each, negative from the end; null: the whole weight has one. Default 0: each output by itself. */
  axis: number({ default: 0, whole: true, nullable: true, aka: ["dim"] }),
};
const limit = number({
  required: true,
  above: 0,
  aka: ["maxValue", "c"],
  mend: (value) => (value === undefined ? "Write maxNorm(3)." : undefined),
});
const MAX_NORM = declare("maxNorm", AXIS, { limit });
const UNIT_NORM = declare("unitNorm", AXIS);
const NON_NEGATIVE = declare("nonNegative", {});
const PROXIMAL_L1 = declare("proximalL1", {}, { factor: number({ required: true, min: 0, aka: ["lambda"] }) });

/** Options of `maxNorm`. */
export interface MaxNormOptions extends OptionsOf<typeof MAX_NORM> {}

/** Options of `unitNorm`. */
export interface UnitNormOptions extends OptionsOf<typeof UNIT_NORM> {}

/** The norm of each entry of an axis, or of the whole. */
function normOf(op: string, weight: Tensor, axis: number | null): Tensor {
  const at = axis === null ? null : normalizeAxis(op, axis, weight.shape);
  const others = weight.shape.map((_, i) => i).filter((i) => i !== at);
  return others.length === 0 ? weight.abs() : weight.norm(others, { keepDims: true });
}

/**
 * Scales the weights of each output down to a norm of at most `limit`, behind each step of the optimizer: w ← w / max(1, ‖w‖ / limit).
 * Srivastava et al., JMLR 15, 2014, with dropout; limits of 2 to 4 are usual.
 *
 * What is short enough keeps its bits; Keras divides by ‖w‖ + 1e-7 always. Where the first axis is not that of the outputs, as in transposed
 * convolutions, pass another.
 * @param limit the greatest norm, > 0
 * @param options.axis whole number, negative from the end, or null, default 0
 * @returns a constraint for the options `weightConstraint` and `biasConstraint` of layers, and for `parameter.constraint`
 * @throws ArgumentError; when it is applied, IndexError for an axis that the weight does not have
 * @example new Dense(128, { activation: "relu", weightConstraint: maxNorm(3) })
 */
export const maxNorm: RuleMaker<Constraint, [limit: number, options?: MaxNormOptions]> = defineRule(
  MAX_NORM,
  ({ limit, axis }) =>
    (weight) =>
      weight.div(normOf("maxNorm", weight, axis).div(limit).maximum(1)),
);

/**
 * Scales the weights of each output to norm 1, behind each step of the optimizer: w ← w / ‖w‖. Zeros stay.
 *
 * @param options.axis whole number, negative from the end, or null, default 0
 * @returns a constraint for the options `weightConstraint` and `biasConstraint` of layers, and for `parameter.constraint`
 * @throws ArgumentError; when it is applied, IndexError for an axis that the weight does not have
 * @example new Dense(128, { weightConstraint: unitNorm() })
 */
export const unitNorm: RuleMaker<Constraint, [options?: UnitNormOptions]> = defineRule(UNIT_NORM, ({ axis }) => (weight) => {
  const norm = normOf("unitNorm", weight, axis);
  return weight.div(norm.eq(0).where(1, norm));
});

/**
 * Sets negative weights to 0, behind each step of the optimizer: w ← max(0, w).
 * @returns a constraint for the options `weightConstraint` and `biasConstraint` of layers, and for `parameter.constraint`
 * @throws ArgumentError for an argument
 * @example new Dense(16, { weightConstraint: nonNegative() })
 */
export const nonNegative: RuleMaker<Constraint, []> = defineRule(NON_NEGATIVE, () => (weight) => weight.maximum(0));

/**
 * Draws weights to 0 by η·λ behind each step of the optimizer, η being its learning rate, and stops at 0: the proximal step of the penalty
 * λ·Σ|w|. Unlike those of the penalty `l1`, its weights become exactly 0. Under SGD it is ISTA, which converges to the lasso's solution:
 *
 *     w ← sign(w) · max(0, |w| − ηλ)
 *
 * The loss that is reported does not have the penalty. Daubechies, Defrise, De Mol, Communications on Pure and Applied Mathematics 57, 2004.
 * @param factor λ ≥ 0
 * @returns a constraint for the options `weightConstraint` and `biasConstraint` of layers, and for `parameter.constraint`
 * @throws ArgumentError
 * @example new Dense(1, { weightConstraint: proximalL1(0.01) })
 */
export const proximalL1: RuleMaker<Constraint, [factor: number]> = defineRule(PROXIMAL_L1, ({ factor }) => (weight, { learningRate }) => {
  const step = learningRate.mul(factor);
  return weight.sub(weight.minimum(step).maximum(step.neg()));
});
