import { ArgumentError, ShapeError } from "../errors/errors.js";
import { kindText, message } from "../errors/message.js";
import { checkArity } from "../options/arity.js";
import { declare, type OptionsOf } from "../options/declare.js";
import { count } from "../options/kinds.js";
import { Tensor } from "../tensor/tensor.js";
import type { BatchOf } from "../train/batches.js";
import { type Batch, countSamples, type Samples, toBatch } from "../train/data.js";
import { DataStream } from "./dataStream.js";
import type { Cursor } from "./stream/source.js";
import { rowReader } from "./stream/unbatch.js";
import type { Walk } from "./stream/walk.js";

const WEIGHTED_SAMPLES = declare("weightedSamples", {
  /** How many are drawn in a walk. Default: as many as there are samples. */
  count: count({ default: null, aka: ["numSamples"] }),
});

/** Options of `weightedSamples`. */
export interface WeightedSamplesOptions extends OptionsOf<typeof WEIGHTED_SAMPLES> {}

/**
 * Samples in memory, each drawn from all with a probability that is proportional to its weight: some come several times, others not. A
 * stream of their rows, for `batch`; each walk draws others.
 * @param samples { x, y, weight? }
 * @param weights a number ≥ 0 for each sample; or "balanced": every class of the labels y is drawn equally often
 * @param options.count how many are drawn in a walk, default as many as there are
 * @throws ArgumentError, ShapeError
 * @example
 * const samples = { x: randn([100, 3]), y: tensor(Array.from({ length: 100 }, (_, i) => Number(i % 20 === 0))) };
 * const stream = weightedSamples(samples, "balanced").batch(10);
 */
export function weightedSamples<D extends Samples>(
  samples: D,
  weights: "balanced" | ArrayLike<number> | Tensor,
  options?: WeightedSamplesOptions,
): DataStream<BatchOf<D>> {
  const { op } = WEIGHTED_SAMPLES;
  checkArity(op, arguments.length, 3);
  const whole = toBatch(op, samples);
  const n = countSamples(whole);
  const limits = limitsOf(weights === "balanced" ? balancedWeights(whole) : weights, n);
  const wanted = WEIGHTED_SAMPLES.readOptions(options).count ?? n;
  const open = (walk: Walk): Cursor<BatchOf<D>> => drawn(whole as BatchOf<D>, limits, wanted, walk.uniform("weighted"));
  return new DataStream({ open, oneShot: null, skipped: [] });
}

function drawn<T>(whole: T, limits: Float64Array, wanted: number, uniform: (place: number) => number): Cursor<T> {
  let place = 0;
  return {
    async pull(most) {
      const rows: T[] = [];
      const read = rowReader(whole);
      for (const end = Math.min(wanted, place + most); place < end; place++) {
        // Two numbers of 24 bits, so that a sample among millions has its share.
        const u = uniform(2 * place) + uniform(2 * place + 1) / 16777216;
        rows.push(read(sampleAt(limits, u * limits[limits.length - 1])) as T);
      }
      return rows.length === 0 ? null : rows;
    },
    async skip(count) {
      const done = Math.min(count, wanted - place);
      place += done;
      return done;
    },
    close: async () => {},
  };
}

/** The first sample whose limit is above a number. */
function sampleAt(limits: Float64Array, value: number): number {
  let [low, high] = [0, limits.length - 1];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (limits[middle] > value) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** The sums of the weights up to each sample. @throws ArgumentError, ShapeError */
function limitsOf(weights: ArrayLike<number> | Tensor, n: number): Float64Array {
  const { op } = WEIGHTED_SAMPLES;
  const values: unknown = weights instanceof Tensor ? weights.view() : weights;
  if (typeof values !== "object" || values === null || typeof (values as ArrayLike<number>).length !== "number")
    throw new ArgumentError(message(op, `the weights are ${kindText(weights)}; expected a number for each sample, or "balanced"`));
  const numbers = values as ArrayLike<number>;
  if (numbers.length !== n) throw new ShapeError(message(op, `there are ${n} samples, but ${numbers.length} weights`));
  const limits = new Float64Array(n);
  let sum = 0;
  for (let i = 0; i < n; i++) {
    const weight: unknown = numbers[i];
    if (typeof weight !== "number" || !(weight >= 0 && weight < Infinity))
      throw new ArgumentError(message(op, `the weight of sample ${i} is ${kindText(weight)}; expected a finite number ≥ 0`));
    sum += weight;
    limits[i] = sum;
  }
  if (!(sum > 0)) throw new ArgumentError(message(op, "all weights are 0", "Give some sample more."));
  return limits;
}

/** For each sample one divided by the number of those with its label. */
function balancedWeights({ y }: Batch): number[] {
  const { op } = WEIGHTED_SAMPLES;
  if (!(y instanceof Tensor) || y.rank !== 1)
    throw new ArgumentError(message(op, `"balanced" needs labels y [n]; y is ${kindText(y)}`, "Give a weight for each sample."));
  const labels = y.toArray() as number[];
  const counts = new Map<number, number>();
  for (const label of labels) counts.set(label, (counts.get(label) ?? 0) + 1);
  return labels.map((label) => 1 / (counts.get(label) as number));
}
