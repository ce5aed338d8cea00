import { ArgumentError } from "../errors/errors.js";
import { kindText, message } from "../errors/message.js";
import type { RecordError } from "../io/recordError.js";
import { checkArity } from "../options/arity.js";
import type { BatchOf } from "../train/batches.js";
import type { Samples } from "../train/data.js";
import type { ItemFunction } from "./stream/apply.js";
import { balanced, type Label } from "./stream/balance.js";
import { type Batched, batched } from "./stream/batch.js";
import { concatenated } from "./stream/concat.js";
import { filtered } from "./stream/filter.js";
import { type MakeRecords, type Records, sourceOf } from "./stream/from.js";
import { Iteration } from "./stream/iteration.js";
import { mapped } from "./stream/map.js";
import { type BadRecordPolicy, judged } from "./stream/onBadRecord.js";
import {
  BALANCE,
  BATCH,
  type BalanceOptions,
  CONCAT,
  FILTER,
  FROM,
  ITERATE,
  isStreamed,
  MAP,
  type MapOptions,
  ON_BAD_RECORD,
  PREFETCH,
  REPEAT,
  SAMPLE,
  type SampleOptions,
  SHUFFLE,
  SKIP,
  type StreamBatchOptions,
  type Streamed,
  TAKE,
  UNBATCH,
  ZIP,
} from "./stream/options.js";
import { prefetched } from "./stream/prefetch.js";
import { repeated } from "./stream/repeat.js";
import { sampled } from "./stream/sample.js";
import { shuffled } from "./stream/shuffle.js";
import { without } from "./stream/skip.js";
import { STRICT } from "./stream/skipped.js";
import type { Source } from "./stream/source.js";
import { paddingOf } from "./stream/stack.js";
import { taken } from "./stream/take.js";
import { unbatched } from "./stream/unbatch.js";
import { Walk } from "./stream/walk.js";
import { zipped } from "./stream/zip.js";

/**
 * Records or batches that come one after the other: from files larger than memory, the network or memory. A stream is described by its
 * source and the operators behind it; each walk over it, such as an epoch of `fit`, reads the source anew. Nothing is read before it is
 * asked for.
 *
 * What is random in it depends on the seed in force when a walk begins, the number of the walk under it, and the place in the stream: the
 * same seed gives the same batches, whatever else draws. So a training that is resumed goes on at the same place of the same order.
 * @example
 * const stream = DataStream.from([0, 1, 2, 3, 4, 5])
 *   .map((i) => ({ x: [i], y: [2 * i] }))
 *   .shuffle(4)
 *   .batch(2);
 * for await (const { x, y } of stream) console.log(x.shape, y.shape);   // [2, 1] [2, 1], three times
 */
export class DataStream<T> implements AsyncIterable<T> {
  /** @internal use `DataStream.from` */
  constructor(
    /** @internal */
    readonly source: Source<T>,
  ) {
    checkArity("DataStream", arguments.length, 1);
    if (!isStreamed(this)) throw new ArgumentError(message("DataStream", `the source is ${kindText(source)}`, "Write DataStream.from(…)."));
  }

  /**
   * The records of a source: any iterable or asynchronous iterable, an array, a `ReadableStream`, a stream of Node's, or samples in memory,
   * whose rows are the records. A function is called for each walk, and makes a source that starts afresh.
   *
   * Generators, iterators and readable streams can be walked once: see `oneShot`.
   * @throws ArgumentError for anything else
   * @example
   * async function* rows() {
   *   for (let i = 0; i < 4; i++) yield { x: [i, i * i], y: i % 2 };
   * }
   * const stream = DataStream.from(rows).batch(2);
   */
  static from<D extends Samples>(samples: D): DataStream<BatchOf<D>>;
  static from<T>(source: MakeRecords<T> | Records<T>): DataStream<Exclude<T, RecordError>>;
  static from(): DataStream<unknown> {
    const { source } = FROM.read(arguments);
    return source instanceof DataStream ? source : new DataStream(sourceOf(source as Records<unknown>));
  }

  /**
   * Items each of which comes from a stream drawn by its weight, another one for each. A stream that has ended is drawn no more.
   * @param options.weights numbers > 0, one for each stream; default all 1
   * @param options.end "first" ends with the first of the streams that ends, "last" with the last; default "last"
   * @throws ArgumentError
   * @example
   * const [rare, common] = [DataStream.from([1, 2]).repeat(), DataStream.from([10, 20, 30])];
   * const mixture = DataStream.sample([rare, common], { weights: [1, 3], end: "first" });
   */
  static sample<T>(streams: readonly DataStream<T>[], options?: SampleOptions): DataStream<T>;
  static sample(): DataStream<unknown> {
    const { op } = SAMPLE;
    const { streams, weights, end } = SAMPLE.read(arguments);
    if (weights !== null && weights.length !== streams.length)
      throw new ArgumentError(message(op, `there are ${streams.length} streams, but ${weights.length} weights; expected one for each`));
    return new DataStream(sampled(sourcesOf(streams), weights ?? streams.map(() => 1), end));
  }

