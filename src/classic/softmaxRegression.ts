import { ArgumentError } from "../errors/errors.js";
import { message } from "../errors/message.js";
import { noGrad } from "../graph/mode.js";
import { Parameter } from "../graph/parameter.js";
import { binaryCrossEntropy } from "../nn/losses/binaryCrossEntropy.js";
import { crossEntropy } from "../nn/losses/crossEntropy.js";
import { concat } from "../ops/joining.js";
import { LBFGS } from "../optim/lbfgs.js";
import { checkArity } from "../options/arity.js";
import { declare, type OptionsOf, type SettingsOf } from "../options/declare.js";
import { count, number } from "../options/kinds.js";
import { zeros } from "../tensor/creation.js";
import type { TensorLike } from "../tensor/nested.js";
import type { Tensor } from "../tensor/tensor.js";
import { Classifier } from "./classifier.js";
import { asTensor, countClasses, fitted, readLabels, readRows } from "./samples.js";

const DESCENT = {
  /** α, the weight of the penalty, ≥ 0; scikit-learn's C is 1/α. Default 1. */
  alpha: number({ default: 1, min: 0, aka: ["lambda", "l2"] }),
  /** Iterations of L-BFGS at most. Default 100. */
  maxIterations: count({ default: 100, aka: ["max_iter"] }),
  /** It ends where no element of the gradient of the mean loss is larger, > 0. Default 1e-4. */
  tolerance: number({ default: 1e-4, above: 0, aka: ["tol"] }),
};

const SOFTMAX = declare("SoftmaxRegression", DESCENT);

/** Options of `SoftmaxRegression`. */
export interface SoftmaxRegressionOptions extends OptionsOf<typeof SOFTMAX> {}

type Settings = SettingsOf<typeof SOFTMAX>;

interface Found {
  /** [outputs, features] */
  weight: Tensor;
  /** [outputs] */
  bias: Tensor;
  iterations: number;
}

/** A classifier whose logits are W · x + b, found by the library's L-BFGS. */
abstract class LogLinear extends Classifier {
  readonly #op: string;
  readonly #settings: Settings;
  #found: Found | null = null;

  protected constructor(op: string, settings: Settings) {
    super();
    this.#op = op;
    this.#settings = settings;
  }

  /** The number of logits. @throws ArgumentError where there are too many classes */
  protected abstract outputs(op: string, classes: number): number;

  /** The mean loss of logits [n, outputs] beside labels [n]. */
  protected abstract loss(logits: Tensor, labels: Tensor): Tensor;

  /** The probability of each class, [n, classes], from logits. */
  protected abstract probabilities(logits: Tensor): Tensor;

  /**
   * Samples in float64 are fitted in float64, others in float32.
   * @param x samples [n, features] @param y labels [n] @returns this @throws ShapeError, DTypeError, ArgumentError
   */
  async fit(x: TensorLike, y: TensorLike): Promise<this> {
    const op = `${this.#op}.fit`;
    checkArity(op, arguments.length, 2);
    const { n, width, values, dtype } = readRows(op, x);
    const labels = readLabels(op, y, n);
    const outputs = this.outputs(op, countClasses(op, labels).length);
    const [samples, target] = [asTensor(values, [n, width], dtype), asTensor(labels, [n], "int32")];
    const weight = new Parameter(zeros([outputs, width], { dtype }));
    const bias = new Parameter(zeros([outputs], { dtype }));
    const { alpha, maxIterations, tolerance } = this.#settings;
    const optimizer = new LBFGS([weight, bias], {
      maxIter: maxIterations,
      toleranceGrad: tolerance,
      toleranceChange: 0,
      maxEval: 2 * maxIterations,
      lineSearch: "strongWolfe",
    });
    let evaluations = 0;
    optimizer.step(() => {
      evaluations++;
      const loss = this.loss(samples.matmul(weight.transpose()).add(bias), target);
      return alpha > 0
        ? loss.add(
            weight
              .square()
              .sum()
              .mul(alpha / (2 * n)),
          )
        : loss;
    });
    this.#found = { weight: kept(weight), bias: kept(bias), iterations: evaluations };
    return this;
  }

