import { ShapeError } from "../errors/errors.js";
import { message, shapeText } from "../errors/message.js";
import { note } from "../errors/note.js";
import { Parameter } from "../graph/parameter.js";
import { type BatchNormAttributes, batchNorm, batchNormEval, type RunningStatistics } from "../ops/batchNorm.js";
import { checkTensor } from "../ops/operands.js";
import type { AnyDeclaration } from "../options/declare.js";
import { count } from "../options/kinds.js";
import { ones, zeros } from "../tensor/creation.js";
import { isRepeating } from "../tensor/recompute.js";
import type { Shape } from "../tensor/shape.js";
import type { Tensor } from "../tensor/tensor.js";
import { type ActivationSpec, activationOf } from "./activations.js";
import { Buffer } from "./buffer.js";
import { build } from "./forward.js";
import { Layer, type LayerClass } from "./layer.js";
import { normalizable } from "./normalizable.js";

/** What layers that normalise each channel, axis 1, by statistics of their input have in common: parameters and running statistics. */

/** Their settings. */
export interface ChannelNormSettings {
  readonly momentum: number | null;
  readonly epsilon: number;
  readonly affine: boolean;
  readonly trackRunningStats: boolean;
  readonly activation: ActivationSpec | null;
  /** null: taken from the first input. */
  readonly numFeatures?: number | null;
}

/** Channels, in front of the options. @param op the layer, for the error's example */
export function numFeatures(op: string) {
  const mend = (): string => `Write new ${op}(64), or new ${op}(null): the channels are those of the first input.`;
  return count({ required: true, nullable: true, aka: ["channels"], mend });
}

/** What a normalisation takes beside its input. */
export interface Normalisation {
  readonly weight: Tensor | null;
  readonly bias: Tensor | null;
  readonly running: RunningStatistics | null;
  readonly attributes: BatchNormAttributes;
}

/** The axes of signals, images and volumes, by their number. */
const AXES = [[], ["l"], ["h", "w"], ["d", "h", "w"]];

function channelShapes(op: string, { affine, trackRunningStats, numFeatures }: ChannelNormSettings, inputShape: Shape) {
  const channels = numFeatures ?? inputShape[1];
  if (channels === undefined || channels < 1) {
    throw new ShapeError(message(op, `x has shape ${shapeText(inputShape)}; expected [n, channels, ...] with channels ≥ 1`));
  }
  const [trained, tracked] = [affine, trackRunningStats].map((wanted) => (wanted ? [channels] : null));
  const numBatchesTracked = trackRunningStats ? [] : null;
  return { weight: trained, bias: trained, runningMean: tracked, runningVar: tracked, numBatchesTracked };
}

export abstract class ChannelNorm<D extends AnyDeclaration> extends Layer<D> {
  weight!: Parameter | null;
  bias!: Parameter | null;
  runningMean!: Buffer | null;
  runningVar!: Buffer | null;
  numBatchesTracked!: Buffer | null;
  /** The numbers of spatial axes that it takes; null: any. */
  protected abstract readonly spatial: readonly number[] | null;
  readonly #op = (this.constructor as unknown as LayerClass).declaration.op;
  readonly #activation = activationOf(this.#op, this.#own.activation ?? "linear");
  #channels = 0;

  constructor(given: number, ...args: unknown[]) {
    super(given, ...args);
    const { momentum, numFeatures } = this.#own;
    if (momentum !== null && momentum > 0.5) noteMomentum(this.#op, momentum);
    if (typeof numFeatures === "number") build(this, [1, numFeatures]);
  }

  /** @internal weight of the new value in the running statistics; null: they are the mean of all batches */
  get momentum(): number | null {
    return this.#own.momentum;
  }

  static override stateShapes(settings: ChannelNormSettings, inputShape: Shape) {
    // biome-ignore lint/complexity/noThisInStatic: each class that inherits this has its own name
    return channelShapes(this.declaration.op, settings, inputShape);
  }

  // Built for its channels alone, by numFeatures or from a state, it cannot tell the shape of a sample.
  override expects(): Shape | null {
    return this.builtFor !== null && !this.#isOfRank(this.builtFor) ? null : super.expects();
  }

  /** Normalises by the statistics of x. @param running move towards them; null: there are none, or they must stay */
  protected normalize(x: Tensor, { weight, bias, running, attributes }: Normalisation): Tensor {
    return batchNorm(x, weight, bias, running, attributes);
  }

  override build(inputShape: Shape): void {
    // Without spatial axes it is a state, or numFeatures, that tells the channels.
    if (inputShape.length > 2) this.resultShape(inputShape);
    const { weight, bias, runningMean, runningVar, numBatchesTracked } = channelShapes(this.#op, this.#own, inputShape);
    this.#channels = this.#own.numFeatures ?? inputShape[1];
    this.weight = weight && new Parameter(ones(weight));
    this.bias = bias && new Parameter(zeros(bias));
    this.runningMean = runningMean && new Buffer(zeros(runningMean));
    this.runningVar = runningVar && new Buffer(ones(runningVar));
    this.numBatchesTracked = numBatchesTracked && new Buffer(zeros(numBatchesTracked, { dtype: "int32" }));
  }

  override inputShapeFrom(state: ReadonlyMap<string, Tensor>): Shape | null {
    const found = state.get("weight") ?? state.get("running_mean");
    return found?.rank === 1 ? [1, found.size] : null;
  }

  protected override resultShape(inputShape: Shape): Shape {
    if (this.#isOfRank(inputShape) && (inputShape[1] === this.#channels || !this.built)) return inputShape;
    const channels = this.built ? this.#channels : "channels";
    const expected = this.spatial?.map((axes) => shapeText(["n", channels, ...AXES[axes]])).join(" or ");
    const any = shapeText(["n", channels, "..."]);
    throw new ShapeError(message(this.#op, `x has shape ${shapeText(inputShape)}; expected ${expected ?? any}`));
  }

  forward(x: Tensor): Tensor {
    checkTensor(this.#op, "x", x);
    this.resultShape(x.shape);
    const { epsilon, momentum } = this.#own;
    const { fused, apply } = this.#activation;
    const attributes = { epsilon, momentum, activation: fused };
    const [input, weight, bias] = normalizable(x, this.weight, this.bias);
    const running = this.#running();
    const result =
      this.training || running === null
        ? this.normalize(input, { weight, bias, running: isRepeating() ? null : running, attributes })
        : batchNormEval(input, weight, bias, running, attributes);
    return fused === null ? apply(result) : result;
  }

  #isOfRank({ length }: Shape): boolean {
    return this.spatial === null ? length > 1 : this.spatial.includes(length - 2);
  }

  get #own(): ChannelNormSettings {
    return this.settings as unknown as ChannelNormSettings;
  }

  #running(): RunningStatistics | null {
    const { runningMean: mean, runningVar: variance, numBatchesTracked: batches } = this;
    return mean === null || variance === null || batches === null ? null : { mean, variance, batches };
  }
}

function noteMomentum(op: string, momentum: number): void {
  note(
    message(
      op,
      `momentum ${momentum} weighs the new value, as in PyTorch, so that little is left of the running statistics`,
      `Keras's momentum ${momentum} is ${Number((1 - momentum).toPrecision(6))} here.`,
    ),
  );
}
