import { type AdaptiveMaxPoolOptions, averagesOfParts, type OutputSize, outputExtents, outputSize } from "../../ops/pool/adaptive.js";
import { type Pooled, RETURN_INDICES } from "../../ops/pool/indices.js";
import { greatest } from "../../ops/pool/max.js";
import { checkFloating, type Pooling, partsOf, pooledShape } from "../../ops/pool/pooling.js";
import { declare } from "../../options/declare.js";
import type { Shape } from "../../tensor/shape.js";
import type { Tensor } from "../../tensor/tensor.js";
import { Indexed } from "../indexed.js";
import { Layer } from "../layer.js";

const averages = (axes: number) => declare(`AdaptiveAvgPool${axes}d`, {}, { outputSize: outputSize(axes) });
const maxima = (axes: number) => declare(`AdaptiveMaxPool${axes}d`, RETURN_INDICES, { outputSize: outputSize(axes) });

/** Average pooling of the last axes of its input by a given number of windows. */
abstract class AdaptiveAvgPool extends Layer<ReturnType<typeof averages>> {
  protected abstract readonly axes: number;

  constructor(given: number, outputSize: OutputSize) {
    super(given, outputSize);
  }

  protected override resultShape(inputShape: Shape): Shape {
    return pooledShape(inputShape, this.#parts(inputShape));
  }

  forward(x: Tensor): Tensor {
    checkFloating(`AdaptiveAvgPool${this.axes}d`, x);
    return averagesOfParts(x, this.#parts(x.shape));
  }

  #parts(shape: Shape): Pooling {
    return partsOf(`AdaptiveAvgPool${this.axes}d`, shape, outputExtents(this.settings.outputSize, this.axes));
  }
}

/** Max pooling of the last axes of its input by a given number of windows. */
abstract class AdaptiveMaxPool<R extends boolean> extends Indexed<ReturnType<typeof maxima>, R> {
  protected abstract readonly axes: number;

  constructor(given: number, outputSize: OutputSize, options: AdaptiveMaxPoolOptions | undefined) {
    super(given, outputSize, options);
  }

  protected get returnIndices(): boolean {
    return this.settings.returnIndices;
  }

  protected override resultShape(inputShape: Shape): Shape {
    return pooledShape(inputShape, this.#parts(inputShape));
  }

  forward(x: Tensor): Pooled<R> {
    checkFloating(`AdaptiveMaxPool${this.axes}d`, x);
    return greatest(x, this.#parts(x.shape), this.returnIndices) as Pooled<R>;
  }

  #parts(shape: Shape): Pooling {
    return partsOf(`AdaptiveMaxPool${this.axes}d`, shape, outputExtents(this.settings.outputSize, this.axes));
  }
}

/**
 * Means of windows so large that a given number of them covers one axis, as torch.nn.AdaptiveAvgPool1d: along an axis of extent l
 * window o reaches from ⌊o · l / outputSize⌋ to ⌈(o + 1) · l / outputSize⌉.
 * Shape:     [n, c, l] or [c, l] → [n, c, outputSize]
 * @param outputSize whole number ≥ 1; null: l
 * @throws ArgumentError for outputSize; at forward ShapeError for another rank, DTypeError for whole numbers
 * @example new AdaptiveAvgPool1d(7).forward(randn([8, 16, 30])).shape   // [8, 16, 7]
 */
export class AdaptiveAvgPool1d extends AdaptiveAvgPool {
  static override readonly declaration = averages(1);
  protected readonly axes = 1;

  constructor(outputSize: OutputSize) {
    super(arguments.length, outputSize);
  }
}

/**
 * Means of windows so large that a given number of them covers two axes, as torch.nn.AdaptiveAvgPool2d: along an axis of extent h
 * window o reaches from ⌊o · h / outputSize⌋ to ⌈(o + 1) · h / outputSize⌉.
 * Shape:     [n, c, h, w] or [c, h, w] → [n, c, ...outputSize]
 * @param outputSize one whole number ≥ 1, or [height, width]; null: the input's own extent
 * @throws ArgumentError for outputSize; at forward ShapeError for another rank, DTypeError for whole numbers
 * @example new AdaptiveAvgPool2d([7, null]).forward(randn([8, 16, 13, 9])).shape   // [8, 16, 7, 9]
 */
export class AdaptiveAvgPool2d extends AdaptiveAvgPool {
  static override readonly declaration = averages(2);
  protected readonly axes = 2;

