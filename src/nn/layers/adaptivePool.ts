import { averagesOfParts, type OutputSize, outputExtents, outputSize } from "../../ops/pool/adaptive.js";
import { greatest } from "../../ops/pool/max.js";
import { checkFloating, type Pooling, partsOf, pooledShape } from "../../ops/pool/pooling.js";
import { declare } from "../../options/declare.js";
import type { Shape } from "../../tensor/shape.js";
import type { Tensor } from "../../tensor/tensor.js";
import { Layer } from "../layer.js";

const declared = (kind: "Avg" | "Max", axes: number) => declare(`Adaptive${kind}Pool${axes}d`, {}, { outputSize: outputSize(axes) });

type AdaptivePooling = ReturnType<typeof declared>;

/** Pooling of the last axes of its input by a given number of windows. */
abstract class AdaptivePool extends Layer<AdaptivePooling> {
  protected abstract readonly kind: "Avg" | "Max";
  protected abstract readonly axes: number;

  constructor(given: number, outputSize: OutputSize) {
    super(given, outputSize);
  }

  protected override resultShape(inputShape: Shape): Shape {
    return pooledShape(inputShape, this.#parts(inputShape));
  }

  forward(x: Tensor): Tensor {
    checkFloating(this.#op, x);
    return this.pool(x, this.#parts(x.shape));
  }

  protected abstract pool(x: Tensor, pooling: Pooling): Tensor;

  get #op(): string {
    return `Adaptive${this.kind}Pool${this.axes}d`;
  }

  #parts(shape: Shape): Pooling {
    return partsOf(this.#op, shape, outputExtents(this.settings.outputSize, this.axes));
  }
}

abstract class AdaptiveAvgPool extends AdaptivePool {
  protected readonly kind = "Avg";

  protected pool(x: Tensor, pooling: Pooling): Tensor {
    return averagesOfParts(x, pooling);
  }
}

abstract class AdaptiveMaxPool extends AdaptivePool {
  protected readonly kind = "Max";

  protected pool(x: Tensor, pooling: Pooling): Tensor {
    return greatest(x, pooling);
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
  static override readonly declaration = declared("Avg", 1);
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
  static override readonly declaration = declared("Avg", 2);
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
  static override readonly declaration = declared("Avg", 3);
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
 * @throws ArgumentError for outputSize; at forward ShapeError for another rank, DTypeError for whole numbers
 * @example new AdaptiveMaxPool1d(7).forward(randn([8, 16, 30])).shape   // [8, 16, 7]
 */
export class AdaptiveMaxPool1d extends AdaptiveMaxPool {
  static override readonly declaration = declared("Max", 1);
  protected readonly axes = 1;

  constructor(outputSize: OutputSize) {
    super(arguments.length, outputSize);
  }
}

/**
 * The greatest elements of windows so large that a given number of them covers two axes, as torch.nn.AdaptiveMaxPool2d: along an axis of extent h
 * window o reaches from ⌊o · h / outputSize⌋ to ⌈(o + 1) · h / outputSize⌉.
 * Shape:     [n, c, h, w] or [c, h, w] → [n, c, ...outputSize]
 * @param outputSize one whole number ≥ 1, or [height, width]; null: the input's own extent
 * @throws ArgumentError for outputSize; at forward ShapeError for another rank, DTypeError for whole numbers
 * @example new AdaptiveMaxPool2d([7, null]).forward(randn([8, 16, 13, 9])).shape   // [8, 16, 7, 9]
 */
export class AdaptiveMaxPool2d extends AdaptiveMaxPool {
  static override readonly declaration = declared("Max", 2);
  protected readonly axes = 2;

  constructor(outputSize: OutputSize) {
    super(arguments.length, outputSize);
  }
}

/**
 * The greatest elements of windows so large that a given number of them covers three axes, as torch.nn.AdaptiveMaxPool3d: along an axis of extent d
 * window o reaches from ⌊o · d / outputSize⌋ to ⌈(o + 1) · d / outputSize⌉.
 * Shape:     [n, c, d, h, w] or [c, d, h, w] → [n, c, ...outputSize]
 * @param outputSize one whole number ≥ 1, or [depth, height, width]; null: the input's own extent
 * @throws ArgumentError for outputSize; at forward ShapeError for another rank, DTypeError for whole numbers
 * @example new AdaptiveMaxPool3d(2).forward(randn([2, 4, 5, 13, 9])).shape   // [2, 4, 2, 2, 2]
 */
export class AdaptiveMaxPool3d extends AdaptiveMaxPool {
  static override readonly declaration = declared("Max", 3);
  protected readonly axes = 3;

  constructor(outputSize: OutputSize) {
    super(arguments.length, outputSize);
  }
}
