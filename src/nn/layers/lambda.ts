import { noGrad } from "../../graph/mode.js";
import { checkTensor } from "../../ops/operands.js";
import { declare, type OptionsOf } from "../../options/declare.js";
import { callable } from "../../options/kinds.js";
import { zeros } from "../../tensor/creation.js";
import type { Shape } from "../../tensor/shape.js";
import type { Tensor } from "../../tensor/tensor.js";
import { Layer } from "../layer.js";

const LAMBDA = declare(
  "Lambda",
  {
    /** The result's shape for the inputs', all with the batch. Default: `fn` is tried on zeros. */
    outputShape: callable<(...inputShapes: Shape[]) => Shape>()("a function of the input's shape", {}),
  },
  { fn: callable<(...inputs: Tensor[]) => Tensor>()("a function of tensors", { required: true }) },
);

/** Options of `Lambda`. */
export interface LambdaOptions extends OptionsOf<typeof LAMBDA> {}

/**
 * A function as a layer. It has no parameters and cannot be saved: for those write a Module of your own.
 * Shape:     what `fn` makes of it
 * @param fn of a tensor, or of several where the layer is given several
 * @param options.outputShape the result's shape for the inputs', all with the batch; default: `fn` is tried on zeros
 * @throws ArgumentError
 * @example
 * new Lambda((x) => x.mul(2).sub(1)).forward(tensor([1, 2]));   // [1, 3]
 * const [a, b] = [input([4]), input([4])];
 * new Model({ inputs: [a, b], outputs: new Lambda((x, y) => x.add(y)).forward(a, b) });
 */
export class Lambda extends Layer<typeof LAMBDA> {
  static override readonly declaration = LAMBDA;

  constructor(fn: (...inputs: Tensor[]) => Tensor, options?: LambdaOptions) {
    super(arguments.length, fn, options);
  }

  protected override resultShape(...inputShapes: Shape[]): Shape {
    const { fn, outputShape } = this.settings;
    if (outputShape !== undefined) return outputShape(...inputShapes);
    const result: unknown = noGrad(() => fn(...inputShapes.map((shape) => zeros(shape))) as never);
    checkTensor("Lambda", "the result of fn", result);
    return result.shape;
  }

  forward(...inputs: Tensor[]): Tensor {
    for (let i = 0; i < Math.max(1, inputs.length); i++) checkTensor("Lambda", "x", inputs[i]);
    return this.settings.fn(...inputs);
  }
}
