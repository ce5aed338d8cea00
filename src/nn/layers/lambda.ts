import { checkOptions } from "../../errors/check.js";
import { ArgumentError } from "../../errors/errors.js";
import { kindText, message } from "../../errors/message.js";
import { noGrad } from "../../graph/mode.js";
import { zeros } from "../../tensor/creation.js";
import type { Shape } from "../../tensor/shape.js";
import type { Tensor } from "../../tensor/tensor.js";
import { Module } from "../module.js";

export interface LambdaOptions {
  /** The result's shape for an input's, both with the batch. Default: `fn` is tried on zeros. */
  outputShape?: (inputShape: Shape) => Shape;
}

/**
 * A function as a layer. It has no parameters and cannot be saved: for those write a Module of your own.
 * Shape:     what `fn` makes of it
 * @param fn of one tensor
 * @throws ArgumentError
 * @example new Lambda((x) => x.mul(2).sub(1))
 */
export class Lambda extends Module {
  static readonly type: string = "Lambda";
  /** @internal fit does not capture what it does not know */
  readonly holdsFunction = true;
  readonly #fn: (x: Tensor) => Tensor;
  readonly #shape: (inputShape: Shape) => Shape;

  constructor(fn: (x: Tensor) => Tensor, options: LambdaOptions = {}) {
    super();
    if (typeof fn !== "function") throw new ArgumentError(message("Lambda", `fn is ${kindText(fn)}; expected a function of a tensor`));
    checkOptions("Lambda", options, ["outputShape"]);
    this.#fn = fn;
    this.#shape = options.outputShape ?? ((shape) => noGrad((): Shape => fn(zeros(shape)).shape));
  }

  config(): never {
    throw new ArgumentError(
      message("Lambda", "it holds a function, which a saved model cannot", "Write a Module, and pass its class to loadModel as custom."),
    );
  }

  override outputShape(inputShape: Shape): Shape {
    return this.#shape(inputShape);
  }

  forward(x: Tensor): Tensor {
    return this.#fn(x);
  }
}
