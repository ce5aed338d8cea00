import { ArgumentError } from "../errors/errors.js";
import { kindText, listText, message } from "../errors/message.js";
import { declare, type OptionsOf } from "../options/declare.js";
import { flag } from "../options/kinds.js";
import { option } from "../options/option.js";
import { type Affine, AffineScaler, AXES } from "./affineScaler.js";

type Range = readonly [number, number];

const MIN_MAX_SCALER = declare("MinMaxScaler", {
  ...AXES,
  /** What the least and the greatest number become, [low, high] with low < high. Default [0, 1]. */
  range: option<Range, { default: Range; aka: string[]; show: (value: unknown) => string }>(
    "[low, high] with low < high",
    (value) => Array.isArray(value) && value.length === 2 && value.every(Number.isFinite) && value[0] < value[1],
    { default: [0, 1], aka: ["featureRange"], show: (value) => (Array.isArray(value) ? listText(value) : kindText(value)) },
  ),
  /** Whether what lies outside of the training data's range stays within `range`. Default false. */
  clip: flag({ default: false }),
});

/** Options of `MinMaxScaler`. */
export interface MinMaxScalerOptions extends OptionsOf<typeof MIN_MAX_SCALER> {}

/**
 * Gives each feature a range: z = low + (x − min) / (max − min) · (high − low). A feature that does not vary becomes low. As scikit-learn's
 * MinMaxScaler.
 *
 * @param options.range [low, high], default [0, 1]
 * @param options.clip whether what lies outside of the training data's range stays within, default false
 * @param options.axes axes that are measured together, default 0: each feature by itself
 * @throws ArgumentError for an option; at fit for NaN and ±∞, ShapeError, IndexError for axes that x does not have
 * @example
 * const scaler = new MinMaxScaler({ range: [-1, 1] }).fit([[0], [10]]);
 * scaler.transform([[5], [20]]);   // [[0], [3]]
 */
export class MinMaxScaler extends AffineScaler<typeof MIN_MAX_SCALER> {
  static override readonly declaration = MIN_MAX_SCALER;

  constructor(options?: MinMaxScalerOptions) {
    super(arguments.length, options);
  }

  protected measure(values: Float64Array): Affine {
    const [low, high] = this.settings.range;
    const sorted = values.sort();
    const extent = sorted[sorted.length - 1] - sorted[0];
    if (!Number.isFinite(extent)) throw new ArgumentError(message(`${this.op}.fit`, "the range of a feature is too large for a number"));
    return { shift: sorted[0], scale: (extent || 1) / (high - low), offset: low };
  }

  protected override finish(z: number): number {
    const { clip, range } = this.settings;
    return clip ? Math.min(range[1], Math.max(range[0], z)) : z;
  }
}
