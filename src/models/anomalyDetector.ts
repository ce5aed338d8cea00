import { ArgumentError } from "../errors/errors.js";
import { message } from "../errors/message.js";
import { noGrad } from "../graph/mode.js";
import { Buffer } from "../nn/buffer.js";
import { isModule } from "../nn/forward.js";
import { Module } from "../nn/index.js";
import { concat } from "../ops/joining.js";
import { checkTensor } from "../ops/operands.js";
import { checkArity } from "../options/arity.js";
import { declare, type OptionsOf } from "../options/declare.js";
import { count, number } from "../options/kinds.js";
import { checkValue, type OptionSpec, option } from "../options/option.js";
import { tensor } from "../tensor/creation.js";
import type { Tensor } from "../tensor/tensor.js";

const ANOMALY_DETECTOR = declare("AnomalyDetector", {
  /** The part of usual samples that is to pass, 0 … 1. Default 0.99. */
  quantile: number({ default: 0.99, min: 0, max: 1 }),
  /** Samples that are reconstructed at once. Default 256. */
  batchSize: count({ default: 256 }),
});

const MODEL = option<Module, OptionSpec<Module> & { required: true }>("a module", isModule, { required: true });

/** Options of `AnomalyDetector`. */
export interface AnomalyDetectorOptions extends OptionsOf<typeof ANOMALY_DETECTOR> {}

/**
 * Tells unusual samples by how badly a model gives them back that has learned to give back usual ones, such as an autoencoder.
 * Shape:     [n, ...] → errors [n]
 * @param model a module whose results have the shape of its input
 * @param options.quantile the part of usual samples that is to pass, default 0.99
 * @param options.batchSize samples that are reconstructed at once, default 256
 * @throws ArgumentError for an unknown option or value
 * @example
 * const detector = new AnomalyDetector(new Identity()).calibrate(randn([100, 4]));
 * detector.detect(randn([3, 4])).dtype   // bool
 */
export class AnomalyDetector extends Module {
  static override readonly type = "AnomalyDetector";
  readonly quantile: number;
  readonly batchSize: number;
  /** Errors above it are unusual; NaN before `calibrate`. */
  readonly threshold = new Buffer(tensor(Number.NaN));

  constructor(
    readonly model: Module,
    options?: AnomalyDetectorOptions,
  ) {
    super();
    checkArity("AnomalyDetector", arguments.length, 2);
    checkValue("AnomalyDetector", "model", model, MODEL);
    const { quantile, batchSize } = ANOMALY_DETECTOR.readOptions(options);
    this.quantile = quantile;
    this.batchSize = batchSize;
  }

  /** The mean squared error of each sample, in evaluation. Shape: [n, ...] → [n] */
  forward(x: Tensor): Tensor {
    checkArity("forward", arguments.length, 1);
    checkTensor("AnomalyDetector", "x", x);
    const { training } = this.model;
    this.model.eval();
    try {
      const n = x.shape[0];
      const starts = Array.from({ length: Math.max(1, Math.ceil(n / this.batchSize)) }, (_, i) => i * this.batchSize);
      return noGrad(() =>
        concat(
          starts.map((from) => this.#errors(x.slice([[from, Math.min(n, from + this.batchSize)]]))),
          0,
        ),
      );
    } finally {
      this.model.train(training);
    }
  }

  /** Sets the threshold to the quantile of the errors of usual samples, such as those of the training. @returns this */
  calibrate(x: Tensor): this {
    checkArity("calibrate", arguments.length, 1);
    const errors = Float32Array.from(this.forward(x).data).sort();
    if (errors.length === 0) throw new ArgumentError(message("calibrate", "x holds no sample; expected usual ones"));
    const at = this.quantile * (errors.length - 1);
    const [low, high] = [errors[Math.floor(at)], errors[Math.ceil(at)]];
    this.threshold.assign(tensor(low + (at - Math.floor(at)) * (high - low)));
    return this;
  }

  /** Which samples are unusual. Shape: [n, ...] → bool [n] @throws ArgumentError before `calibrate` */
  detect(x: Tensor): Tensor {
    checkArity("detect", arguments.length, 1);
    const threshold = this.threshold.item();
    if (Number.isNaN(threshold)) {
      throw new ArgumentError(message("detect", "there is no threshold yet", "Call calibrate(x) with usual samples before."));
    }
    return this.forward(x).gt(threshold);
  }

  #errors(x: Tensor): Tensor {
    const axes = x.shape.flatMap((_, axis) => (axis === 0 ? [] : [axis]));
    return (this.model.forward(x) as Tensor).sub(x).square().mean(axes);
  }
}
