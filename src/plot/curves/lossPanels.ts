import { type Loss, withOptions } from "../../nn/losses/define.js";
import * as losses from "../../nn/losses.js";
import type { LossName } from "../../nn/lossNamed.js";
import { concat } from "../../ops/joining.js";
import { full, ones, tensor, zeros } from "../../tensor/creation.js";
import type { Tensor } from "../../tensor/tensor.js";

/**
 * What a loss is drawn over. A loss of values has an error, prediction − target. Others have what takes its place: how far the scores
 * of two classes are apart, a logit, a distance, a cosine.
 */
export interface LossPanel {
  /** What the abscissa is. */
  readonly over: string;
  readonly from: number;
  readonly to: number;
  /** The loss of each sample, of the abscissa [n] → [n]. */
  readonly loss: (x: Tensor) => Tensor;
}

type Axis = Omit<LossPanel, "loss">;

const EACH = { reduction: "none" };

const ERROR: Axis = { over: "prediction − target", from: -3, to: 3 };
const LOGIT: Axis = { over: "logit, target 1", from: -4, to: 4 };
const MARGIN: Axis = { over: "target ±1 times score", from: -3, to: 3 };
const APART: Axis = { over: "score of the label − the other's", from: -4, to: 4 };
const COSINE: Axis = { over: "cosine of the pair", from: -0.999, to: 0.999 };

/** A column [n, 1] of some value, for each element of x. */
const column = (x: Tensor, value: number): Tensor => full([x.size, 1], value, { dtype: "float64" });

const labels = (x: Tensor): Tensor => zeros([x.size], { dtype: "int32" });

const ofValues = (loss: Loss, axis: Axis = ERROR): LossPanel => ({ ...axis, loss: (x) => loss(x, column(x, 0).reshape([-1]), EACH) });

/** Of two classes, whose scores are x and 0; the first is the label. */
const ofClasses = (loss: Loss): LossPanel => ({ ...APART, loss: (x) => loss(scores(x), labels(x), EACH) });

const scores = (x: Tensor): Tensor => concat([x.reshape([-1, 1]), column(x, 0)], 1);

const ofTarget = (loss: Loss, target: number, axis: Axis): LossPanel => ({
  ...axis,
  loss: (x) => loss(x.reshape([-1, 1]), column(x, target), EACH).reshape([-1]),
});

/** Vectors of length 1 with a cosine of x to (1, 0). */
const direction = (x: Tensor): Tensor => {
  const y = x.square().neg().add(1).clamp(0, 1).sqrt();
  return concat([x.reshape([-1, 1]), y.reshape([-1, 1])], 1);
};

/** Embeddings [n, 2] at a distance x from 0. */
const along = (x: Tensor): Tensor => concat([x.reshape([-1, 1]), column(x, 0)], 1);

const origin = (x: Tensor, reach = 0): Tensor => concat([column(x, reach), column(x, 0)], 1);

const UNLIKE: Axis = { over: "distance of an unlike pair", from: 0.001, to: 3 };

