import type { RecordError } from "../io/recordError.js";
import { declare, type OptionsOf } from "../options/declare.js";
import { callable, choice, count, flag, number } from "../options/kinds.js";
import { option } from "../options/option.js";
import { isPlain } from "../options/plain.js";
import type { BatchOf } from "../train/batches.js";
import type { Samples } from "../train/data.js";
import type { ItemFunction } from "./stream/apply.js";
import { type Batched, batched } from "./stream/batch.js";
import { filtered } from "./stream/filter.js";
import { type MakeRecords, type Records, sourceOf } from "./stream/from.js";
import { Iteration } from "./stream/iteration.js";
import { mapped } from "./stream/map.js";
import { type BadRecordPolicy, judged } from "./stream/onBadRecord.js";
import { prefetched } from "./stream/prefetch.js";
import { repeated } from "./stream/repeat.js";
import { shuffled } from "./stream/shuffle.js";
import { without } from "./stream/skip.js";
import { STRICT } from "./stream/skipped.js";
import type { Source } from "./stream/source.js";
import { paddingOf } from "./stream/stack.js";
import { taken } from "./stream/take.js";
import { Walk } from "./stream/walk.js";

const FUNCTION = callable<(item: never, index: number) => unknown>()("a function of an item", { required: true });
const NUMBER = number({ required: true, min: 0, whole: true });

const FROM = declare("DataStream.from", {}, { source: option<object, { required: true }>("a source", () => true, { required: true }) });
const MAP = declare("map", {}, { fn: FUNCTION });
const FILTER = declare("filter", {}, { keep: FUNCTION });
const TAKE = declare("take", {}, { count: NUMBER });
const SKIP = declare("skip", {}, { count: NUMBER });
const SHUFFLE = declare("shuffle", {}, { bufferSize: count({ required: true }) });
const REPEAT = declare("repeat", {}, { times: number({ default: Infinity, min: 0, infinite: true }) });
const PREFETCH = declare("prefetch", {}, { count: count({ required: true }) });
const ON_BAD_RECORD = declare(
  "onBadRecord",
  {},
  { policy: choice<BadRecordPolicy, { required: true }>(["error", "skip"], { required: true }) },
);
const ITERATE = declare("iterateFrom", {}, { batches: NUMBER });
const BATCH = declare(
  "batch",
  {
    /** Leave a last, smaller batch out. Default false. */
    dropLast: flag({ default: false, aka: ["dropRemainder", "drop_last", "drop_remainder"] }),
    /**
     * Fill sequences of different lengths up to the longest of the batch with a number: of x, or of the parts that are named. Targets y are
     * filled with −100, which losses ignore, weights with 0. Default: all have one length.
     */
    pad: option<number | Readonly<Record<string, number>>, { default: null }>(
      "a number, or an object of numbers such as { x: 0, y: -100 }",
      (value) => typeof value === "number" || (isPlain(value) && Object.values(value).every((one) => typeof one === "number")),
      { default: null },
    ),
  },
  { size: count({ required: true }) },
);

/** Options of `DataStream.batch`. */
export interface StreamBatchOptions extends OptionsOf<typeof BATCH> {}

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
  ) {}

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
   */
  map<R>(fn: (item: T, index: number) => R | Promise<R>): DataStream<R> {
    MAP.read(arguments);
    return new DataStream(mapped(this.source, fn as ItemFunction<T, R>));
  }

  /** The items for which a function gives true. @param keep a function of the item and its number from 0, which may be asynchronous */
  filter<S extends T>(keep: (item: T, index: number) => item is S): DataStream<S>;
  filter(keep: (item: T, index: number) => unknown): DataStream<T>;
  filter(keep: (item: T, index: number) => unknown): DataStream<T> {
    FILTER.read(arguments);
    return new DataStream(filtered(this.source, keep));
  }

  /** The first `count` items. */
  take(count: number): DataStream<T> {
    TAKE.read(arguments);
    return new DataStream(taken(this.source, count));
  }

  /** All items but the first `count`. */
  skip(count: number): DataStream<T> {
    SKIP.read(arguments);
    return new DataStream(without(this.source, count));
  }

  /**
   * The items in random order, another one in each walk. `bufferSize` items are held in memory. Each item that comes out is drawn from
   * them, and the next one takes its place: so an item comes at most `bufferSize` − 1 places early, and as late as chance has it. With a
   * buffer of all items every order is equally likely; rows that are sorted by class need a large one.
   * @param bufferSize whole number ≥ 1
   */
  shuffle(bufferSize: number): DataStream<T> {
    SHUFFLE.read(arguments);
    return new DataStream(shuffled(this.source, bufferSize));
  }

  /** The items several times, in another order each time where the stream before is shuffled. @param times default: without an end */
  repeat(times?: number): DataStream<T>;
  repeat(): DataStream<T> {
    return new DataStream(repeated(this.source, REPEAT.read(arguments).times));
  }

  /**
   * Batches of records. Of records { x, y, weight? }, or other objects of numbers, arrays and tensors, it is an object of tensors [n, …];
   * of plain arrays or numbers a tensor. Numbers become float32, booleans bool; typed arrays and tensors keep their type.
   * @param size number of records in a batch; the last batch may be smaller
   * @throws at the batch: ShapeError, DTypeError, ArgumentError for records that do not go together
   * @example DataStream.from([[1], [1, 2]]).map((x) => ({ x })).batch(2, { pad: 0 })   // x: [[1, 0], [1, 2]]
   */
  batch(size: number, options?: StreamBatchOptions): DataStream<Batched<T>>;
  batch(): DataStream<Batched<T>> {
    const { size, dropLast, pad } = BATCH.read(arguments);
    return new DataStream(batched(this.source, size, { dropLast, pad: paddingOf(pad) }));
  }

  /**
   * The same items, made in the background before they are asked for: what a source waits for is waited for while the model computes. At
   * most `count` are held.
   */
  prefetch(count: number): DataStream<T> {
    PREFETCH.read(arguments);
    return new DataStream(prefetched(this.source, count));
  }

  /**
   * What becomes of records before this that cannot be read, or of which a function of `map` or `filter` makes an error: "error" throws
   * it, as does a stream without this; "skip" goes on with the next record, counts (see `skipped`), and tells at the end of a walk. Where no record is
   * good, the first error is thrown.
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
   */
  iterateFrom(batches: number): AsyncIterableIterator<T> {
    ITERATE.read(arguments);
    return new Iteration(this.source.open(Walk.begin(STRICT)), batches);
  }
}
