import { ShapeError } from "../../errors/errors.js";
import { message, shapeText } from "../../errors/message.js";
import type { Parameter } from "../../graph/parameter.js";
import { floating } from "../../ops/operands.js";
import { declare, type OptionsOf, type SettingsOf } from "../../options/declare.js";
import { count, flag } from "../../options/kinds.js";
import { checkTensor } from "../../tensor/check.js";
import { sameShape, sizeOf } from "../../tensor/shape.js";
import type { Tensor } from "../../tensor/tensor.js";
import { Composed } from "../composed.js";
import { drawn } from "../drawn.js";
import { uniform } from "../initializers/common.js";
import { RULES } from "../regularization.js";

const BILINEAR = declare(
  "Bilinear",
  {
    /** Whether a bias is added. Default true. */
    bias: flag({ default: true, aka: ["useBias"] }),
    ...RULES,
  },
  { in1Features: count({ required: true }), in2Features: count({ required: true }), outFeatures: count({ required: true }) },
);

/** Options of `Bilinear`. */
export interface BilinearOptions extends OptionsOf<typeof BILINEAR> {}

/**
 * A form in two inputs: yₖ = x₁ᵀ · weightₖ · x₂ + biasₖ, as torch.nn.Bilinear. Each output weighs all products of an element of x₁ and one
 * of x₂.
 *
 * Weight and bias start at U(±1/√in1Features).
 * Shape:     x₁ [..., in1Features], x₂ [..., in2Features], the other extents equal → [..., outFeatures];
 *            weight [outFeatures, in1Features, in2Features], bias [outFeatures]
 * @param in1Features whole number ≥ 1
 * @param in2Features whole number ≥ 1
 * @param outFeatures whole number ≥ 1
 * @param options.bias default true
 * @param options.weightPenalty what weights add to the loss, such as l2(1e-4), default what the model says; biasPenalty, default nothing
 * @param options.weightConstraint what becomes of weights behind each step, such as maxNorm(3), default nothing; biasConstraint, too
 * @throws ArgumentError; at forward ShapeError for other extents
 * @example new Bilinear(3, 4, 2).forward(randn([5, 3]), randn([5, 4])).shape   // [5, 2]
 */
export class Bilinear extends Composed<typeof BILINEAR> {
  static override readonly declaration = BILINEAR;
  weight: Parameter;
  bias: Parameter | null;

  constructor(in1Features: number, in2Features: number, outFeatures: number, options?: BilinearOptions) {
    super(arguments.length, in1Features, in2Features, outFeatures, options);
    const limit = 1 / Math.sqrt(in1Features);
    const start = uniform({ low: -limit, high: limit });
    const { weight, bias } = Bilinear.stateShapes(this.settings);
    this.weight = drawn(weight, start);
    this.bias = bias && drawn(bias, start);
  }

  static override stateShapes({ in1Features, in2Features, outFeatures, bias }: SettingsOf<typeof BILINEAR>) {
    return { weight: [outFeatures, in1Features, in2Features], bias: bias ? [outFeatures] : null };
  }

  forward(x1: Tensor, x2: Tensor): Tensor {
    checkTensor("Bilinear", "x1", x1);
    checkTensor("Bilinear", "x2", x2);
    return this.compute(x1, x2);
  }

  protected compute(x1: Tensor, x2: Tensor): Tensor {
    const { in1Features, in2Features, outFeatures } = this.settings;
    const lead = x1.shape.slice(0, -1);
    const fits = x1.shape.at(-1) === in1Features && x2.shape.at(-1) === in2Features && sameShape(lead, x2.shape.slice(0, -1));
    if (!fits) {
      const wanted = `[…, ${in1Features}] and […, ${in2Features}], equal in front`;
      throw new ShapeError(message("Bilinear", `x1 ${shapeText(x1.shape)} and x2 ${shapeText(x2.shape)}; expected ${wanted}`));
    }
    const n = sizeOf(lead);
    // weightₖ · x₂ for all outputs is one product; what is left is one row times one column for each output.
    const rows = floating(x2)
      .reshape([n, in2Features])
      .matmul(this.weight.reshape([-1, in2Features]).transpose());
    const forms = rows.reshape([n, outFeatures, in1Features]).matmul(floating(x1).reshape([n, in1Features, 1]));
    const y = forms.reshape([n, outFeatures]);
    return (this.bias === null ? y : y.add(this.bias)).reshape([...lead, outFeatures]);
  }
}
