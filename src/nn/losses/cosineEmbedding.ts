import { declare, type OptionsOf } from "../../options/declare.js";
import { number } from "../../options/kinds.js";
import type { Tensor } from "../../tensor/tensor.js";
import { checkPairs } from "./embeddings.js";
import { defineJointLoss, type JointLossFunction } from "./joint.js";
import { REDUCTION, reduced } from "./reduction.js";

const COSINE_EMBEDDING = declare("cosineEmbedding", {
  ...REDUCTION,
  /** Δ, −1 … 1, the cosine up to which what is unlike costs nothing. Default 0. */
  margin: number({ default: 0, min: -1, max: 1 }),
});

/** Options of `cosineEmbedding`. */
export interface CosineEmbeddingOptions extends OptionsOf<typeof COSINE_EMBEDDING> {}

/**
 * Whether pairs of vectors point in one direction: 1 − cos(a, b) where the target is 1 (alike), max(0, cos(a, b) − Δ) where it is −1;
 * torch.nn.CosineEmbeddingLoss.
 *
 *     cosineEmbedding(first, second, target, options)
 *     cosineEmbedding(prediction, target, options)      of [n, 2, d] or [n, 2 · d], as compile calls it
 *
 * Shape:     first, second [n, d], target [n]; or [d] and [] → [], or the target's shape for reduction "none"
 * Gradient:  that of the cosine; none for the target
 * @param target 1 or −1
 * @param options.margin Δ, −1 … 1, default 0; 0 to 0.5 is common
 * @param options.reduction "mean" (default), "sum" or "none"
 * @throws ShapeError if the shapes do not fit; ArgumentError
 * @example cosineEmbedding(tensor([[1, 0], [1, 1]]), tensor([[1, 1], [1, 1]]), tensor([1, -1]))   // 0.6464
 */
export const cosineEmbedding: JointLossFunction<CosineEmbeddingOptions> = defineJointLoss(COSINE_EMBEDDING, {
  aka: ["CosineEmbeddingLoss", "cosineEmbeddingLoss", "cosineSimilarity"],
  operands: ["first", "second", "target"],
  predicted: [0, 1],
  compute: ([first, second, target], { reduction, margin }) => {
    checkPairs(COSINE_EMBEDDING.op, first, second, target);
    const cosine = cosineOf(first, second);
    const alike = target.eq(1).where(cosine.neg().add(1), 0);
    const unlike = target.eq(-1).where(cosine.sub(margin).clamp(0), 0);
    return reduced(alike.add(unlike), reduction);
  },
});

/** PyTorch's: what is added to the squares of both lengths. */
const EPSILON = 1e-12;

/** The cosines of pairs of vectors along the last axis. */
function cosineOf(a: Tensor, b: Tensor): Tensor {
  const [x, y] = [shortened(a), shortened(b)];
  const squares = x.square().sum(-1).add(EPSILON).mul(y.square().sum(-1).add(EPSILON));
  return x.mul(y).sum(-1).div(squares.sqrt());
}

/** The squares of lengths up to this do not overflow, nor does their product. */
const LONG = 1e8;

/** Vectors with components up to LONG; longer ones are cut, which leaves their direction. */
function shortened(x: Tensor): Tensor {
  if (x.shape[x.rank - 1] === 0) return x;
  const length = x.detach().abs().max(-1, { keepDims: true });
  return x.div(length.div(LONG).maximum(1));
}
