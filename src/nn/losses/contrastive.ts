import { declare, type OptionsOf } from "../../options/declare.js";
import { number } from "../../options/kinds.js";
import { checkPairs } from "./embeddings.js";
import { defineJointLoss, type JointLossFunction } from "./joint.js";
import { REDUCTION, reduced } from "./reduction.js";

const CONTRASTIVE = declare("contrastive", {
  ...REDUCTION,
  /** m > 0, the distance from which what is unlike costs nothing. Default 1. */
  margin: number({ default: 1, above: 0 }),
});

/** Options of `contrastive`. */
export interface ContrastiveLossOptions extends OptionsOf<typeof CONTRASTIVE> {}

/**
 * Contrastive loss of pairs of embeddings at the distance D = ‖a − b‖: ½D² where the target is 0 (alike), ½ max(0, m − D)² where it is 1
 * (unlike). Hadsell, Chopra and LeCun, CVPR 2006, whose labels these are; others call alike 1.
 *
 *     contrastive(first, second, target, options)
 *     contrastive(prediction, target, options)      of [n, 2, d] or [n, 2 · d], as compile calls it
 *
 * Shape:     first, second [n, d], target [n]; or [d] and [] → [], or the target's shape for reduction "none"
 * Gradient:  of alike ones da = g · (a − b) / n; of unlike ones −g · (m − D)/D · (a − b) / n where 0 < D < m, else 0; db the opposite
 * @param target 0 for alike, 1 for unlike
 * @param options.margin m > 0, default 1
 * @param options.reduction "mean" (default), "sum" or "none"
 * @throws ShapeError if the shapes do not fit; ArgumentError
 * @example contrastive(tensor([[0, 0], [0, 0]]), tensor([[3, 4], [0, 0.5]]), tensor([0, 1]))   // 6.3125
 */
export const contrastive: JointLossFunction<ContrastiveLossOptions> = defineJointLoss(CONTRASTIVE, {
  aka: ["ContrastiveLoss", "contrastiveLoss", "siamese"],
  operands: ["first", "second", "target"],
  predicted: [0, 1],
  compute: ([first, second, target], { reduction, margin }) => {
    checkPairs(CONTRASTIVE.op, first, second, target);
    const d = first.sub(second);
    const alike = d.square().sum(-1);
    const unlike = d.norm(-1).neg().add(margin).clamp(0).square();
    return reduced(alike.mul(target.neg().add(1)).add(unlike.mul(target)).mul(0.5), reduction);
  },
});
