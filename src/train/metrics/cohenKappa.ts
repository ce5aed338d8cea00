import { checkArity } from "../../options/arity.js";
import { declare, type OptionsOf } from "../../options/declare.js";
import { choice } from "../../options/kinds.js";
import { CLASSES } from "./classes.js";
import { ConfusionMatrix } from "./confusionMatrix.js";

const COHEN_KAPPA = declare("cohenKappa", {
  /** How much worse it is to be farther off, for classes in an order: "linear", "quadratic", or null: all errors alike. Default null. */
  weights: choice(["linear", "quadratic"], { default: null, aka: ["weighting"] }),
  ...CLASSES,
});

/** Options of `CohenKappa`. */
export interface CohenKappaOptions extends OptionsOf<typeof COHEN_KAPPA> {}

/**
 * Agreement of predicted and true classes beyond what chance gives: κ = 1 − Σ w·O / Σ w·E, with O the confusion matrix, E what its row and
 * column sums would give by chance, and w the weight of an error: 1, |i − j| or (i − j)². Cohen, 1960 and 1968. Classes are told as
 * `Accuracy` tells them; `counts` has the confusion matrix. Where classes are weighted, scikit-learn counts distances among the classes that
 * occur, unless it is told all of them; here all count.
 * Shape:     prediction [n, classes, …], target labels [n, …] or one-hot or soft rows; or both [n] or [n, 1]
 * @param options.weights "linear", "quadratic" or null, default null
 * @param options.threshold of a single column, default 0.5, or 0 for logits
 * @param options.fromLogits as for `Accuracy`
 * @param options.ignoreIndex the label that counts for nothing; default: the loss's, where `compile` is given one that has it
 * @param options.multiLabel each of several columns is a yes-or-no class of its own, which no one matrix can count; default as for `Accuracy`
 * @throws ArgumentError for an unknown option, or several labels a sample; at update ShapeError, IndexError for a label outside the classes
 * @example
 * const kappa = new CohenKappa();
 * kappa.update(tensor([[3, 1], [0, 2], [5, 4], [1, 9]]), tensor([0, 1, 1, 1]));
 * kappa.result()   // 0.5
 */
export class CohenKappa extends ConfusionMatrix {
  static override readonly aka = ["kappa", "cohensKappa", "quadraticKappa"];
  override readonly name: string = "cohenKappa";
  readonly #weights: "linear" | "quadratic" | null;

  constructor(options?: CohenKappaOptions) {
    checkArity(COHEN_KAPPA.op, arguments.length, 1);
    const { weights, ...classes } = COHEN_KAPPA.readOptions(options);
    super(classes);
    this.#weights = weights;
  }

  override result(): number {
    const { counts } = this;
    const rows = counts.map((row) => row.reduce((sum, count) => sum + count, 0));
    const columns = counts.map((_, j) => counts.reduce((sum, row) => sum + row[j], 0));
    const total = rows.reduce((sum, row) => sum + row, 0);
    let [observed, expected] = [0, 0];
    for (const [i, row] of counts.entries()) {
      for (const [j, count] of row.entries()) {
        const weight = this.#weightOf(i - j);
        observed += weight * count;
        expected += (weight * rows[i] * columns[j]) / total;
      }
    }
    return 1 - observed / expected;
  }

  #weightOf(distance: number): number {
    if (this.#weights === null) return distance === 0 ? 0 : 1;
    return this.#weights === "linear" ? Math.abs(distance) : distance * distance;
  }
}