  /**
   * The items of several streams, one stream behind the other.
   * @throws ArgumentError for an empty list, and for anything but streams
   * @example const stream = DataStream.concat([DataStream.from([1, 2]), DataStream.from([3])]);   // 1, 2, 3
   */
  static concat<T>(streams: readonly DataStream<T>[]): DataStream<T>;
  static concat(): DataStream<unknown> {
    return new DataStream(concatenated(sourcesOf(CONCAT.read(arguments).streams)));
  }

  /**
   * Lists of the first items of several streams, of the second ones, and so on up to the end of the shortest.
   * @throws ArgumentError for an empty list, and for anything but streams
   * @example
   * const pairs = DataStream.zip([DataStream.from([[1], [2]]), DataStream.from([0, 1])]).map(([x, y]) => ({ x, y }));
   */
  static zip<const S extends readonly DataStream<unknown>[]>(streams: S): DataStream<Zipped<S>>;
  static zip(): DataStream<readonly unknown[]> {
    return new DataStream(zipped(sourcesOf(ZIP.read(arguments).streams)));
  }

  /** Why the stream can be walked once only, and so a training on it cannot be resumed; null: it can be walked again. */
  get oneShot(): string | null {
    return this.source.oneShot;
  }

  /** The bad records that `onBadRecord("skip")` has passed over in the last walk, or in this one: their number, and the first ten. */
  get skipped(): { count: number; first: RecordError[] } {
    const reports = this.source.skipped;
    return { count: reports.reduce((sum, { count }) => sum + count, 0), first: reports.flatMap(({ first }) => first) };
  }

  /**
   * What a function makes of each item. The random numbers that it draws before it waits for anything depend on the item's place alone.
   * @param fn a function of the item and its number from 0, which may be asynchronous
   * @param options.concurrency calls that may run at once, whose results come in the order of the items, a whole number ≥ 1; default 1
   * @throws ArgumentError for anything but a function; in a walk what the function throws: see `onBadRecord`
   * @example
   * for await (const square of DataStream.from([1, 2, 3]).map((i) => i * i)) console.log(square);   // 1, 4, 9
   */
  map<R>(fn: (item: T, index: number) => R | Promise<R>, options?: MapOptions): DataStream<R>;
  map<R>(fn: ItemFunction<T, R>): DataStream<R> {
    return new DataStream(mapped(this.source, fn, MAP.read(arguments).concurrency));
  }

  /**
   * The items for which a function gives true.
   * @param keep a function of the item and its number from 0, which may be asynchronous
   * @throws as `map`
   * @example const odd = DataStream.from([1, 2, 3]).filter((i) => i % 2 === 1);   // 1, 3
   */
  filter<S extends T>(keep: (item: T, index: number) => item is S): DataStream<S>;
  filter(keep: (item: T, index: number) => unknown): DataStream<T>;
  filter(keep: (item: T, index: number) => unknown): DataStream<T> {
    FILTER.read(arguments);
    return new DataStream(filtered(this.source, keep));
  }

  /**
   * The first items.
   * @param count how many, a whole number ≥ 0; of fewer all
   * @throws ArgumentError for another number
   * @example const first = DataStream.from([1, 2, 3]).take(2);   // 1, 2
   */
  take(count: number): DataStream<T> {
    TAKE.read(arguments);
    return new DataStream(taken(this.source, count));
  }

  /**
   * All items but the first, which are passed over without being made where that is possible.
   * @param count how many are left out, a whole number ≥ 0
   * @throws ArgumentError for another number
   * @example const rest = DataStream.from([1, 2, 3]).skip(2);   // 3
   */
  skip(count: number): DataStream<T> {
    SKIP.read(arguments);
    return new DataStream(without(this.source, count));
  }

  /**
   * The items in random order, another one in each walk. `bufferSize` items are held in memory. Each item that comes out is drawn from
   * them, and the next one takes its place: so an item comes at most `bufferSize` − 1 places early, and as late as chance has it. With a
   * buffer of all items every order is equally likely; rows that are sorted by class need a large one.
   * @param bufferSize whole number ≥ 1
   * @throws ArgumentError for another number
   * @example const stream = DataStream.from([1, 2, 3, 4]).shuffle(4).repeat(2);   // another order each time
   */
  shuffle(bufferSize: number): DataStream<T> {
    SHUFFLE.read(arguments);
    return new DataStream(shuffled(this.source, bufferSize));
  }

  /**
   * The items several times, in another order each time where the stream before is shuffled.
   * @param times a whole number ≥ 0, or Infinity; default Infinity, for `fit({ stepsPerEpoch })`
   * @throws ArgumentError for another number; in a walk, where a source that can be walked once has ended
   * @example const twice = DataStream.from([1, 2]).repeat(2);   // 1, 2, 1, 2
   */
  repeat(times?: number): DataStream<T>;
  repeat(): DataStream<T> {
    return new DataStream(repeated(this.source, REPEAT.read(arguments).times));
  }

