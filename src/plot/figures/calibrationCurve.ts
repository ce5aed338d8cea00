import { loadDigits } from "../../io/digits.js";
import { Sequential } from "../../model/sequential.js";
import { Dense } from "../../nn/layers/dense.js";
import { TemperatureScaling } from "../../nn/layers/temperatureScaling.js";
import { checkArity } from "../../options/arity.js";
import { declare, type OptionsOf } from "../../options/declare.js";
import { choice, count, flag, text } from "../../options/kinds.js";
import type { TensorLike } from "../../tensor/nested.js";
import { manualSeed } from "../../tensor/seed.js";
import type { Tensor } from "../../tensor/tensor.js";
import { expectedCalibrationError, reliabilityCurve } from "../../train/calibration.js";
import { category, layered, lines, paths, quantity, sideBySide } from "../chart.js";
import { figure } from "../describe.js";
import { draw } from "../draw.js";
import type { Figure } from "../figure.js";
import { predictionsOf, type Scores, tensorOf } from "../scores.js";
import { QUIET } from "../theme.js";

const DRAWING = declare("calibrationCurve", {
  /** The number of bins, ≥ 1. Default 10. */
  bins: count({ default: 10 }),
  /** Whether bins are equally wide ("width"), or hold equally many samples ("mass"). Default "width". */
  binning: choice(["width", "mass"], { default: "width" }),
  /** Whether the predictions are logits. Default false. */
  fromLogits: flag({ default: false }),
  /** What stands above. Default "Calibration". */
  title: text({ default: "Calibration" }),
});

/** Options of `calibrationCurve`. */
export interface CalibrationCurveOptions extends OptionsOf<typeof DRAWING> {}

/**
 * The reliability diagram: how often predictions are right over how sure they are, with the expected calibration error; below it the share of
 * predictions in each bin. On the diagonal a network is right as often as it says. Several models are compared by name.
 * @param predictions probabilities [n, classes], or of yes [n]; or such by the names of models
 * @param labels [n]
 * @param options.bins default 10
 * @param options.binning "width" (default) or "mass"
 * @param options.fromLogits whether the predictions are logits, default false
 * @param options.title what stands above
 * @throws ArgumentError, ShapeError, IndexError; PeerError if Vega is not installed
 * @example await calibrationCurve(await model.predict(test.x), test.y, { fromLogits: true });
 */
export async function calibrationCurve(predictions: Scores, labels: TensorLike, options?: CalibrationCurveOptions): Promise<Figure> {
  const { op } = DRAWING;
  checkArity(op, arguments.length, 3);
  const { title, ...binned } = DRAWING.readOptions(options);
  const target = tensorOf(op, "labels", labels);
  const curves = [...predictionsOf(op, predictions)].map(([name, prediction]) => {
    const error = expectedCalibrationError(prediction, target, binned);
    return { label: `${name}, ECE ${error.toFixed(3)}`, ...reliabilityCurve(prediction, target, binned) };
  });
  const rows = curves.flatMap(({ label, confidence, accuracy, count }) => {
    const all = count.reduce((sum, one) => sum + one, 0);
    return count.flatMap((one, i) => (one === 0 ? [] : [{ label, confidence: confidence[i], accuracy: accuracy[i], share: one / all }]));
  });
  const x = quantity("confidence", "confidence", { domain: [0, 1] });
  const y = quantity("accuracy", "accuracy", { domain: [0, 1] });
  const color = category("label", null, { order: curves.map(({ label }) => label) });
  const ideal = [0, 1].map((at) => ({ confidence: at, accuracy: at }));
  const diagonal = paths(ideal, { x, y }, { color: QUIET, strokeDash: [5, 4], strokeWidth: 1.5 });
  const diagram = layered({ width: 400, height: 400 }, diagonal, lines(rows, { x, y, color }, { point: { size: 60 } }));
  const shares = lines(
    rows,
    { x, y: quantity("share", "share of samples", { zero: true, format: "%", ticks: 3 }), color },
    { point: { size: 40 } },
  );
  return draw(
    op,
    sideBySide(
      { title, subtitle: "dashed: as often right as sure; ECE: expected calibration error", columns: 1 },
      diagram,
      layered({ width: 400, height: 90 }, shares),
    ),
  );
}

export const CALIBRATION_CURVE = figure({
  name: "calibration-curve",
  about: "how often a network is right over how sure it is, before and after temperature scaling",
  options: {
    samples: { takes: count({ default: 40 }), about: "digits to train on: the fewer, the surer it is of what is wrong" },
    bins: { takes: count({ default: 10 }), about: "bins of confidence" },
  },
  demo: async ({ samples, bins }) => {
    manualSeed(4);
    const { train, test } = await loadDigits();
    const part = (from: number, to: number) => ({ x: train.x.slice([[from, to]]), y: train.y.slice([[from, to]]) });
    const model = new Sequential([new Dense(64, { activation: "relu", inputShape: [64] }), new Dense(10)]);
    model.compile({ optimizer: { name: "adam", learningRate: 0.03 }, loss: "crossEntropy" });
    await model.fit(part(0, samples), { epochs: 200, verbose: 0 });
    const held = part(samples, samples + 300);
    const scaling = new TemperatureScaling().fit((await model.predict(held.x)) as Tensor, held.y);
    const logits = (await model.predict(test.x)) as Tensor;
    const scores = { "as trained": logits, "with temperature": scaling.forward(logits) };
    return calibrationCurve(scores, test.y, { bins, fromLogits: true, title: `Calibration of a network trained on ${samples} samples` });
  },
});
