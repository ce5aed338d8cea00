import { ArgumentError, GraphError } from "../errors/errors.js";
import { message } from "../errors/message.js";
import { noGrad } from "../graph/mode.js";
import type { Loss } from "../nn/losses.js";
import type { SavedState } from "../tensor/savedState.js";
import { alignTarget } from "./align.js";
import type { Logs } from "./callbacks.js";
import { type Batch, weightOf } from "./data.js";
import { figureOf, outputName } from "./figureNames.js";
import type { Trainee } from "./loop.js";
import type { Measured } from "./metrics/measured.js";
import type { Metric } from "./metrics/metric.js";
import { type Goal, goalOf } from "./objective.js";
import type { BatchFigures } from "./stepResult.js";

/** Metrics that gather figures now. */
const busy = new WeakSet<Metric>();

/**
 * Running figures of an epoch or an evaluation: the loss, where there are several outputs that of each, and the metrics. They do not
 * depend on how the samples fall into batches.
 */
export class RunningFigures {
  readonly #losses: RunningLoss[] = [];
  /** What the weights added to the loss, as the mean over the batches; null where none has a penalty. */
  #penalty: RunningLoss | null = null;
  readonly #goal: Goal & Pick<Trainee, "outputNames">;
  /** What was gathered in all, when others may use the metrics; null before. */
  #state: FiguresState | null = null;
  readonly #metrics: readonly Measured[];

  /** @throws GraphError if another run, which waits somewhere, gathers its figures in one of the metrics */
  constructor(
    private readonly op: string,
    { losses, lossWeights, outputNames, metrics }: Omit<Trainee, "model" | "optimizer">,
  ) {
    this.#goal = { losses, lossWeights, outputNames };
    this.#metrics = metrics;
    const taken = metrics.find(({ metric }) => busy.has(metric));
    if (taken !== undefined) {
      throw new GraphError(
        message(
          op,
          `metric "${taken.name}" is gathering the figures of another run of this model`,
          "Wait for its end; in callbacks evaluate in onEpochEnd. predict is always allowed.",
        ),
      );
    }
    for (const { metric } of metrics) {
      busy.add(metric);
      metric.reset();
    }
  }

  /** Adds a batch. @returns its loss with the penalty; NaN where nothing counts */
  add({ parts, penalty, outputs }: BatchFigures, batch: Batch): number {
    let total = parts.length === 0 ? Number.NaN : (penalty ?? 0);
    for (const [i, { loss, weight }] of parts.entries()) {
      const goal = goalOf(this.#goal, i);
      this.#losses[i] ??= new RunningLoss(goal.loss);
      this.#losses[i].add(loss, weight);
      if (weight !== 0) total += goal.factor * loss;
    }
    if (penalty !== null) {
      this.#penalty ??= new RunningLoss({});
      this.#penalty.add(penalty, Math.max(...parts.map(({ weight }) => weight)));
    }
    if (this.#metrics.length === 0 || parts.length === 0) return total;
    const targets = [batch.y ?? []].flat();
    noGrad(() => {
      for (const { metric, output, name } of this.#metrics) {
        const prediction = outputs[output];
        if (prediction === undefined) throw new ArgumentError(message(this.op, `there is no output for the metric "${name}"`));
        metric.update(prediction, alignTarget(prediction, targets[output]), weightOf(batch, output));
      }
    });
    return total;
  }

  /** The figures so far; 0 as long as nothing has counted. */
  logs(): Logs {
    const losses = this.#losses.map((running) => (running.weight > 0 ? running.result() : 0));
    const logs: Logs = { loss: losses.reduce((sum, loss, i) => sum + goalOf(this.#goal, i).factor * loss, 0) };
    if (this.#penalty !== null) {
      logs.penalty = this.#penalty.result();
      logs.loss += logs.penalty;
    }
    if (losses.length > 1) for (const [i, loss] of losses.entries()) logs[figureOf(outputName(this.#goal.outputNames, i), "loss")] = loss;
    for (const { metric, output, name } of this.#metrics) logs[name] = this.#losses[output]?.weight > 0 ? metric.result() : 0;
    return logs;
  }

  /** @throws ArgumentError if nothing has counted */
  requireCounted(what: string): void {
    if (this.counted) return;
    const problem = `nothing counts in ${what}: every label is ignored, or every weight is 0`;
    throw new ArgumentError(message(this.op, problem, "Look at ignoreIndex, classWeight and the weights of the samples."));
  }

  /** Whether anything has counted. */
  get counted(): boolean {
    return this.#losses.some(({ weight }) => weight > 0);
  }

  /** What was gathered so far, for a checkpoint. A metric that tells no state has null. */
  stateDict(): FiguresState {
    if (this.#state !== null) return this.#state;
    return {
      losses: this.#losses.map((running) => running.state),
      penalty: this.#penalty?.state ?? null,
      metrics: this.#metrics.map(({ metric }) => metric.stateDict?.() ?? null),
    };
  }

  /** Takes over what `stateDict` gave. A metric without a state there gathers afresh. */
  loadStateDict({ losses, penalty, metrics }: FiguresState): void {
    for (const [i, state] of losses.entries()) {
      this.#losses[i] = new RunningLoss(goalOf(this.#goal, i).loss);
      this.#losses[i].state = state;
    }
    if (penalty !== null) {
      this.#penalty = new RunningLoss({});
      this.#penalty.state = penalty;
    }
    for (const [i, state] of metrics.entries()) if (state !== null) this.#metrics[i].metric.loadStateDict?.(state);
  }

  /** Lets others use the metrics. @param keep whether `stateDict` still tells what was gathered */
  close(keep = false): void {
    if (keep) this.#state = this.stateDict();
    for (const { metric } of this.#metrics) busy.delete(metric);
  }
}

/** What `RunningFigures` has gathered. */
export interface FiguresState {
  readonly losses: readonly LossState[];
  readonly penalty: LossState | null;
  readonly metrics: readonly SavedState[];
}

type LossState = readonly [sum: number, weight: number];

/** The loss of one output, or the penalty, over batches, in float64: the mean weighted by what each batch's mean divides by, or the sum. */
class RunningLoss {
  #sum = 0;
  /** What has counted. */
  weight = 0;

  constructor(private readonly loss: Pick<Loss, "reduction">) {}

  add(loss: number, weight: number): void {
    // The mean over nothing is NaN.
    if (weight === 0) return;
    this.#sum += this.loss.reduction === "sum" ? loss : loss * weight;
    this.weight += weight;
  }

  result(): number {
    return this.loss.reduction === "sum" ? this.#sum : this.#sum / this.weight;
  }

  get state(): LossState {
    return [this.#sum, this.weight];
  }

  set state([sum, weight]: LossState) {
    this.#sum = sum;
    this.weight = weight;
  }
}
