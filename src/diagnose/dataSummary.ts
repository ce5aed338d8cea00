import { isFloating } from "../tensor/dtype.js";
import { sizeOf } from "../tensor/shape.js";
import type { Tensor } from "../tensor/tensor.js";
import { type Batch, countSamples, takeRows } from "../train/data.js";
import { type Goal, goalOf } from "../train/objective.js";
import { featuresOf } from "./features.js";
import type { DataSpread, DataSummary } from "./input.js";
import { labelsOf } from "./labels.js";
import { sampleOf } from "./sample.js";
import { spreadOf } from "./spread.js";

/** Samples whose inputs are looked at, and elements of all their inputs: as many as fit, but not too few. */
const MOST_SAMPLES = 128;
const MOST_ELEMENTS = 1 << 13;
const LEAST_SAMPLES = 16;

/** What data look like: inputs of some rows, evenly spaced, and the targets of all. */
export function summaryOf(data: Batch, goal: Goal): DataSummary {
  const n = countSamples(data);
  const width = [data.x].flat().reduce((sum, { shape }) => sum + sizeOf(shape) / shape[0], 0);
  const stride = Math.ceil(n / Math.min(MOST_SAMPLES, Math.max(LEAST_SAMPLES, Math.floor(MOST_ELEMENTS / width))));
  const some =
    stride === 1
      ? data
      : takeRows(
          data,
          Int32Array.from({ length: Math.ceil(n / stride) }, (_, i) => i * stride),
        );
  const targets = [data.y ?? []].flat();
  return {
    samples: countSamples(some),
    inputs: [some.x].flat().flatMap((x) => (isFloating(x.dtype) ? [dataSpread(x)] : [])),
    targets: targets.map((target, i) => {
      const { loss } = goalOf(goal, i);
      return { ...dataSpread(target), labels: labelsOf(target, loss?.targets === "classes") };
    }),
  };
}

function dataSpread(x: Tensor): DataSpread {
  const { mean, deviation, min, max } = spreadOf(sampleOf(x.view()));
  return { shape: [...x.shape], mean, deviation, min, max, features: isFloating(x.dtype) && x.rank > 1 ? featuresOf(x) : null };
}
