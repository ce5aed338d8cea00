import { ArgumentError, ShapeError } from "../../errors/errors.js";
import { message, shapeText } from "../../errors/message.js";
import { Parameter } from "../../graph/parameter.js";
import { groupNorm } from "../../ops/groupNorm.js";
import { checkTensor } from "../../ops/operands.js";
import { declare, type OptionsOf, type SettingsOf } from "../../options/declare.js";
import { count, flag, number } from "../../options/kinds.js";
import { ones, zeros } from "../../tensor/creation.js";
import type { Shape } from "../../tensor/shape.js";
import type { Tensor } from "../../tensor/tensor.js";
import { activationOf } from "../activations.js";
import { build } from "../forward.js";
import { Layer } from "../layer.js";
import { normalizable } from "../normalizable.js";
import { activation } from "../options.js";

const mend = (): string => "Write new GroupNorm(8, 64), or new GroupNorm(8, null): the channels are those of the first input.";

const GROUP_NORM = declare(
  "GroupNorm",
  {
    /** ε, added to the variance, > 0. Default 1e-5. */
    epsilon: number({ default: 1e-5, above: 0, aka: ["eps"] }),
    /** Whether a weight and a bias follow. Default true. */
    affine: flag({ default: true, aka: ["scale", "center"] }),
    /** What follows: a name, a name with options, or a function; with one of your own the layer cannot be saved; null: nothing. Default null. */
    activation: activation({ default: null }),
  },
  { numGroups: count({ required: true, mend }), numChannels: count({ required: true, nullable: true, mend }) },
);

/** Options of `GroupNorm`. */
export interface GroupNormOptions extends OptionsOf<typeof GROUP_NORM> {}

/**
 * Group normalisation y = (x − mean) / √(variance + ε) · weight + bias, as torch.nn.GroupNorm: with the mean and the biased variance of
 * each group of channels of each sample, in training and in evaluation alike. Wu and He, arXiv 1803.08494, 2018.
 *
 * The weight starts at 1, the bias at 0.
 * Shape:     [n, numChannels, ...] → same; weight, bias [numChannels]
 * @param numGroups whole number ≥ 1 that divides numChannels: 1 normalises all channels together, numChannels each by itself
 * @param numChannels the extent of axis 1; null: that of the first input
 * @param options.epsilon > 0, default 1e-5
 * @param options.affine default true
 * @param options.activation what follows; default null: nothing
 * @throws ArgumentError for groups that do not divide the channels, an unknown option or value; ShapeError if axis 1 is another
 * @example new GroupNorm(2, 6).forward(randn([8, 6, 5, 5])).shape   // [8, 6, 5, 5]
 */
export class GroupNorm extends Layer<typeof GROUP_NORM> {
  static override readonly declaration = GROUP_NORM;
  weight!: Parameter | null;
  bias!: Parameter | null;
  readonly #activation = activationOf("GroupNorm", this.settings.activation ?? "linear");
  #channels = 0;

  constructor(numGroups: number, numChannels: number | null, options?: GroupNormOptions) {
    super(arguments.length, numGroups, numChannels, options);
    if (numChannels !== null) build(this, [1, numChannels]);
  }

  static override stateShapes({ numGroups, numChannels, affine }: SettingsOf<typeof GROUP_NORM>, inputShape: Shape) {
    const channels = numChannels ?? inputShape[1];
    if (channels === undefined || channels < 1) {
      throw new ShapeError(message("GroupNorm", `x has shape ${shapeText(inputShape)}; expected [n, channels, ...] with channels ≥ 1`));
    }
    if (channels % numGroups !== 0) {
      const what = `${channels} channels cannot be divided into ${numGroups} groups of equal size`;
      throw new ArgumentError(message("GroupNorm", what, "Let numGroups divide the channels."));
    }
    const shape = affine ? [channels] : null;
    return { weight: shape, bias: shape };
  }

  override build(inputShape: Shape): void {
    const { weight, bias } = GroupNorm.stateShapes(this.settings, inputShape);
    this.#channels = this.settings.numChannels ?? inputShape[1];
    this.weight = weight && new Parameter(ones(weight));
    this.bias = bias && new Parameter(zeros(bias));
  }

  override inputShapeFrom(state: ReadonlyMap<string, Tensor>): Shape | null {
    const weight = state.get("weight");
    return weight?.rank === 1 ? [1, weight.size] : null;
  }

  protected override resultShape(inputShape: Shape): Shape {
    if (inputShape.length > 1 && (inputShape[1] === this.#channels || !this.built)) return inputShape;
    const expected = shapeText(["n", this.built ? this.#channels : "channels", "..."]);
    throw new ShapeError(message("GroupNorm", `x has shape ${shapeText(inputShape)}; expected ${expected}`));
  }

  forward(x: Tensor): Tensor {
    checkTensor("GroupNorm", "x", x);
    this.resultShape(x.shape);
    const { numGroups, epsilon } = this.settings;
    const { fused, apply } = this.#activation;
    const result = groupNorm(...normalizable(x, this.weight, this.bias), { groups: numGroups, epsilon, activation: fused });
    return fused === null ? apply(result) : result;
  }
}
