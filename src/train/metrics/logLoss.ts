import type { LossTraits } from "../../nn/losses.js";
import { checkArity } from "../../options/arity.js";
import { declare, type OptionsOf } from "../../options/declare.js";
import { tensor } from "../../tensor/creation.js";
import { NUMBER, savedParts } from "../../tensor/savedParts.js";
import type { SavedState } from "../../tensor/savedState.js";
import type { Tensor } from "../../tensor/tensor.js";
import { Metric, weightsOf } from "./metric.js";
import { PROBABILITIES, ProbabilityReader } from "./probabilities.js";

const LOG_LOSS = declare("logLoss", PROBABILITIES);
const PERPLEXITY = declare("perplexity", PROBABILITIES);
const BRIER = declare("brier", PROBABILITIES);

/** Options of `LogLoss`. */
export interface LogLossOptions extends OptionsOf<typeof LOG_LOSS> {}

/** Options of `Perplexity`. */
export interface PerplexityOptions extends OptionsOf<typeof PERPLEXITY> {}

/** Options of `Brier`. */
export interface BrierOptions extends OptionsOf<typeof BRIER> {}

/** A weighted mean of what the probabilities of each label cost. */
abstract class ProbabilityScore extends Metric {
  protected readonly reader: ProbabilityReader;
  #sum = 0;
  #weight = 0;

  constructor(options: ConstructorParameters<typeof ProbabilityReader>[0]) {
    super();
    this.reader = new ProbabilityReader(options);
  }

  override beside(loss: LossTraits): void {
    this.reader.beside(loss);
  }

  reset(): void {
    this.#sum = 0;
    this.#weight = 0;
  }

  update(given: Tensor, target: Tensor, weight?: Tensor): void {
    const weights = weightsOf(this.name, given, target, weight);
    const prediction = this.reader.arranged(given);
    const cost = this.costs(prediction);
    for (const { label, at, stride, weight: w } of this.reader.places(this.name, prediction, target, weights)) {
      this.#sum += w * cost(label, at, stride);
      this.#weight += w;
    }
  }

  result(): number {
    return this.#sum / this.#weight;
  }

  override stateDict(): SavedState {
    return { sum: this.#sum, weight: this.#weight };
  }

  override loadStateDict(state: SavedState): void {
    const { sum, weight } = savedParts(this.name, state, { sum: NUMBER, weight: NUMBER });
    this.#sum = sum;
    this.#weight = weight;
  }

  /** A function that tells what the probabilities from a position on cost, where a label is true. */
  protected abstract costs(prediction: Tensor): (label: number, at: number, stride: number) => number;
}

/** −ln of the probability of what is true. */
abstract class NegativeLikelihood extends ProbabilityScore {
  protected costs(prediction: Tensor): (label: number, at: number, stride: number) => number {
    const [logs, logsOfNo] = this.reader.logarithms(this.name, prediction);
    const yes = logs.view();
    if (logsOfNo === null) return (label, at, stride) => -yes[at + label * stride];
    const no = logsOfNo.view();
    return (label, at) => -(label === 1 ? yes : no)[at];
  }
}

/**
 * Mean of −ln p of the true class, the cross-entropy. Of logits it is exact; a probability counts as at least 1.2e-7, or 2.2e-16 in float64,
 * as in scikit-learn. Unlike the loss beside it, it knows neither label smoothing nor weights of classes.
 * Shape:     prediction [n, classes, …], target labels [n, …] or one-hot rows; or both [n] or [n, 1]; or both of one shape with several labels a sample
 * @param options.fromLogits whether the prediction is logits or probabilities; default as the loss of `compile` takes it, else probabilities
 * @param options.classAxis the axis of the classes in predictions of three and more axes, 1 or −1; default the loss's, or 1
 * @param options.ignoreIndex as for `Accuracy`
 * @param options.multiLabel as for `Accuracy`
 * @throws ArgumentError for an unknown option; at update for what is no probability, ShapeError, IndexError for a label outside the classes
 * @example
 * const metric = new LogLoss();
 * metric.update(tensor([[0.9, 0.1], [0.25, 0.75]]), tensor([0, 1]));
 * metric.result();   // 0.19652
 */
export class LogLoss extends NegativeLikelihood {
  static readonly aka: readonly string[] = ["crossEntropy", "categoricalCrossentropy", "binaryCrossentropy", "nll"];
  readonly name = "logLoss";

