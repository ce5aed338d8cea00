import { declare, type OptionsOf } from "../../options/declare.js";
import { number } from "../../options/kinds.js";
import { defineLoss, type LossFunction } from "./define.js";
import { type LossOptions, REDUCTION, reduced } from "./reduction.js";
import { VALUES } from "./values.js";

/** Losses of targets that are 1 or −1. */

const HINGE_EMBEDDING = declare("hingeEmbedding", {
  ...REDUCTION,
  /** Δ, the distance that what is unlike is to have. Default 1. */
  margin: number({ default: 1 }),
});

/** Options of `hingeEmbedding`. */
export interface HingeEmbeddingOptions extends OptionsOf<typeof HINGE_EMBEDDING> {}

const SOFT_MARGIN = declare("softMargin", REDUCTION);

/**
 * Hinge loss of distances x: x itself where the target is 1 (alike), max(0, Δ − x) where it is −1 (unlike); torch.nn.HingeEmbeddingLoss.
 * Shape:     prediction any, target the same → [], or that shape for reduction "none"
 * Gradient:  dx = g/n where the target is 1; −g/n where it is −1 and x ≤ Δ; else 0
 * @param target 1 or −1; as in PyTorch, any other value adds both
 * @param options.margin Δ, default 1
 * @param options.reduction "mean" over all elements (default), "sum" or "none"
 * @throws ShapeError if the shapes differ: losses never broadcast; ArgumentError
 * @example hingeEmbedding(tensor([0.5, 0.25]), tensor([1, -1]))   // 0.625
 */
export const hingeEmbedding: LossFunction<HingeEmbeddingOptions> = defineLoss(HINGE_EMBEDDING, {
  aka: ["HingeEmbeddingLoss", "hingeEmbeddingLoss"],
  targets: VALUES,
  compute: (x, y, { reduction, margin }) => {
    const unlike = y.eq(1).where(0, x.neg().add(margin).clamp(0));
    const alike = y.eq(-1).where(0, x);
    return reduced(unlike.add(alike), reduction);
  },
});

/**
 * Logistic loss of targets y that are 1 or −1: ln(1 + e^(−y·x)); torch.nn.SoftMarginLoss. It does not overflow. With y = 2t − 1 it is
 * `binaryCrossEntropy` of targets t.
 * Shape:     prediction any, target the same → [], or that shape for reduction "none"
 * Gradient:  dx = −g · y · σ(−y·x) / n
 * @param target 1 or −1
 * @param options.reduction "mean" over all elements (default), "sum" or "none"
 * @throws ShapeError if the shapes differ: losses never broadcast; ArgumentError
 * @example softMargin(tensor([2, -2]), tensor([1, -1]))   // 0.1269
 */
export const softMargin: LossFunction<LossOptions> = defineLoss(SOFT_MARGIN, {
  aka: ["SoftMarginLoss", "softMarginLoss", "logistic"],
  targets: VALUES,
  compute: (x, y, { reduction }) => reduced(x.mul(y).neg().softplus(), reduction),
});