  /**
   * Batches of records. Of records { x, y, weight? }, or other objects of numbers, arrays and tensors, it is an object of tensors [n, …];
   * of plain arrays or numbers a tensor. Numbers become float32, booleans bool; typed arrays and tensors keep their type.
   * @param size number of records in a batch, a whole number ≥ 1; the last batch may be smaller
   * @param options.dropLast whether a last, smaller batch is left out; default false
   * @param options.pad number with which sequences are filled up to the longest of their batch: of x, while y gets −100, which losses ignore,
   *   and weight 0; or an object with the number of each part. Default null: all have one length
   * @throws ArgumentError for an unknown option; at the batch ShapeError, DTypeError, ArgumentError for records that do not go together
   * @example DataStream.from([[1], [1, 2]]).map((x) => ({ x })).batch(2, { pad: 0 })   // x: [[1, 0], [1, 2]]
   */
  batch(size: number, options?: StreamBatchOptions): DataStream<Batched<T>>;
  batch(): DataStream<Batched<T>> {
    const { size, dropLast, pad } = BATCH.read(arguments);
    return new DataStream(batched(this.source, size, { dropLast, pad: paddingOf(pad) }));
  }

  /**
   * The rows of batches, one after the other: it undoes `batch`. Each batch is a tensor, a list of tensors or an object of them.
   * @throws in a walk: ShapeError for parts of different numbers of rows, ArgumentError for what is no batch
   * @example const stream = DataStream.from([{ x: [1] }, { x: [2] }, { x: [3] }]).batch(2).unbatch().batch(3);   // x: [[1], [2], [3]]
   */
  unbatch(): DataStream<T> {
    UNBATCH.read(arguments);
    return new DataStream(unbatched(this.source));
  }

  /**
   * Items of which each class has as many, on average. How frequent a class is, is counted as the stream goes by, unless `shares` says it:
   * items that are sorted by class must be shuffled before.
   * @param labelOf gives the class of an item: a text, a number or a tensor of one element
   * @param options.by "dropping" leaves items of frequent classes out, "repeating" gives those of rare ones several times; default "dropping"
   * @param options.shares the share of each class in the stream, numbers > 0 of which only the ratios matter; default null: counted
   * @throws ArgumentError for an unknown option; in a walk for a label that `shares` does not have
   * @example const stream = DataStream.from([{ x: [1], y: 0 }, { x: [2], y: 0 }, { x: [3], y: 1 }]).balance(({ y }) => y).batch(2);
   */
  balance(labelOf: (item: T) => Label, options?: BalanceOptions): DataStream<T>;
  balance(labelOf: (item: T) => Label): DataStream<T> {
    const { by, shares } = BALANCE.read(arguments);
    return new DataStream(balanced(this.source, labelOf, { by, shares }));
  }

  /**
   * The same items, made in the background before they are asked for: what a source waits for is waited for while the model computes.
   * @param count the most items that are held, a whole number ≥ 1, the one that is being made among them; no more are asked for meanwhile
   * @throws ArgumentError for another number
   * @example const stream = DataStream.from([{ x: [1], y: [2] }]).batch(1).prefetch(2);
   */
  prefetch(count: number): DataStream<T> {
    PREFETCH.read(arguments);
    return new DataStream(prefetched(this.source, count));
  }

  /**
   * What becomes of records before this that cannot be read, or of which a function of `map` or `filter` makes an error: "error" throws
   * it, as does a stream without this; "skip" goes on with the next record, counts (see `skipped`), and tells at the end of a walk. Where no
   * record is good, the first error is thrown.
   * @param policy "error" or "skip"
   * @throws ArgumentError for another word
   * @example
   * const words = DataStream.from(["1", "two", "3"]).map((word) => {
   *   if (Number.isNaN(Number(word))) throw new RecordError("numbers", `"${word}" is no number`);
   *   return Number(word);
   * });
   * for await (const value of words.onBadRecord("skip")) console.log(value);   // 1, 3, and a note
   */
  onBadRecord(policy: BadRecordPolicy): DataStream<T> {
    ON_BAD_RECORD.read(arguments);
    return new DataStream(judged(this.source, policy));
  }

  /** Begins a walk. */
  [Symbol.asyncIterator](): AsyncIterableIterator<T> {
    return new Iteration(this.source.open(Walk.begin(STRICT)));
  }

  /**
   * Begins a walk behind the first items, which are passed over without being made where that is possible. It gives what a walk from the
   * start gives from there on.
   * @param batches how many items, a whole number ≥ 0
   * @throws ArgumentError for another number
   * @example
   * const stream = DataStream.from([1, 2, 3, 4]).batch(2);
   * for await (const batch of stream.iterateFrom(1)) console.log(batch.toArray());   // [3, 4]
   */
  iterateFrom(batches: number): AsyncIterableIterator<T> {
    ITERATE.read(arguments);
    return new Iteration(this.source.open(Walk.begin(STRICT)), batches);
  }
}

/** The items of several streams, in a list. */
export type Zipped<S extends readonly DataStream<unknown>[]> = { -readonly [K in keyof S]: S[K] extends DataStream<infer T> ? T : never };

function sourcesOf(streams: readonly Streamed<unknown>[]): Source<unknown>[] {
  return streams.map(({ source }) => source);
}
