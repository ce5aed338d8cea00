import { Parameter } from "../../graph/parameter.js";
import { layerNorm } from "../../ops/layerNorm.js";
import { checkTensor } from "../../ops/operands.js";
import { declare, type OptionsOf, type SettingsOf } from "../../options/declare.js";
import { flag, number } from "../../options/kinds.js";
import { ones } from "../../tensor/creation.js";
import type { Shape } from "../../tensor/shape.js";
import type { Tensor } from "../../tensor/tensor.js";
import { normalizable } from "../normalizable.js";
import { normalizedShape, RowNorm } from "../rowNorm.js";

const RMS_NORM = declare(
  "RMSNorm",
  {
    /** ε, added to the mean square, > 0; null: the distance from 1 to the next number of x's type, 2⁻²³ for float32. Default null. */
    epsilon: number({ default: null, above: 0, aka: ["eps"] }),
    /** Whether a weight follows. Default true. */
    affine: flag({ default: true, aka: ["elementwiseAffine", "scale"] }),
  },
  { normalizedShape: normalizedShape("RMSNorm") },
);

/** From 1 to the next number. */
const EPSILONS = { float32: 1 / 0x800000, float64: Number.EPSILON };

/** Options of `RMSNorm`. */
export interface RMSNormOptions extends OptionsOf<typeof RMS_NORM> {}

/**
 * Root mean square normalisation y = x / √(mean(x²) + ε) · weight, as torch.nn.RMSNorm: over the last axes of each sample, in training
 * and in evaluation alike. Zhang and Sennrich, arXiv 1910.07467, 2019.
 *
 * The weight starts at 1.
 * Shape:     [..., ...normalizedShape] → same; weight normalizedShape
 * @param normalizedShape the extents of the last axes that are normalised together; a number is one axis
 * @param options.epsilon > 0; default null: 2⁻²³, for float64 2⁻⁵²
 * @param options.affine default true
 * @throws ArgumentError for a normalizedShape that is none and for an unknown option or value; at forward ShapeError if x's last
 *         axes are others
 * @example new RMSNorm(64).forward(randn([8, 20, 64])).shape   // [8, 20, 64]
 */
export class RMSNorm extends RowNorm<typeof RMS_NORM> {
  static override readonly declaration = RMS_NORM;
  weight: Parameter | null;

  constructor(normalizedShape: number | Shape, options?: RMSNormOptions) {
    super(arguments.length, normalizedShape, options);
    const { weight } = RMSNorm.stateShapes(this.settings);
    this.weight = weight && new Parameter(ones(weight));
  }

  static override stateShapes({ normalizedShape, affine }: SettingsOf<typeof RMS_NORM>) {
    return { weight: affine ? [normalizedShape].flat() : null };
  }

  forward(x: Tensor): Tensor {
    checkTensor("RMSNorm", "x", x);
    this.resultShape(x.shape);
    const [input, weight] = normalizable(x, this.weight, null);
    const epsilon = this.settings.epsilon ?? EPSILONS[input.dtype as keyof typeof EPSILONS];
    return layerNorm(input, weight, null, { axes: this.normalizedShape.length, epsilon, centered: false });
  }
}
