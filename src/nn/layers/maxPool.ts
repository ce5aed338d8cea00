import type { Pooled } from "../../ops/pool/indices.js";
import { greatest, kernelSize, type MaxPoolOptions, maxPoolOptions } from "../../ops/pool/max.js";
import { checkFloating, type Pooling, pooledShape, windowsOver } from "../../ops/pool/pooling.js";
import type { Extents } from "../../ops/window.js";
import { declare } from "../../options/declare.js";
import type { Shape } from "../../tensor/shape.js";
import type { Tensor } from "../../tensor/tensor.js";
import { Indexed } from "../indexed.js";

const declared = (axes: number) => declare(`MaxPool${axes}d`, maxPoolOptions(axes), { kernelSize: kernelSize(axes) });

type MaxPooling = ReturnType<typeof declared>;

/** Max pooling over the last axes of its input. */
abstract class MaxPool<R extends boolean> extends Indexed<MaxPooling, R> {
  protected abstract readonly axes: number;

  protected get returnIndices(): boolean {
    return this.settings.returnIndices;
  }

  constructor(given: number, kernelSize: Extents, options: MaxPoolOptions | undefined) {
    super(given, kernelSize, options);
  }

  protected override resultShape(inputShape: Shape): Shape {
    return pooledShape(inputShape, this.#windows(inputShape));
  }

  forward(x: Tensor): Pooled<R> {
    checkFloating(`MaxPool${this.axes}d`, x);
    return greatest(x, this.#windows(x.shape), this.returnIndices) as Pooled<R>;
  }

  #windows(shape: Shape): Pooling {
    return windowsOver(`MaxPool${this.axes}d`, shape, this.axes, this.settings);
  }
}

/**
 * The greatest element of every window over one axis y = max x, as torch.nn.MaxPool1d; a NaN wins.
 * Shape:     [n, c, l] or [c, l] → [n, c, windows]
 * @param kernelSize elements of a window
 * @param options.stride from window to window, default kernelSize
 * @param options.padding places on both sides that never win, at most half of kernelSize, default 0
 * @param options.dilation from element to element of a window, default 1
 * @param options.ceilMode whether a last window may reach beyond the padding, default false
 * @param options.returnIndices whether forward returns { output, indices }, of which a Sequential passes on output; default false
 * @throws ArgumentError for an option; at forward ShapeError where no window fits, DTypeError for whole numbers
 * @example new MaxPool1d(2).forward(randn([8, 16, 100])).shape   // [8, 16, 50]
 */
export class MaxPool1d<const R extends boolean = false> extends MaxPool<R> {
  static override readonly declaration = declared(1);
  protected readonly axes = 1;

  constructor(kernelSize: Extents, options?: MaxPoolOptions & { returnIndices?: R }) {
    super(arguments.length, kernelSize, options);
  }
}

/**
 * The greatest element of every window over two axes y = max x, as torch.nn.MaxPool2d; a NaN wins.
 * Shape:     [n, c, h, w] or [c, h, w] → [n, c, windows, windows]
 * @param kernelSize extents of a window: one number, or [height, width]
 * @param options.stride from window to window, default kernelSize
 * @param options.padding places on both sides that never win, at most half of kernelSize, default 0
 * @param options.dilation from element to element of a window, default 1
 * @param options.ceilMode whether a last window may reach beyond the padding, default false
 * @param options.returnIndices whether forward returns { output, indices }, of which a Sequential passes on output; default false
 * @throws ArgumentError for an option; at forward ShapeError where no window fits, DTypeError for whole numbers
 * @example new MaxPool2d(2).forward(randn([8, 16, 28, 28])).shape   // [8, 16, 14, 14]
 */
export class MaxPool2d<const R extends boolean = false> extends MaxPool<R> {
  static override readonly declaration = declared(2);
  protected readonly axes = 2;

  constructor(kernelSize: Extents, options?: MaxPoolOptions & { returnIndices?: R }) {
    super(arguments.length, kernelSize, options);
  }
}

/**
 * The greatest element of every window over three axes y = max x, as torch.nn.MaxPool3d; a NaN wins.
 * Shape:     [n, c, d, h, w] or [c, d, h, w] → [n, c, windows, windows, windows]
 * @param kernelSize extents of a window: one number, or [depth, height, width]
 * @param options.stride from window to window, default kernelSize
 * @param options.padding places on both sides that never win, at most half of kernelSize, default 0
 * @param options.dilation from element to element of a window, default 1
 * @param options.ceilMode whether a last window may reach beyond the padding, default false
 * @param options.returnIndices whether forward returns { output, indices }, of which a Sequential passes on output; default false
 * @throws ArgumentError for an option; at forward ShapeError where no window fits, DTypeError for whole numbers
 * @example new MaxPool3d(2).forward(randn([2, 4, 8, 8, 8])).shape   // [2, 4, 4, 4, 4]
 */
export class MaxPool3d<const R extends boolean = false> extends MaxPool<R> {
  static override readonly declaration = declared(3);
  protected readonly axes = 3;

  constructor(kernelSize: Extents, options?: MaxPoolOptions & { returnIndices?: R }) {
    super(arguments.length, kernelSize, options);
  }
}
