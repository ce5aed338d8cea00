import { checkOptions } from "../../errors/check.js";
import { ShapeError } from "../../errors/errors.js";
import { kindText, message, shapeText } from "../../errors/message.js";
import { Parameter } from "../../graph/parameter.js";
import { layerNorm } from "../../ops/layerNorm.js";
import { checkTensor } from "../../ops/operands.js";
import { ones, zeros } from "../../tensor/creation.js";
import { checkShape, type Shape, sameShape } from "../../tensor/shape.js";
import type { Tensor } from "../../tensor/tensor.js";
import { Module } from "../module.js";
import { alike, checkEpsilon } from "./batchNorm.js";
import { checkCount } from "./linear.js";

export interface LayerNormOptions {
  /** ε, added to the variance, > 0. Default 1e-5. */
  epsilon?: number;
  /** Whether a weight and a bias follow. Default true. */
  elementwiseAffine?: boolean;
  /** Whether there is a bias beside the weight. Default true. */
  bias?: boolean;
}

export interface LayerNormConfig extends LayerNormOptions {
  normalizedShape: Shape;
}

/**
 * Layer normalisation y = (x − mean) / √(variance + ε) · weight + bias, as torch.nn.LayerNorm: mean and biased variance over the
 * last axes of each sample, in training and in evaluation alike. Ba, Kiros and Hinton, arXiv 1607.06450, 2016.
 *
 * The weight starts at 1, the bias at 0.
 * Shape:     [..., ...normalizedShape] → same; weight, bias normalizedShape
 * @param normalizedShape the extents of the last axes that are normalised together; a number is one axis
 * @param options.epsilon > 0, default 1e-5 (Keras: 1e-3)
 * @param options.elementwiseAffine default true
 * @param options.bias default true
 * @throws ShapeError for a normalizedShape that is none, ArgumentError for an extent < 1 or an unknown option or value; at forward
 *         ShapeError if x's last axes are others
 * @example new LayerNorm(64).forward(randn([8, 20, 64])).shape   // [8, 20, 64]
 */
export class LayerNorm extends Module {
  static readonly type: string = "LayerNorm";
  readonly normalizedShape: Shape;
  readonly epsilon: number;
  weight: Parameter | null;
  bias: Parameter | null;

  constructor(normalizedShape: number | Shape, options: LayerNormOptions = {}) {
    super();
    checkOptions("LayerNorm", options, ["epsilon", "elementwiseAffine", "bias", "normalizedShape"]);
    const { epsilon = 1e-5, elementwiseAffine = true, bias = true } = options;
    const shape = typeof normalizedShape === "number" ? [normalizedShape] : normalizedShape;
    if (!Array.isArray(shape)) {
      const what = `normalizedShape is ${kindText(shape)}; expected the extents of the last axes`;
      throw new ShapeError(message("LayerNorm", what, "Write new LayerNorm(64) or new LayerNorm([64], { epsilon })."));
    }
    checkShape("LayerNorm", shape);
    if (shape.length === 0) throw new ShapeError(message("LayerNorm", "normalizedShape is []; expected at least one extent"));
    for (const extent of shape) checkCount("LayerNorm", "an extent of normalizedShape", extent);
    checkEpsilon("LayerNorm", epsilon);
    this.normalizedShape = shape;
    this.epsilon = epsilon;
    this.weight = elementwiseAffine ? new Parameter(ones(shape)) : null;
    this.bias = elementwiseAffine && bias ? new Parameter(zeros(shape)) : null;
  }

  static fromConfig(config: LayerNormConfig): LayerNorm {
    return new LayerNorm(config.normalizedShape, config);
  }

  config(): LayerNormConfig {
    const { normalizedShape, epsilon, weight, bias } = this;
    return { normalizedShape, epsilon, elementwiseAffine: weight !== null, bias: bias !== null };
  }

  override outputShape(inputShape: Shape): Shape {
    const axes = this.normalizedShape.length;
    if (inputShape.length >= axes && sameShape(inputShape.slice(-axes), this.normalizedShape)) return inputShape;
    const expected = shapeText(["...", ...this.normalizedShape]);
    throw new ShapeError(message("LayerNorm", `x has shape ${shapeText(inputShape)}; expected ${expected}, as normalizedShape says`));
  }

  forward(x: Tensor): Tensor {
    checkTensor("LayerNorm", "x", x);
    this.outputShape(x.shape);
    const [input, weight, bias] = alike(x, this.weight, this.bias);
    return layerNorm(input, weight, bias, { axes: this.normalizedShape.length, epsilon: this.epsilon });
  }
}
