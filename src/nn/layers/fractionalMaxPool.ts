import { COUNTER_BYTES, noise, writeCounter } from "../../ops/noise.js";
import {
  checkOutput,
  type FractionalMaxPoolOptions,
  type FractionalWindows,
  fractional,
  fractionalOptions,
  fractionalWindows,
  leading,
} from "../../ops/pool/fractional.js";
import type { Pooled } from "../../ops/pool/indices.js";
import { kernelSize } from "../../ops/pool/max.js";
import { checkFloating } from "../../ops/pool/pooling.js";
import type { Extents } from "../../ops/window.js";
import { declare } from "../../options/declare.js";
import { full } from "../../tensor/creation.js";
import type { Shape } from "../../tensor/shape.js";
import type { Tensor } from "../../tensor/tensor.js";
import { Indexed } from "../indexed.js";
import { Stream } from "../stream.js";

const declared = (axes: number) => declare(`FractionalMaxPool${axes}d`, fractionalOptions(axes), { kernelSize: kernelSize(axes) });

/** Options of `FractionalMaxPool2d` and `FractionalMaxPool3d`. */
export interface FractionalPoolOptions extends Omit<FractionalMaxPoolOptions, "samples"> {}

/** Fractional max pooling over the last axes of its input. */
abstract class FractionalMaxPool<R extends boolean> extends Indexed<ReturnType<typeof declared>, R> {
  static override readonly moving = [...Indexed.moving, "count"];
  /** @internal forwards in training under the seed in force */
  count = 0;
  readonly #samples = new Stream(this, "fractionalMaxPool", "samples");
  protected abstract readonly axes: number;

  constructor(given: number, kernelSize: Extents, options: FractionalPoolOptions) {
    super(given, kernelSize, options);
    checkOutput((this.constructor as unknown as { declaration: { op: string } }).declaration.op, this.settings);
  }

  protected get returnIndices(): boolean {
    return this.settings.returnIndices;
  }

  protected override resultShape(inputShape: Shape): Shape {
    return [...inputShape.slice(0, -this.axes), ...this.#windows(inputShape).output];
  }

  forward(x: Tensor): Pooled<R> {
    checkFloating(this.#op, x);
    const windows = this.#windows(x.shape);
    return fractional(x, this.#draw(x, [...leading(x.shape, this.axes), this.axes]), windows, this.returnIndices) as Pooled<R>;
  }

  /** Where windows lie; in evaluation always the same. */
  #draw(x: Tensor, shape: Shape): Tensor {
    if (!this.training) return full(shape, 0.5, { dtype: x.dtype });
    const draw = this.#samples.draw({ bytes: COUNTER_BYTES, write: writeCounter });
    return noise(x, { shape, distribution: "uniform", ...draw });
  }

  get #op(): string {
    return `FractionalMaxPool${this.axes}d`;
  }

  #windows(shape: Shape): FractionalWindows {
    return fractionalWindows(this.#op, shape, this.axes, this.settings);
  }
}

/**
 * The greatest element of every window over two axes, where windows of one size lie at distances of two neighbouring whole numbers, so
 * that the input shrinks by a fraction; as torch.nn.FractionalMaxPool2d. Where they lie is drawn anew for each sample and channel at each
 * forward in training; it depends on the seed and the layer's place in the model. In evaluation, where PyTorch draws too, they lie always
 * alike. Graham, arXiv 1412.6071, 2014.
 * Shape:     [n, c, h, w] or [c, h, w] → [n, c, ...outputSize], with outputRatio ⌊h · ratio⌋
 * @param kernelSize extents of a window: one number, or [height, width]
 * @param options.outputSize either this: extents of the result, at most those of the input less kernelSize − 1
 * @param options.outputRatio or this: numbers from above 0 to below 1
 * @param options.returnIndices whether forward returns { output, indices }, of which a Sequential passes on output; default false
 * @throws ArgumentError for an option, and unless one of outputSize and outputRatio is given; at forward ShapeError
 * @example new FractionalMaxPool2d(2, { outputRatio: 0.7 }).forward(randn([8, 4, 9, 9])).shape   // [8, 4, 6, 6]
 */
export class FractionalMaxPool2d<const R extends boolean = false> extends FractionalMaxPool<R> {
  static override readonly declaration = declared(2);
  protected readonly axes = 2;

  constructor(kernelSize: Extents, options: FractionalPoolOptions & { returnIndices?: R }) {
    super(arguments.length, kernelSize, options);
  }
}

/**
 * The greatest element of every window over three axes, where windows of one size lie at distances of two neighbouring whole numbers, so
 * that the input shrinks by a fraction; as torch.nn.FractionalMaxPool3d. Where they lie is drawn anew for each sample and channel at each
 * forward in training; it depends on the seed and the layer's place in the model. In evaluation, where PyTorch draws too, they lie always
 * alike. Graham, arXiv 1412.6071, 2014.
 * Shape:     [n, c, d, h, w] or [c, d, h, w] → [n, c, ...outputSize], with outputRatio ⌊d · ratio⌋
 * @param kernelSize extents of a window: one number, or [depth, height, width]
 * @param options.outputSize either this: extents of the result, at most those of the input less kernelSize − 1
 * @param options.outputRatio or this: numbers from above 0 to below 1
 * @param options.returnIndices whether forward returns { output, indices }, of which a Sequential passes on output; default false
 * @throws ArgumentError for an option, and unless one of outputSize and outputRatio is given; at forward ShapeError
 * @example new FractionalMaxPool3d(2, { outputRatio: 0.7 }).forward(randn([8, 4, 9, 9, 9])).shape   // [8, 4, 6, 6, 6]
 */
export class FractionalMaxPool3d<const R extends boolean = false> extends FractionalMaxPool<R> {
  static override readonly declaration = declared(3);
  protected readonly axes = 3;

  constructor(kernelSize: Extents, options: FractionalPoolOptions & { returnIndices?: R }) {
    super(arguments.length, kernelSize, options);
  }
}
