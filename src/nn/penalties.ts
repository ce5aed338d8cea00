/** The penalties. This module is their registry. */
import { note } from "../errors/note.js";
import type { Penalty, RuleMaker } from "../graph/weightRule.js";
import { declare, type OptionsOf } from "../options/declare.js";
import { number } from "../options/kinds.js";
import type { Tensor } from "../tensor/tensor.js";
import { defineRule } from "./rule.js";

const factor = number({ required: true, min: 0, aka: ["lambda"], mend: (value) => (value === undefined ? "Write l2(1e-4)." : undefined) });
const L1 = declare("l1", {}, { factor });
const L2 = declare("l2", {}, { factor });
const ELASTIC_NET = declare("elasticNet", {
  /** Factor of Σ|w|, ≥ 0. Default 0. */
  l1: number({ default: 0, min: 0 }),
  /** Factor of Σw², ≥ 0. Default 0. */
  l2: number({ default: 0, min: 0 }),
});

/** Options of `elasticNet`. */
export interface ElasticNetOptions extends OptionsOf<typeof ELASTIC_NET> {}

/** A penalty that is not for adaptive optimizers, and what to do instead. */
function plain(op: string, penalty: (weight: Tensor) => Tensor, instead: string): Penalty {
  const why = "divides the gradient of a penalty by its running size, so that weights with large gradients hardly shrink";
  return Object.assign(penalty, { beside: (optimizer: string) => note(`${op}: ${optimizer} ${why}. ${instead}`) });
}

/**
 * The penalty λ·Σ|w|: it draws all weights to 0 by the same force, so that many become small, and few large ones are left.
 *
 * A lecture prints ½·C·Σ|w| for it, and says that the ½ is for the derivative; that one belongs to the squares. Its derivative at 0 is 0. Gradient
 * steps jump over 0: exact zeros come of the constraint `proximalL1`. Under Adam and its like it is noted that penalties do not work as meant.
 * @param factor λ ≥ 0
 * @returns a penalty for the options `weightPenalty` and `biasPenalty` of layers, for `compile`, and for `parameter.penalty`
 * @throws ArgumentError
 * @example new Dense(10, { weightPenalty: l1(1e-4) })
 */
export const l1: RuleMaker<Penalty, [factor: number]> = defineRule(L1, ({ factor }) =>
  plain("l1", (weight) => weight.abs().sum().mul(factor), "For sparse weights use the constraint proximalL1, or SGD."),
);

/**
 * The penalty λ·Σw²: it draws weights to 0 the more, the larger they are, so that many small ones are preferred to a few large ones.
 *
 *     ∂/∂w = 2λw: under SGD the same as weightDecay 2λ
 *
 * Lectures and Keras have no ½ before λ, either; where ½λΣw² is meant, pass λ/2. It is the logarithm of a Gaussian prior with variance
 * 1/(2λ) of each weight, where the loss is a sum. Under Adam and its like it is not weight decay: that is `AdamW`, arXiv 1711.05101.
 * @param factor λ ≥ 0
 * @returns a penalty for the options `weightPenalty` and `biasPenalty` of layers, for `compile`, and for `parameter.penalty`
 * @throws ArgumentError
 * @example new Dense(10, { weightPenalty: l2(1e-4) })
 */
export const l2: RuleMaker<Penalty, [factor: number]> = defineRule(L2, ({ factor }) =>
  plain("l2", (weight) => weight.square().sum().mul(factor), "Use AdamW with weightDecay, which shrinks all alike, or SGD."),
);

/**
 * The penalties of `l1` and `l2` together: λ₁·Σ|w| + λ₂·Σw². Zou and Hastie, Journal of the Royal Statistical Society B 67, 2005.
 *
 * A lecture writes λ·Σ(βw² + |w|) for it, which is l1: λ, l2: λβ.
 * @param options.l1 λ₁ ≥ 0, default 0
 * @param options.l2 λ₂ ≥ 0, default 0
 * @returns a penalty for the options `weightPenalty` and `biasPenalty` of layers, for `compile`, and for `parameter.penalty`
 * @throws ArgumentError
 * @example new Dense(10, { weightPenalty: elasticNet({ l1: 1e-5, l2: 1e-4 }) })
 */
export const elasticNet: RuleMaker<Penalty, [options?: ElasticNetOptions]> = defineRule(ELASTIC_NET, (factors) =>
  plain(
    "elasticNet",
    (weight) => weight.abs().sum().mul(factors.l1).add(weight.square().sum().mul(factors.l2)),
    "Use AdamW with weightDecay for the squares and the constraint proximalL1 for the absolute values, or SGD.",
  ),
);
