import { checkArity } from "../../options/arity.js";
import { NUMBERS, savedParts, wrongState } from "../../tensor/savedParts.js";
import type { SavedState } from "../../tensor/savedState.js";
import type { Tensor } from "../../tensor/tensor.js";
import { meanOf } from "./averages.js";
import { aligned, differences } from "./meanError.js";
import { MeanMetric, Metric, weightsOf } from "./metric.js";

/**
 * Root of the mean squared error, in the unit of the targets.
 * Shape:     prediction and target of one shape, or a list [n] beside a column [n, 1]
 * @throws ShapeError at update
 * @example
 * const metric = new RMSE();
 * metric.update(tensor([1, 2]), tensor([1, 4]));
 * metric.result();   // 1.4142
 */
export class RMSE extends MeanMetric {
  static readonly aka = ["rootMeanSquaredError"];
  readonly name = "rmse";

  constructor() {
    super();
    checkArity("rmse", arguments.length, 0);
  }

  override result(): number {
    return Math.sqrt(super.result());
  }

  protected values(prediction: Tensor, target: Tensor): ArrayLike<number> {
    return differences(this.name, prediction, target, (d) => d * d);
  }
}

/** The least that is divided by. */
const LEAST = 2.220446049250313e-16;

/**
 * Mean absolute error in proportion to the targets, |prediction − target| / |target|: 0.1 is ten percent. As in scikit-learn, a target of 0
 * counts as 2.2e-16, so that an error beside it is huge.
 * Shape:     prediction and target of one shape, or a list [n] beside a column [n, 1]
 * @throws ShapeError at update
 * @example
 * const metric = new MAPE();
 * metric.update(tensor([1, 2]), tensor([1, 4]));
 * metric.result();   // 0.25
 */
export class MAPE extends MeanMetric {
  static readonly aka = ["meanAbsolutePercentageError"];
  readonly name = "mape";

  constructor() {
    super();
    checkArity("mape", arguments.length, 0);
  }

  protected values(prediction: Tensor, target: Tensor): ArrayLike<number> {
    return differences(this.name, prediction, target, (d, t) => Math.abs(d) / Math.max(Math.abs(t), LEAST));
  }
}

/** What is known of one element of the targets, over all samples. */
interface Spread {
  weight: number;
  mean: number;
  /** Σ w(y − mean)² */
  total: number;
  /** Σ w(y − prediction)² */
  residual: number;
}

/**
 * Coefficient of determination R² = 1 − Σ(y − prediction)² / Σ(y − mean of y)²: 1 is the best, 0 what the mean of the targets would reach.
 * Of several outputs it is the mean over them. As in scikit-learn, of targets that are all alike it is 1 if they are met, else 0.
 * Shape:     prediction and target of one shape, or a list [n] beside a column [n, 1]
 * @throws ShapeError at update
 * @example
 * const metric = new R2();
 * metric.update(tensor([2.5, 0, 2, 8]), tensor([3, -0.5, 2, 7]));
 * metric.result();   // 0.94861
 */
export class R2 extends Metric {
  static readonly aka = ["r2Score", "R2Score", "rSquared"];
  readonly name = "r2";
  override readonly greaterIsBetter = true;
  #spreads: Spread[] = [];

  constructor() {
    super();
    checkArity("r2", arguments.length, 0);
  }

  reset(): void {
    this.#spreads = [];
  }

  update(prediction: Tensor, target: Tensor, weight?: Tensor): void {
    const weights = weightsOf(this.name, prediction, target, weight);
    const [p, y] = aligned(this.name, prediction, target);
    const n = prediction.shape[0] ?? 1;
    const width = p.length / n;
    while (this.#spreads.length < width) this.#spreads.push({ weight: 0, mean: 0, total: 0, residual: 0 });
    for (let i = 0; i < p.length; i++) add(this.#spreads[i % width], y[i], p[i], weights?.[Math.floor(i / width)] ?? 1);
  }

  override stateDict(): SavedState {
    return { spreads: Float64Array.from(this.#spreads.flatMap((spread) => SPREAD.map((name) => spread[name]))) };
  }

  override loadStateDict(state: SavedState): void {
    const { spreads } = savedParts(this.name, state, { spreads: NUMBERS });
    const width = spreads.length / SPREAD.length;
    if (!Number.isInteger(width)) throw wrongState(this.name, `has ${spreads.length} numbers as "spreads"; expected four of each output`);
    this.#spreads = Array.from({ length: width }, (_, i) => {
      const [weight, mean, total, residual] = SPREAD.map((_, j) => spreads[SPREAD.length * i + j]);
      return { weight, mean, total, residual };
    });
  }

  result(): number {
    return meanOf(
      this.#spreads.map(({ weight, total, residual }) => {
        if (weight === 0) return Number.NaN;
        if (total === 0) return residual === 0 ? 1 : 0;
        return 1 - residual / total;
      }),
    );
  }
}

/** The numbers of a spread, in the order in which they are saved. */
const SPREAD = ["weight", "mean", "total", "residual"] as const;

/** One more target and its prediction. West, 1979: the variance is not the difference of two large sums. */
function add(spread: Spread, y: number, prediction: number, weight: number): void {
  if (weight === 0) return;
  spread.weight += weight;
  const ahead = y - spread.mean;
  spread.mean += (ahead * weight) / spread.weight;
  spread.total += weight * ahead * (y - spread.mean);
  spread.residual += weight * (y - prediction) * (y - prediction);
}
