import { checkOptions } from "../../errors/check.js";
import { ArgumentError, ShapeError } from "../../errors/errors.js";
import { message, shapeText } from "../../errors/message.js";
import type { Parameter } from "../../graph/parameter.js";
import { affine as product } from "../../ops/affine.js";
import type { Epilogue } from "../../ops/epilogue.js";
import { checkTensor, floating, promoted } from "../../ops/operands.js";
import { type Shape, sizeOf } from "../../tensor/shape.js";
import type { Tensor } from "../../tensor/tensor.js";
import { drawn } from "../drawn.js";
import { uniform } from "../initializers.js";
import { Module } from "../module.js";

export interface LinearOptions {
  /** Whether a bias is added. Default true. */
  bias?: boolean;
}

export interface LinearConfig extends LinearOptions {
  inFeatures: number;
  outFeatures: number;
}

/**
 * Affine map y = x · weightᵀ + bias, as torch.nn.Linear. (`Dense` is the same in Keras's manner: lazy, with activation.)
 *
 * Weight and bias start at U(±1/√inFeatures).
 * Shape:     [..., inFeatures] → [..., outFeatures]; weight [outFeatures, inFeatures], bias [outFeatures]
 * @param inFeatures whole number ≥ 1
 * @param outFeatures whole number ≥ 1
 * @param options.bias default true
 * @throws ArgumentError; at forward ShapeError if x's last extent is not inFeatures
 * @example new Linear(3, 2).forward(tensor([[1, 2, 3]])).shape   // [1, 2]
 */
export class Linear extends Module {
  static readonly type: string = "Linear";
  weight: Parameter;
  bias: Parameter | null;

  constructor(
    readonly inFeatures: number,
    readonly outFeatures: number,
    options: LinearOptions = {},
  ) {
    super();
    checkCount("Linear", "inFeatures", inFeatures);
    checkCount("Linear", "outFeatures", outFeatures);
    checkOptions("Linear", options, ["bias", "inFeatures", "outFeatures"]);
    const limit = 1 / Math.sqrt(inFeatures);
    const start = uniform({ low: -limit, high: limit });
    this.weight = drawn([outFeatures, inFeatures], start);
    this.bias = (options.bias ?? true) ? drawn([outFeatures], start) : null;
  }

  static fromConfig(config: LinearConfig): Linear {
    return new Linear(config.inFeatures, config.outFeatures, config);
  }

  config(): LinearConfig {
    return { inFeatures: this.inFeatures, outFeatures: this.outFeatures, bias: this.bias !== null };
  }

  override outputShape(inputShape: Shape): Shape {
    return affineShape("Linear", inputShape, [this.outFeatures, this.inFeatures]);
  }

  forward(x: Tensor): Tensor {
    return affine("Linear", x, this.weight, this.bias);
  }
}

/** act(x · weightᵀ + bias) over the last axis of x. */
export function affine(op: string, x: Tensor, weight: Tensor, bias: Tensor | null, epilogue: Epilogue | null = null): Tensor {
  checkTensor(op, "x", x);
  affineShape(op, x.shape, weight.shape);
  const [input, w] = promoted(op, floating(x), weight);
  return product(input, w, bias === null ? null : bias.cast(w.dtype), epilogue);
}

/** The shape of the result of `affine`. @throws ShapeError naming both shapes */
export function affineShape(op: string, shape: Shape, [outFeatures, inFeatures]: Shape): Shape {
  if (shape.length > 0 && shape[shape.length - 1] === inFeatures) return [...shape.slice(0, -1), outFeatures];
  const whole = shape.length > 2 && sizeOf(shape.slice(1)) === inFeatures;
  throw new ShapeError(
    message(
      op,
      `x ${shapeText(shape)} does not fit weight ${shapeText([outFeatures, inFeatures])}, stored [out, in]; expected ${inFeatures} as x's last extent`,
      whole ? "Put a Flatten before it, or use x.flatten(1)." : undefined,
    ),
  );
}

/** @throws ArgumentError unless `value` is a whole number ≥ 1 */
export function checkCount(op: string, name: string, value: unknown): void {
  if (Number.isInteger(value) && (value as number) >= 1) return;
  throw new ArgumentError(message(op, `${name} is ${String(value)}; expected a whole number ≥ 1`));
}
