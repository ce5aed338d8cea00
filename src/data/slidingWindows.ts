import { ArgumentError, ShapeError } from "../errors/errors.js";
import { message, shapeText } from "../errors/message.js";
import { checkArity } from "../options/arity.js";
import { declare, type OptionsOf } from "../options/declare.js";
import { count, number } from "../options/kinds.js";
import { option } from "../options/option.js";
import { tensor } from "../tensor/creation.js";
import type { TensorLike } from "../tensor/nested.js";
import { dataStorage, hostArray } from "../tensor/storage.js";
import { Tensor } from "../tensor/tensor.js";

const isFeature = (value: unknown): boolean => Number.isSafeInteger(value) && (value as number) >= 0;

const SLIDING_WINDOWS = declare("slidingWindows", {
  /** Steps in a window, ≥ 1. Required. */
  length: count({ required: true, aka: ["sequenceLength", "windowSize", "inputWidth"] }),
  /** Steps behind the window that are to be predicted, ≥ 0; 0: no y. Default 1. */
  horizon: number({ default: 1, min: 0, whole: true, aka: ["labelWidth"] }),
  /** Steps left out between window and horizon, ≥ 0. Default 0. */
  gap: number({ default: 0, min: 0, whole: true, aka: ["offset"] }),
  /** Steps from window to window, ≥ 1. Default 1. */
  stride: count({ default: 1, aka: ["sequenceStride", "shift"] }),
  /** The feature that is to be predicted, or a list of them, from 0. Default null: all. */
  target: option<number | readonly number[], { default: null; aka: string[] }>(
    "a feature's number ≥ 0, or a list of them",
    (value) => isFeature(value) || (Array.isArray(value) && value.length > 0 && value.every(isFeature)),
    { default: null, aka: ["targets", "labelColumns"] },
  ),
});

/** Options of `slidingWindows`. */
export interface SlidingWindowsOptions extends OptionsOf<typeof SLIDING_WINDOWS> {}

/** Windows of a series, and what comes behind them. */
export interface Windows {
  x: Tensor;
  y: Tensor;
}

/**
 * Windows that slide along a time series, with what comes behind each: samples for a model that is to predict.
 *
 *     x[i] = series[i·stride … i·stride + length),  y[i] = series[i·stride + length + gap … + horizon)
 *
 * Windows whose horizon would end behind the series are left out. Scale the series before, by what of it is trained on: see `timeSeriesFolds`.
 * Shape:     series [t] → x [n, length], y [n, horizon]; series [t, f] → x [n, length, f], y [n, horizon, f], with a `target` number
 *            [n, horizon]; n = ⌊(t − length − gap − horizon) / stride⌋ + 1
 * @param series a tensor or nested arrays, steps along the first axis
 * @param options.length steps in a window, ≥ 1
 * @param options.horizon steps to be predicted, ≥ 0, default 1; 0: y is [n, 0, …]
 * @param options.gap steps left out between, ≥ 0, default 0
 * @param options.stride steps from window to window, ≥ 1, default 1
 * @param options.target the feature to be predicted, or a list of them, default all
 * @returns { x, y }, copied
 * @throws ArgumentError for an option and for a series that is too short, ShapeError for other axes
 * @example
 * const { x, y } = slidingWindows([1, 2, 3, 4, 5], { length: 3 });
 * x;   // [[1, 2, 3], [2, 3, 4]]
 * y;   // [[4], [5]]
 */
export function slidingWindows(series: TensorLike, options: SlidingWindowsOptions): Windows {
  const { op } = SLIDING_WINDOWS;
  checkArity(op, arguments.length, 2);
  const { length, horizon, gap, stride, target } = SLIDING_WINDOWS.readOptions(options);
  const given = series instanceof Tensor ? series : tensor(series);
  const { rank, shape } = given;
  if (rank < 1 || rank > 2)
    throw new ShapeError(message(op, `the series has shape ${shapeText(shape)}; expected [steps] or [steps, features]`));
  const [steps, features = 1] = shape;
  const n = Math.floor((steps - length - gap - horizon) / stride) + 1;
  if (n < 1) {
    const needed = `a window of ${length}, a gap of ${gap} and a horizon of ${horizon} need ${length + gap + horizon}`;
    throw new ArgumentError(message(op, `the series has ${steps} steps; ${needed}`));
  }
  const targets = target === null ? null : [target].flat();
  const outside = targets?.find((feature) => rank < 2 || feature >= features);
  if (outside !== undefined)
    throw new ArgumentError(
      message(op, `target is ${outside}; the series has shape ${shapeText(shape)}`, rank < 2 ? "Leave it out." : undefined),
    );
  const all = Array.from({ length: features }, (_, i) => i);
  const last = rank === 1 ? [] : [features];
  const wanted = targets === null ? last : typeof target === "number" ? [] : [targets.length];
  return {
    x: cut(given, { n, from: 0, length, stride, features: all, last }),
    y: cut(given, { n, from: length + gap, length: horizon, stride, features: targets ?? all, last: wanted }),
  };
}

interface Cut {
  readonly n: number;
  /** Where the first begins. */
  readonly from: number;
  readonly length: number;
  readonly stride: number;
  readonly features: readonly number[];
  /** The last extents of the result. */
  readonly last: readonly number[];
}

function cut(series: Tensor, { n, from, length, stride, features, last }: Cut): Tensor {
  const width = series.shape[1] ?? 1;
  const source = series.view();
  const out = hostArray(SLIDING_WINDOWS.op, series.dtype, n * length * features.length);
  let to = 0;
  for (let i = 0; i < n; i++) {
    for (let step = 0; step < length; step++) {
      const row = (from + i * stride + step) * width;
      for (const feature of features) out[to++] = source[row + feature];
    }
  }
  return new Tensor(dataStorage(series.dtype, out, SLIDING_WINDOWS.op), Object.freeze([n, length, ...last]));
}
