/** The losses: (prediction, target, options) → scalar. This module is their registry. */
export {
  type AsymmetricHuberOptions,
  type AsymmetricSquaredOptions,
  asymmetricHuber,
  asymmetricSquared,
  type PinballOptions,
  pinball,
} from "./losses/asymmetric.js";
export * from "./losses/common.js";
export { type ContrastiveLossOptions, contrastive } from "./losses/contrastive.js";
export { type CosineEmbeddingOptions, cosineEmbedding } from "./losses/cosineEmbedding.js";
export { type CtcLossOptions, ctcLoss } from "./losses/ctcLoss.js";
export type { Loss, LossFunction, LossTraits, TargetKind } from "./losses/define.js";
export { type EarthMoverOptions, earthMover } from "./losses/earthMover.js";
export { type BinaryFocalOptions, binaryFocal, type FocalOptions, focal } from "./losses/focal.js";
export { type GaussianNllOptions, gaussianNll } from "./losses/gaussianNll.js";
export { halfMse } from "./losses/halfMse.js";
export { type HuberOptions, huber } from "./losses/huber.js";
export type { JointLossFunction } from "./losses/joint.js";
export { type KlDivergenceOptions, klDivergence } from "./losses/klDivergence.js";
export { logCosh } from "./losses/logCosh.js";
export { type MarginRankingOptions, marginRanking } from "./losses/marginRanking.js";
export {
  type MulticlassHingeOptions,
  type MultiMarginOptions,
  multiclassHinge,
  multiMargin,
  squaredMulticlassHinge,
} from "./losses/multiclassHinge.js";
export { type MultiLabelSoftMarginOptions, multiLabelMargin, multiLabelSoftMargin } from "./losses/multiLabel.js";
export { type NllOptions, nll } from "./losses/nll.js";
export { type NtXentOptions, ntXent } from "./losses/ntXent.js";
export { type PoissonNllOptions, poissonNll } from "./losses/poissonNll.js";
export type { LossOptions } from "./losses/reduction.js";
export { type HingeEmbeddingOptions, hingeEmbedding, softMargin } from "./losses/signs.js";
export { type SmoothL1Options, smoothL1 } from "./losses/smoothL1.js";
export { type TripletMarginOptions, tripletMargin } from "./losses/tripletMargin.js";
export { type WingOptions, wing } from "./losses/wing.js";
