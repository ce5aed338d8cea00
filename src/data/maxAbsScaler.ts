import { declare, type OptionsOf } from "../options/declare.js";
import { type Affine, AffineScaler, AXES } from "./affineScaler.js";

const MAX_ABS_SCALER = declare("MaxAbsScaler", AXES);

/** Options of `MaxAbsScaler`. */
export interface MaxAbsScalerOptions extends OptionsOf<typeof MAX_ABS_SCALER> {}

/**
 * Divides each feature by its greatest magnitude, so that zeros stay: z = x / max|x|. As scikit-learn's MaxAbsScaler.
 *
 * @param options.axes axes that are measured together, default 0: each feature by itself
 * @throws ArgumentError for an option; at fit for NaN and ±∞, ShapeError, IndexError for axes that x does not have
 * @example new MaxAbsScaler().fitTransform([[1], [-4]])   // [[0.25], [-1]]
 */
export class MaxAbsScaler extends AffineScaler<typeof MAX_ABS_SCALER> {
  static override readonly declaration = MAX_ABS_SCALER;

  constructor(options?: MaxAbsScalerOptions) {
    super(arguments.length, options);
  }

  protected measure(values: Float64Array): Affine {
    return { shift: 0, scale: values.reduce((most, value) => Math.max(most, Math.abs(value)), 0) || 1 };
  }
}
