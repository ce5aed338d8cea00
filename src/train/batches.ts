import { timed } from "../kernels/observer.js";
import { checkArity } from "../options/arity.js";
import { declare, type OptionsOf } from "../options/declare.js";
import { count, flag, number } from "../options/kinds.js";
import { option } from "../options/option.js";
import { drawsOf, orderOf } from "../tensor/random.js";
import { nextPass } from "../tensor/seed.js";
import type { Tensor } from "../tensor/tensor.js";
import { type Batch, countSamples, type Samples, takeRange, takeRows, toBatch } from "./data.js";
import { Rows } from "./rows.js";

const BATCHES = declare(
  "batches",
  {
    /** A new random order at every call, from the seed. Default false. */
    shuffle: flag({ default: false }),
    /** Draw each sample from all of them: minibatches with replacement. Default false. */
    replacement: flag({ default: false }),
    /** The number of the pass, from 0, on which the order depends. Default: how many calls have drawn an order under the seed. */
    pass: number({ min: 0, whole: true }),
    /** Batches at the beginning that are left out, those that were done before a checkpoint. Default 0. */
    skip: number({ default: 0, min: 0, whole: true }),
    /** Leave a last, smaller batch out. Default false. */
    dropLast: flag({ default: false, aka: ["dropRemainder"] }),
  },
  {
    data: option<Samples, { required: true }>("{ x, y, weight? }", () => true, { required: true }),
    batchSize: count({ required: true }),
  },
);

/** Options of `batches`. */
export interface BatchOptions extends OptionsOf<typeof BATCHES> {}

/** A batch of some samples: their parts as tensors, lists as lists. */
export type BatchOf<D extends Samples> = {
  [K in keyof D & keyof Samples]-?: NonNullable<D[K]> extends readonly Tensor[] ? Tensor[] : Tensor;
};

/**
 * Samples in batches, for a loop of your own; one call is one epoch. A shuffled order is drawn at the call. It depends on the seed and
 * on how many calls have drawn one under it, as the orders of a `fit` depend on its epochs: the same seed gives both the same.
 *
 * @param data { x, y, weight? }, samples along the first axes
 * @param batchSize whole number ≥ 1; the last batch may be smaller
 * @param options.shuffle a new random order at every call, from the seed; default false
 * @param options.replacement draw each sample from all of them, as many as there are: some come several times, others not; default false
 * @param options.pass number of the pass, from 0, on which the order depends beside the seed; default: how many calls have drawn an order
 * @param options.skip batches at the beginning that are left out: those that were done before a checkpoint; default 0
 * @param options.dropLast leave a last, smaller batch out; default false
 * @throws ArgumentError, ShapeError for parts of different lengths
 * @example
 * for (const { x, y } of batches(train, 32, { shuffle: true })) {
 *   crossEntropy(net.forward(x), y).backward();
 * }
 */
export function batches<D extends Samples>(data: D, batchSize: number, options?: BatchOptions): Generator<BatchOf<D>, void, undefined> {
  checkArity(BATCHES.op, arguments.length, 3);
  const settings = BATCHES.read([data, batchSize, options]);
  const whole = toBatch(BATCHES.op, data);
  // Drawn at the call, so that it does not matter what else draws while the batches are taken.
  const { shuffle, replacement, pass, skip } = settings;
  const order = shuffle || replacement ? (replacement ? drawsOf : orderOf)(countSamples(whole), pass ?? nextPass()) : null;
  return eachBatch(whole, batchSize, order, settings.dropLast, skip) as Generator<BatchOf<D>, void, undefined>;
}

/** The same without checks. @param order of the samples; null: as they stand */
export function* eachBatch(
  whole: Batch,
  batchSize: number,
  order: Int32Array | null = null,
  dropLast = false,
  skip = 0,
): Generator<Batch, void, undefined> {
  const n = countSamples(whole);
  const take = (start: number, end: number): Batch =>
    order === null ? takeRange(whole, start, end) : takeRows(whole, order.subarray(start, end));
  for (let start = skip * batchSize; start < n; start += batchSize) {
    const end = Math.min(n, start + batchSize);
    if (end - start < batchSize && dropLast) return;
    yield timed("batches", () => take(start, end));
  }
}

/** The batches of a pass as rows that are still to be taken. @param order of the samples; null: as they stand @param skip batches left out */
export function* eachRows(
  whole: Batch,
  batchSize: number,
  order: Int32Array | null = null,
  dropLast = false,
  skip = 0,
): Generator<Rows, void, undefined> {
  const n = countSamples(whole);
  const rows = order ?? Int32Array.from({ length: n }, (_, i) => i);
  const end = dropLast ? n - (n % batchSize) : n;
  for (let start = skip * batchSize; start < end; start += batchSize) yield new Rows(whole, rows.slice(start, start + batchSize));
}

/** How many batches an epoch has. */
export function countBatches(n: number, batchSize: number, dropLast = false): number {
  return dropLast ? Math.floor(n / batchSize) : Math.ceil(n / batchSize);
}
