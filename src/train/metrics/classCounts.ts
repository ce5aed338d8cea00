import type { LossTraits } from "../../nn/losses.js";
import type { Declaration, SettingsOf } from "../../options/declare.js";
import { FLAG, NUMBERS, savedParts, wrongState } from "../../tensor/savedParts.js";
import type { SavedState } from "../../tensor/savedState.js";
import { sizeOf } from "../../tensor/shape.js";
import type { Tensor } from "../../tensor/tensor.js";
import { AVERAGE, type Average, meanOf } from "./averages.js";
import { CLASSES, Classifier } from "./classes.js";
import { checkLabel, classCount } from "./labels.js";
import { Metric, weightsOf } from "./metric.js";

/** The options of metrics that count hits and misses of each class. */
export const COUNTED = { ...AVERAGE, ...CLASSES };

/** What was counted of one class, weighted if samples are. */
export interface Counts {
  /** Predicted and true. */
  hits: number;
  /** Predicted and not true. */
  falseAlarms: number;
  /** True and not predicted. */
  misses: number;
}

/** A figure of hits, false alarms and misses, computed for each class, or for all of them together. */
export abstract class ClassCounts extends Metric {
  override readonly greaterIsBetter = true;
  /** Of each class; of a single column of classes 0 and 1. Empty before the first batch. */
  counts: Counts[] = [];
  readonly #classifier: Classifier;
  readonly #average: Average | undefined;
  /** Whether classes 0 and 1 were told by a single column. */
  #isBinary = false;

  constructor({ average, ...classes }: SettingsOf<Declaration<typeof COUNTED>>) {
    super();
    this.#average = average;
    this.#classifier = new Classifier(classes);
  }

  override beside(loss: LossTraits): void {
    this.#classifier.beside(loss);
  }

  reset(): void {
    this.counts = [];
  }

  update(prediction: Tensor, target: Tensor, weight?: Tensor): void {
    const weights = weightsOf(this.name, prediction, target, weight);
    const columns = classCount(prediction);
    const areApart = columns > 1 && this.#classifier.tellsColumnsApart(prediction);
    const classes = Math.max(2, columns);
    const found = this.#classifier.classes(prediction);
    const wanted = this.#classifier.labels(this.name, prediction, target);
    const counted = this.#classifier.counted(prediction, target);
    const each = found.length / (weights?.length ?? 1);
    const inner = sizeOf(prediction.shape.slice(2));
    this.#isBinary = columns === 1;
    while (this.counts.length < classes) this.counts.push({ hits: 0, falseAlarms: 0, misses: 0 });
    for (let i = 0; i < found.length; i++) {
      if (counted?.[i] === 0) continue;
      const w = weights === undefined ? 1 : weights[Math.floor(i / each)];
      const label = checkLabel(this.name, wanted, i, areApart ? 2 : classes);
      if (areApart) count(this.counts[Math.floor(i / inner) % columns], found[i] === 1, label === 1, w);
      else if (label === found[i]) this.counts[label].hits += w;
      else {
        this.counts[label].misses += w;
        this.counts[found[i]].falseAlarms += w;
      }
    }
  }

  override stateDict(): SavedState {
    const counts = this.counts.flatMap(({ hits, falseAlarms, misses }) => [hits, falseAlarms, misses]);
    return { counts: Float64Array.from(counts), isBinary: this.#isBinary };
  }

  override loadStateDict(state: SavedState): void {
    const { counts, isBinary } = savedParts(this.name, state, { counts: NUMBERS, isBinary: FLAG });
    const classes = counts.length / 3;
    if (!Number.isInteger(classes) || classes === 1)
      throw wrongState(this.name, `has ${counts.length} counts; expected three of each class`);
    this.counts = Array.from({ length: classes }, (_, i) => ({
      hits: counts[3 * i],
      falseAlarms: counts[3 * i + 1],
      misses: counts[3 * i + 2],
    }));
    this.#isBinary = isBinary;
  }

  /** The figure of each class; NaN of one that is neither true nor predicted. */
  get perClass(): number[] {
    return this.counts.map((counts) => (counts.hits + counts.misses + counts.falseAlarms > 0 ? this.figure(counts) : Number.NaN));
  }

  result(): number {
    const { counts, perClass } = this;
    if (counts.length === 0) return Number.NaN;
    if (this.#average === undefined && this.#isBinary) return this.figure(counts[1]);
    if (this.#average === "weighted")
      return meanOf(
        perClass,
        counts.map(({ hits, misses }) => hits + misses),
      );
    if (this.#average !== "micro") return meanOf(perClass);
    const total = { hits: 0, falseAlarms: 0, misses: 0 };
    for (const { hits, falseAlarms, misses } of counts) {
      total.hits += hits;
      total.falseAlarms += falseAlarms;
      total.misses += misses;
    }
    return this.figure(total);
  }

  /** The figure of what was counted; 0 where it is 0/0. */
  protected abstract figure(counts: Counts): number;
}

function count(counts: Counts, found: boolean, wanted: boolean, weight: number): void {
  if (found && wanted) counts.hits += weight;
  else if (found) counts.falseAlarms += weight;
  else if (wanted) counts.misses += weight;
}

/** a / b, and 0 where b is 0. */
export function share(a: number, b: number): number {
  return b === 0 ? 0 : a / b;
}
