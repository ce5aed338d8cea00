import type { Parameter } from "../../graph/parameter.js";
import { affine, affineShape } from "../../ops/affine.js";
import { declare, type OptionsOf, type SettingsOf } from "../../options/declare.js";
import { count, flag } from "../../options/kinds.js";
import type { Shape } from "../../tensor/shape.js";
import type { Tensor } from "../../tensor/tensor.js";
import { drawn } from "../drawn.js";
import { uniform } from "../initializers.js";
import { Layer } from "../layer.js";
import { RULES } from "../regularization.js";

const LINEAR = declare(
  "Linear",
  {
    /** Whether a bias is added. Default true. */
    bias: flag({ default: true, aka: ["useBias"] }),
    ...RULES,
  },
  { inFeatures: count({ required: true }), outFeatures: count({ required: true }) },
);

/** Options of `Linear`. */
export interface LinearOptions extends OptionsOf<typeof LINEAR> {}

/**
 * Affine map y = x · weightᵀ + bias, as torch.nn.Linear. (`Dense` is the same in Keras's manner: lazy, with activation.)
 *
 * Weight and bias start at U(±1/√inFeatures).
 * Shape:     [..., inFeatures] → [..., outFeatures]; weight [outFeatures, inFeatures], bias [outFeatures]
 * @param inFeatures whole number ≥ 1
 * @param outFeatures whole number ≥ 1
 * @param options.bias default true
 * @param options.weightPenalty what weights add to the loss, such as l2(1e-4), default what the model says; biasPenalty, default nothing
 * @param options.weightConstraint what becomes of weights behind each step, such as maxNorm(3), default nothing; biasConstraint, too
 * @throws ArgumentError; at forward ShapeError if x's last extent is not inFeatures
 * @example new Linear(3, 2).forward(tensor([[1, 2, 3]])).shape   // [1, 2]
 */
export class Linear extends Layer<typeof LINEAR> {
  static override readonly declaration = LINEAR;
  readonly inFeatures = this.settings.inFeatures;
  readonly outFeatures = this.settings.outFeatures;
  weight: Parameter;
  bias: Parameter | null;

  constructor(inFeatures: number, outFeatures: number, options?: LinearOptions) {
    super(arguments.length, inFeatures, outFeatures, options);
    const limit = 1 / Math.sqrt(inFeatures);
    const start = uniform({ low: -limit, high: limit });
    const { weight, bias } = Linear.stateShapes(this.settings);
    this.weight = drawn(weight, start);
    this.bias = bias && drawn(bias, start);
  }

  static override stateShapes({ inFeatures, outFeatures, bias }: SettingsOf<typeof LINEAR>) {
    return { weight: [outFeatures, inFeatures], bias: bias ? [outFeatures] : null };
  }

  override expects(): Shape {
    return super.expects() ?? [this.inFeatures];
  }

  protected override resultShape(inputShape: Shape): Shape {
    return affineShape("Linear", inputShape, [this.outFeatures, this.inFeatures]);
  }

  forward(x: Tensor): Tensor {
    return affine("Linear", x, this.weight, this.bias);
  }
}
