import { declare, type OptionsOf } from "../../options/declare.js";
import { flag, number } from "../../options/kinds.js";
import { tensorOption } from "../../tensor/option.js";
import { logitsBehindA } from "../logits.js";
import { CLASSES } from "./classes.js";
import { defineLoss, type LossFunction } from "./define.js";
import { IGNORED, readDistribution, weightsOfClasses } from "./labels.js";
import { REDUCTION, reduced } from "./reduction.js";
import { VALUES } from "./values.js";

/**
 * Focal losses: cross-entropies times (1 − p)^γ, with p the probability of what is true, so that the many samples which are told well
 * do not drown the few that are not. Lin et al., ICCV 2017.
 */

const GAMMA = {
  /** γ ≥ 0, how much less a sample counts that is told well; with 0 it is the cross-entropy. Default 2. */
  gamma: number({ default: 2, min: 0, aka: ["focusing"] }),
};

const FOCAL = declare("focal", {
  ...REDUCTION,
  ...GAMMA,
  /** A weight ≥ 0 for each class, float [classes]: αₜ. Default: all 1. */
  classWeight: tensorOption({ default: null, aka: ["alpha", "weight", "weights", "classWeights"] }),
  ...IGNORED,
  /** Whether the prediction is logits (true) or probabilities (false). Default: logits, unless it is the output of a softmax. */
  fromLogits: flag({ aka: ["logits"] }),
});

/** Options of `focal`. */
export interface FocalOptions extends OptionsOf<typeof FOCAL> {}

const BINARY_FOCAL = declare("binaryFocal", {
  ...REDUCTION,
  ...GAMMA,
  /** α, the weight of what is true, 0 … 1; of what is false it is 1 − α. null: both weigh 1. Default 0.25. */
  alpha: number({ default: 0.25, min: 0, max: 1, nullable: true, aka: ["posWeight"] }),
  /** Whether the prediction is logits (true) or probabilities (false). Default: logits, unless it is the output of a sigmoid. */
  fromLogits: flag({ aka: ["logits"] }),
});

/** Options of `binaryFocal`. */
export interface BinaryFocalOptions extends OptionsOf<typeof BINARY_FOCAL> {}

/**
 * Focal loss of classes that exclude each other: −Σ_c w_c · q_c · (1 − p_c)^γ · ln p_c with p = softmax(x) and q the target, labels or
 * probabilities. The mean divides by the number of labels that count, also where classes are weighted. Lin et al., ICCV 2017.
 * Shape:     logits [n, C, d₁, …] (or [C]); labels [n, d₁, …] (or []) or probabilities like the logits → [], or the labels' shape
 *            for reduction "none"
 * Gradient:  by the formula; none for target and weights
 * @param target labels 0 … C − 1 or ignoreIndex: int32, uint8, or floats that are whole; or float probabilities
 * @param options.gamma γ ≥ 0, default 2
 * @param options.classWeight a weight ≥ 0 for each class, default all 1
 * @param options.ignoreIndex the label that counts for nothing, default −100
 * @param options.fromLogits whether the prediction is logits (true) or probabilities (false); default: logits, unless it is the output
 *   of a softmax
 * @param options.reduction "mean" (default), "sum" or "none"
 * @throws ShapeError naming both shapes: losses never broadcast; DTypeError, IndexError for a label outside its range, ArgumentError
 * @example focal(tensor([[2, 0], [0, 2]]), tensor([0, 1]))   // 0.0018
 */
export const focal: LossFunction<FocalOptions> = defineLoss(FOCAL, {
  aka: ["FocalLoss", "focalLoss", "categoricalFocalCrossentropy", "focalCrossEntropy"],
  targets: CLASSES,
  logits: logitsBehindA("softmax"),
  compute: (x, target, { reduction, gamma, classWeight, ignoreIndex }) => {
    const { q, counted } = readDistribution(x, target, { op: FOCAL.op, ignoreIndex });
    const weighted = classWeight === null ? q : q.mul(weightsOfClasses(FOCAL.op, classWeight, x));
    const logP = x.logSoftmax();
    // Above 0, where a power below 1 has no slope.
    const missed = logP.exp().neg().add(1).clamp(1e-12);
    const losses = weighted.mul(missed.pow(gamma)).mul(logP).sum(1).neg();
    return reduction === "mean" ? losses.sum().div(counted.sum()) : reduced(losses, reduction);
  },
});

/**
 * Focal loss of independent yes-or-no classes, of logits x and targets y from 0 to 1, with p = σ(x):
 * −α · y · (1 − p)^γ · ln p − (1 − α) · (1 − y) · p^γ · ln(1 − p). Of targets 0 and 1 it is torchvision's sigmoid_focal_loss, whose
 * reduction is "none" by default. Lin et al., ICCV 2017; they divide the sum by the number of what is true.
 * Shape:     prediction any, target the same → [], or that shape for reduction "none"
 * Gradient:  by the formula, without NaN at either end; of the target, too
 * @param options.gamma γ ≥ 0, default 2
 * @param options.alpha α, 0 … 1, or null for no weights, default 0.25
 * @param options.fromLogits whether the prediction is logits (true) or probabilities (false); default: logits, unless it is the output
 *   of a sigmoid
 * @param options.reduction "mean" over all elements (default), "sum" or "none"
 * @throws ShapeError if the shapes differ: losses never broadcast; ArgumentError for an option
 * @example binaryFocal(tensor([2, -2]), tensor([1, 0]))   // 0.0009
 */
export const binaryFocal: LossFunction<BinaryFocalOptions> = defineLoss(BINARY_FOCAL, {
  aka: ["binaryFocalCrossentropy", "sigmoidFocalLoss", "BinaryFocalLoss", "sigmoidFocal"],
  targets: VALUES,
  logits: logitsBehindA("sigmoid"),
  // ln σ(x) = −softplus(−x), and so (1 − σ(x))^γ = exp(−γ · softplus(x)): no power of 0 is taken.
  compute: (x, y, { reduction, gamma, alpha }) => {
    const [lossOfTrue, lossOfFalse] = [x.neg().softplus(), x.softplus()];
    const ofTrue = lossOfFalse.mul(-gamma).exp().mul(lossOfTrue).mul(y);
    const ofFalse = lossOfTrue.mul(-gamma).exp().mul(lossOfFalse).mul(y.neg().add(1));
    if (alpha === null) return reduced(ofTrue.add(ofFalse), reduction);
    return reduced(ofTrue.mul(alpha).add(ofFalse.mul(1 - alpha)), reduction);
  },
});
