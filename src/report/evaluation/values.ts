import type { Tensor } from "../../tensor/tensor.js";
import { exactHistogram } from "../../train/histogram.js";
import type { OutputEvaluation } from "../run.js";
import { finite } from "../runOf.js";
import type { EvaluationSettings } from "./options.js";
import type { Sights } from "./sights.js";
import { Mistakes } from "./worst.js";

const BINS = 40;
/** The most predictions that are shown beside their targets. */
const MOST_POINTS = 600;
/** The most numbers of a target that are written out. */
const MOST_NUMBERS = 4;

/** How far predictions are from their targets, and where they are farthest. */
export async function valueEvaluation(
  output: string | null,
  prediction: Tensor,
  target: Tensor,
  sights: Sights,
  { worst }: EvaluationSettings,
): Promise<OutputEvaluation> {
  const [found, wanted] = [Array.from(prediction.view(), Number), Array.from(target.view(), Number)];
  const samples = prediction.shape[0];
  const each = found.length / samples;
  const mean = wanted.reduce((sum, value) => sum + value, 0) / wanted.length;
  let [squares, sizes, spread] = [0, 0, 0];
  const mistakes = new Mistakes(worst);
  for (let i = 0; i < samples; i++) {
    let size = 0;
    for (let k = i * each; k < (i + 1) * each; k++) {
      const d = found[k] - wanted[k];
      squares += d * d;
      size += Math.abs(d);
      spread += (wanted[k] - mean) * (wanted[k] - mean);
    }
    sizes += size;
    const tell = (values: readonly number[]): string => textOf(values.slice(i * each, (i + 1) * each));
    mistakes.add(i, size / each, () => ({ truth: tell(wanted), predicted: tell(found), confidence: null }));
  }
  const n = found.length;
  const every = Math.max(1, Math.ceil(n / MOST_POINTS));
  const thin = (values: readonly number[]): number[] => values.filter((_, i) => i % every === 0);
  return {
    output,
    samples,
    figures: { RMSE: finite(Math.sqrt(squares / n)), MAE: finite(sizes / n), "R²": spread === 0 ? null : finite(1 - squares / spread) },
    classes: null,
    values: {
      predicted: thin(found),
      target: thin(wanted),
      residuals: exactHistogram(
        found.map((value, i) => value - wanted[i]),
        BINS,
      ),
    },
    worst: await mistakes.shown(sights),
  };
}

function textOf(values: readonly number[]): string {
  const shown = values.slice(0, MOST_NUMBERS).map((value) => String(Number(value.toPrecision(4))));
  return `${shown.join(", ")}${values.length > MOST_NUMBERS ? ", …" : ""}`;
}
