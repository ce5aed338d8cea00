import { ArgumentError } from "../../errors/errors.js";
import { message } from "../../errors/message.js";
import { loadDigits } from "../../io/digits.js";
import { Sequential } from "../../model/sequential.js";
import { Dense } from "../../nn/layers/dense.js";
import { checkArity } from "../../options/arity.js";
import { declare, type OptionsOf } from "../../options/declare.js";
import { count, flag, text } from "../../options/kinds.js";
import { manualSeed } from "../../tensor/seed.js";
import type { Histogram } from "../../train/trainingRecord.js";
import { areas, layered, quantity, sideBySide } from "../chart.js";
import { figure } from "../describe.js";
import { draw } from "../draw.js";
import type { Figure } from "../figure.js";
import { checkRecords, type ParametersRecord, parametersNow } from "../network/parametersNow.js";
import { panelTitle } from "../points/scatter.js";
import type { Spec } from "../spec.js";
import { PAPER, SEQUENTIAL } from "../theme.js";

const DRAWING = declare("weightHistograms", {
  /** What stands above. Default "Weights over time". */
  title: text({ default: "Weights over time" }),
  /** Whether biases and the parameters of normalizations are shown, too. Default false. */
  biases: flag({ default: false, aka: ["bias"] }),
  /** Parameters at most, the first ones. Default 6. */
  most: count({ default: 6, aka: ["max", "limit"] }),
});

/** Options of `weightHistograms`. */
export interface WeightHistogramsOptions extends OptionsOf<typeof DRAWING> {}

/** Histograms of a parameter that are shown at most. */
const RIDGES = 20;
/** How high the highest ridge is, in distances between two of them. */
const HEIGHT = 4;

/**
 * How the weights of each layer are spread, step after step, the last in front: a spread that grows, wanders or stays as it began is seen at a
 * glance.
 * @param records `history.records` of a training with `diagnose`, or what `parametersNow` gave
 * @param options.title what stands above
 * @param options.biases whether parameters of one axis are shown, too, default false
 * @param options.most parameters at most, default 6
 * @throws ArgumentError where there are no records; PeerError if Vega is not installed
 * @example
 * const { records } = await model.fit(train, { epochs: 3, diagnose: true });
 * await (await weightHistograms(records)).save("weights.svg");
 */
export async function weightHistograms(records: readonly ParametersRecord[], options?: WeightHistogramsOptions): Promise<Figure> {
  const { op } = DRAWING;
  checkArity(op, arguments.length, 2);
  const { title, biases, most } = DRAWING.readOptions(options);
  if (checkRecords(op, records).length === 0) {
    const mend = "Train with fit(data, { diagnose: true }) and write history.records.";
    throw new ArgumentError(message(op, "there are no records", mend));
  }
  const seen = spread(records, RIDGES);
  const paths = seen[0].parameters.filter(({ shape }) => biases || shape.length > 1).map(({ path }) => path);
  const views = paths.slice(0, most).map((path) => ridges(path, seen));
  const subtitle = `how the values of each are spread, from step ${seen[0].step} behind to step ${seen.at(-1)?.step} in front`;
  return draw(
    op,
    sideBySide(
      { title, subtitle, columns: Math.min(3, views.length), resolve: { scale: { x: "independent", y: "independent", color: "shared" } } },
      ...views,
    ),
  );
}

/** The last record and every k-th before it, so that there are `most` at most. */
function spread(records: readonly ParametersRecord[], most: number): ParametersRecord[] {
  const stride = Math.ceil(records.length / most);
  return records.filter((_, i) => (records.length - 1 - i) % stride === 0);
}

function ridges(path: string, records: readonly ParametersRecord[]): Spec {
  const curves = records.flatMap(({ step, parameters }) => {
    const found = parameters.find((parameter) => parameter.path === path);
    return found === undefined || found.histogram.counts.every((count) => count === 0) ? [] : [{ step, curve: densityOf(found.histogram) }];
  });
  const peak = Math.max(...curves.flatMap(({ curve }) => curve.map(({ density }) => density)));
  const [first, last] = [records[0].step, records[records.length - 1].step];
  const gap = Math.max(1, (last - first) / Math.max(1, records.length - 1));
  const domain = [last + gap * 0.3, first - HEIGHT * gap] as const;
  const layers = curves.map(({ step, curve }) => {
    const rows = curve.map(({ value, density }) => ({ value, base: step, top: step - (density / peak) * HEIGHT * gap, step }));
    const encoding = {
      x: quantity("value", "value", { ticks: 5, grid: false }),
      y: quantity("base", "step", { domain, axis: { values: stepsAt(first, last), grid: false, format: "d" } }),
      y2: { field: "top" },
      color: {
        field: "step",
        type: "quantitative",
        scale: { scheme: SEQUENTIAL, domain: [first, Math.max(last, first + 1)], reverse: true },
        legend: null,
      },
    };
    return areas(rows, encoding, { line: { color: PAPER, strokeWidth: 1 }, opacity: 0.92 });
  });
  return { ...layered({ width: 230, height: 230 }, ...layers), ...panelTitle(path) };
}

/** Four steps to be written at the axis. */
function stepsAt(first: number, last: number): number[] {
  return [...new Set([0, 1, 2, 3].map((k) => Math.round(first + (k * (last - first)) / 3)))];
}

/**
 * The density of a histogram: the share of the values in each bin, over its width. It begins and ends at 0, half a bin outside. Where all values
 * are the same, it is a spike of a bin as wide as a hundredth of the value.
 */
export function densityOf({ min, max, counts }: Histogram): { value: number; density: number }[] {
  const total = counts.reduce((sum, count) => sum + count, 0) || 1;
  const width = max > min ? (max - min) / counts.length : Math.abs(min) / 100 || 0.01;
  const from = max > min ? min : min - width / 2;
  const bins = max > min ? counts : [total];
  const middle = (k: number) => from + (k + 0.5) * width;
  const inner = bins.map((count, k) => ({ value: middle(k), density: count / total / width }));
  return [{ value: middle(-1), density: 0 }, ...inner, { value: middle(bins.length), density: 0 }];
}

export const WEIGHT_HISTOGRAMS = figure({
  name: "weight-histograms",
  about: "how the weights of each layer are spread, step after step",
  options: {
    epochs: { takes: count({ default: 12 }), about: "epochs of the training" },
  },
  demo: async ({ epochs }, progress) => {
    manualSeed(1);
    const { train } = await loadDigits();
    const model = new Sequential([
      new Dense(64, { activation: "relu", inputShape: [64] }),
      new Dense(32, { activation: "relu" }),
      new Dense(10),
    ]);
    model.compile({ optimizer: { name: "adam", learningRate: 5e-3 }, loss: "crossEntropy" });
    const records = [parametersNow(model, 0)];
    const steps = Math.ceil(train.x.shape[0] / 32);
    const look = {
      onEpochEnd: (epoch: number) => {
        records.push(parametersNow(model, (epoch + 1) * steps));
        progress((epoch + 1) / epochs);
      },
    };
    await model.fit(train, { epochs, batchSize: 32, verbose: 0, callbacks: [look] });
    return weightHistograms(records, { title: "Weights over time: digits, Adam" });
  },
});
