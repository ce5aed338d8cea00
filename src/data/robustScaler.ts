import { kindText, listText } from "../errors/message.js";
import { declare, type OptionsOf } from "../options/declare.js";
import { flag } from "../options/kinds.js";
import { option } from "../options/option.js";
import { type Affine, AffineScaler, AXES } from "./affineScaler.js";

type Range = readonly [number, number];

const ROBUST_SCALER = declare("RobustScaler", {
  ...AXES,
  /** Whether the median is subtracted. Default true. */
  center: flag({ default: true, aka: ["withCentering"] }),
  /** Whether it is divided by the distance of the quantiles. Default true. */
  scale: flag({ default: true, aka: ["withScaling"] }),
  /** The quantiles, percent, 0 ≤ low < high ≤ 100. Default [25, 75]. */
  quantileRange: option<Range, { default: Range; show: (value: unknown) => string }>(
    "[low, high] with 0 ≤ low < high ≤ 100",
    (value) => Array.isArray(value) && value.length === 2 && value[0] >= 0 && value[0] < value[1] && value[1] <= 100,
    { default: [25, 75], show: (value) => (Array.isArray(value) ? listText(value) : kindText(value)) },
  ),
});

/** Options of `RobustScaler`. */
export interface RobustScalerOptions extends OptionsOf<typeof ROBUST_SCALER> {}

/**
 * Scales each feature by what outliers do not change: z = (x − median) / (q₇₅ − q₂₅), with quantiles between two numbers taken in
 * proportion. Where the quantiles are one, it is only shifted. As scikit-learn's RobustScaler.
 *
 * @param options.center whether the median is subtracted, default true
 * @param options.scale whether it is divided by the distance of the quantiles, default true
 * @param options.quantileRange the quantiles in percent, default [25, 75]
 * @param options.axes axes that are measured together, default 0: each feature by itself
 * @throws ArgumentError for an option; at fit for NaN and ±∞, ShapeError, IndexError for axes that x does not have
 * @example
 * const scaler = new RobustScaler().fit([[1], [2], [3], [4], [1000]]);
 * scaler.transform([[5]]);   // [[1]]
 */
export class RobustScaler extends AffineScaler<typeof ROBUST_SCALER> {
  static override readonly declaration = ROBUST_SCALER;

  constructor(options?: RobustScalerOptions) {
    super(arguments.length, options);
  }

  protected measure(values: Float64Array): Affine {
    const { center, scale, quantileRange } = this.settings;
    const sorted = values.sort();
    const [low, high] = quantileRange.map((percent) => quantile(sorted, percent / 100));
    return { shift: center ? quantile(sorted, 0.5) : 0, scale: scale ? high - low || 1 : 1 };
  }
}

function quantile(sorted: Float64Array, share: number): number {
  const at = (sorted.length - 1) * share;
  const below = Math.floor(at);
  const above = Math.min(below + 1, sorted.length - 1);
  return sorted[below] + (at - below) * (sorted[above] - sorted[below]);
}
