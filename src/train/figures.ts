import { ArgumentError, GraphError } from "../errors/errors.js";
import { message } from "../errors/message.js";
import { noGrad } from "../graph/mode.js";
import type { Loss } from "../nn/losses.js";
import type { Tensor } from "../tensor/tensor.js";
import { alignTarget } from "./align.js";
import type { Logs } from "./callbacks.js";
import type { Batch } from "./data.js";
import type { Metric } from "./metrics/metric.js";
import type { Goal } from "./objective.js";
import type { BatchFigures } from "./stepResult.js";

/** Metrics that gather figures now. */
const busy = new WeakSet<Metric>();

/**
 * Running figures of an epoch or an evaluation: the loss, and the metrics of the first output. They do not depend on how the samples
 * fall into batches.
 */
export class RunningFigures {
  readonly #losses: RunningLoss[] = [];
  readonly #goal: Goal;
  private readonly metrics: readonly Metric[];

  /** @throws GraphError if another run, which waits somewhere, gathers its figures in one of the metrics */
  constructor(
    private readonly op: string,
    { metrics, ...goal }: Goal & { readonly metrics: readonly Metric[] },
  ) {
    this.#goal = goal;
    this.metrics = metrics;
    const taken = metrics.find((metric) => busy.has(metric));
    if (taken !== undefined) {
      throw new GraphError(
        message(
          op,
          `metric "${taken.name}" is gathering the figures of another run of this model`,
          "Wait for its end; in callbacks evaluate in onEpochEnd. predict is always allowed.",
        ),
      );
    }
    for (const metric of metrics) {
      busy.add(metric);
      metric.reset();
    }
  }

  /** Adds a batch. */
  add({ parts, outputs }: BatchFigures, { y, weight: weights }: Batch): void {
    const { losses } = this.#goal;
    for (const [i, { loss, weight }] of parts.entries()) {
      this.#losses[i] ??= new RunningLoss(losses[losses.length === 1 ? 0 : i]);
      this.#losses[i].add(loss, weight);
    }
    if (this.metrics.length === 0 || parts.length === 0) return;
    const target = alignTarget(outputs[0], (Array.isArray(y) ? y[0] : y) as Tensor);
    noGrad(() => {
      for (const metric of this.metrics) metric.update(outputs[0], target, weights);
    });
  }

  /** The figures so far; 0 as long as nothing has counted. */
  logs(): Logs {
    const counted = this.#counted;
    let loss = 0;
    for (const running of this.#losses) if (running.weight > 0) loss += running.result();
    const logs: Logs = { loss };
    for (const metric of this.metrics) logs[metric.name] = counted ? metric.result() : 0;
    return logs;
  }

  /** @throws ArgumentError if nothing has counted */
  requireCounted(what: string): void {
    if (this.#counted) return;
    const problem = `nothing counts in ${what}: every label is ignored, or every weight is 0`;
    throw new ArgumentError(message(this.op, problem, "Look at ignoreIndex, classWeight and the weights of the samples."));
  }

  get #counted(): boolean {
    return this.#losses.some(({ weight }) => weight > 0);
  }

  /** Lets others use the metrics. */
  close(): void {
    for (const metric of this.metrics) busy.delete(metric);
  }
}

/** The loss of one output over batches, in float64: the mean weighted by what each batch's mean divides by, or the sum. */
class RunningLoss {
  #sum = 0;
  /** What has counted. */
  weight = 0;

  constructor(private readonly loss: Loss) {}

  add(loss: number, weight: number): void {
    // The mean over nothing is NaN.
    if (weight === 0) return;
    this.#sum += this.loss.reduction === "sum" ? loss : loss * weight;
    this.weight += weight;
  }

  result(): number {
    return this.loss.reduction === "sum" ? this.#sum : this.#sum / this.weight;
  }
}
