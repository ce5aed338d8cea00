import { RandomFeatureRegression } from "../../classic/randomFeatures.js";
import type { Fold } from "../../data/folds.js";
import { shuffled } from "../../io/dataset.js";
import { loadDigits } from "../../io/digits.js";
import { count, number } from "../../options/kinds.js";
import { type CurvePoint, validationCurve } from "../../search/curves.js";
import { tensor } from "../../tensor/creation.js";
import type { Tensor } from "../../tensor/tensor.js";
import type { Progress } from "../describe.js";
import { figure } from "../describe.js";
import { loadCharts } from "../peers.js";
import { capacityCurve } from "./capacityCurve.js";

/** Widths as shares of the number of samples: close together where the peak is. */
const SHARES = [0.05, 0.1, 0.2, 0.35, 0.5, 0.65, 0.8, 0.9, 0.96, 1, 1.04, 1.1, 1.25, 1.5, 2, 3, 5, 8];

/** Brings centred pixels to a deviation of about 1. */
const SCALE = 4;

/**
 * The errors of networks of two layers over their width, of which the second is trained without a penalty: on `samples` digits, in `draws`
 * draws of samples and first layers.
 */
export async function errorsByWidth(
  { samples, draws, alpha }: { samples: number; draws: number; alpha: number },
  progress: Progress = () => {},
): Promise<(CurvePoint & { value: number })[]> {
  const { train, test } = await loadDigits();
  const mean = train.x.mean(0);
  const folds: Fold<Labelled>[] = Array.from({ length: draws }, (_, seed) => ({
    train: prepared(rowsOf(train, shuffled(train.y.size, seed).subarray(0, samples)), mean),
    validation: prepared(test, mean),
  }));
  const widths = [...new Set(SHARES.map((share) => Math.max(1, Math.round(share * samples))))];
  let done = 0;
  return validationCurve(widths, folds, async (features, fold) => {
    const network = await new RandomFeatureRegression({ features, kind: "relu", alpha }).fit(fold.train.x, fold.train.y);
    progress(++done / (widths.length * draws), `width ${features}`);
    const error = ({ x, y }: Labelled): number => network.predict(x).sub(y).square().sum(1).mean().item();
    return { train: error(fold.train), validation: error(fold.validation) };
  });
}

interface Labelled {
  readonly x: Tensor;
  readonly y: Tensor;
}

/**
 * Labels as columns of 0 and 1. Pixels are centred: random features of numbers that are all positive are often 0 for every sample. In float64,
 * since at the threshold the system is all but singular.
 */
function prepared({ x, y }: Labelled, mean: Tensor): Labelled {
  return { x: x.sub(mean).mul(SCALE).cast("float64"), y: y.oneHot(10).cast("float64") };
}

function rowsOf({ x, y }: Labelled, rows: Int32Array): Labelled {
  const at = tensor(rows, { dtype: "int32" });
  return { x: x.indexSelect(0, at), y: y.indexSelect(0, at) };
}

export const DOUBLE_DESCENT = figure({
  name: "double-descent",
  about: "the error of networks over their width: it peaks where all samples can just be fitted, and falls again beyond",
  options: {
    samples: { takes: count({ default: 150 }), about: "digits to train on: where the peak lies" },
    draws: { takes: count({ default: 4 }), about: "draws of samples and first layers whose errors are averaged" },
    alpha: { takes: number({ default: 0, min: 0 }), about: "penalty of the weights, which flattens the peak" },
  },
  slow: true,
  demo: async ({ samples, draws, alpha }, progress) => {
    // Before the minute that the errors take.
    await loadCharts("capacityCurve");
    const curve = await errorsByWidth({ samples, draws, alpha }, progress);
    return capacityCurve(curve, {
      title: `Double descent: ${samples} digits, random features${alpha > 0 ? `, penalty ${alpha}` : ""}`,
      capacity: "width (features of the first layer)",
      error: "squared error",
      logCapacity: true,
      logError: true,
      threshold: samples,
    });
  },
});
