import { type LPPoolOptions, lpPoolOptions, NORM_TYPE, norms } from "../../ops/pool/lp.js";
import { kernelSize } from "../../ops/pool/max.js";
import { checkFloating } from "../../ops/pool/pooling.js";
import type { Extents } from "../../ops/window.js";
import { declare } from "../../options/declare.js";
import type { Tensor } from "../../tensor/tensor.js";
import { Composed } from "../composed.js";

const declared = (axes: number) => declare(`LPPool${axes}d`, lpPoolOptions(axes), { normType: NORM_TYPE, kernelSize: kernelSize(axes) });

/** Power-average pooling over the last axes of its input. */
abstract class LPPool extends Composed<ReturnType<typeof declared>> {
  protected abstract readonly axes: number;

  constructor(given: number, normType: number, kernelSize: Extents, options: LPPoolOptions | undefined) {
    super(given, normType, kernelSize, options);
  }

  forward(x: Tensor): Tensor {
    return this.compute(x);
  }

  protected compute(x: Tensor): Tensor {
    const op = `LPPool${this.axes}d`;
    checkFloating(op, x);
    return norms(op, x, this.axes, this.settings);
  }
}

/**
 * The p-norm of every window y = (Σ xᵖ)^(1/p) over one axis, as torch.nn.LPPool1d. Powers are those of x, not of |x|: for odd p negative
 * sums give NaN.
 * Shape:     [n, c, l] or [c, l] → [n, c, windows]
 * @param normType p > 0
 * @param kernelSize elements of a window
 * @param options.stride from window to window, default kernelSize
 * @param options.ceilMode whether a last window may reach beyond the input, default false: its sum is scaled up to a whole window's
 * @throws ArgumentError for an option; at forward ShapeError where no window fits, DTypeError for whole numbers
 * @example new LPPool1d(2, 2).forward(randn([8, 4, 10])).shape   // [8, 4, 5]
 */
export class LPPool1d extends LPPool {
  static override readonly declaration = declared(1);
  protected readonly axes = 1;

  constructor(normType: number, kernelSize: Extents, options?: LPPoolOptions) {
    super(arguments.length, normType, kernelSize, options);
  }
}

/**
 * The p-norm of every window y = (Σ xᵖ)^(1/p) over two axes, as torch.nn.LPPool2d. Powers are those of x, not of |x|: for odd p negative
 * sums give NaN.
 * Shape:     [n, c, h, w] or [c, h, w] → [n, c, windows, windows]
 * @param normType p > 0
 * @param kernelSize extents of a window: one number, or [height, width]
 * @param options.stride from window to window, default kernelSize
 * @param options.ceilMode whether a last window may reach beyond the input, default false: its sum is scaled up to a whole window's
 * @throws ArgumentError for an option; at forward ShapeError where no window fits, DTypeError for whole numbers
 * @example new LPPool2d(2, 2).forward(randn([8, 4, 6, 6])).shape   // [8, 4, 3, 3]
 */
export class LPPool2d extends LPPool {
  static override readonly declaration = declared(2);
  protected readonly axes = 2;

  constructor(normType: number, kernelSize: Extents, options?: LPPoolOptions) {
    super(arguments.length, normType, kernelSize, options);
  }
}
