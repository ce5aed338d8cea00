import { ArgumentError } from "../errors/errors.js";
import { message } from "../errors/message.js";
import { eigh } from "../linalg/eigen.js";
import { gram } from "../linalg/positive.js";
import { ln } from "../optim/schedules/exact.js";
import { checkArity } from "../options/arity.js";
import { declare, type OptionsOf } from "../options/declare.js";
import { count } from "../options/kinds.js";
import type { TensorLike } from "../tensor/nested.js";
import type { Tensor } from "../tensor/tensor.js";
import { Classifier } from "./classifier.js";
import { asTensor, countClasses, fitted, type Rows, readLabels, readRows } from "./samples.js";
import { argmaxOfRows, sharesOfRows } from "./scores.js";

const LDA = declare("LinearDiscriminantAnalysis", {
  /** Directions that `transform` keeps, at most min(classes − 1, features). Default null: as many. */
  components: count({ default: null, aka: ["n_components"] }),
});

/** Options of `LinearDiscriminantAnalysis`. */
export interface LinearDiscriminantAnalysisOptions extends OptionsOf<typeof LDA> {}

interface Discriminant {
  readonly width: number;
  readonly mean: Float64Array;
  /** [features, directions], in whose directions the covariance within classes is the identity. */
  readonly scalings: Float64Array;
  readonly directions: number;
  readonly ratios: Float64Array;
  /** The means of the classes in these directions, [classes, directions]. */
  readonly centers: Float64Array;
  readonly priors: Float64Array;
}

/**
 * Fisher's linear discriminant: the directions in which classes lie farthest apart, measured by how far their samples scatter. With the
 * covariance S within classes and B between them, the directions are eigenvectors of S⁻¹B, scaled so that S becomes the identity; there
 * are at most classes − 1. As a classifier it says the class whose mean is nearest in these directions, with the priors of the classes:
 * Bayes' rule for Gaussians of one covariance. With ml-matrix, an optional peer.
 * @param options.components directions that `transform` keeps; default min(classes − 1, features)
 * @throws ArgumentError, also at `fit` for too many components and for samples that do not scatter; ShapeError, PeerError
 * @example
 * const x = [[0, 0], [1, 0.2], [0.5, -0.3], [0, 5], [1, 5.2], [0.5, 4.7]];
 * const lda = await new LinearDiscriminantAnalysis().fit(x, [0, 0, 0, 1, 1, 1]);
 * lda.transform(x).shape;               // [6, 1]
 * lda.predict([[9, 1], [-9, 4.8]]);     // [0, 1]
 * @see Fisher, Annals of Eugenics 7, 1936; Rao, J. R. Stat. Soc. B 10, 1948
 */
export class LinearDiscriminantAnalysis extends Classifier {
  readonly #components: number | null;
  #found: Discriminant | null = null;

  constructor(options?: LinearDiscriminantAnalysisOptions);
  constructor() {
    super();
    this.#components = LDA.read(arguments).components;
  }

  /** @param x samples [n, features] @param y labels [n] @returns this @throws ArgumentError, ShapeError, DTypeError, PeerError */
  async fit(x: TensorLike, y: TensorLike): Promise<this> {
    const op = `${LDA.op}.fit`;
    checkArity(op, arguments.length, 2);
    const rows = readRows(op, x);
    const labels = readLabels(op, y, rows.n);
    const counts = countClasses(op, labels);
    const most = Math.min(counts.length - 1, rows.width);
    const wanted = this.#components ?? most;
    if (wanted > most) {
      const found = `components is ${wanted}, of ${counts.length} classes and ${rows.width} features`;
      throw new ArgumentError(message(op, `${found}; expected at most min(classes − 1, features) = ${most}`));
    }
    this.#found = await separate(op, rows, labels, counts, wanted);
    return this;
  }

  /** Samples in the directions that separate the classes, [n, components]. @throws ShapeError, ArgumentError before `fit` */
  transform(x: TensorLike): Tensor {
    checkArity(`${LDA.op}.transform`, arguments.length, 1);
    const found = this.#of("transform");
    const rows = readRows(`${LDA.op}.transform`, x, found.width);
    return asTensor(turned(rows, found), [rows.n, found.directions], rows.dtype);
  }

  /** The labels of samples, [n], int32. @throws ShapeError, ArgumentError before `fit` */
  predict(x: TensorLike): Tensor {
    checkArity(`${LDA.op}.predict`, arguments.length, 1);
    const { logs, n, classes } = this.#logs("predict", x);
    return argmaxOfRows(logs, n, classes);
  }

  /** The probability of each class, [n, classes]. @throws ShapeError, ArgumentError before `fit` */
  predictProba(x: TensorLike): Tensor {
    checkArity(`${LDA.op}.predictProba`, arguments.length, 1);
    const { logs, n, classes, dtype } = this.#logs("predictProba", x);
    return asTensor(sharesOfRows(logs, n, classes), [n, classes], dtype);
  }

