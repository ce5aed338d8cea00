import { noGrad } from "../../graph/mode.js";
import { declare, type OptionsOf } from "../../options/declare.js";
import { callable } from "../../options/kinds.js";
import { zeros } from "../../tensor/creation.js";
import type { Shape } from "../../tensor/shape.js";
import type { Tensor } from "../../tensor/tensor.js";
import { Layer } from "../layer.js";

const LAMBDA = declare(
  "Lambda",
  {
    /** The result's shape for an input's, both with the batch. Default: `fn` is tried on zeros. */
    outputShape: callable<(inputShape: Shape) => Shape>()("a function of the input's shape", {}),
  },
  { fn: callable<(x: Tensor) => Tensor>()("a function of a tensor", { required: true }) },
);

/** Options of `Lambda`. */
export interface LambdaOptions extends OptionsOf<typeof LAMBDA> {}

/**
 * A function as a layer. It has no parameters and cannot be saved: for those write a Module of your own.
 * Shape:     what `fn` makes of it
 * @param fn of one tensor
 * @param options.outputShape the result's shape for an input's, both with the batch; default: `fn` is tried on zeros
 * @throws ArgumentError
 * @example new Lambda((x) => x.mul(2).sub(1))
 */
export class Lambda extends Layer<typeof LAMBDA> {
  static override readonly declaration = LAMBDA;

  constructor(fn: (x: Tensor) => Tensor, options?: LambdaOptions) {
    super(arguments.length, fn, options);
  }

  protected override resultShape(inputShape: Shape): Shape {
    const { fn, outputShape } = this.settings;
    return outputShape === undefined ? noGrad((): Shape => fn(zeros(inputShape)).shape) : outputShape(inputShape);
  }

  forward(x: Tensor): Tensor {
    return this.settings.fn(x);
  }
}
