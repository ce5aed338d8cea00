import { ArgumentError } from "../errors/errors.js";
import { message } from "../errors/message.js";
import { checkArity } from "../options/arity.js";
import { declare, type OptionsOf } from "../options/declare.js";
import { count, number } from "../options/kinds.js";
import { isFloating } from "../tensor/dtype.js";
import { widthOf } from "../tensor/rows.js";
import { dataStorage } from "../tensor/storage.js";
import { Tensor } from "../tensor/tensor.js";
import { beta } from "./beta.js";
import type { Draws } from "./draws.js";
import type { Images } from "./images.js";
import type { Transform } from "./transform.js";

const MIXUP = declare("mixup", {
  /** Parameter of the distribution Beta(α, α) of the share λ, > 0: small ones hardly mix, 1 mixes by any share. Default 0.2. */
  alpha: number({ default: 0.2, above: 0 }),
  /** The number of classes, ≥ 1. Needed for integer labels, which become rows of probabilities. Default none. */
  classes: count({ aka: ["numClasses"] }),
});

/** Options of `mixup`. */
export interface MixupOptions extends OptionsOf<typeof MIXUP> {}

/**
 * Mixes each image with another one of its batch, and their targets likewise: λ · xᵢ + (1 − λ) · xⱼ, λ · yᵢ + (1 − λ) · yⱼ, with one λ
 * of Beta(α, α) a batch. Integer labels become rows of probabilities [n, classes], which `crossEntropy` and the metrics take.
 * Zhang, Cisse, Dauphin, Lopez-Paz, arXiv 1710.09412.
 *
 * @param options.alpha α > 0, default 0.2
 * @param options.classes the number of classes, needed for integer labels
 * @throws ArgumentError for an option; when it is applied, for a batch without targets, and for a label outside 0 … classes − 1
 * @example
 * const mix = mixup({ alpha: 0.2, classes: 10 });
 */
export function mixup(options?: MixupOptions): Transform {
  checkArity(MIXUP.op, arguments.length, 1);
  const { alpha, classes } = MIXUP.readOptions(options);
  return {
    name: MIXUP.op,
    apply: (images, draws) => {
      if (images.y === undefined) throw new ArgumentError(message(MIXUP.op, "the data have no y; expected { x, y }, which are mixed both"));
      const share = beta(alpha, endless(draws));
      const others = permutation(images.n, draws);
      const y = Array.isArray(images.y)
        ? images.y.map((one) => mixTargets(one, classes, others, share))
        : mixTargets(images.y, classes, others, share);
      return { ...images, pixels: mixRows(images.pixels, widthOfImages(images), others, share), y };
    },
  };
}

function widthOfImages({ channels, height, width }: Images): number {
  return channels * height * width;
}

function mixTargets(y: Tensor, classes: number | undefined, others: Int32Array, share: number): Tensor {
  const soft = isFloating(y.dtype) ? y : oneHot(y, classes);
  const mixed = mixRows(Float32Array.from(soft.view()), widthOf(soft), others, share);
  return new Tensor(dataStorage("float32", mixed, MIXUP.op), soft.shape);
}

/** share · row i + (1 − share) · row others[i] */
function mixRows(rows: Float32Array, width: number, others: Int32Array, share: number): Float32Array {
  const mixed = new Float32Array(rows.length);
  for (const [i, other] of others.entries()) {
    const [to, from] = [i * width, other * width];
    for (let j = 0; j < width; j++) mixed[to + j] = share * rows[to + j] + (1 - share) * rows[from + j];
  }
  return mixed;
}

function oneHot(labels: Tensor, classes: number | undefined): Tensor {
  if (classes === undefined) {
    throw new ArgumentError(message(MIXUP.op, "the targets are labels, and classes is not given", "Write mixup({ classes: 10 })."));
  }
  const rows = new Float32Array(labels.size * classes);
  for (const [i, label] of labels.view().entries()) {
    if (label < 0 || label >= classes)
      throw new ArgumentError(message(MIXUP.op, `label ${label} at position ${i} is outside 0 … ${classes - 1}`));
    rows[i * classes + label] = 1;
  }
  return new Tensor(dataStorage("float32", rows, MIXUP.op), Object.freeze([...labels.shape, classes]));
}

/** Random numbers one by one, none of them 0. */
function endless(draws: Draws): () => number {
  const least = 1 / 33554432;
  let [numbers, at] = [draws.uniform(16), 0];
  return () => {
    if (at === numbers.length) [numbers, at] = [draws.uniform(16), 0];
    return numbers[at++] + least;
  };
}

function permutation(n: number, draws: Draws): Int32Array {
  const order = Int32Array.from({ length: n }, (_, i) => i);
  const u = draws.uniform(n);
  for (let i = n - 1; i > 0; i--) {
    const j = Math.floor(u[i] * (i + 1));
    [order[i], order[j]] = [order[j], order[i]];
  }
  return order;
}