  constructor(options?: LogLossOptions) {
    checkArity(LOG_LOSS.op, arguments.length, 1);
    super(LOG_LOSS.readOptions(options));
  }
}

/**
 * e to the mean of −ln p of the true class: among how many equally probable ones a language model hesitates. Everything else is as for
 * `LogLoss`; the mean is over all tokens of all batches.
 * Shape:     prediction [n, classes, …], target labels [n, …] or one-hot rows
 * @param options.fromLogits whether the prediction is logits or probabilities; default as the loss of `compile` takes it, else probabilities
 * @param options.classAxis the axis of the classes in predictions of three and more axes, 1 or −1; default the loss's, or 1
 * @param options.ignoreIndex as for `Accuracy`
 * @param options.multiLabel as for `Accuracy`
 * @throws ArgumentError for an unknown option; at update for what is no probability, ShapeError, IndexError for a label outside the classes
 * @example
 * const metric = new Perplexity();
 * metric.update(tensor([[0.25, 0.25, 0.25, 0.25]]), tensor([2]));
 * metric.result();   // 4
 */
export class Perplexity extends NegativeLikelihood {
  static readonly aka: readonly string[] = ["ppl"];
  readonly name = "perplexity";
  override readonly greaterIsBetter = false;

  constructor(options?: PerplexityOptions) {
    checkArity(PERPLEXITY.op, arguments.length, 1);
    super(PERPLEXITY.readOptions(options));
  }

  override result(): number {
    return tensor(super.result(), { dtype: "float64" }).exp().item();
  }
}

/**
 * Brier score, the mean squared error of probabilities: (p − y)² of a single column, Σ_c (p_c − y_c)² of several classes, where y is 1 for
 * the true class. It is smallest for the true probabilities, as the log loss, but never infinite. Brier, 1950.
 * Shape:     prediction [n, classes, …], target labels [n, …] or one-hot rows; or both [n] or [n, 1]; or both of one shape with several labels a sample
 * @param options.fromLogits whether the prediction is logits or probabilities; default as the loss of `compile` takes it, else probabilities
 * @param options.classAxis the axis of the classes in predictions of three and more axes, 1 or −1; default the loss's, or 1
 * @param options.ignoreIndex as for `Accuracy`
 * @param options.multiLabel as for `Accuracy`
 * @throws ArgumentError for an unknown option; at update for what is no probability, ShapeError, IndexError for a label outside the classes
 * @example
 * const metric = new Brier();
 * metric.update(tensor([0.9, 0.2]), tensor([1, 0]));
 * metric.result();   // 0.025
 */
export class Brier extends ProbabilityScore {
  static readonly aka: readonly string[] = ["brierScore", "brierLoss"];
  readonly name = "brier";

  constructor(options?: BrierOptions) {
    checkArity(BRIER.op, arguments.length, 1);
    super(BRIER.readOptions(options));
  }

  protected costs(prediction: Tensor): (label: number, at: number, stride: number) => number {
    const p = this.reader.probabilities(this.name, prediction).view();
    if (this.reader.areColumns(prediction)) return (label, at) => (p[at] - label) * (p[at] - label);
    const classes = this.reader.classesOf(prediction);
    return (label, at, stride) => {
      let sum = 0;
      for (let c = 0; c < classes; c++) {
        const d = p[at + c * stride] - (c === label ? 1 : 0);
        sum += d * d;
      }
      return sum;
    };
  }
}
