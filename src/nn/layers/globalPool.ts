import { ShapeError } from "../../errors/errors.js";
import { message, shapeText } from "../../errors/message.js";
import { checkFloating } from "../../ops/pool/pooling.js";
import { declare, type OptionsOf } from "../../options/declare.js";
import { flag } from "../../options/kinds.js";
import type { Shape } from "../../tensor/shape.js";
import type { Tensor } from "../../tensor/tensor.js";
import { Layer } from "../layer.js";

const declared = (kind: "Avg" | "Max", axes: number) =>
  declare(`Global${kind}Pool${axes}d`, {
    /** Whether the pooled axes are kept with extent 1. Default false. */
    keepDims: flag({ default: false, aka: ["keepdims"] }),
  });

type GlobalPooling = ReturnType<typeof declared>;

/** Options of the layers that pool all places. */
export interface GlobalPoolOptions extends OptionsOf<GlobalPooling> {}

/** Pooling of all elements of a channel, with Keras's names. */
abstract class GlobalPool extends Layer<GlobalPooling> {
  protected abstract readonly kind: "Avg" | "Max";
  protected abstract readonly axes: number;

  constructor(given: number, options: GlobalPoolOptions | undefined) {
    super(given, options);
  }

  protected override resultShape(inputShape: Shape): Shape {
    if (inputShape.length === this.axes + 2) {
      return [...inputShape.slice(0, 2), ...(this.settings.keepDims ? this.pooled().map(() => 1) : [])];
    }
    const expected = ["[n, c, l]", "[n, c, h, w]", "[n, c, d, h, w]"][this.axes - 1];
    throw new ShapeError(message(this.#op, `x has shape ${shapeText(inputShape)}; expected ${expected}`));
  }

  forward(x: Tensor): Tensor {
    checkFloating(this.#op, x);
    this.resultShape(x.shape);
    return this.reduce(x);
  }

  protected abstract reduce(x: Tensor): Tensor;

  /** The axes that are pooled. */
  protected pooled(): number[] {
    return Array.from({ length: this.axes }, (_, axis) => 2 + axis);
  }

  get #op(): string {
    return `Global${this.kind}Pool${this.axes}d`;
  }
}

abstract class GlobalAvgPool extends GlobalPool {
  protected readonly kind = "Avg";

  protected reduce(x: Tensor): Tensor {
    return x.mean(this.pooled(), this.settings);
  }
}

abstract class GlobalMaxPool extends GlobalPool {
  protected readonly kind = "Max";

  protected reduce(x: Tensor): Tensor {
    return x.max(this.pooled(), this.settings);
  }
}

/**
 * The mean of all elements of a channel, as Keras's GlobalAveragePooling1D.
 * Shape:     [n, c, l] → [n, c], with keepDims [n, c, 1]
 * @param options.keepDims default false
 * @throws ArgumentError for an option; at forward ShapeError for another rank, DTypeError for whole numbers
 * @example new GlobalAvgPool1d().forward(randn([8, 16, 30])).shape   // [8, 16]
 */
export class GlobalAvgPool1d extends GlobalAvgPool {
  static override readonly declaration = declared("Avg", 1);
  protected readonly axes = 1;

  constructor(options?: GlobalPoolOptions) {
    super(arguments.length, options);
  }
}

/**
 * The mean of all elements of a channel, as Keras's GlobalAveragePooling2D.
 * Shape:     [n, c, h, w] → [n, c], with keepDims [n, c, 1, 1]
 * @param options.keepDims default false
 * @throws ArgumentError for an option; at forward ShapeError for another rank, DTypeError for whole numbers
 * @example new GlobalAvgPool2d().forward(randn([8, 16, 7, 7])).shape   // [8, 16]
 */
export class GlobalAvgPool2d extends GlobalAvgPool {
  static override readonly declaration = declared("Avg", 2);
  protected readonly axes = 2;

  constructor(options?: GlobalPoolOptions) {
    super(arguments.length, options);
  }
}

/**
 * The mean of all elements of a channel, as Keras's GlobalAveragePooling3D.
 * Shape:     [n, c, d, h, w] → [n, c], with keepDims [n, c, 1, 1, 1]
 * @param options.keepDims default false
 * @throws ArgumentError for an option; at forward ShapeError for another rank, DTypeError for whole numbers
 * @example new GlobalAvgPool3d().forward(randn([8, 16, 5, 7, 7])).shape   // [8, 16]
 */
export class GlobalAvgPool3d extends GlobalAvgPool {
  static override readonly declaration = declared("Avg", 3);
  protected readonly axes = 3;

  constructor(options?: GlobalPoolOptions) {
    super(arguments.length, options);
  }
}

/**
 * The greatest of all elements of a channel, as Keras's GlobalMaxPooling1D. Its gradient goes in equal parts to equal elements, as that of `max`.
 * Shape:     [n, c, l] → [n, c], with keepDims [n, c, 1]
 * @param options.keepDims default false
 * @throws ArgumentError for an option; at forward ShapeError for another rank, DTypeError for whole numbers
 * @example new GlobalMaxPool1d().forward(randn([8, 16, 30])).shape   // [8, 16]
 */
export class GlobalMaxPool1d extends GlobalMaxPool {
  static override readonly declaration = declared("Max", 1);
  protected readonly axes = 1;

  constructor(options?: GlobalPoolOptions) {
    super(arguments.length, options);
  }
}

/**
 * The greatest of all elements of a channel, as Keras's GlobalMaxPooling2D. Its gradient goes in equal parts to equal elements, as that of `max`.
 * Shape:     [n, c, h, w] → [n, c], with keepDims [n, c, 1, 1]
 * @param options.keepDims default false
 * @throws ArgumentError for an option; at forward ShapeError for another rank, DTypeError for whole numbers
 * @example new GlobalMaxPool2d().forward(randn([8, 16, 7, 7])).shape   // [8, 16]
 */
export class GlobalMaxPool2d extends GlobalMaxPool {
  static override readonly declaration = declared("Max", 2);
  protected readonly axes = 2;

  constructor(options?: GlobalPoolOptions) {
    super(arguments.length, options);
  }
}

/**
 * The greatest of all elements of a channel, as Keras's GlobalMaxPooling3D. Its gradient goes in equal parts to equal elements, as that of `max`.
 * Shape:     [n, c, d, h, w] → [n, c], with keepDims [n, c, 1, 1, 1]
 * @param options.keepDims default false
 * @throws ArgumentError for an option; at forward ShapeError for another rank, DTypeError for whole numbers
 * @example new GlobalMaxPool3d().forward(randn([8, 16, 5, 7, 7])).shape   // [8, 16]
 */
export class GlobalMaxPool3d extends GlobalMaxPool {
  static override readonly declaration = declared("Max", 3);
  protected readonly axes = 3;

  constructor(options?: GlobalPoolOptions) {
    super(arguments.length, options);
  }
}
