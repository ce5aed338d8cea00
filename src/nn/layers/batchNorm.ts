import { checkOptions } from "../../errors/check.js";
import { ArgumentError, ShapeError } from "../../errors/errors.js";
import { message, shapeText } from "../../errors/message.js";
import { note } from "../../errors/note.js";
import { Parameter } from "../../graph/parameter.js";
import { batchNorm, batchNormEval, type RunningStatistics } from "../../ops/batchNorm.js";
import { checkTensor } from "../../ops/operands.js";
import { ones, zeros } from "../../tensor/creation.js";
import { isRepeating } from "../../tensor/recompute.js";
import { checkShape, type Shape } from "../../tensor/shape.js";
import type { Tensor } from "../../tensor/tensor.js";
import { Buffer } from "../buffer.js";
import { build } from "../forward.js";
import { Module } from "../module.js";

export interface BatchNormOptions {
  /** Weight of the new value in the running statistics, 0 … 1; null: they are the mean of all batches. Default 0.1. */
  momentum?: number | null;
  /** ε, added to the variance, > 0. Default 1e-5. */
  epsilon?: number;
  /** Whether a weight and a bias follow. Default true. */
  affine?: boolean;
  /** Whether running statistics are kept for evaluation; without, it too uses those of its batch. Default true. */
  trackRunningStats?: boolean;
  /** A ReLU in the same kernel, or none. Default null. */
  activation?: "relu" | null;
  /** Extents of one sample, channels first, without the batch: builds the layer at once instead of at its first input. */
  inputShape?: Shape;
}

export type BatchNormConfig = BatchNormOptions;

const OPTIONS = ["momentum", "epsilon", "affine", "trackRunningStats", "activation", "inputShape"];

/**
 * Batch normalisation y = (x − mean) / √(variance + ε) · weight + bias, as torch.nn.BatchNorm1d (and its siblings for images):
 * in training with the mean and the biased variance of each channel of the batch, in evaluation with running ones, which
 * training moves: running ← (1 − momentum) · running + momentum · new, the variance unbiased. Keras's momentum is 1 − this one.
 * Ioffe and Szegedy, ICML 2015.
 *
 * The weight starts at 1, the bias at 0; they are made at the first forward, for the extent of axis 1, unless `inputShape` is given.
 * Shape:     [n, channels, ...] → same; weight, bias, running mean and variance [channels]
 * @param options.momentum 0 … 1 or null, default 0.1
 * @param options.epsilon > 0, default 1e-5
 * @param options.affine default true
 * @param options.trackRunningStats default true
 * @param options.activation "relu" fuses max(y, 0) into it, which Keras and PyTorch write as a layer of its own; default null
 * @param options.inputShape [channels, ...], default that of the first input
 * @throws ArgumentError for an unknown option or value, at forward in training for fewer than two values a channel; ShapeError if
 *         axis 1 changes
 * @example new Sequential([new Dense(64, { useBias: false }), new BatchNorm({ activation: "relu" }), new Dense(10)])
 */
export class BatchNorm extends Module {
  static readonly type: string = "BatchNorm";
  weight!: Parameter | null;
  bias!: Parameter | null;
  runningMean!: Buffer | null;
  runningVar!: Buffer | null;
  numBatchesTracked!: Buffer | null;
  readonly inputShape: Shape | undefined;
  readonly #options: Required<Omit<BatchNormOptions, "inputShape">>;
  #channels = 0;

  constructor(options: BatchNormOptions = {}) {
    super();
    checkOptions("BatchNorm", options, OPTIONS);
    const { momentum = 0.1, epsilon = 1e-5, affine = true, trackRunningStats = true, activation = null, inputShape } = options;
    checkMomentum(momentum);
    checkEpsilon("BatchNorm", epsilon);
    if (activation !== null && activation !== "relu") {
      const mend = "Put another activation behind it as a layer: new Activation(…).";
      throw new ArgumentError(message("BatchNorm", `activation is ${JSON.stringify(activation)}; expected "relu" or null`, mend));
    }
    this.#options = { momentum, epsilon, affine, trackRunningStats, activation };
    this.inputShape = inputShape;
    if (inputShape !== undefined) build(this, [1, ...checkShape("BatchNorm", inputShape)]);
  }

