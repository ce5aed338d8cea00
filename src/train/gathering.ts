import { note } from "../errors/note.js";
import { scaleGradients } from "../optim/scaleGradients.js";
import { tensor } from "../tensor/creation.js";
import type { Tensor } from "../tensor/tensor.js";
import type { Batch } from "./data.js";
import { NonFiniteGradient, NonFiniteLoss, reportGradient } from "./diagnose.js";
import { RunningFigures } from "./figures.js";
import type { Trainee } from "./loop.js";
import { goalOf } from "./objective.js";
import type { BatchFigures } from "./stepResult.js";

/** What becomes of a batch. */
export interface Evaluate {
  /** Adds the gradients of the batch to those that there are, multiplied with its weight where batches are weighed. */
  readonly figures: (batch: Batch) => BatchFigures;
  /** The loss of the batch, with its graph. */
  readonly graph: (batch: Batch) => Tensor;
}

/**
 * Makes a step of the optimizer of several batches, as if they were one: its loss is Σ wᵢ·lossᵢ / Σ wᵢ with the weights of the batches,
 * which are their numbers of samples or labels, those of the first output. Or of one batch, if the optimizer decides by numbers how often
 * it evaluates it. The evaluation is captured, the step is not.
 */
export class Gathering {
  #batches: Batch[] = [];
  #found: BatchFigures[] = [];
  /** Steps in this epoch. */
  #steps = 0;

  /** @param count of the batches in a step */
  constructor(
    private readonly trainee: Trainee,
    private readonly evaluate: Evaluate,
    private readonly count: number,
  ) {}

  /**
   * The loss of a batch as its gradients are added to those of others: a mean counts as often as the batch weighs. Of sums, each has its
   * share of the penalty, which is part of all of them; a last step of fewer batches has less of it.
   */
  weighed(loss: Tensor, penalty: Tensor | null, weight: Tensor | number): Tensor {
    if (this.#areMeans) return loss.mul(weight);
    return this.count === 1 || penalty === null ? loss : loss.sub(penalty.mul(1 - 1 / this.count));
  }

  /** Whether several means make one. */
  get #areMeans(): boolean {
    return this.count > 1 && goalOf(this.trainee, 0).loss.reduction !== "sum";
  }

  beginEpoch(): void {
    this.#steps = 0;
  }

  /** Takes a batch that was evaluated. @returns whether a step was made */
  add(batch: Batch, figures: BatchFigures): boolean {
    this.#batches.push(batch);
    this.#found.push(figures);
    return this.#batches.length === this.count && this.finish();
  }

  /** Makes a step of the batches that are there. @returns whether there were any */
  finish(): boolean {
    if (this.#batches.length === 0) return false;
    const { optimizer } = this.trainee;
    const [first] = this.#batches;
    try {
      const loss = this.#join(this.#found);
      if (!Number.isFinite(loss.item())) throw new NonFiniteLoss(loss.item());
      const again = (): Tensor => {
        optimizer.zeroGrad();
        return this.#join(this.#batches.map((batch) => this.evaluate.figures(batch)));
      };
      optimizer.stepIfFinite(reportGradient, { loss, again, graph: () => this.evaluate.graph(first) });
    } catch (error) {
      if (error instanceof NonFiniteGradient) error.batches = this.#batches;
      throw error;
    } finally {
      this.abandon();
    }
    if (++this.#steps === 2 && optimizer.searches !== null) note(optimizer.searches);
    return true;
  }

  get isEmpty(): boolean {
    return this.#batches.length === 0;
  }

  /** Forgets the batches that are there; their gradients stay. */
  abandon(): void {
    this.#batches = [];
    this.#found = [];
  }

  /** The loss of all batches. What their gradients have added up to becomes its gradient. */
  #join(found: readonly BatchFigures[]): Tensor {
    const { trainee } = this;
    const figures = new RunningFigures("fit", { ...trainee, metrics: [] });
    for (const [i, one] of found.entries()) figures.add(one, this.#batches[i]);
    if (this.#areMeans) {
      const weight = found.reduce((sum, { parts }) => sum + parts[0].weight, 0);
      scaleGradients(trainee.model.parameters(), 1 / weight);
    }
    return tensor(figures.logs().loss, { dtype: "float64" });
  }
}