  constructor(outputSize: OutputSize) {
    super(arguments.length, outputSize);
  }
}

/**
 * Means of windows so large that a given number of them covers three axes, as torch.nn.AdaptiveAvgPool3d: along an axis of extent d
 * window o reaches from ⌊o · d / outputSize⌋ to ⌈(o + 1) · d / outputSize⌉.
 * Shape:     [n, c, d, h, w] or [c, d, h, w] → [n, c, ...outputSize]
 * @param outputSize one whole number ≥ 1, or [depth, height, width]; null: the input's own extent
 * @throws ArgumentError for outputSize; at forward ShapeError for another rank, DTypeError for whole numbers
 * @example new AdaptiveAvgPool3d(2).forward(randn([2, 4, 5, 13, 9])).shape   // [2, 4, 2, 2, 2]
 */
export class AdaptiveAvgPool3d extends AdaptiveAvgPool {
  static override readonly declaration = averages(3);
  protected readonly axes = 3;

  constructor(outputSize: OutputSize) {
    super(arguments.length, outputSize);
  }
}

/**
 * The greatest elements of windows so large that a given number of them covers one axis, as torch.nn.AdaptiveMaxPool1d: along an axis of extent l
 * window o reaches from ⌊o · l / outputSize⌋ to ⌈(o + 1) · l / outputSize⌉.
 * Shape:     [n, c, l] or [c, l] → [n, c, outputSize]
 * @param outputSize whole number ≥ 1; null: l
 * @param options.returnIndices whether forward returns { output, indices }, of which a Sequential passes on output; default false
 * @throws ArgumentError for outputSize; at forward ShapeError for another rank, DTypeError for whole numbers
 * @example new AdaptiveMaxPool1d(7).forward(randn([8, 16, 30])).shape   // [8, 16, 7]
 */
export class AdaptiveMaxPool1d<const R extends boolean = false> extends AdaptiveMaxPool<R> {
  static override readonly declaration = maxima(1);
  protected readonly axes = 1;

  constructor(outputSize: OutputSize, options?: AdaptiveMaxPoolOptions & { returnIndices?: R }) {
    super(arguments.length, outputSize, options);
  }
}

/**
 * The greatest elements of windows so large that a given number of them covers two axes, as torch.nn.AdaptiveMaxPool2d: along an axis of extent h
 * window o reaches from ⌊o · h / outputSize⌋ to ⌈(o + 1) · h / outputSize⌉.
 * Shape:     [n, c, h, w] or [c, h, w] → [n, c, ...outputSize]
 * @param outputSize one whole number ≥ 1, or [height, width]; null: the input's own extent
 * @param options.returnIndices whether forward returns { output, indices }, of which a Sequential passes on output; default false
 * @throws ArgumentError for outputSize; at forward ShapeError for another rank, DTypeError for whole numbers
 * @example new AdaptiveMaxPool2d([7, null]).forward(randn([8, 16, 13, 9])).shape   // [8, 16, 7, 9]
 */
export class AdaptiveMaxPool2d<const R extends boolean = false> extends AdaptiveMaxPool<R> {
  static override readonly declaration = maxima(2);
  protected readonly axes = 2;

  constructor(outputSize: OutputSize, options?: AdaptiveMaxPoolOptions & { returnIndices?: R }) {
    super(arguments.length, outputSize, options);
  }
}

/**
 * The greatest elements of windows so large that a given number of them covers three axes, as torch.nn.AdaptiveMaxPool3d: along an axis of extent d
 * window o reaches from ⌊o · d / outputSize⌋ to ⌈(o + 1) · d / outputSize⌉.
 * Shape:     [n, c, d, h, w] or [c, d, h, w] → [n, c, ...outputSize]
 * @param outputSize one whole number ≥ 1, or [depth, height, width]; null: the input's own extent
 * @param options.returnIndices whether forward returns { output, indices }, of which a Sequential passes on output; default false
 * @throws ArgumentError for outputSize; at forward ShapeError for another rank, DTypeError for whole numbers
 * @example new AdaptiveMaxPool3d(2).forward(randn([2, 4, 5, 13, 9])).shape   // [2, 4, 2, 2, 2]
 */
export class AdaptiveMaxPool3d<const R extends boolean = false> extends AdaptiveMaxPool<R> {
  static override readonly declaration = maxima(3);
  protected readonly axes = 3;

  constructor(outputSize: OutputSize, options?: AdaptiveMaxPoolOptions & { returnIndices?: R }) {
    super(arguments.length, outputSize, options);
  }
}
