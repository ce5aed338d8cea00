import { ArgumentError } from "../errors/errors.js";
import { message } from "../errors/message.js";
import { ln } from "../optim/schedules/exact.js";
import { checkArity } from "../options/arity.js";
import { declare, type OptionsOf } from "../options/declare.js";
import { number } from "../options/kinds.js";
import type { TensorLike } from "../tensor/nested.js";
import type { Tensor } from "../tensor/tensor.js";
import { Classifier } from "./classifier.js";
import { variancesOf } from "./moments.js";
import { asTensor, countClasses, fitted, type Rows, readLabels, readRows } from "./samples.js";
import { argmaxOfRows, sharesOfRows } from "./scores.js";

/** What a naïve Bayes classifier knows of the classes: ln p(class) + ln p(x | class) of a sample, up to a constant. */
interface Posterior {
  readonly width: number;
  readonly classes: number;
  readonly log: (rows: Rows, i: number, c: number) => number;
}

/** Bayes' rule for features that are taken to be independent, given the class. */
abstract class NaiveBayes extends Classifier {
  readonly #op: string;
  #posterior: Posterior | null = null;

  protected constructor(op: string) {
    super();
    this.#op = op;
  }

  /** Learns how features are distributed in each class. */
  protected abstract learn(op: string, rows: Rows, labels: Int32Array, counts: Float64Array): Posterior["log"];

  /** @param x samples [n, features] @param y labels [n] @returns this @throws ShapeError, DTypeError, ArgumentError */
  async fit(x: TensorLike, y: TensorLike): Promise<this> {
    const op = `${this.#op}.fit`;
    checkArity(op, arguments.length, 2);
    const rows = readRows(op, x);
    const labels = readLabels(op, y, rows.n);
    const counts = countClasses(op, labels);
    this.#posterior = { width: rows.width, classes: counts.length, log: this.learn(op, rows, labels, counts) };
    return this;
  }

  /** The labels of samples, [n], int32. @throws ShapeError, ArgumentError before `fit` */
  predict(x: TensorLike): Tensor {
    checkArity(`${this.#op}.predict`, arguments.length, 1);
    const { logs, rows, classes } = this.#logs("predict", x);
    return argmaxOfRows(logs, rows.n, classes);
  }

  /** The probability of each class, [n, classes]. @throws ShapeError, ArgumentError before `fit` */
  predictProba(x: TensorLike): Tensor {
    checkArity(`${this.#op}.predictProba`, arguments.length, 1);
    const { logs, rows, classes } = this.#logs("predictProba", x);
    return asTensor(sharesOfRows(logs, rows.n, classes), [rows.n, classes], rows.dtype);
  }

  #logs(member: string, x: TensorLike): { logs: Float64Array; rows: Rows; classes: number } {
    const op = `${this.#op}.${member}`;
    const { width, classes, log } = fitted(op, this.#posterior);
    const rows = readRows(op, x, width);
    const logs = new Float64Array(rows.n * classes);
    for (let i = 0; i < rows.n; i++) for (let c = 0; c < classes; c++) logs[i * classes + c] = log(rows, i, c);
    return { logs, rows, classes };
  }
}

const GAUSSIAN = declare("GaussianNaiveBayes", {
  /** The share of the greatest variance of a feature that is added to all variances, ≥ 0. Default 1e-9. */
  smoothing: number({ default: 1e-9, min: 0, aka: ["var_smoothing", "varSmoothing"] }),
});

/** Options of `GaussianNaiveBayes`. */
export interface GaussianNaiveBayesOptions extends OptionsOf<typeof GAUSSIAN> {}

/**
 * Naïve Bayes with a Gaussian for each feature and class: p(class | x) ∝ p(class) Π_j N(x_j; μ, σ²). A baseline that learns in one pass.
 * @param options.smoothing default 1e-9 of the greatest variance, added to all
 * @throws ArgumentError; at `fit` ShapeError, DTypeError
 * @example
 * const bayes = await new GaussianNaiveBayes().fit([[1], [2], [8], [9]], [0, 0, 1, 1]);
 * bayes.predict([[3], [7]]);    // [0, 1]
 */
export class GaussianNaiveBayes extends NaiveBayes {
  readonly #smoothing: number;

  constructor(options?: GaussianNaiveBayesOptions);
  constructor() {
    super(GAUSSIAN.op);
    this.#smoothing = GAUSSIAN.read(arguments).smoothing;
  }

  protected override learn(op: string, rows: Rows, labels: Int32Array, counts: Float64Array): Posterior["log"] {
    const { n, width, values } = rows;
    const means = perClass(rows, labels, counts.length, (value) => value).map((sum, at) => sum / counts[Math.floor(at / width)]);
    const variances = new Float64Array(means.length);
    for (let i = 0; i < values.length; i++) {
      const at = labels[Math.floor(i / width)] * width + (i % width);
      variances[at] += ((values[i] - means[at]) * (values[i] - means[at])) / counts[labels[Math.floor(i / width)]];
    }
    const added = this.#smoothing * Math.max(...variancesOf(rows));
    for (let at = 0; at < variances.length; at++) {
      variances[at] += added;
      if (!(variances[at] > 0)) {
        const where = `feature ${at % width} does not vary in class ${Math.floor(at / width)}`;
        throw new ArgumentError(message(op, where, "A greater smoothing helps, or leaving the feature out."));
      }
    }
    const constants = Float64Array.from(counts, (count, c) => {
      let sum = ln(count / n);
      for (let j = 0; j < width; j++) sum -= 0.5 * ln(2 * Math.PI * variances[c * width + j]);
      return sum;
    });
    return (other, i, c) => {
      let sum = constants[c];
      for (let j = 0; j < width; j++) {
        const difference = other.values[i * width + j] - means[c * width + j];
        sum -= (difference * difference) / (2 * variances[c * width + j]);
      }
      return sum;
    };
  }
}