/** The panel of every loss. */
export function lossPanels(): Readonly<Record<LossName, LossPanel>> {
  return {
    mse: ofValues(losses.mse as Loss),
    halfMse: ofValues(losses.halfMse as Loss),
    mae: ofValues(losses.mae as Loss),
    huber: ofValues(losses.huber as Loss),
    smoothL1: ofValues(losses.smoothL1 as Loss),
    logCosh: ofValues(losses.logCosh as Loss),
    wing: ofValues(losses.wing as Loss, { ...ERROR, from: -20, to: 20 }),
    pinball: ofValues(withOptions(losses.pinball as Loss, { quantile: 0.9 }), { ...ERROR, over: "prediction − target, quantile 0.9" }),
    asymmetricSquared: ofValues(withOptions(losses.asymmetricSquared as Loss, { expectile: 0.9 }), {
      ...ERROR,
      over: "prediction − target, expectile 0.9",
    }),
    asymmetricHuber: ofValues(withOptions(losses.asymmetricHuber as Loss, { omega: 0.9 }), {
      ...ERROR,
      over: "prediction − target, ω 0.9",
    }),
    gaussianNll: {
      ...ERROR,
      over: "mean − target, variance 1",
      loss: (x) => losses.gaussianNll(x, column(x, 0).reshape([-1]), column(x, 1).reshape([-1]), { reduction: "none" }),
    },
    poissonNll: ofTarget(losses.poissonNll as Loss, 1, { over: "logarithm of the rate, count 1", from: -3, to: 2 }),
    binaryCrossEntropy: ofTarget(losses.binaryCrossEntropy as Loss, 1, LOGIT),
    binaryFocal: ofTarget(losses.binaryFocal as Loss, 1, LOGIT),
    multiLabelSoftMargin: ofTarget(losses.multiLabelSoftMargin as Loss, 1, LOGIT),
    softMargin: ofTarget(losses.softMargin as Loss, 1, MARGIN),
    crossEntropy: ofClasses(losses.crossEntropy as Loss),
    focal: ofClasses(losses.focal as Loss),
    earthMover: ofClasses(losses.earthMover as Loss),
    nll: ofClasses(((x, y, options) => losses.nll(x.logSoftmax(1), y, options)) as Loss),
    klDivergence: {
      ...APART,
      over: "score difference, target (0.7, 0.3)",
      loss: (x) => {
        const target = concat([column(x, 0.7), column(x, 0.3)], 1);
        return losses.klDivergence(scores(x).logSoftmax(1), target, { reduction: "none" }).sum(1);
      },
    },
    multiclassHinge: ofClasses(losses.multiclassHinge as Loss),
    squaredMulticlassHinge: ofClasses(losses.squaredMulticlassHinge as Loss),
    multiMargin: ofClasses(losses.multiMargin as Loss),
    multiLabelMargin: {
      ...APART,
      loss: (x) => losses.multiLabelMargin(scores(x), concat([column(x, 0), column(x, -1)], 1), { reduction: "none" }),
    },
    marginRanking: {
      ...APART,
      over: "first score − second, to be greater",
      loss: (x) => losses.marginRanking(x, column(x, 0).reshape([-1]), ones([x.size], { dtype: "float64" }), { reduction: "none" }),
    },
    hingeEmbedding: ofTarget(losses.hingeEmbedding as Loss, -1, UNLIKE),
    contrastive: {
      ...UNLIKE,
      loss: (x) => losses.contrastive(along(x), origin(x), ones([x.size], { dtype: "float64" }), { reduction: "none" }),
    },
    tripletMargin: {
      over: "distance to its like, to the unlike 2",
      from: 0,
      to: 4,
      loss: (x) => losses.tripletMargin(origin(x), along(x), origin(x, 2), { reduction: "none", epsilon: 0 }),
    },
    cosineEmbedding: {
      ...COSINE,
      over: "cosine of an unlike pair",
      loss: (x) => losses.cosineEmbedding(direction(x), origin(x, 1), full([x.size], -1, { dtype: "float64" }), { reduction: "none" }),
    },
    ntXent: { ...COSINE, over: "cosine of a pair, others at right angles", loss: views },
    ctcLoss: {
      ...APART,
      over: "score of the label − the blank's, in 3 steps",
      loss: (x) => losses.ctcLoss(spelled(x), ones([x.size, 1], { dtype: "int32" }), { reduction: "none" }),
    },
  };
}

/** Of each x two pairs: one at that cosine, and one of equal vectors at right angles to both. */
function views(x: Tensor): Tensor {
  const other = tensor([[0, 0, 1]], { dtype: "float64" });
  const first = concat([tensor([[1, 0, 0]], { dtype: "float64" }), other], 0);
  return oneByOne(x, (cosine) => {
    const second = concat([direction(cosine), column(cosine, 0)], 1);
    return losses.ntXent(first, concat([second, other], 0), { reduction: "none" }).slice([[0, 1]]);
  });
}

/** What a function gives for each element by itself. @param f of a tensor [1] → [1] or [] */
export function oneByOne(x: Tensor, f: (element: Tensor) => Tensor): Tensor {
  const first = f(x.slice([[0, 1]])).reshape([1]);
  // Joined as they come, so that there is one graph and not one for each.
  return Array.from({ length: x.size - 1 }).reduce<Tensor>(
    (all, _, i) => concat([all, f(x.slice([[i + 1, i + 2]])).reshape([1])], 0),
    first,
  );
}

/** Scores [n, 3, 2] of a blank, 0, and of a label, x, in three steps. */
function spelled(x: Tensor): Tensor {
  const step = concat([column(x, 0), x.reshape([-1, 1])], 1).reshape([-1, 1, 2]);
  return concat([step, step, step], 1);
}
