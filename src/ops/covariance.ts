import { ShapeError } from "../errors/errors.js";
import { message, shapeText } from "../errors/message.js";
import { declare, type OptionsOf } from "../options/declare.js";
import { number } from "../options/kinds.js";
import { option } from "../options/option.js";
import { checkTensorArity, describeCall } from "../tensor/check.js";
import { normalizeAxis } from "../tensor/shape.js";
import { Tensor } from "../tensor/tensor.js";
import { AxesArguments, type WithAxis } from "./axes.js";
import { where } from "./compare.js";
import { KEEP_DIMS, type ReductionOptions } from "./fold.js";
import { diag } from "./matrices.js";
import { floating } from "./operands.js";

/** Statistics of variables: how they vary together, and how uncertain they are. */

const weights = option<Tensor, { default: null }>("a vector", (value) => value instanceof Tensor && value.rank === 1, { default: null });

const COV = declare("cov", {
  /** The divisor is the number of observations − correction: 1 unbiased, 0 biased. ≥ 0, default 1. */
  correction: number({ default: 1, min: 0, aka: ["ddof", "unbiased"] }),
  /** How often each observation was made: a vector of whole numbers. Default once. */
  fweights: weights,
  /** How much each observation counts: a vector of numbers ≥ 0. Default equally. */
  aweights: weights,
});

/** Options of `cov`. */
export interface CovOptions extends OptionsOf<typeof COV> {}

/**
 * The covariance of variables: cᵢⱼ = Σ (xᵢ − meanᵢ)(xⱼ − meanⱼ) / (n − correction), as torch.cov.
 * Shape:     [variables, observations] → [variables, variables]; [observations] or [] → []
 * Gradient:  of x; weights have none
 * @param options.correction 1 unbiased, 0 biased; default 1
 * @param options.fweights how often each observation was made, [observations]
 * @param options.aweights how much each observation counts, [observations]
 * @throws ShapeError for more than two axes or weights of another length, ArgumentError for an option
 * @example cov(tensor([[0, 1, 2], [2, 1, 0]]))   // [[1, -1], [-1, 1]]
 */
export function cov(x: Tensor, options?: CovOptions): Tensor {
  checkTensorArity("cov", arguments.length, 2);
  const settings = COV.readOptions(options);
  if (!(x instanceof Tensor)) return describeCall("cov", "x", x, [x, options]);
  return covariance("cov", x, settings);
}

type Settings = Required<CovOptions>;

function covariance(op: string, x: Tensor, { correction, fweights, aweights }: Settings): Tensor {
  if (x.rank > 2) throw new ShapeError(message(op, `x has shape ${shapeText(x.shape)}; expected [variables, observations]`));
  const rows = floating(x.rank === 2 ? x : x.reshape([1, x.size]));
  const n = rows.shape[1];
  for (const [name, weight] of Object.entries({ fweights, aweights })) {
    if (weight && weight.size !== n) {
      throw new ShapeError(message(op, `${name} has ${weight.size} elements for ${n} observations; expected one for each`));
    }
  }
  const [often, much] = [fweights, aweights].map((weight) => weight?.detach().cast(rows.dtype));
  const weight = often && much ? often.mul(much) : (often ?? much);
  const total = weight ? weight.sum() : null;
  const mean = weight && total ? rows.mul(weight).sum(1, { keepDims: true }).div(total) : rows.mean(1, { keepDims: true });
  const centered = rows.sub(mean);
  const products = (weight ? centered.mul(weight) : centered).matmul(centered.transpose());
  const result = products.div(divisor(n, correction, total, weight, much));
  return rows.shape[0] === 1 ? result.reshape([]) : result;
}

/** What sums are divided by; at least 0, as in PyTorch. */
function divisor(n: number, correction: number, total: Tensor | null, weight?: Tensor, much?: Tensor): Tensor | number {
  if (total === null || weight === undefined) return Math.max(0, n - correction);
  const lost = much && correction !== 0 ? weight.mul(much).sum().div(total).mul(correction) : correction;
  return total.sub(lost).clamp(0);
}

/**
 * The correlation of variables, Pearson's: rᵢⱼ = cᵢⱼ / √(cᵢᵢcⱼⱼ) from −1 to 1, of their covariance c, as torch.corrcoef.
 * Shape:     [variables, observations] → [variables, variables]; [observations] or [] → []
 * Gradient:  of x
 * @throws ShapeError for more than two axes
 * @example corrcoef(tensor([[0, 1, 2], [2, 1, 0]]))   // [[1, -1], [-1, 1]]
 */
export function corrcoef(x: Tensor): Tensor {
  checkTensorArity("corrcoef", arguments.length, 1);
  if (!(x instanceof Tensor)) return describeCall("corrcoef", "x", x, [x]);
  const c = covariance("corrcoef", x, { correction: 1, fweights: null, aweights: null });
  if (c.rank === 0) return c.div(c);
  const deviation = diag(c).sqrt();
  return c.div(deviation.unsqueeze(1)).div(deviation).clamp(-1, 1);
}

const ENTROPY = new AxesArguments<number, typeof KEEP_DIMS>("entropy", "axis", KEEP_DIMS);

/**
 * The entropy of distributions, in nats: −Σ p · ln p along an axis, where 0 · ln 0 = 0; the sum of torch.special.entr. It does not divide
 * by Σ p. (That of logits is `logSumExp` − Σ softmax · logits.)
 * Shape:     any → the axis gone (1 with keepDims)
 * Gradient:  dp = −g · (ln p + 1); 0 where p = 0 (PyTorch: ∞)
 * @param axis default the last
 * @param options.keepDims keep the axis with extent 1, default false
 * @throws IndexError for an axis outside the shape, ArgumentError for an option
 * @example entropy(tensor([[0.5, 0.5], [1, 0]]))   // [0.6931, 0]
 */
export function entropy(p: Tensor, axis?: number | WithAxis<ReductionOptions>, options?: ReductionOptions): Tensor {
  const { axes = -1, options: settings } = ENTROPY.read(arguments.length, axis, options);
  if (!(p instanceof Tensor)) return describeCall("entropy", "p", p, [p, axis, options]);
  const x = floating(p);
  const at = normalizeAxis("entropy", axes, x.shape);
  const none = x.le(0);
  const terms = where(none, where(x.lt(0), -Infinity, 0), x.mul(where(none, 1, x).log()).neg());
  return terms.sum(at, settings);
}
