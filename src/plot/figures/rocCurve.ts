import { checkArity } from "../../options/arity.js";
import { declare, type OptionsOf } from "../../options/declare.js";
import { count, text } from "../../options/kinds.js";
import type { TensorLike } from "../../tensor/nested.js";
import { RocAuc } from "../../train/metrics/ranking.js";
import { category, layered, paths, quantity } from "../chart.js";
import { figure } from "../describe.js";
import { draw } from "../draw.js";
import type { Figure } from "../figure.js";
import type { Scores } from "../scores.js";
import { QUIET } from "../theme.js";
import { thresholdCurves } from "../thresholdCurves.js";
import { twoClassifiers } from "../twoClassifiers.js";

const DRAWING = declare("rocCurve", {
  /** What stands above. Default "ROC curve". */
  title: text({ default: "ROC curve" }),
});

/** Options of `rocCurve`. */
export interface RocCurveOptions extends OptionsOf<typeof DRAWING> {}

/**
 * The ROC curve of a score that tells yes from no: of what is true the share that is found, over the false alarms, at every threshold; with the
 * area below it. Several models are compared by name.
 * @param scores of yes, [n]: probabilities or logits; or such by the names of models
 * @param labels 0 or 1 for each, [n]
 * @param options.title what stands above
 * @throws ArgumentError, ShapeError; PeerError if Vega is not installed
 * @example await rocCurve({ mlp: [0.9, 0.4, 0.6, 0.2], linear: [0.6, 0.4, 0.7, 0.2] }, [1, 0, 1, 0]);
 */
export async function rocCurve(scores: Scores, labels: TensorLike, options?: RocCurveOptions): Promise<Figure> {
  const { op } = DRAWING;
  checkArity(op, arguments.length, 3);
  const { title } = DRAWING.readOptions(options);
  const { rows, labels: order } = thresholdCurves(op, scores, labels, {
    area: { name: "AUC", metric: new RocAuc() },
    at: (point) => ({ x: point.falsePositive, y: point.truePositive }),
  });
  const x = quantity("x", "false positive rate", { domain: [0, 1] });
  const y = quantity("y", "true positive rate", { domain: [0, 1] });
  const color = category("label", null, { order });
  const chance = paths(
    [0, 1].map((at) => ({ x: at, y: at })),
    { x, y },
    { color: QUIET, strokeDash: [5, 4], strokeWidth: 1.5 },
  );
  return draw(
    op,
    layered({ title, subtitle: "dashed: a score that knows nothing", width: 400, height: 400 }, chance, paths(rows, { x, y, color })),
  );
}

export const ROC_CURVE = figure({
  name: "roc-curve",
  about: "true positive rate over false positive rate of two classifiers, at every threshold",
  options: { samples: { takes: count({ default: 1000 }), about: "samples of each class" } },
  demo: async ({ samples }) => {
    const { scores, labels } = await twoClassifiers(samples);
    return rocCurve(scores, labels);
  },
});
