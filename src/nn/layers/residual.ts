import { ShapeError } from "../../errors/errors.js";
import { message, shapeText } from "../../errors/message.js";
import { checkTensor } from "../../ops/operands.js";
import { declare, type OptionsOf } from "../../options/declare.js";
import { option } from "../../options/option.js";
import { type Shape, sameShape } from "../../tensor/shape.js";
import type { Tensor } from "../../tensor/tensor.js";
import { activationOf } from "../activations.js";
import type { Architecture } from "../architecture.js";
import { isModule } from "../forward.js";
import { Layer } from "../layer.js";
import { Module } from "../module.js";
import { activation } from "../options.js";

const RESIDUAL = declare(
  "Residual",
  {
    /** What x goes through before it is added, such as a convolution where the channels change. Default null: nothing. */
    shortcut: option<Module, { default: null; saved: false }>("a layer", isModule, { default: null, saved: false }),
    /** What follows the sum: a name, a name with options, or a function; null: nothing. Default null. */
    activation: activation({ default: null }),
  },
  {
    body: option<Module, { required: true; saved: false; mend: () => string }>("a layer", isModule, {
      required: true,
      saved: false,
      mend: () => "Write new Residual(new Sequential([…])).",
    }),
  },
);

/** Options of `Residual`. */
export interface ResidualOptions extends OptionsOf<typeof RESIDUAL> {}

/**
 * What a layer makes of x, added to x itself: y = activation(body(x) + shortcut(x)). He et al., CVPR 2016.
 * Shape:     as the body's; that of the shortcut, or of x, must be the same
 * @param body a layer, most often a Sequential
 * @param options.shortcut what x goes through before it is added, default null: nothing
 * @param options.activation what follows the sum, default null: nothing
 * @throws ArgumentError for what is no layer; at forward ShapeError if the two shapes differ
 * @example
 * const block = new Sequential([
 *   new Conv2d(8, 8, 3, { padding: 1 }), new BatchNorm2d(8, { activation: "relu" }), new Conv2d(8, 8, 3, { padding: 1 }),
 * ]);
 * new Residual(block, { activation: "relu" }).forward(randn([1, 8, 6, 6])).shape   // [1, 8, 6, 6]
 */
export class Residual extends Layer<typeof RESIDUAL> {
  static override readonly declaration = RESIDUAL;
  readonly body: Module = this.settings.body;
  readonly shortcut: Module | null = this.settings.shortcut;
  readonly #activation = activationOf("Residual", this.settings.activation ?? "linear");

  constructor(body: Module, options?: ResidualOptions) {
    super(arguments.length, body, options);
  }

  override describe(): Architecture {
    const layers = [this.body, ...(this.shortcut === null ? [] : [this.shortcut])].map((layer) => layer.describe());
    const { below: _, ...own } = super.describe();
    return { ...own, layers };
  }

  protected override resultShape(inputShape: Shape): Shape {
    const beside = this.shortcut === null ? inputShape : told(this.shortcut, inputShape);
    const made = told(this.body, inputShape);
    if (made !== null && beside !== null) this.#checkShapes(made, beside);
    return made ?? beside ?? inputShape;
  }

  forward(x: Tensor): Tensor {
    checkTensor("Residual", "x", x);
    const made = this.body.passedOn(this.body.forward(x));
    const beside = this.shortcut === null ? x : this.shortcut.passedOn(this.shortcut.forward(x));
    this.#checkShapes(made.shape, beside.shape);
    return this.#activation.apply(made.add(beside));
  }

  #checkShapes(made: Shape, beside: Shape): void {
    if (sameShape(made, beside)) return;
    const other = this.shortcut === null ? "x" : "the shortcut";
    const what = `the body makes ${shapeText(made)}, ${other} has ${shapeText(beside)}; expected one shape`;
    throw new ShapeError(message("Residual", what, "Pass a shortcut such as new Conv2d(null, channels, 1)."));
  }
}

/** The output shape of a layer; null if it is a class of the user's that does not tell it. */
function told(layer: Module, inputShape: Shape): Shape | null {
  return layer.outputShape === Module.prototype.outputShape ? null : layer.outputShape(inputShape);
}