  static fromConfig(config: BatchNormConfig): BatchNorm {
    return new BatchNorm(config);
  }

  config(): BatchNormConfig {
    return { ...this.#options, ...(this.inputShape !== undefined && { inputShape: this.inputShape }) };
  }

  override build(inputShape: Shape): void {
    const channels = inputShape[1] ?? 0;
    if (channels < 1) {
      throw new ShapeError(message("BatchNorm", `x has shape ${shapeText(inputShape)}; expected [n, channels, ...] with channels ≥ 1`));
    }
    const { affine, trackRunningStats } = this.#options;
    this.#channels = channels;
    this.weight = affine ? new Parameter(ones([channels])) : null;
    this.bias = affine ? new Parameter(zeros([channels])) : null;
    this.runningMean = trackRunningStats ? new Buffer(zeros([channels])) : null;
    this.runningVar = trackRunningStats ? new Buffer(ones([channels])) : null;
    this.numBatchesTracked = trackRunningStats ? new Buffer(zeros([], { dtype: "int32" })) : null;
  }

  override outputShape(inputShape: Shape): Shape {
    if (inputShape.length > 1 && (inputShape[1] === this.#channels || !this.built)) return inputShape;
    const expected = shapeText(["n", this.built ? this.#channels : "channels", "..."]);
    throw new ShapeError(message("BatchNorm", `x has shape ${shapeText(inputShape)}; expected ${expected}`));
  }

  forward(x: Tensor): Tensor {
    checkTensor("BatchNorm", "x", x);
    this.outputShape(x.shape);
    const { epsilon, momentum, activation } = this.#options;
    const attributes = { epsilon, momentum, relu: activation === "relu" };
    const [input, weight, bias] = alike(x, this.weight, this.bias);
    const running = this.#running();
    return this.training || running === null
      ? batchNorm(input, weight, bias, isRepeating() ? null : running, attributes)
      : batchNormEval(input, weight, bias, running, attributes);
  }

  #running(): RunningStatistics | null {
    const { runningMean: mean, runningVar: variance, numBatchesTracked: batches } = this;
    return mean === null || variance === null || batches === null ? null : { mean, variance, batches };
  }
}

/** x, weight and bias in one floating type: float64 if x or the weight is. */
export function alike(x: Tensor, weight: Tensor | null, bias: Tensor | null): [Tensor, Tensor | null, Tensor | null] {
  const dtype = x.dtype === "float64" || weight?.dtype === "float64" ? "float64" : "float32";
  return [x.cast(dtype), weight?.cast(dtype) ?? null, bias?.cast(dtype) ?? null];
}

/** @throws ArgumentError unless ε is a number > 0 */
export function checkEpsilon(op: string, epsilon: unknown): void {
  if (typeof epsilon === "number" && epsilon > 0 && epsilon < Infinity) return;
  throw new ArgumentError(message(op, `epsilon is ${String(epsilon)}; expected a number > 0`));
}

function checkMomentum(momentum: unknown): void {
  if (momentum === null) return;
  if (typeof momentum !== "number" || !(momentum >= 0 && momentum <= 1)) {
    throw new ArgumentError(message("BatchNorm", `momentum is ${String(momentum)}; expected a number from 0 to 1, or null`));
  }
  if (momentum > 0.5) {
    note(
      message(
        "BatchNorm",
        `momentum ${momentum} weighs the new value, as in PyTorch, so that little is left of the running statistics`,
        `Keras's momentum ${momentum} is ${Number((1 - momentum).toPrecision(6))} here.`,
      ),
    );
  }
}
