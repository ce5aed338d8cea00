import { checkOptions } from "../../errors/check.js";
import { ShapeError } from "../../errors/errors.js";
import { message } from "../../errors/message.js";
import type { Parameter } from "../../graph/parameter.js";
import type { Epilogue } from "../../ops/epilogue.js";
import { currentSeed } from "../../tensor/random.js";
import { checkShape, type Shape } from "../../tensor/shape.js";
import type { Tensor } from "../../tensor/tensor.js";
import { type ActivationSpec, activationConfig, activationOf, fusedOf } from "../activations.js";
import { drawn, fansOf, type InitializerSpec, initializerOf } from "../drawn.js";
import { build } from "../forward.js";
import type { Initializer } from "../initializers.js";
import { Module } from "../module.js";
import { affine, affineShape, checkCount } from "./linear.js";

export interface DenseOptions {
  /** A name, a name with options, or a function. Default "linear": none. */
  activation?: ActivationSpec;
  /** Default true. */
  useBias?: boolean;
  /** Default "glorotUniform"; "auto" takes the one that suits the activation. */
  kernelInitializer?: InitializerSpec;
  /** Default "zeros". */
  biasInitializer?: InitializerSpec;
  /** Extents of one sample, without the batch: builds the layer at once instead of at its first input. */
  inputShape?: Shape;
}

export interface DenseConfig extends DenseOptions {
  units: number;
}

const OPTIONS = ["activation", "useBias", "kernelInitializer", "biasInitializer", "inputShape", "units"];

/**
 * Fully connected layer y = activation(x · weightᵀ + bias), as in Keras; the weights are made at the first forward, for its last
 * extent. Unlike Keras's kernel [in, out] the weight is stored [units, in], as PyTorch's.
 *
 * The weight starts Glorot uniform, the bias at 0.
 * Shape:     [..., in] → [..., units]; weight [units, in], bias [units]
 * @param units whole number ≥ 1
 * @throws ArgumentError for an unknown option or name; at forward ShapeError if the last extent changes
 * @example new Dense(128, { activation: "relu" }).forward(tensor([[1, 2, 3]])).shape   // [1, 128]
 */
export class Dense extends Module {
  static readonly type: string = "Dense";
  weight!: Parameter;
  bias!: Parameter | null;
  readonly inputShape: Shape | undefined;
  readonly #options: Required<Omit<DenseOptions, "inputShape">>;
  readonly #activate: (x: Tensor) => Tensor;
  /** The activation as part of the product, where that is possible. */
  readonly #fused: Epilogue | null;
  readonly #kernel: Initializer;
  readonly #bias: Initializer;
  /** That of the layer's making, though the weights are made later. */
  readonly #seed = currentSeed();

  constructor(
    readonly units: number,
    options: DenseOptions = {},
  ) {
    super();
    checkCount("Dense", "units", units);
    checkOptions("Dense", options, OPTIONS);
    const { activation = "linear", useBias = true, kernelInitializer = "glorotUniform", biasInitializer = "zeros", inputShape } = options;
    this.#options = { activation, useBias, kernelInitializer, biasInitializer };
    this.#activate = activationOf("Dense", activation);
    this.#fused = fusedOf(activation);
    this.#kernel = initializerOf("Dense", "kernelInitializer", kernelInitializer, activation);
    this.#bias = initializerOf("Dense", "biasInitializer", biasInitializer, activation);
    this.inputShape = inputShape;
    if (inputShape !== undefined) build(this, [1, ...checkShape("Dense", inputShape)]);
  }

  static fromConfig(config: DenseConfig): Dense {
    return new Dense(config.units, config);
  }

  /** @internal fit does not capture what it does not know */
  get holdsFunction(): boolean {
    return typeof this.#options.activation === "function";
  }

  config(): DenseConfig {
    const { activation, kernelInitializer, biasInitializer, useBias } = this.#options;
    return {
      units: this.units,
      activation: activationConfig("Dense", activation),
      useBias,
      // A function is not needed any more: its values are in the weights.
      ...(typeof kernelInitializer !== "function" && { kernelInitializer }),
      ...(typeof biasInitializer !== "function" && { biasInitializer }),
      ...(this.inputShape !== undefined && { inputShape: this.inputShape }),
    };
  }

  override build(inputShape: Shape): void {
    const inFeatures = inputShape[inputShape.length - 1];
    if (inFeatures === undefined || inFeatures < 1) {
      throw new ShapeError(message("Dense", `x has shape [${inputShape.join(", ")}]; expected at least one axis, the last of extent ≥ 1`));
    }
    const shape = [this.units, inFeatures];
    this.weight = drawn(shape, this.#kernel, fansOf(shape), this.#seed);
    this.bias = this.#options.useBias ? drawn([this.units], this.#bias, fansOf([this.units]), this.#seed) : null;
  }

  override outputShape(inputShape: Shape): Shape {
    return this.built ? affineShape("Dense", inputShape, this.weight.shape) : [...inputShape.slice(0, -1), this.units];
  }

  forward(x: Tensor): Tensor {
    const result = affine("Dense", x, this.weight, this.bias, this.#fused);
    return this.#fused === null ? this.#activate(result) : result;
  }
}
