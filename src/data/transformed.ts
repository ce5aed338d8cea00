import { ArgumentError } from "../errors/errors.js";
import { message } from "../errors/message.js";
import { checkArity } from "../options/arity.js";
import { declare, type OptionsOf, type SettingsOf } from "../options/declare.js";
import { count, flag, number } from "../options/kinds.js";
import { type BatchOf, eachRows } from "../train/batches.js";
import { type Batch, checkData, countSamples, isSamples, type Samples, type TrainingData, toBatch } from "../train/data.js";
import { drawsOf, type Pass, Passes, remembered } from "./draws.js";
import { checkImages, imagesOf, tensorOf } from "./images.js";
import { checkTransforms, compose, type Transform } from "./transform.js";

const TRANSFORMED = declare("transformed", {
  /** Samples in a batch, ≥ 1, of samples in memory. Default 32. */
  batchSize: count({ default: null }),
  /** Samples in memory have a new random order in each pass. Default true. */
  shuffle: flag({ default: null }),
  /** Leave a last, smaller batch out. Default false. */
  dropLast: flag({ default: null, aka: ["dropRemainder"] }),
  /** A seed of its own, a whole number from 0 to 2⁵³ − 1. Default: the seed in force, as for `fit` and `batches`. */
  seed: number({ default: null, min: 0, whole: true }),
});

/** Options of `transformed`. */
export interface TransformedOptions extends OptionsOf<typeof TRANSFORMED> {}

type Settings = SettingsOf<typeof TRANSFORMED>;

/** What can be walked again and again for batches: asynchronously where the data are. */
export type Transformed<D> =
  D extends AsyncIterable<infer S extends Samples>
    ? AsyncIterable<BatchOf<S>>
    : D extends Iterable<infer S extends Samples>
      ? Iterable<BatchOf<S>>
      : D extends Samples
        ? Iterable<BatchOf<D>>
        : never;

/**
 * Images in batches, each changed by transforms on its way, for `fit`, `evaluate` or a loop of your own. Every pass has a new order and
 * new random numbers. They are a function of the seed, the number of the pass and that of the batch: the same seed gives the same
 * numbers on any number of threads. Images of bytes stay bytes in memory; transforms get byte / 255.
 *
 * Shape: x [n, channels, height, width], float or uint8 → float32 batches
 *
 * @param data { x, y, weight? } in memory, or an iterable of such batches, also an asynchronous one
 * @param transforms a transform, or a list of them in the order in which they are applied
 * @param options.batchSize samples in a batch, default 32; for samples in memory only, as are the next two
 * @param options.shuffle a new order in each pass, default true
 * @param options.dropLast leave a last, smaller batch out; default false
 * @param options.seed a seed of its own: passes are counted from 0. Default: the seed in force, as for `fit` and `batches`
 * @throws ArgumentError for anything else; at the first batch ShapeError for x that is not images
 * @example
 * const images = { x: rand([8, 3, 32, 32]), y: randint(0, 10, [8]) };
 * for (const { x, y } of transformed(images, [randomCrop({ size: 32, padding: 4 }), randomFlip()], { batchSize: 4 })) {
 *   console.log(x.shape, y.shape);
 * }
 */
export function transformed<D extends TrainingData>(
  data: D,
  transforms: Transform | readonly Transform[],
  options?: TransformedOptions,
): Transformed<D> {
  const { op } = TRANSFORMED;
  checkArity(op, arguments.length, 3);
  checkData(op, data);
  const list = Array.isArray(transforms) ? transforms : [transforms];
  checkTransforms(op, list);
  const settings = TRANSFORMED.readOptions(options);
  const passes = new Passes(settings.seed);
  const transform = compose(...list);
  if (isSamples(data)) {
    const whole = toBatch(op, data);
    checkImages(op, whole.x);
    return {
      ...remembered(passes, null),
      [Symbol.iterator]: () => eachTransformed(whole, transform, settings, passes.begin()),
    } as unknown as Transformed<D>;
  }
  for (const name of ["batchSize", "shuffle", "dropLast"] as const) {
    if (settings[name] === null) continue;
    throw new ArgumentError(message(op, `${name} is given, and the data are batches already`, `Leave ${name} out, or give { x, y }.`));
  }
  const change = (part: Samples, pass: Pass, i: number): Batch => {
    const batch = toBatch(op, part);
    return changed(batch, null, batch, transform, pass, i);
  };
  if (Symbol.asyncIterator in data) {
    return {
      ...remembered(passes, data),
      [Symbol.asyncIterator]: () => eachLater(data, change, passes.begin()),
    } as unknown as Transformed<D>;
  }
  return {
    ...remembered(passes, data),
    [Symbol.iterator]: () => eachOf(data as Iterable<Samples>, change, passes.begin()),
  } as unknown as Transformed<D>;
}

type Change = (part: Samples, pass: Pass, i: number) => Batch;

/** The order is drawn at the call, so that it does not matter what else draws while batches are taken. */
function eachTransformed(whole: Batch, transform: Transform, settings: Settings, pass: Pass): Iterator<Batch> {
  const order = (settings.shuffle ?? true) ? pass.order(countSamples(whole)) : null;
  const rows = eachRows(whole, settings.batchSize ?? 32, order, settings.dropLast ?? false);
  return (function* () {
    let i = 0;
    for (const batch of rows) yield changed(whole, batch.rows, batch, transform, pass, i++);
  })();
}

function* eachOf(parts: Iterable<Samples>, change: Change, pass: Pass): Generator<Batch, void, undefined> {
  let i = 0;
  for (const part of parts) yield change(part, pass, i++);
}

async function* eachLater(parts: AsyncIterable<Samples>, change: Change, pass: Pass): AsyncGenerator<Batch, void, undefined> {
  let i = 0;
  for await (const part of parts) yield change(part, pass, i++);
}

/** Rows of samples, transformed. @param batch their targets and weights */
function changed(
  whole: Batch,
  rows: Int32Array | null,
  batch: Pick<Batch, "y" | "weight">,
  transform: Transform,
  pass: Pass,
  i: number,
): Batch {
  const { op } = TRANSFORMED;
  const images = transform.apply(imagesOf(op, checkImages(op, whole.x), rows, batch.y), drawsOf(pass, i, op));
  return { x: tensorOf(op, images), ...(images.y && { y: images.y }), ...(batch.weight && { weight: batch.weight }) };
}