  /** The labels of samples, [n], int32. @throws ShapeError, ArgumentError before `fit` */
  predict(x: TensorLike): Tensor {
    checkArity(`${this.#op}.predict`, arguments.length, 1);
    return noGrad(() => this.probabilities(this.#logits("predict", x)).argmax(1));
  }

  /** The probability of each class, [n, classes]. @throws ShapeError, ArgumentError before `fit` */
  predictProba(x: TensorLike): Tensor {
    checkArity(`${this.#op}.predictProba`, arguments.length, 1);
    return noGrad(() => this.probabilities(this.#logits("predictProba", x)));
  }

  /** W, [outputs, features]. */
  get coefficients(): Tensor {
    return fitted(`${this.#op}.coefficients`, this.#found).weight;
  }

  /** b, [outputs]. */
  get intercept(): Tensor {
    return fitted(`${this.#op}.intercept`, this.#found).bias;
  }

  /** How often the loss was evaluated in the last fit. */
  get evaluations(): number {
    return fitted(`${this.#op}.evaluations`, this.#found).iterations;
  }

  #logits(member: string, x: TensorLike): Tensor {
    const op = `${this.#op}.${member}`;
    const { weight, bias } = fitted(op, this.#found);
    const { n, width, values } = readRows(op, x, weight.shape[1]);
    return asTensor(values, [n, width], weight.dtype).matmul(weight.transpose()).add(bias);
  }
}

/** A copy of a parameter, as data. */
function kept(parameter: Parameter): Tensor {
  return asTensor(parameter.view(), parameter.shape, parameter.dtype);
}

/**
 * Softmax regression, a network of one layer: p(c | x) = softmax(W · x + b), with the W and b that make
 *
 * Σ −ln p(y | x) + α|W|² / 2
 *
 * least, by the library's L-BFGS with a search for strong Wolfe conditions. Without the penalty it does not end on classes that can be
 * separated: the weights grow.
 * @param options.alpha α ≥ 0, default 1; scikit-learn's C is 1/α
 * @param options.maxIterations default 100
 * @param options.tolerance of the gradient of the mean loss, default 1e-4
 * @throws ArgumentError; at `fit` ShapeError, DTypeError
 * @example
 * const model = await new SoftmaxRegression({ alpha: 0.1 }).fit([[0], [1], [4], [5], [9], [8]], [0, 0, 1, 1, 2, 2]);
 * model.predict([[0], [9]]);    // [0, 2]
 */
export class SoftmaxRegression extends LogLinear {
  constructor(options?: SoftmaxRegressionOptions);
  constructor() {
    super(SOFTMAX.op, SOFTMAX.read(arguments));
  }

  protected override outputs(_op: string, classes: number): number {
    return classes;
  }

  protected override loss(logits: Tensor, labels: Tensor): Tensor {
    return crossEntropy(logits, labels);
  }

  protected override probabilities(logits: Tensor): Tensor {
    return logits.softmax(1);
  }
}

const LOGISTIC = declare("LogisticRegression", DESCENT);

/** Options of `LogisticRegression`. */
export interface LogisticRegressionOptions extends OptionsOf<typeof LOGISTIC> {}

/**
 * Logistic regression of two classes: p(1 | x) = σ(w · x + b), with the w and b that make Σ −ln p(y | x) + α|w|² / 2 least, by the
 * library's L-BFGS. For more classes use `SoftmaxRegression`, which with two finds the same line, but has two weight vectors and
 * so half the penalty.
 * @param options.alpha α ≥ 0, default 1; scikit-learn's C is 1/α
 * @param options.maxIterations default 100
 * @param options.tolerance of the gradient of the mean loss, default 1e-4
 * @throws ArgumentError, also at `fit` for more than two classes; ShapeError, DTypeError
 * @example
 * const model = await new LogisticRegression().fit([[0], [1], [4], [5]], [0, 0, 1, 1]);
 * model.predict([[0.5], [4.5]]);    // [0, 1]
 */
export class LogisticRegression extends LogLinear {
  constructor(options?: LogisticRegressionOptions);
  constructor() {
    super(LOGISTIC.op, LOGISTIC.read(arguments));
  }

  protected override outputs(op: string, classes: number): number {
    if (classes === 2) return 1;
    throw new ArgumentError(message(op, `y has ${classes} classes; expected 2`, "Use SoftmaxRegression."));
  }

  protected override loss(logits: Tensor, labels: Tensor): Tensor {
    return binaryCrossEntropy(logits.squeeze(1), labels.cast(logits.dtype));
  }

  protected override probabilities(logits: Tensor): Tensor {
    const positive = logits.sigmoid();
    return concat([positive.mul(-1).add(1), positive], 1);
  }
}
