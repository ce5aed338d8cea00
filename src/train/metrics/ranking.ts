import type { LossTraits } from "../../nn/losses.js";
import { checkArity } from "../../options/arity.js";
import { type Declaration, declare, type OptionsOf, type SettingsOf } from "../../options/declare.js";
import { listOf, NUMBERS, savedParts, wrongState } from "../../tensor/savedParts.js";
import type { SavedState } from "../../tensor/savedState.js";
import type { Tensor } from "../../tensor/tensor.js";
import { AVERAGE, type Average, meanOf } from "./averages.js";
import { classCount } from "./labels.js";
import { Metric, weightsOf } from "./metric.js";
import { PROBABILITIES, ProbabilityReader } from "./probabilities.js";
import { type ScoreGroup, scoreGroups } from "./scoreGroups.js";

const RANKED = { ...AVERAGE, ...PROBABILITIES };
const ROC_AUC = declare("rocAuc", RANKED);
const PR_AUC = declare("prAuc", RANKED);

/** Options of `RocAuc`. */
export interface RocAucOptions extends OptionsOf<typeof ROC_AUC> {}

/** Options of `PrAuc`. */
export interface PrAucOptions extends OptionsOf<typeof PR_AUC> {}

/** The scores of one class, whether each sample is of it, and how much it counts. */
class Scores {
  readonly scores: number[] = [];
  readonly truths: boolean[] = [];
  readonly weights: number[] = [];

  add(score: number, truth: boolean, weight: number): void {
    this.scores.push(score);
    this.truths.push(truth);
    this.weights.push(weight);
  }

  /** What is true in all. */
  get positives(): number {
    return this.weights.reduce((sum, weight, i) => sum + (this.truths[i] ? weight : 0), 0);
  }

  /** Groups of equal scores, from the greatest down. */
  groups(): Generator<ScoreGroup> {
    return scoreGroups(this.scores, this.truths, this.weights);
  }
}

/** A figure of how scores order what is true and what is not, exact: all scores are kept. */
abstract class Ranking extends Metric {
  override readonly greaterIsBetter = true;
  readonly #average: Average | undefined;
  readonly #reader: ProbabilityReader;
  /** Of each class; of a single column one. */
  #scores: Scores[] = [];

  constructor({ average, ...probabilities }: SettingsOf<Declaration<typeof RANKED>>) {
    super();
    this.#average = average;
    this.#reader = new ProbabilityReader(probabilities);
  }

  override beside(loss: LossTraits): void {
    this.#reader.beside(loss);
  }

  reset(): void {
    this.#scores = [];
  }

  update(given: Tensor, target: Tensor, weight?: Tensor): void {
    const weights = weightsOf(this.name, given, target, weight);
    const prediction = this.#reader.arranged(given);
    const areColumns = this.#reader.areColumns(prediction);
    // The order of a single column is that of its logits.
    const p = (classCount(prediction) === 1 ? prediction : this.#reader.probabilities(this.name, prediction)).view();
    const classes = classCount(prediction);
    while (this.#scores.length < classes) this.#scores.push(new Scores());
    for (const { label, at, stride, column, weight: w } of this.#reader.places(this.name, prediction, target, weights)) {
      if (areColumns) this.#scores[column].add(p[at], label === 1, w);
      else for (let c = 0; c < classes; c++) this.#scores[c].add(p[at + c * stride], c === label, w);
    }
  }

  /** A list of each class. */
  override stateDict(): SavedState {
    return {
      scores: this.#scores.map(({ scores }) => Float64Array.from(scores)),
      truths: this.#scores.map(({ truths }) => Uint8Array.from(truths, Number)),
      weights: this.#scores.map(({ weights }) => Float64Array.from(weights)),
    };
  }

  override loadStateDict(state: SavedState): void {
    const lists = listOf(NUMBERS);
    const { scores, truths, weights } = savedParts(this.name, state, { scores: lists, truths: lists, weights: lists });
    const lengths = [scores, truths, weights].map((lists) => lists.map(({ length }) => length).join());
    if (new Set(lengths).size > 1)
      throw wrongState(this.name, `has ${lengths.join(" | ")} scores, truths and weights; expected as many of each`);
    this.#scores = scores.map((list, c) => {
      const restored = new Scores();
      for (let i = 0; i < list.length; i++) restored.add(list[i], truths[c][i] === 1, weights[c][i]);
      return restored;
    });
  }

