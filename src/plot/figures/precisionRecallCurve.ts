import { checkArity } from "../../options/arity.js";
import { declare, type OptionsOf } from "../../options/declare.js";
import { count, text } from "../../options/kinds.js";
import type { TensorLike } from "../../tensor/nested.js";
import { PrAuc } from "../../train/metrics/ranking.js";
import { category, layered, lineAt, paths, quantity } from "../chart.js";
import { figure } from "../describe.js";
import { draw } from "../draw.js";
import type { Figure } from "../figure.js";
import type { Scores } from "../scores.js";
import { thresholdCurves } from "../thresholdCurves.js";
import { twoClassifiers } from "../twoClassifiers.js";

const DRAWING = declare("precisionRecallCurve", {
  /** What stands above. Default "Precision and recall". */
  title: text({ default: "Precision and recall" }),
});

/** Options of `precisionRecallCurve`. */
export interface PrecisionRecallCurveOptions extends OptionsOf<typeof DRAWING> {}

/**
 * Precision over recall of a score that tells yes from no, at every threshold, with the average precision. Where yes is rare it says more than
 * the ROC curve. Several models are compared by name.
 * @param scores of yes, [n]: probabilities or logits; or such by the names of models
 * @param labels 0 or 1 for each, [n]
 * @param options.title what stands above
 * @throws ArgumentError, ShapeError; PeerError if Vega is not installed
 * @example await precisionRecallCurve([0.9, 0.6, 0.4, 0.2], [1, 0, 1, 0]);
 */
export async function precisionRecallCurve(scores: Scores, labels: TensorLike, options?: PrecisionRecallCurveOptions): Promise<Figure> {
  const { op } = DRAWING;
  checkArity(op, arguments.length, 3);
  const { title } = DRAWING.readOptions(options);
  const {
    rows,
    labels: order,
    truths,
  } = thresholdCurves(op, scores, labels, {
    area: { name: "AP", metric: new PrAuc() },
    at: (point) => ({ x: point.truePositive, y: point.precision }),
  });
  const x = quantity("x", "recall", { domain: [0, 1] });
  const y = quantity("y", "precision", { domain: [0, 1] });
  const color = category("label", null, { order });
  const share = truths.reduce((sum, truth) => sum + truth, 0) / truths.length;
  const chance = lineAt("y", share, y, "taking all for yes");
  return draw(op, layered({ title, width: 400, height: 400 }, chance, paths(rows, { x, y, color }, { interpolate: "step-before" })));
}

export const PRECISION_RECALL_CURVE = figure({
  name: "precision-recall-curve",
  about: "precision over recall of two classifiers, at every threshold",
  options: { samples: { takes: count({ default: 1000 }), about: "samples of each class" } },
  demo: async ({ samples }) => {
    const { scores, labels } = await twoClassifiers(samples);
    return precisionRecallCurve(scores, labels);
  },
});
