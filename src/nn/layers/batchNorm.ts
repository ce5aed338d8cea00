import { ShapeError } from "../../errors/errors.js";
import { message, shapeText } from "../../errors/message.js";
import { note } from "../../errors/note.js";
import { Parameter } from "../../graph/parameter.js";
import { batchNorm, batchNormEval, type RunningStatistics } from "../../ops/batchNorm.js";
import { checkTensor } from "../../ops/operands.js";
import { declare, type OptionsOf, type SettingsOf } from "../../options/declare.js";
import { flag, number } from "../../options/kinds.js";
import { ones, zeros } from "../../tensor/creation.js";
import { isRepeating } from "../../tensor/recompute.js";
import type { Shape } from "../../tensor/shape.js";
import type { Tensor } from "../../tensor/tensor.js";
import { activationOf } from "../activations.js";
import { Buffer } from "../buffer.js";
import { build } from "../forward.js";
import { Layer } from "../layer.js";
import { normalizable } from "../normalizable.js";
import { activation, sampleShape } from "../options.js";

const BATCH_NORM = declare("BatchNorm", {
  /** Extents of one sample, channels first, without the batch: builds the layer at once. Default: those of its first input. */
  inputShape: sampleShape({ aka: ["numFeatures", "channels"] }),
  /** Weight of the new value in the running statistics, 0 … 1; null: they are the mean of all batches. Default 0.1. */
  momentum: number({ default: 0.1, min: 0, max: 1, nullable: true }),
  /** ε, added to the variance, > 0. Default 1e-5. */
  epsilon: number({ default: 1e-5, above: 0, aka: ["eps"] }),
  /** Whether a weight and a bias follow. Default true. */
  affine: flag({ default: true, aka: ["scale", "center", "elementwiseAffine"] }),
  /** Whether running statistics are kept for evaluation; without, it too uses those of its batch. Default true. */
  trackRunningStats: flag({ default: true }),
  /** What follows: a name, a name with options, or a function; with one of your own the layer cannot be saved; null: nothing. Default null. */
  activation: activation({ default: null }),
});

/** Options of `BatchNorm`. */
export interface BatchNormOptions extends OptionsOf<typeof BATCH_NORM> {}

/**
 * Batch normalisation y = (x − mean) / √(variance + ε) · weight + bias, as torch.nn.BatchNorm1d (and its siblings for images):
 * in training with the mean and the biased variance of each channel of the batch, in evaluation with running ones, which
 * training moves: running ← (1 − momentum) · running + momentum · new, the variance unbiased. Keras's momentum is 1 − this one.
 * Ioffe and Szegedy, ICML 2015.
 *
 * The weight starts at 1, the bias at 0; they are made at the first forward, for the extent of axis 1, unless `inputShape` is given.
 * Shape:     [n, channels, ...] → same; weight, bias, running mean and variance [channels]
 * @param options.inputShape [channels, ...], default that of the first input
 * @param options.momentum 0 … 1 or null, default 0.1
 * @param options.epsilon > 0, default 1e-5
 * @param options.affine default true
 * @param options.trackRunningStats default true
 * @param options.activation what follows, which Keras and PyTorch write as a layer of its own; "relu" is part of the kernel; default
 *        null: nothing
 * @throws ArgumentError for an unknown option or value, at forward in training for fewer than two values a channel; ShapeError if
 *         axis 1 changes
 * @example new Sequential([new Dense(64, { bias: false }), new BatchNorm({ activation: "relu" }), new Dense(10)])
 */
export class BatchNorm extends Layer<typeof BATCH_NORM> {
  static override readonly declaration = BATCH_NORM;
  weight!: Parameter | null;
  bias!: Parameter | null;
  runningMean!: Buffer | null;
  runningVar!: Buffer | null;
  numBatchesTracked!: Buffer | null;
  readonly inputShape: Shape | undefined = this.settings.inputShape;
  readonly #activation = activationOf("BatchNorm", this.settings.activation ?? "linear");
  #channels = 0;

  constructor(options?: BatchNormOptions) {
    super(arguments.length, options);
    const { momentum } = this.settings;
    if (momentum !== null && momentum > 0.5) noteMomentum(momentum);
    if (this.inputShape !== undefined) build(this, [1, ...this.inputShape]);
  }

  static override stateShapes({ affine, trackRunningStats }: SettingsOf<typeof BATCH_NORM>, inputShape: Shape) {
    const [, channels] = inputShape;
    if (channels === undefined || channels < 1) {
      throw new ShapeError(message("BatchNorm", `x has shape ${shapeText(inputShape)}; expected [n, channels, ...] with channels ≥ 1`));
    }
    const [trained, tracked] = [affine, trackRunningStats].map((wanted) => (wanted ? [channels] : null));
    const numBatchesTracked = trackRunningStats ? [] : null;
    return { weight: trained, bias: trained, runningMean: tracked, runningVar: tracked, numBatchesTracked };
  }

  override build(inputShape: Shape): void {
    const { weight, bias, runningMean, runningVar, numBatchesTracked } = BatchNorm.stateShapes(this.settings, inputShape);
    this.#channels = inputShape[1];
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
    if (inputShape.length > 1 && (inputShape[1] === this.#channels || !this.built)) return inputShape;
    const expected = shapeText(["n", this.built ? this.#channels : "channels", "..."]);
    throw new ShapeError(message("BatchNorm", `x has shape ${shapeText(inputShape)}; expected ${expected}`));
  }

  forward(x: Tensor): Tensor {
    checkTensor("BatchNorm", "x", x);
    this.resultShape(x.shape);
    const { epsilon, momentum } = this.settings;
    const { fused, apply } = this.#activation;
    const attributes = { epsilon, momentum, activation: fused };
    const [input, weight, bias] = normalizable(x, this.weight, this.bias);
    const running = this.#running();
    const result =
      this.training || running === null
        ? batchNorm(input, weight, bias, isRepeating() ? null : running, attributes)
        : batchNormEval(input, weight, bias, running, attributes);
    return fused === null ? apply(result) : result;
  }

  #running(): RunningStatistics | null {
    const { runningMean: mean, runningVar: variance, numBatchesTracked: batches } = this;
    return mean === null || variance === null || batches === null ? null : { mean, variance, batches };
  }
}

function noteMomentum(momentum: number): void {
  note(
    message(
      "BatchNorm",
      `momentum ${momentum} weighs the new value, as in PyTorch, so that little is left of the running statistics`,
      `Keras's momentum ${momentum} is ${Number((1 - momentum).toPrecision(6))} here.`,
    ),
  );
}
