import { ShapeError } from "../errors/errors.js";
import { message, shapeText } from "../errors/message.js";
import type { Parameter } from "../graph/parameter.js";
import type { DType } from "../memory/views.js";
import type { Fused } from "../ops/activation.js";
import { layoutMend, layoutText } from "../ops/convGeometry.js";
import { checkFloating } from "../ops/convOperands.js";
import { checkTensor } from "../ops/operands.js";
import type { AnyDeclaration, SettingsOf } from "../options/declare.js";
import { currentSeed } from "../tensor/seed.js";
import type { Shape } from "../tensor/shape.js";
import type { Tensor } from "../tensor/tensor.js";
import { type ActivationSpec, activationOf } from "./activations.js";
import { drawn, fansOf, type InitializerSpec, initializerOf } from "./drawn.js";
import { build } from "./forward.js";
import { type Initializer, uniform } from "./initializers.js";
import { Layer } from "./layer.js";

/** What every convolution layer is told. */
interface Settings {
  readonly inChannels: number | null;
  readonly activation: ActivationSpec;
  readonly weightInitializer: InitializerSpec | null;
  readonly biasInitializer: InitializerSpec | null;
  readonly inputShape: Shape | undefined;
}

/** A weight over windows, and a bias for each channel of the result. */
interface ConvolutionShapes extends Record<string, Shape | null> {
  readonly weight: Shape;
  readonly bias: Shape | null;
}

/**
 * What convolutions and transposed convolutions share: weight and bias, which are made at once if the channels of the input are known,
 * else at the first forward, and an activation behind them.
 */
export abstract class Convolution<D extends AnyDeclaration> extends Layer<D> {
  weight!: Parameter;
  bias!: Parameter | null;
  readonly inputShape: Shape | undefined = this.#told.inputShape;
  readonly #activation = activationOf(this.op, this.#told.activation);
  /** Initial values depend on the seed at the layer's construction, though the weights may be made later. */
  readonly #seed = currentSeed();

  constructor(given: number, ...args: unknown[]) {
    super(given, ...args);
    this.check(this.settings);
    // With its channels given, the layer takes inputs of any extents.
    if (this.inputShape !== undefined) build(this, [1, ...this.inputShape]);
    else if (this.#told.inChannels !== null) build(this, []);
  }

  get #told(): Settings {
    return this.settings as unknown as Settings;
  }

  /** Holds settings against each other. @throws ArgumentError */
  protected abstract check(settings: SettingsOf<D>): void;

  /** The spatial extents of the result. @throws ShapeError for an input that does not fit */
  protected abstract extents(input: Shape, weight: Shape): readonly number[];

  /** The channels of the result. */
  protected abstract readonly channels: number;

  protected abstract compute(x: Tensor, fused: Fused | null): Tensor;

  override build(inputShape: Shape): void {
    const { weight, bias } = this.stateShapesFor(inputShape) as ConvolutionShapes;
    const { weightInitializer, biasInitializer } = this.#told;
    const start = (name: string, spec: InitializerSpec | null): Initializer =>
      spec === null ? byFanIn(weight) : initializerOf(this.op, name, spec, this.#activation);
    this.weight = drawn(weight, start("weightInitializer", weightInitializer), this.#seed);
    this.bias = bias && drawn(bias, start("biasInitializer", biasInitializer), this.#seed);
  }

  override expects(): Shape | null {
    return knownExtents(super.expects());
  }

  protected override resultShape(inputShape: Shape): Shape {
    const weight = this.built ? this.weight.shape : (this.stateShapesFor(inputShape) as ConvolutionShapes).weight;
    const extents = this.extents(inputShape, weight);
    return [...inputShape.slice(0, -1 - extents.length), this.channels, ...extents];
  }

  protected override resultType(dtype: DType): DType {
    checkFloating(this.op, { dtype });
    return dtype;
  }

  forward(x: Tensor): Tensor {
    checkTensor(this.op, "x", x);
    const { fused, apply } = this.#activation;
    const result = this.compute(x, fused);
    if (x.rank === this.weight.rank) build(this, x.shape);
    return fused === null ? apply(result) : result;
  }
}

/**
 * The channels of the input: those that are given, else those of the input that a layer is built for.
 * @throws ShapeError for an input of other channels or axes
 */
export function channelsOf(op: string, axes: number, inChannels: number | null, inputShape: Shape): number {
  const channels = inputShape.length === axes + 2 ? inputShape[1] : 0;
  if (inChannels !== null && (inputShape.length === 0 || channels === inChannels)) return inChannels;
  if (inChannels === null && channels > 0) return channels;
  const mend = inputMend(axes, inChannels, inputShape);
  throw new ShapeError(message(op, `x has shape ${shapeText(inputShape)}; expected ${layoutText(axes, inChannels ?? "c")}`, mend));
}

/** How the input that a layer is built for is mended, where one can be seen. An inputShape comes with a batch of one before it. */
function inputMend(axes: number, inChannels: number | null, inputShape: Shape): string | undefined {
  if (inputShape.length === axes + 3 && inputShape[0] === 1) return "An inputShape is that of one sample, without the batch.";
  if (inChannels !== null || inputShape.length !== axes + 1) return layoutMend(inputShape, axes, inChannels ?? "c");
  return "x.unsqueeze(0) is a batch of one sample, x.unsqueeze(1) gives each sample one channel.";
}

/** The shape of a sample, unless its extents are not known: of a layer that was built without an input, or from the weights of a file. */
export function knownExtents(sample: Shape | null): Shape | null {
  return sample === null || sample.length === 0 || sample.includes(0) ? null : sample;
}

/** U(±1/√fanIn), as in PyTorch for weight and bias, fanIn being the weight's. */
function byFanIn(weight: Shape): Initializer {
  const limit = 1 / Math.sqrt(fansOf(weight).fanIn);
  return uniform({ low: -limit, high: limit });
}