  /** The share of each direction in the variance between classes, [components], float64. */
  get explainedVarianceRatio(): Tensor {
    return asTensor(this.#of("explainedVarianceRatio").ratios, [this.#of("explainedVarianceRatio").ratios.length]);
  }

  /** The directions, [features, components], float64. */
  get scalings(): Tensor {
    const { scalings, width, directions } = this.#of("scalings");
    return asTensor(scalings, [width, directions]);
  }

  #logs(member: string, x: TensorLike): { logs: Float64Array; n: number; classes: number; dtype: Rows["dtype"] } {
    const found = this.#of(member);
    const rows = readRows(`${LDA.op}.${member}`, x, found.width);
    const z = turned(rows, found);
    const { directions, centers, priors } = found;
    const classes = priors.length;
    const logs = new Float64Array(rows.n * classes);
    for (let i = 0; i < rows.n; i++) {
      for (let c = 0; c < classes; c++) {
        let sum = ln(priors[c]);
        for (let k = 0; k < directions; k++) {
          const difference = z[i * directions + k] - centers[c * directions + k];
          sum -= 0.5 * difference * difference;
        }
        logs[i * classes + c] = sum;
      }
    }
    return { logs, n: rows.n, classes, dtype: rows.dtype };
  }

  #of(member: string): Discriminant {
    return fitted(`${LDA.op}.${member}`, this.#found);
  }
}

/** Directions of less variance within classes than this share of the greatest do not count. */
const LEAST_VARIANCE = 1e-10;

async function separate(op: string, rows: Rows, labels: Int32Array, counts: Float64Array, wanted: number): Promise<Discriminant> {
  const { n, width, values } = rows;
  const classes = counts.length;
  const priors = counts.map((count) => count / n);
  const means = new Float64Array(classes * width);
  for (let i = 0; i < n; i++) for (let j = 0; j < width; j++) means[labels[i] * width + j] += values[i * width + j] / counts[labels[i]];
  const mean = new Float64Array(width);
  for (let c = 0; c < classes; c++) for (let j = 0; j < width; j++) mean[j] += priors[c] * means[c * width + j];
  const within = values.map((value, i) => value - means[labels[Math.floor(i / width)] * width + (i % width)]);
  const scatter = gram(within, n, width, true, 0).map((value) => value / Math.max(n - classes, 1));
  const whitening = await whiteningOf(op, scatter, width);
  const rank = whitening.length / width;
  // The means of the classes where the covariance within them is the identity, each as often as its class has samples.
  const between = new Float64Array(classes * rank);
  for (let c = 0; c < classes; c++)
    for (let k = 0; k < rank; k++)
      for (let j = 0; j < width; j++)
        between[c * rank + k] += Math.sqrt(priors[c]) * (means[c * width + j] - mean[j]) * whitening[j * rank + k];
  const { values: squares, vectors } = await eigh(asTensor(gram(between, classes, rank, true, 0), [rank, rank]));
  const [strengths, columns] = [squares.view(), vectors.view()];
  const directions = Math.min(wanted, rank);
  const scalings = new Float64Array(width * directions);
  for (let k = 0; k < directions; k++)
    for (let j = 0; j < width; j++)
      for (let r = 0; r < rank; r++) scalings[j * directions + k] += whitening[j * rank + r] * columns[r * rank + (rank - 1 - k)];
  const total = Float64Array.from(strengths).reduce((sum, strength) => sum + Math.max(strength, 0), 0);
  const ratios = Float64Array.from({ length: directions }, (_, k) => (total > 0 ? Math.max(strengths[rank - 1 - k], 0) / total : 0));
  const turnedMeans = turned({ n: classes, width, values: means, dtype: "float64" }, { width, mean, scalings, directions });
  return { width, mean, scalings, directions, ratios, centers: turnedMeans, priors };
}

/** W [features, rank] with Wᵀ S W = 1. @throws ArgumentError where nothing varies within classes */
async function whiteningOf(op: string, scatter: Float64Array, width: number): Promise<Float64Array> {
  const { values, vectors } = await eigh(asTensor(scatter, [width, width]));
  const [variances, columns] = [values.view(), vectors.view()];
  const kept = Array.from({ length: width }, (_, k) => k).filter((k) => variances[k] > LEAST_VARIANCE * variances[width - 1]);
  if (!(variances[width - 1] > 0) || kept.length === 0) {
    throw new ArgumentError(message(op, "the samples of each class are all alike", "Give samples that vary within their classes."));
  }
  const out = new Float64Array(width * kept.length);
  for (let j = 0; j < width; j++)
    kept.forEach((k, r) => {
      out[j * kept.length + r] = columns[j * width + k] / Math.sqrt(variances[k]);
    });
  return out;
}

/** (x − m) · scalings, [n, directions]. */
function turned(
  { n, width, values }: Rows,
  { mean, scalings, directions }: Pick<Discriminant, "width" | "mean" | "scalings" | "directions">,
): Float64Array {
  const out = new Float64Array(n * directions);
  for (let i = 0; i < n; i++)
    for (let j = 0; j < width; j++)
      for (let k = 0; k < directions; k++) out[i * directions + k] += (values[i * width + j] - mean[j]) * scalings[j * directions + k];
  return out;
}
