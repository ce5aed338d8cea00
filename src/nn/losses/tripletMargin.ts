import { ArgumentError } from "../../errors/errors.js";
import { kindText, message } from "../../errors/message.js";
import { declare, type OptionsOf } from "../../options/declare.js";
import { callable, flag, number } from "../../options/kinds.js";
import { Tensor } from "../../tensor/tensor.js";
import { checkEmbeddings } from "./embeddings.js";
import { defineJointLoss, type JointLossFunction } from "./joint.js";
import { REDUCTION, reduced } from "./reduction.js";

type Distance = (a: Tensor, b: Tensor) => Tensor;

const TRIPLET_MARGIN = declare("tripletMargin", {
  ...REDUCTION,
  /** Δ > 0, by how much farther what is unlike is to be. Default 1. */
  margin: number({ default: 1, above: 0 }),
  /** The order of the norm that is the distance, > 0, may be Infinity. Default 2. */
  p: number({ default: 2, above: 0, infinite: true }),
  /** ε, which is added to each difference. Default 1e-6. */
  epsilon: number({ default: 1e-6, min: 0, aka: ["eps"] }),
  /** Whether the unlike sample is held away from the positive one, too, where that is nearer. Default false. */
  swap: flag({ default: false }),
  /** A distance of one's own, a function of two tensors [n, d] that gives [n]; p and epsilon do not count then. Default the norm. */
  distance: callable<Distance>()("a function of two tensors", { default: null, aka: ["distanceFunction"] }),
});

/** Options of `tripletMargin`. */
export interface TripletMarginOptions extends OptionsOf<typeof TRIPLET_MARGIN> {}

/**
 * Whether an anchor is nearer to a sample that is like it than to one that is not: max(0, d(a, p) − d(a, n) + Δ), with the distance
 * d(x, y) = ‖x − y + ε‖_p; torch.nn.TripletMarginLoss, and with `distance` torch.nn.TripletMarginWithDistanceLoss. With `swap` the smaller of
 * d(a, n) and d(p, n) counts. Balntas et al., BMVC 2016.
 *
 *     tripletMargin(anchor, positive, negative, options)
 *     tripletMargin(prediction, target, options)            of [n, 3, d] or [n, 3 · d], as compile calls it; the target counts for nothing
 *
 * Shape:     anchor, positive, negative [n, d], or [d] → [], or [n] (or []) for reduction "none"
 * Gradient:  that of the distances; 0 where two embeddings are the same
 * @param options.margin Δ > 0, default 1
 * @param options.p the order of the norm, > 0, default 2
 * @param options.epsilon ε, default 1e-6
 * @param options.swap default false
 * @param options.distance a function of two tensors [n, d] that gives [n], default the norm
 * @param options.reduction "mean" (default), "sum" or "none"
 * @throws ShapeError unless all have one shape; ArgumentError
 * @example tripletMargin(tensor([[0, 0]]), tensor([[3, 4]]), tensor([[0, 2]]))   // 4
 */
export const tripletMargin: JointLossFunction<TripletMarginOptions> = defineJointLoss(TRIPLET_MARGIN, {
  aka: ["TripletMarginLoss", "TripletMarginWithDistanceLoss", "tripletMarginWithDistance", "triplet", "tripletLoss"],
  operands: ["anchor", "positive", "negative"],
  predicted: [0, 1, 2],
  compute: ([anchor, positive, negative], { reduction, margin, p, epsilon, swap, distance }) => {
    checkEmbeddings(TRIPLET_MARGIN.op, { anchor, positive, negative });
    const of = distance === null ? (a: Tensor, b: Tensor) => a.sub(b).add(epsilon).norm(-1, { p }) : checked(distance);
    const toUnlike = of(anchor, negative);
    const nearest = swap ? toUnlike.minimum(of(positive, negative)) : toUnlike;
    return reduced(of(anchor, positive).sub(nearest).add(margin).clamp(0), reduction);
  },
});

/** @throws ArgumentError where the distance gives no tensor */
function checked(distance: Distance): Distance {
  return (a, b) => {
    const result: unknown = distance(a, b);
    if (result instanceof Tensor) return result;
    throw new ArgumentError(message(TRIPLET_MARGIN.op, `distance gave ${kindText(result)}; expected a tensor [n]`));
  };
}
