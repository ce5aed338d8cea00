import { ShapeError } from "../../errors/errors.js";
import { message, shapeText } from "../../errors/message.js";
import type { Parameter } from "../../graph/parameter.js";
import { affine, affineShape } from "../../ops/affine.js";
import { declare, type OptionsOf, type SettingsOf } from "../../options/declare.js";
import { count, flag } from "../../options/kinds.js";
import { currentSeed } from "../../tensor/seed.js";
import type { Shape } from "../../tensor/shape.js";
import type { Tensor } from "../../tensor/tensor.js";
import { activationOf } from "../activations.js";
import { drawn, initializerOf } from "../drawn.js";
import { build } from "../forward.js";
import { Layer } from "../layer.js";
import { activation, initializer, sampleShape } from "../options.js";
import { RULES } from "../regularization.js";

const DENSE = declare(
  "Dense",
  {
    /** A name, a name with options, or a function; with one of your own the layer cannot be saved. Default "linear": none. */
    activation: activation({ default: "linear" }),
    /** Whether a bias is added. Default true. */
    bias: flag({ default: true, formerly: ["useBias"] }),
    /** How the weight starts; "auto" takes what suits the activation. Default "glorotUniform". */
    weightInitializer: initializer({ default: "glorotUniform", formerly: ["kernelInitializer"], aka: ["init"] }),
    /** How the bias starts. Default "zeros". */
    biasInitializer: initializer({ default: "zeros" }),
    ...RULES,
    /** Extents of one sample, without the batch: builds the layer at once. Default: those of its first input. */
    inputShape: sampleShape({ aka: ["inputDim", "inputSize", "inFeatures"] }),
  },
  { units: count({ required: true }) },
);

/** Options of `Dense`. */
export interface DenseOptions extends OptionsOf<typeof DENSE> {}

/**
 * Fully connected layer y = activation(x · weightᵀ + bias), as in Keras; the weights are made at the first forward, for its last
 * extent. Unlike Keras's kernel [in, out] the weight is stored [units, in], as PyTorch's.
 *
 * The weight starts Glorot uniform, the bias at 0.
 * Shape:     [..., in] → [..., units]; weight [units, in], bias [units]
 * @param units whole number ≥ 1
 * @param options.activation default "linear": none
 * @param options.bias default true
 * @param options.weightInitializer default "glorotUniform"; "auto" takes what suits the activation
 * @param options.biasInitializer default "zeros"
 * @param options.weightPenalty what weights add to the loss, such as l2(1e-4), default what the model says; biasPenalty, default nothing
 * @param options.weightConstraint what becomes of weights behind each step, such as maxNorm(3), default nothing; biasConstraint, too
 * @param options.inputShape extents of one sample, default those of the first input
 * @throws ArgumentError for an unknown option or name; at forward ShapeError if the last extent changes
 * @example new Dense(128, { activation: "relu" }).forward(tensor([[1, 2, 3]])).shape   // [1, 128]
 */
export class Dense extends Layer<typeof DENSE> {
  static override readonly declaration = DENSE;
  readonly units = this.settings.units;
  readonly inputShape: Shape | undefined = this.settings.inputShape;
  weight!: Parameter;
  bias!: Parameter | null;
  readonly #activation = activationOf("Dense", this.settings.activation);
  readonly #weightInitializer = initializerOf("Dense", "weightInitializer", this.settings.weightInitializer, this.#activation);
  readonly #biasInitializer = initializerOf("Dense", "biasInitializer", this.settings.biasInitializer, this.#activation);
  /** Initial values depend on the seed at the layer's construction, though the weights are made later. */
  readonly #seed = currentSeed();

  constructor(units: number, options?: DenseOptions) {
    super(arguments.length, units, options);
    if (this.inputShape !== undefined) build(this, [1, ...this.inputShape]);
  }

  static override stateShapes({ units, bias }: SettingsOf<typeof DENSE>, inputShape: Shape) {
    const inFeatures = inputShape[inputShape.length - 1];
    if (inFeatures === undefined || inFeatures < 1) {
      throw new ShapeError(message("Dense", `x has shape ${shapeText(inputShape)}; expected at least one axis, the last of extent ≥ 1`));
    }
    return { weight: [units, inFeatures], bias: bias ? [units] : null };
  }

  override build(inputShape: Shape): void {
    const { weight, bias } = Dense.stateShapes(this.settings, inputShape);
    this.weight = drawn(weight, this.#weightInitializer, this.#seed);
    this.bias = bias && drawn(bias, this.#biasInitializer, this.#seed);
  }

  override inputShapeFrom(state: ReadonlyMap<string, Tensor>): Shape | null {
    const weight = state.get("weight");
    return weight?.rank === 2 ? [1, weight.shape[1]] : null;
  }

  protected override resultShape(inputShape: Shape): Shape {
    return this.built ? affineShape("Dense", inputShape, this.weight.shape) : [...inputShape.slice(0, -1), this.units];
  }

  forward(x: Tensor): Tensor {
    const { fused, apply } = this.#activation;
    const result = affine("Dense", x, this.weight, this.bias, fused);
    return fused === null ? apply(result) : result;
  }
}
