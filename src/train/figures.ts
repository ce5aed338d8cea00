import { GraphError } from "../errors/errors.js";
import { message } from "../errors/message.js";
import { noGrad } from "../graph/mode.js";
import type { Tensor } from "../tensor/tensor.js";
import type { Logs } from "./callbacks.js";
import type { Batch } from "./data.js";
import type { Metric } from "./metrics/metric.js";
import { alignTarget } from "./objective.js";
import type { BatchFigures } from "./stepResult.js";

/** Metrics that gather figures now. */
const busy = new WeakSet<Metric>();

/** Running figures of an epoch or an evaluation: the weighted mean of the loss, and the metrics of the first output. */
export class RunningFigures {
  #loss = 0;
  #weight = 0;

  /** @throws GraphError if another run, which waits somewhere, gathers its figures in one of the metrics */
  constructor(
    op: string,
    private readonly metrics: readonly Metric[],
  ) {
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
  add({ loss, weight, outputs }: BatchFigures, { y, weight: weights }: Batch): void {
    this.#loss += loss * weight;
    this.#weight += weight;
    if (this.metrics.length === 0) return;
    const target = alignTarget(outputs[0], (Array.isArray(y) ? y[0] : y) as Tensor);
    noGrad(() => {
      for (const metric of this.metrics) metric.update(outputs[0], target, weights);
    });
  }

  logs(): Logs {
    const logs: Logs = { loss: this.#loss / this.#weight };
    for (const metric of this.metrics) logs[metric.name] = metric.result();
    return logs;
  }

  /** Lets others use the metrics. */
  close(): void {
    for (const metric of this.metrics) busy.delete(metric);
  }
}
