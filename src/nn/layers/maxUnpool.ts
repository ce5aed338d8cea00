import { kernelSize } from "../../ops/pool/max.js";
import { checkFloating } from "../../ops/pool/pooling.js";
import { type MaxUnpoolOptions, maxUnpoolOptions, unpooled, unpooledExtents } from "../../ops/pool/unpool.js";
import type { Extents } from "../../ops/window.js";
import { declare } from "../../options/declare.js";
import type { Shape } from "../../tensor/shape.js";
import type { Tensor } from "../../tensor/tensor.js";
import { Layer } from "../layer.js";

const declared = (axes: number) => declare(`MaxUnpool${axes}d`, maxUnpoolOptions(axes), { kernelSize: kernelSize(axes) });

/** The partial inverse of max pooling over the last axes of its input. */
abstract class MaxUnpool extends Layer<ReturnType<typeof declared>> {
  protected abstract readonly axes: number;

  constructor(given: number, kernelSize: Extents, options: MaxUnpoolOptions | undefined) {
    super(given, kernelSize, options);
  }

  protected override resultShape(inputShape: Shape): Shape {
    return [...inputShape.slice(0, -this.axes), ...this.#extents(inputShape)];
  }

  /** @param indices the places in a plane of the result, as the pooling returns them */
  forward(x: Tensor, indices: Tensor): Tensor {
    checkFloating(this.#op, x);
    return unpooled(this.#op, x, indices, this.#extents(x.shape));
  }

  get #op(): string {
    return `MaxUnpool${this.axes}d`;
  }

  #extents(shape: Shape): readonly number[] {
    return unpooledExtents(this.#op, shape, this.axes, this.settings);
  }
}

/**
 * The partial inverse of `MaxPool1d` over one axis, as torch.nn.MaxUnpool1d: x at the places that indices tell, 0 elsewhere. Where PyTorch
 * takes output_size at each call, it is an option here.
 * Shape:     x and indices [n, c, l] or [c, l] → the same with extents (extent − 1) · stride − 2 · padding + kernelSize
 * @param kernelSize elements of a window
 * @param options.stride the pooling's, default kernelSize
 * @param options.padding the pooling's, default 0
 * @param options.outputSize extents of the result where several fit, default the least that the pooling may have had
 * @throws ArgumentError for an option; at forward ShapeError, IndexError for an index outside of the result
 * @example
 * const { output, indices } = new MaxPool1d(2, { returnIndices: true }).forward(randn([8, 4, 10]));
 * new MaxUnpool1d(2).forward(output, indices).shape   // [8, 4, 10]
 */
export class MaxUnpool1d extends MaxUnpool {
  static override readonly declaration = declared(1);
  protected readonly axes = 1;

  constructor(kernelSize: Extents, options?: MaxUnpoolOptions) {
    super(arguments.length, kernelSize, options);
  }
}

/**
 * The partial inverse of `MaxPool2d` over two axes, as torch.nn.MaxUnpool2d: x at the places that indices tell, 0 elsewhere. Where PyTorch
 * takes output_size at each call, it is an option here.
 * Shape:     x and indices [n, c, h, w] or [c, h, w] → the same with extents (extent − 1) · stride − 2 · padding + kernelSize
 * @param kernelSize extents of a window: one number, or [height, width]
 * @param options.stride the pooling's, default kernelSize
 * @param options.padding the pooling's, default 0
 * @param options.outputSize extents of the result where several fit, default the least that the pooling may have had
 * @throws ArgumentError for an option; at forward ShapeError, IndexError for an index outside of the result
 * @example
 * const { output, indices } = new MaxPool2d(2, { returnIndices: true }).forward(randn([8, 4, 6, 6]));
 * new MaxUnpool2d(2).forward(output, indices).shape   // [8, 4, 6, 6]
 */
export class MaxUnpool2d extends MaxUnpool {
  static override readonly declaration = declared(2);
  protected readonly axes = 2;

  constructor(kernelSize: Extents, options?: MaxUnpoolOptions) {
    super(arguments.length, kernelSize, options);
  }
}

/**
 * The partial inverse of `MaxPool3d` over three axes, as torch.nn.MaxUnpool3d: x at the places that indices tell, 0 elsewhere. Where PyTorch
 * takes output_size at each call, it is an option here.
 * Shape:     x and indices [n, c, d, h, w] or [c, d, h, w] → the same with extents (extent − 1) · stride − 2 · padding + kernelSize
 * @param kernelSize extents of a window: one number, or [depth, height, width]
 * @param options.stride the pooling's, default kernelSize
 * @param options.padding the pooling's, default 0
 * @param options.outputSize extents of the result where several fit, default the least that the pooling may have had
 * @throws ArgumentError for an option; at forward ShapeError, IndexError for an index outside of the result
 * @example
 * const { output, indices } = new MaxPool3d(2, { returnIndices: true }).forward(randn([8, 4, 6, 6, 6]));
 * new MaxUnpool3d(2).forward(output, indices).shape   // [8, 4, 6, 6, 6]
 */
export class MaxUnpool3d extends MaxUnpool {
  static override readonly declaration = declared(3);
  protected readonly axes = 3;

  constructor(kernelSize: Extents, options?: MaxUnpoolOptions) {
    super(arguments.length, kernelSize, options);
  }
}
