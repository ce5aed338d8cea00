import { ArgumentError } from "../errors/errors.js";
import { bytesText, message } from "../errors/message.js";
import { BYTES } from "../memory/views.js";
import { checkArity } from "../options/arity.js";
import { declare, type OptionsOf } from "../options/declare.js";
import { count, flag, number } from "../options/kinds.js";
import { captureObstacle } from "../train/capturable.js";
import { inputsOf, isSamples, type Samples, toBatch } from "../train/data.js";
import { footprintOf } from "./footprint.js";
import type { Model } from "./model.js";
import { build, checkModel } from "./rehearsed.js";

const FIND_BATCH_SIZE = declare("findBatchSize", {
  /** Bytes that training may take, > 0. Default 1 GiB. */
  memory: number({ default: 1024 * 1024 * 1024, above: 0, aka: ["bytes", "limit"] }),
  /** The greatest batch that is tried, a whole number ≥ 1. Default 65536. */
  maximum: count({ default: 65536, aka: ["max", "maxBatchSize"] }),
  /** Whether only powers of two are tried. Default true. */
  powersOfTwo: flag({ default: true }),
});

/** Options of `findBatchSize`. */
export interface FindBatchSizeOptions extends OptionsOf<typeof FIND_BATCH_SIZE> {}

/** The states of each parameter that an optimizer has at most, as Adam with amsgrad. */
const MOST_STATES = 3;

/**
 * The greatest batch with which a model can be trained in some memory, without training it: the kernel calls of a step are recorded and
 * their memory planned, as for the last line of `summary`, but no kernel runs.
 *
 * Counted are the inputs and results of a step of `fit`, and the parameters five times: themselves, their gradients, and three states of an
 * optimizer. Not counted are the data set, and metrics. A lazy model is built.
 * @param model whose layers are the library's, or marked as capturable
 * @param data { x } as for `fit`: some samples, of which only the shapes matter
 * @param options.memory bytes, > 0; default 1 GiB. More than 4 GiB there are not
 * @param options.maximum the greatest batch that is tried; default 65536
 * @param options.powersOfTwo whether only powers of two are tried; default true
 * @returns the number of samples
 * @throws ArgumentError if one sample is too much, or the model has layers of which nothing is known
 * @example const batchSize = await findBatchSize(model, { x }, { memory: 256 * 2 ** 20 });
 */
export async function findBatchSize(model: Model, data: Samples, options?: FindBatchSizeOptions): Promise<number> {
  const { op } = FIND_BATCH_SIZE;
  checkArity(op, arguments.length, 3);
  checkModel(op, model);
  const { memory, maximum, powersOfTwo } = FIND_BATCH_SIZE.readOptions(options);
  if (!isSamples(data)) throw new ArgumentError(message(op, "the data are batches already", "Give samples: { x }."));
  const inputs = inputsOf(toBatch(op, data));
  await build(op, model, data);
  const bytesOf = (n: number): number => {
    const found = footprintOf(
      model,
      inputs.map(({ shape, dtype }) => ({ shape: [n, ...shape.slice(1)], dtype })),
    );
    if (found !== null) return parameterBytes(model) * (2 + MOST_STATES) + found.training;
    const why = captureObstacle(model) ?? "the kernels in plain JavaScript plan no memory";
    throw new ArgumentError(message(op, `the memory of a step is not known: ${why}`));
  };
  if (bytesOf(1) > memory) {
    throw new ArgumentError(message(op, `memory is ${bytesText(memory)}, and a batch of one sample takes ${bytesText(bytesOf(1))}`));
  }
  // `fits` does, `fails` does not.
  let fits = 1;
  let fails = maximum + 1;
  while (fits * 2 < fails) {
    if (bytesOf(fits * 2) <= memory) fits *= 2;
    else fails = fits * 2;
  }
  while (!powersOfTwo && fails - fits > 1) {
    const middle = Math.floor((fits + fails) / 2);
    if (bytesOf(middle) <= memory) fits = middle;
    else fails = middle;
  }
  return fits;
}

function parameterBytes(model: Model): number {
  return model.parameters().reduce((sum, { size, dtype }) => sum + size * BYTES[dtype], 0);
}
