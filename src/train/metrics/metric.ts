import { ShapeError } from "../../errors/errors.js";
import { message, shapeText } from "../../errors/message.js";
import type { LossTraits } from "../../nn/losses.js";
import { checkTensor } from "../../tensor/check.js";
import { NUMBER, savedParts } from "../../tensor/savedParts.js";
import type { SavedState } from "../../tensor/savedState.js";
import type { Tensor } from "../../tensor/tensor.js";

/**
 * A figure that is gathered batch by batch: `reset` at the start of an epoch, `update` with each batch, `result` at any time.
 * Predictions may be logits or probabilities; metrics are never differentiated.
 *
 * @example
 * class MaxError extends Metric {
 *   name = "maxError";
 *   worst = 0;
 *   reset() { this.worst = 0; }
 *   update(prediction, target) { this.worst = Math.max(this.worst, prediction.sub(target).abs().max().item()); }
 *   result() { return this.worst; }
 * }
 * model.compile({ optimizer: "adam", loss: "mse", metrics: [new MaxError()] });
 */
export abstract class Metric {
  /** Under which the history lists it. */
  abstract readonly name: string;
  /** Whether more is better. Default: where the name ends in "accuracy". */
  readonly greaterIsBetter?: boolean;
  abstract reset(): void;
  /** @param weight [n], how much each sample counts; default all alike */
  abstract update(prediction: Tensor, target: Tensor, weight?: Tensor): void;
  abstract result(): number;

  /** Called by `compile` with what the loss beside the metric says of itself. */
  beside?(loss: LossTraits): void;

  /** What was gathered since `reset`, for a checkpoint. A metric without it gathers afresh where a training is resumed within an epoch. */
  stateDict?(): SavedState;
  /** Takes over what `stateDict` gave. */
  loadStateDict?(state: SavedState): void;
}

/** How much the samples of a batch count; undefined: all alike. @throws ArgumentError, ShapeError for what is no batch */
export function weightsOf(op: string, prediction: Tensor, target: Tensor, weight: Tensor | undefined): ArrayLike<number> | undefined {
  checkTensor(op, "prediction", prediction);
  checkTensor(op, "target", target);
  if (weight === undefined) return undefined;
  checkTensor(op, "weight", weight);
  const [n] = prediction.shape;
  if (weight.shape[0] === n) return weight.view();
  throw new ShapeError(message(op, `weight has shape ${shapeText(weight.shape)}; expected [${n}]`));
}

export function isBetterGreater({ greaterIsBetter, name }: Metric): boolean {
  return greaterIsBetter ?? /accuracy$/i.test(name);
}

/**
 * A figure that is a mean over samples, weighted where they are: it needs no more than a name, and `values`.
 *
 * @example
 * class Within extends MeanMetric {
 *   name = "within";
 *   values(prediction, target) { return prediction.sub(target).abs().lt(0.5); }
 * }
 * model.compile({ optimizer: "adam", loss: "mse", metrics: [new Within()] });
 */
export abstract class MeanMetric extends Metric {
  #sum = 0;
  #weight = 0;

  reset(): void {
    this.#sum = 0;
    this.#weight = 0;
  }

  update(prediction: Tensor, target: Tensor, weight?: Tensor): void {
    const weights = weightsOf(this.name, prediction, target, weight);
    const given = this.values(prediction, target);
    const values = "view" in given ? given.view() : given;
    const { length } = values;
    const counted = this.counted(prediction, target);
    const each = length / (weights?.length ?? 1);
    let sum = 0;
    for (let i = 0; i < length; i++) {
      if (counted?.[i] === 0) continue;
      const w = weights === undefined ? 1 : weights[Math.floor(i / each)];
      sum += w * values[i];
      this.#weight += w;
    }
    this.#sum += sum;
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

  /** The figure of each sample, or of each label of each sample. */
  protected abstract values(prediction: Tensor, target: Tensor): Tensor | ArrayLike<number>;

  /** 0 for each figure that counts for nothing; null where all count. */
  protected counted(_prediction: Tensor, _target: Tensor): ArrayLike<number> | null {
    return null;
  }
}