const COUNTS = {
  /** Added to each count, > 0: Laplace's smoothing. Default 1. */
  alpha: number({ default: 1, above: 0 }),
};

const MULTINOMIAL = declare("MultinomialNaiveBayes", COUNTS);

/** Options of `MultinomialNaiveBayes`. */
export interface MultinomialNaiveBayesOptions extends OptionsOf<typeof MULTINOMIAL> {}

/**
 * Naïve Bayes for counts, such as those of words: p(class | x) ∝ p(class) Π_j p_j^x_j with p_j = (count + α) / Σ (counts + α).
 * @param options.alpha α > 0, default 1
 * @throws ArgumentError, also at `fit` for negative counts; ShapeError, DTypeError
 * @example
 * const bayes = await new MultinomialNaiveBayes().fit([[3, 0], [2, 1], [0, 4]], [0, 0, 1]);
 * bayes.predict([[1, 0], [0, 1]]);    // [0, 1]
 */
export class MultinomialNaiveBayes extends NaiveBayes {
  readonly #alpha: number;

  constructor(options?: MultinomialNaiveBayesOptions);
  constructor() {
    super(MULTINOMIAL.op);
    this.#alpha = MULTINOMIAL.read(arguments).alpha;
  }

  protected override learn(op: string, rows: Rows, labels: Int32Array, counts: Float64Array): Posterior["log"] {
    const { n, width, values } = rows;
    const negative = values.find((value) => value < 0);
    if (negative !== undefined) throw new ArgumentError(message(op, `x holds ${negative}; expected counts ≥ 0`));
    const sums = perClass(rows, labels, counts.length, (value) => value);
    const logs = new Float64Array(sums.length);
    for (let c = 0; c < counts.length; c++) {
      let total = 0;
      for (let j = 0; j < width; j++) total += sums[c * width + j] + this.#alpha;
      for (let j = 0; j < width; j++) logs[c * width + j] = ln((sums[c * width + j] + this.#alpha) / total);
    }
    const priors = counts.map((count) => ln(count / n));
    return (other, i, c) => {
      let sum = priors[c];
      for (let j = 0; j < width; j++) sum += other.values[i * width + j] * logs[c * width + j];
      return sum;
    };
  }
}

const BERNOULLI = declare("BernoulliNaiveBayes", {
  ...COUNTS,
  /** Features above it count as there. Default 0. */
  threshold: number({ default: 0, aka: ["binarize"] }),
});

/** Options of `BernoulliNaiveBayes`. */
export interface BernoulliNaiveBayesOptions extends OptionsOf<typeof BERNOULLI> {}

/**
 * Naïve Bayes for features that are there or not: p(class | x) ∝ p(class) Π_j p_j^b_j (1 − p_j)^(1 − b_j) with b_j = 1 where x_j is above
 * the threshold, and p_j = (count + α) / (n + 2α).
 * @param options.alpha α > 0, default 1
 * @param options.threshold default 0
 * @throws ArgumentError; at `fit` ShapeError, DTypeError
 * @example
 * const bayes = await new BernoulliNaiveBayes().fit([[1, 0], [1, 1], [0, 1]], [0, 0, 1]);
 * bayes.predict([[1, 0], [0, 1]]);    // [0, 1]
 */
export class BernoulliNaiveBayes extends NaiveBayes {
  readonly #alpha: number;
  readonly #threshold: number;

  constructor(options?: BernoulliNaiveBayesOptions);
  constructor() {
    super(BERNOULLI.op);
    ({ alpha: this.#alpha, threshold: this.#threshold } = BERNOULLI.read(arguments));
  }

  protected override learn(_op: string, rows: Rows, labels: Int32Array, counts: Float64Array): Posterior["log"] {
    const { n, width } = rows;
    const threshold = this.#threshold;
    const hits = perClass(rows, labels, counts.length, (value) => Number(value > threshold));
    const share = (count: number, at: number): number => ln((count + this.#alpha) / (counts[Math.floor(at / width)] + 2 * this.#alpha));
    // Not ln(1 − p), which is −∞ where p is rounded to 1.
    const present = hits.map(share);
    const absent = hits.map((count, at) => share(counts[Math.floor(at / width)] - count, at));
    const priors = counts.map((count) => ln(count / n));
    return (other, i, c) => {
      let sum = priors[c];
      for (let j = 0; j < width; j++) sum += (other.values[i * width + j] > threshold ? present : absent)[c * width + j];
      return sum;
    };
  }
}

/** The sums of features over the samples of each class, [classes, width]. */
function perClass({ n, width, values }: Rows, labels: Int32Array, classes: number, of: (value: number) => number): Float64Array {
  const sums = new Float64Array(classes * width);
  for (let i = 0; i < n; i++) for (let j = 0; j < width; j++) sums[labels[i] * width + j] += of(values[i * width + j]);
  return sums;
}
