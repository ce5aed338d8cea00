import { checkInterpolation, INTERPOLATION, interpolated } from "../../ops/interpolate.js";
import { checkTensor } from "../../ops/operands.js";
import { declare, type OptionsOf } from "../../options/declare.js";
import type { Tensor } from "../../tensor/tensor.js";
import { Composed } from "../composed.js";

const UPSAMPLE = declare("Upsample", INTERPOLATION);

/** Options of `Upsample`. */
export interface UpsampleOptions extends OptionsOf<typeof UPSAMPLE> {}

/**
 * Images, signals or volumes at another resolution, higher or lower, as torch.nn.Upsample; `interpolate` is the function.
 * Shape:     [n, c, ...] → [n, c, ...size] or [n, c, ...⌊extent · scaleFactor⌋]
 * @param options.size extents of the result, one number or one for each spatial axis; either size or scaleFactor is given
 * @param options.scaleFactor multiples of the extents, > 0, one number or one for each spatial axis
 * @param options.mode "nearest", "nearestExact", "linear", "bilinear", "bicubic", "trilinear" or "area", default "nearest"
 * @param options.alignCorners whether the middles of corner elements stay where they are, default null: no
 * @throws ArgumentError for options that do not go together, at forward ShapeError for a mode of other axes
 * @example new Upsample({ scaleFactor: 2, mode: "bilinear" }).forward(ones([1, 3, 8, 8])).shape   // [1, 3, 16, 16]
 */
export class Upsample extends Composed<typeof UPSAMPLE> {
  static override readonly declaration = UPSAMPLE;

  constructor(options: UpsampleOptions) {
    super(arguments.length, options);
    checkInterpolation("Upsample", this.settings);
  }

  protected compute(x: Tensor): Tensor {
    checkTensor("Upsample", "x", x);
    return interpolated("Upsample", x, this.settings);
  }

  forward(x: Tensor): Tensor {
    return this.compute(x);
  }
}
