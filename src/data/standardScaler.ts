import { declare, type OptionsOf } from "../options/declare.js";
import { flag } from "../options/kinds.js";
import { type Affine, AffineScaler, AXES } from "./affineScaler.js";

const STANDARD_SCALER = declare("StandardScaler", {
  ...AXES,
  /** Whether the mean is subtracted. Default true. */
  center: flag({ default: true, aka: ["withMean"] }),
  /** Whether it is divided by the standard deviation. Default true. */
  scale: flag({ default: true, aka: ["withStd"] }),
});

/** Options of `StandardScaler`. */
export interface StandardScalerOptions extends OptionsOf<typeof STANDARD_SCALER> {}

/**
 * Gives each feature mean 0 and standard deviation 1: z = (x − mean) / std, std² = Σ(x − mean)² / n. A feature that does not vary is only
 * shifted. As scikit-learn's StandardScaler, and as `standardize`, in a form that is saved and goes into a `Pipeline`.
 *
 * @param options.axes axes that are measured together, default 0: each feature by itself
 * @param options.center whether the mean is subtracted, default true
 * @param options.scale whether it is divided by the standard deviation, default true
 * @throws ArgumentError for an option; at fit for NaN and ±∞, ShapeError, IndexError for axes that x does not have
 * @example
 * const scaler = new StandardScaler().fit([[1, 10], [3, 30]]);
 * scaler.transform([[1, 40]]);   // [[-1, 2]]
 */
export class StandardScaler extends AffineScaler<typeof STANDARD_SCALER> {
  static override readonly declaration = STANDARD_SCALER;

  constructor(options?: StandardScalerOptions) {
    super(arguments.length, options);
  }

  protected measure(values: Float64Array): Affine {
    let [mean, squares] = [0, 0];
    // Running means do not drift: a feature that does not vary has deviation 0 exactly.
    for (let i = 0; i < values.length; i++) {
      const difference = values[i] - mean;
      mean += difference / (i + 1);
      squares += difference * (values[i] - mean);
    }
    const { center, scale } = this.settings;
    return { shift: center ? mean : 0, scale: scale ? Math.sqrt(squares / values.length) || 1 : 1 };
  }
}