  /** The figure of each class against all others; NaN where that has none. */
  get perClass(): number[] {
    return this.#scores.map((scores) => this.figure(scores));
  }

  result(): number {
    const scores = this.#scores;
    if (this.#average === "weighted")
      return meanOf(
        this.perClass,
        scores.map(({ positives }) => positives),
      );
    if (this.#average !== "micro") return meanOf(this.perClass);
    const all = new Scores();
    for (const each of scores) for (const [i, score] of each.scores.entries()) all.add(score, each.truths[i], each.weights[i]);
    return this.figure(all);
  }

  protected abstract figure(scores: Scores): number;
}

/**
 * Area under the ROC curve: how probably a sample that is true has a greater score than one that is not; equal scores count half. Of
 * several classes each against all others, by its probability, averaged over those that some samples are of and some are not. Exact: the
 * scores of all samples are kept. The numbers are scikit-learn's (`multi_class="ovr"`).
 * Shape:     prediction [n, classes, …], target labels [n, …] or one-hot rows; or both [n] or [n, 1]; or both of one shape with several labels a sample
 * @param options.average "macro" (default), "weighted" by how often a class is true, or "micro"
 * @param options.fromLogits whether the prediction is logits or probabilities; default as the loss of `compile` takes it, else probabilities;
 *   of a single column any scores
 * @param options.classAxis the axis of the classes in predictions of three and more axes, 1 or −1; default the loss's, or 1
 * @param options.ignoreIndex as for `Accuracy`
 * @param options.multiLabel as for `Accuracy`
 * @throws ArgumentError for an unknown option; at update for what is no probability, ShapeError, IndexError for a label outside the classes
 * @example
 * const auc = new RocAuc();
 * auc.update(tensor([0.1, 0.4, 0.35, 0.8]), tensor([0, 0, 1, 1]));
 * auc.result();   // 0.75
 */
export class RocAuc extends Ranking {
  static readonly aka: readonly string[] = ["auc", "AUC", "rocAucScore", "auroc"];
  readonly name = "rocAuc";

  constructor(options?: RocAucOptions) {
    checkArity(ROC_AUC.op, arguments.length, 1);
    super(ROC_AUC.readOptions(options));
  }

  protected figure(scores: Scores): number {
    let [hits, falseAlarms, area] = [0, 0, 0];
    for (const group of scores.groups()) {
      area += group.falseAlarms * (hits + group.hits / 2);
      hits += group.hits;
      falseAlarms += group.falseAlarms;
    }
    return area / (hits * falseAlarms);
  }
}

/**
 * Area under the curve of precision over recall, as the average precision Σ (R_k − R_{k−1}) · P_k over all thresholds, which does not
 * interpolate: for what is rare it says more than `RocAuc`. Of several classes each against all others, averaged over those that are there.
 * Exact: the scores of all samples are kept. The numbers are those of scikit-learn's average_precision_score.
 * Shape:     prediction [n, classes, …], target labels [n, …] or one-hot rows; or both [n] or [n, 1]; or both of one shape with several labels a sample
 * @param options.average "macro" (default), "weighted" by how often a class is true, or "micro"
 * @param options.fromLogits as for `RocAuc`
 * @param options.classAxis the axis of the classes in predictions of three and more axes, 1 or −1; default the loss's, or 1
 * @param options.ignoreIndex as for `Accuracy`
 * @param options.multiLabel as for `Accuracy`
 * @throws ArgumentError for an unknown option; at update for what is no probability, ShapeError, IndexError for a label outside the classes
 * @example
 * const auc = new PrAuc();
 * auc.update(tensor([0.1, 0.4, 0.35, 0.8]), tensor([0, 0, 1, 1]));
 * auc.result();   // 0.83333
 */
export class PrAuc extends Ranking {
  static readonly aka: readonly string[] = ["averagePrecision", "auprc", "averagePrecisionScore"];
  readonly name = "prAuc";

  constructor(options?: PrAucOptions) {
    checkArity(PR_AUC.op, arguments.length, 1);
    super(PR_AUC.readOptions(options));
  }

  protected figure(scores: Scores): number {
    const { positives } = scores;
    let [hits, falseAlarms, area] = [0, 0, 0];
    for (const group of scores.groups()) {
      hits += group.hits;
      falseAlarms += group.falseAlarms;
      if (group.hits > 0) area += (group.hits / positives) * (hits / (hits + falseAlarms));
    }
    return positives === 0 ? Number.NaN : area;
  }
}
