import { type AvgPoolOptions, averages, averagesOver, avgPoolOptions } from "../../ops/pool/average.js";
import { kernelSize } from "../../ops/pool/max.js";
import { checkFloating, type Pooling, pooledShape } from "../../ops/pool/pooling.js";
import type { Extents } from "../../ops/window.js";
import { declare } from "../../options/declare.js";
import type { Shape } from "../../tensor/shape.js";
import type { Tensor } from "../../tensor/tensor.js";
import { Layer } from "../layer.js";

const declared = (axes: number) => declare(`AvgPool${axes}d`, avgPoolOptions(axes), { kernelSize: kernelSize(axes) });

type AveragePooling = ReturnType<typeof declared>;

/** Average pooling over the last axes of its input. */
abstract class AvgPool extends Layer<AveragePooling> {
  protected abstract readonly axes: number;

  constructor(given: number, kernelSize: Extents, options: AvgPoolOptions | undefined) {
    super(given, kernelSize, options);
  }

  protected override resultShape(inputShape: Shape): Shape {
    return pooledShape(inputShape, this.#windows(inputShape));
  }

  forward(x: Tensor): Tensor {
    checkFloating(`AvgPool${this.axes}d`, x);
    return averages(x, this.#windows(x.shape));
  }

  #windows(shape: Shape): Pooling {
    return averagesOver(`AvgPool${this.axes}d`, shape, this.axes, this.settings);
  }
}

/**
 * The mean of every window over one axis y = Σ x / divisor, as torch.nn.AvgPool1d.
 * Shape:     [n, c, l] or [c, l] → [n, c, windows]
 * @param kernelSize elements of a window
 * @param options.stride from window to window, default kernelSize
 * @param options.padding zeros on both sides, at most half of kernelSize, default 0
 * @param options.ceilMode whether a last window may reach beyond the padding, default false
 * @param options.countIncludePad whether the zeros of the padding count, default true
 * @param options.divisorOverride what sums are divided by, default null: the number of elements
 * @throws ArgumentError for an option; at forward ShapeError where no window fits, DTypeError for whole numbers
 * @example new AvgPool1d(2).forward(randn([8, 16, 100])).shape   // [8, 16, 50]
 */
export class AvgPool1d extends AvgPool {
  static override readonly declaration = declared(1);
  protected readonly axes = 1;

  constructor(kernelSize: Extents, options?: AvgPoolOptions) {
    super(arguments.length, kernelSize, options);
  }
}

/**
 * The mean of every window over two axes y = Σ x / divisor, as torch.nn.AvgPool2d.
 * Shape:     [n, c, h, w] or [c, h, w] → [n, c, windows, windows]
 * @param kernelSize extents of a window: one number, or [height, width]
 * @param options.stride from window to window, default kernelSize
 * @param options.padding zeros on both sides, at most half of kernelSize, default 0
 * @param options.ceilMode whether a last window may reach beyond the padding, default false
 * @param options.countIncludePad whether the zeros of the padding count, default true
 * @param options.divisorOverride what sums are divided by, default null: the number of elements
 * @throws ArgumentError for an option; at forward ShapeError where no window fits, DTypeError for whole numbers
 * @example new AvgPool2d(2).forward(randn([8, 16, 28, 28])).shape   // [8, 16, 14, 14]
 */
export class AvgPool2d extends AvgPool {
  static override readonly declaration = declared(2);
  protected readonly axes = 2;

  constructor(kernelSize: Extents, options?: AvgPoolOptions) {
    super(arguments.length, kernelSize, options);
  }
}

/**
 * The mean of every window over three axes y = Σ x / divisor, as torch.nn.AvgPool3d.
 * Shape:     [n, c, d, h, w] or [c, d, h, w] → [n, c, windows, windows, windows]
 * @param kernelSize extents of a window: one number, or [depth, height, width]
 * @param options.stride from window to window, default kernelSize
 * @param options.padding zeros on both sides, at most half of kernelSize, default 0
 * @param options.ceilMode whether a last window may reach beyond the padding, default false
 * @param options.countIncludePad whether the zeros of the padding count, default true
 * @param options.divisorOverride what sums are divided by, default null: the number of elements
 * @throws ArgumentError for an option; at forward ShapeError where no window fits, DTypeError for whole numbers
 * @example new AvgPool3d(2).forward(randn([2, 4, 8, 8, 8])).shape   // [2, 4, 4, 4, 4]
 */
export class AvgPool3d extends AvgPool {
  static override readonly declaration = declared(3);
  protected readonly axes = 3;

  constructor(kernelSize: Extents, options?: AvgPoolOptions) {
    super(arguments.length, kernelSize, options);
  }
}
