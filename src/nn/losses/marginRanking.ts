import { ShapeError } from "../../errors/errors.js";
import { message, shapeText } from "../../errors/message.js";
import { declare, type OptionsOf } from "../../options/declare.js";
import { number } from "../../options/kinds.js";
import { sameShape } from "../../tensor/shape.js";
import { defineJointLoss, type JointLossFunction } from "./joint.js";
import { REDUCTION, reduced } from "./reduction.js";

const MARGIN_RANKING = declare("marginRanking", {
  ...REDUCTION,
  /** Δ, by how much the better one is to lead. Default 0. */
  margin: number({ default: 0 }),
});

/** Options of `marginRanking`. */
export interface MarginRankingOptions extends OptionsOf<typeof MARGIN_RANKING> {}

/**
 * Whether pairs of scores stand in the right order: max(0, −y · (a − b) + Δ), with y = 1 where the first is to be the greater, −1 where the second is;
 * torch.nn.MarginRankingLoss.
 *
 *     marginRanking(first, second, target, options)
 *     marginRanking(prediction, target, options)      of scores [n, 2], as compile calls it
 *
 * Shape:     first, second and target of one shape → [], or that shape for reduction "none"
 * Gradient:  da = −g · y / n where the loss is not below 0, db the opposite
 * @param target 1 or −1
 * @param options.margin Δ, default 0
 * @param options.reduction "mean" over all elements (default), "sum" or "none"
 * @throws ShapeError if the shapes differ: losses never broadcast; ArgumentError
 * @example marginRanking(tensor([1, 2]), tensor([3, 1]), tensor([1, 1]))   // 1
 */
export const marginRanking: JointLossFunction<MarginRankingOptions> = defineJointLoss(MARGIN_RANKING, {
  aka: ["MarginRankingLoss", "marginRankingLoss"],
  operands: ["first", "second", "target"],
  predicted: [0, 1],
  compute: ([first, second, target], { reduction, margin }) => {
    if (!sameShape(first.shape, second.shape) || !sameShape(first.shape, target.shape)) {
      const shapes = `first ${shapeText(first.shape)}, second ${shapeText(second.shape)} and target ${shapeText(target.shape)}`;
      throw new ShapeError(message(MARGIN_RANKING.op, `${shapes} differ in shape; a loss never broadcasts`));
    }
    return reduced(second.sub(first).mul(target).add(margin).clamp(0), reduction);
  },
});
