import { fold2d, unfold2d } from "../../ops/unfold.js";
import { type Extents, extents } from "../../ops/window.js";
import { declare, type OptionsOf } from "../../options/declare.js";
import type { Tensor } from "../../tensor/tensor.js";
import { Composed } from "../composed.js";

const OPTIONS = {
  /** Distance between neighbouring windows, whole numbers ≥ 1. Default 1. */
  stride: extents(2, 1, { default: 1, aka: ["strides"] }),
  /** Zeros on each side, whole numbers ≥ 0. Default 0. */
  padding: extents(2, 0, { default: 0 }),
  /** Distance between a window's elements, whole numbers ≥ 1. Default 1. */
  dilation: extents(2, 1, { default: 1 }),
};

const UNFOLD = declare("Unfold", OPTIONS, { kernelSize: extents(2, 1, { required: true, mend: () => "Write new Unfold(3)." }) });

const mend = (): string => "Write new Fold([28, 28], 3).";
const FOLD = declare("Fold", OPTIONS, {
  outputSize: extents(2, 1, { required: true, mend }),
  kernelSize: extents(2, 1, { required: true, mend }),
});

/** Options of `Unfold` and `Fold`. */
export interface UnfoldLayerOptions extends OptionsOf<typeof UNFOLD> {}

/**
 * The windows of a convolution as columns, as torch.nn.Unfold; `unfold2d` is the operation.
 * Shape:     [n, c, h, w] → [n, c · kh · kw, windows], windows in row-major order
 * @param kernelSize whole number ≥ 1, or two
 * @param options.stride whole number ≥ 1, or two, default 1
 * @param options.padding whole number ≥ 0, or two, default 0
 * @param options.dilation whole number ≥ 1, or two, default 1
 * @throws ArgumentError for an option, at forward ShapeError for another number of axes and for a window that does not fit
 * @example new Unfold(2).forward(ones([1, 3, 4, 4])).shape   // [1, 12, 9]
 */
export class Unfold extends Composed<typeof UNFOLD> {
  static override readonly declaration = UNFOLD;

  constructor(kernelSize: Extents, options?: UnfoldLayerOptions) {
    super(arguments.length, kernelSize, options);
  }

  protected compute(x: Tensor): Tensor {
    const { kernelSize, ...options } = this.settings;
    return unfold2d(x, kernelSize, options);
  }

  forward(x: Tensor): Tensor {
    return this.compute(x);
  }
}

/**
 * Windows added up where `Unfold` takes them, as torch.nn.Fold; `fold2d` is the operation.
 * Shape:     [n, c · kh · kw, windows] → [n, c, ...outputSize]
 * @param outputSize height and width of the result, a whole number ≥ 1, or two
 * @param kernelSize whole number ≥ 1, or two
 * @param options.stride whole number ≥ 1, or two, default 1
 * @param options.padding whole number ≥ 0, or two, default 0
 * @param options.dilation whole number ≥ 1, or two, default 1
 * @throws ArgumentError for an option, at forward ShapeError for another number of windows or of their elements
 * @example new Fold(4, 2, { stride: 2 }).forward(ones([1, 12, 4])).shape   // [1, 3, 4, 4]
 */
export class Fold extends Composed<typeof FOLD> {
  static override readonly declaration = FOLD;

  constructor(outputSize: Extents, kernelSize: Extents, options?: UnfoldLayerOptions) {
    super(arguments.length, outputSize, kernelSize, options);
  }

  protected compute(x: Tensor): Tensor {
    const { outputSize, kernelSize, ...options } = this.settings;
    return fold2d(x, outputSize, kernelSize, options);
  }

  forward(x: Tensor): Tensor {
    return this.compute(x);
  }
}
