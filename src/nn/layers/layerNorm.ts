import { Parameter } from "../../graph/parameter.js";
import { layerNorm } from "../../ops/layerNorm.js";
import { checkTensor } from "../../ops/operands.js";
import { declare, type OptionsOf, type SettingsOf } from "../../options/declare.js";
import { flag, number } from "../../options/kinds.js";
import { ones, zeros } from "../../tensor/creation.js";
import type { Shape } from "../../tensor/shape.js";
import type { Tensor } from "../../tensor/tensor.js";
import { normalizable } from "../normalizable.js";
import { normalizedShape, RowNorm } from "../rowNorm.js";

const LAYER_NORM = declare(
  "LayerNorm",
  {
    /** ε, added to the variance, > 0. Default 1e-5. */
    epsilon: number({ default: 1e-5, above: 0, aka: ["eps"] }),
    /** Whether a weight and a bias follow. Default true. */
    affine: flag({ default: true, formerly: ["elementwiseAffine"], aka: ["scale"] }),
    /** Whether there is a bias beside the weight. Default true. */
    bias: flag({ default: true, aka: ["center", "useBias"] }),
  },
  { normalizedShape: normalizedShape("LayerNorm") },
);

/** Options of `LayerNorm`. */
export interface LayerNormOptions extends OptionsOf<typeof LAYER_NORM> {}

/**
 * Layer normalisation y = (x − mean) / √(variance + ε) · weight + bias, as torch.nn.LayerNorm: mean and biased variance over the
 * last axes of each sample, in training and in evaluation alike. Ba, Kiros and Hinton, arXiv 1607.06450, 2016.
 *
 * The weight starts at 1, the bias at 0.
 * Shape:     [..., ...normalizedShape] → same; weight, bias normalizedShape
 * @param normalizedShape the extents of the last axes that are normalised together; a number is one axis
 * @param options.epsilon > 0, default 1e-5 (Keras: 1e-3)
 * @param options.affine default true
 * @param options.bias default true
 * @throws ArgumentError for a normalizedShape that is none and for an unknown option or value; at forward ShapeError if x's last
 *         axes are others
 * @example new LayerNorm(64).forward(randn([8, 20, 64])).shape   // [8, 20, 64]
 */
export class LayerNorm extends RowNorm<typeof LAYER_NORM> {
  static override readonly declaration = LAYER_NORM;
  readonly epsilon = this.settings.epsilon;
  weight: Parameter | null;
  bias: Parameter | null;

  constructor(normalizedShape: number | Shape, options?: LayerNormOptions) {
    super(arguments.length, normalizedShape, options);
    const { weight, bias } = LayerNorm.stateShapes(this.settings);
    this.weight = weight && new Parameter(ones(weight));
    this.bias = bias && new Parameter(zeros(bias));
  }

  static override stateShapes({ normalizedShape, affine, bias }: SettingsOf<typeof LAYER_NORM>) {
    const shape: Shape = [normalizedShape].flat();
    return { weight: affine ? shape : null, bias: affine && bias ? shape : null };
  }

  forward(x: Tensor): Tensor {
    checkTensor("LayerNorm", "x", x);
    this.resultShape(x.shape);
    const [input, weight, bias] = normalizable(x, this.weight, this.bias);
    return layerNorm(input, weight, bias, { axes: this.normalizedShape.length, epsilon: this.epsilon });
  }
}
