import { ShapeError } from "../../errors/errors.js";
import { message, shapeText } from "../../errors/message.js";
import { crossEntropyRows } from "../../ops/crossEntropy.js";
import { concat } from "../../ops/joining.js";
import { floating } from "../../ops/operands.js";
import { declare, type OptionsOf } from "../../options/declare.js";
import { number } from "../../options/kinds.js";
import { eye, tensor } from "../../tensor/creation.js";
import type { Tensor } from "../../tensor/tensor.js";
import { defineLoss, type LossFunction, type Targets } from "./define.js";
import { NO_LABEL } from "./labels.js";
import { REDUCTION, reduced } from "./reduction.js";
import { VALUES } from "./values.js";

/** The option of the temperature. */
export const TEMPERATURE = {
  /** What similarities are divided by, > 0. Default 0.5. */
  temperature: number({ default: 0.5, above: 0, aka: ["tau"] }),
};

const NT_XENT = declare("ntXent", { ...REDUCTION, ...TEMPERATURE });

/** Options of `ntXent`. */
export interface NtXentOptions extends OptionsOf<typeof NT_XENT> {}

/** Taken from the similarity of a sample to itself, which is no other's. */
const OUT_OF_REACH = 1e9;

/** What the loss of n pairs compares with; a training asks for it at every step, with one n. */
let known: { n: number; itself: Tensor; partners: Tensor } | null = null;

/** Two views of samples; or one prediction that holds both, beside targets [n] that count for nothing, as `compile` calls it. */
const VIEWS: Targets = {
  kind: "values",
  operands: (op, prediction, target, logits) => {
    const [, extent = 1] = prediction.shape;
    if (target.rank !== 1 || extent === 1) return VALUES.operands(op, prediction, target, logits);
    if (prediction.rank > 3 || (prediction.rank === 3 ? extent !== 2 : extent === 0 || extent % 2 > 0)) {
      const problem = `prediction ${shapeText(prediction.shape)} does not hold two views side by side; expected [n, 2, d] or [n, 2 · d]`;
      throw new ShapeError(message(op, problem, `Or write ${op}(first, second).`));
    }
    const [x, y] = floating(prediction)
      .split(extent / 2, 1)
      .map((view) => (view.rank === 3 ? view.squeeze(1) : view));
    return { x, y, shape: null };
  },
};

/**
 * The normalised, temperature-scaled cross-entropy of pairs: each of 2n samples is to be more similar to its partner than to all others,
 * where similarity is the cosine. −log (e^(s(i, j)/τ) / Σ_{k≠i} e^(s(i, k)/τ)), averaged over the two of a pair. Chen et al., ICML 2020
 * (SimCLR).
 *
 *     ntXent(first, second, options)
 *     ntXent(prediction, target, options)      of [n, 2, d] or [n, 2 · d], as compile calls it; the target [n] counts for nothing
 *
 * Shape:     prediction, target [n, d] → [], or [n] for reduction "none"
 * Gradient:  by the formula, for both
 * @param prediction embeddings of one view of n samples
 * @param target embeddings of another view of the same samples, in the same order
 * @param options.temperature τ > 0, default 0.5
 * @param options.reduction "mean" over the pairs (default), "sum" or "none"
 * @throws ShapeError unless both have one shape [n, d], or the prediction holds both; ArgumentError for an option
 * @example ntXent(tensor([[1, 0], [0, 1]]), tensor([[1, 0], [0, 1]]))   // 0.2395
 */
export const ntXent: LossFunction<NtXentOptions> = defineLoss(NT_XENT, {
  aka: ["NTXent", "ntXentLoss", "NTXentLoss", "infoNce", "InfoNCE", "simclr"],
  targets: VIEWS,
  compute: (first, second, { temperature, reduction }) => {
    if (first.rank !== 2) {
      throw new ShapeError(message(NT_XENT.op, `the embeddings have shape ${shapeText(first.shape)}; expected [n, d]`));
    }
    const [n] = first.shape;
    const { itself, partners } = comparison(n);
    const rows = concat([first, second], 0);
    const units = rows.mul(rows.square().sum(1, { keepDims: true }).add(1e-12).rsqrt());
    const similar = units.matmul(units.transpose()).div(temperature).sub(itself);
    const each = crossEntropyRows(similar, partners, null, { reduction: "none", smoothing: 0, ignoreIndex: NO_LABEL });
    return reduced(each.reshape([2, n]).mean(0), reduction);
  },
});

function comparison(n: number): { itself: Tensor; partners: Tensor } {
  if (known?.n === n) return known;
  const partners = Array.from({ length: 2 * n }, (_, i) => (i + n) % (2 * n));
  known = {
    n,
    itself: eye(2 * n)
      .mul(OUT_OF_REACH)
      .pin(),
    partners: tensor(partners, { dtype: "int32" }).pin(),
  };
  return known;
}
