import { ArgumentError } from "../../errors/errors.js";
import { kindText, message } from "../../errors/message.js";
import { RecordError } from "../../io/recordError.js";
import { Tensor } from "../../tensor/tensor.js";
import { type Batch, type Samples, toBatch } from "../../train/data.js";
import { isThenable } from "./apply.js";
import { type Cursor, type Source, skipByPulling } from "./source.js";
import { rowsOfBatch } from "./unbatch.js";
import type { Walk } from "./walk.js";

/** A stream of the platform, in browsers and in Node. */
export interface Readable<T> {
  getReader(): { read(): Promise<{ done: boolean; value?: T | undefined }>; cancel(reason?: unknown): Promise<unknown> };
}

/** What gives records one after the other. */
export type Records<T> = Iterable<T | RecordError> | AsyncIterable<T | RecordError> | Readable<T | RecordError>;

/** What gives records afresh at each call. */
export type MakeRecords<T> = () => Records<T> | Promise<Records<T>>;

const OP = "DataStream.from";
const EXPECTED = "an iterable, an async iterable, a ReadableStream, a function that gives one, or samples { x, y }";

/** The records of whatever may hold some. @throws ArgumentError for anything else */
export function sourceOf<T>(given: Records<T> | MakeRecords<T> | Samples): Source<T> {
  if (typeof given === "function") return { open: (walk) => new Iterated(given, walk), oneShot: null, skipped: [] };
  if (Array.isArray(given)) return { open: (walk) => arrayCursor(given, walk), oneShot: null, skipped: [] };
  if (isRecords<T>(given)) {
    const oneShot = whyOneShot(given);
    let walked = false;
    const open = (walk: Walk): Cursor<T> => {
      if (oneShot !== null && walked) throw new ArgumentError(message(OP, oneShot, AFRESH));
      walked = true;
      return new Iterated(() => given, walk);
    };
    return { open, oneShot, skipped: [] };
  }
  if (given === null || typeof given !== "object" || given instanceof Tensor || ArrayBuffer.isView(given) || !("x" in given)) {
    const isFile = typeof given === "string";
    const isRows = given instanceof Tensor || ArrayBuffer.isView(given);
    const mend = isRows ? "Write DataStream.from({ x }) for its rows." : isFile ? FILES : undefined;
    throw new ArgumentError(message(OP, `the source is ${kindText(given)}; expected ${EXPECTED}`, mend));
  }
  const whole: Batch = toBatch(OP, given);
  return { open: () => rowsOfBatch(whole) as Cursor<unknown> as Cursor<T>, oneShot: null, skipped: [] };
}

const FILES = "Files are read by csvRecords, jsonlRecords, parquetRecords and imageFolder.";
const AFRESH = "Give a function that makes one: DataStream.from(() => read()).";

function isRecords<T>(given: unknown): given is Records<T> {
  if (given === null || typeof given !== "object" || given instanceof Tensor || ArrayBuffer.isView(given)) return false;
  return Symbol.asyncIterator in given || Symbol.iterator in given || isReadable(given);
}

function isReadable<T>(given: object): given is Readable<T> {
  return typeof (given as { getReader?: unknown }).getReader === "function";
}

/** Why something can be walked once only, or null. */
function whyOneShot(given: object): string | null {
  const { oneShot, next, pipe } = given as { oneShot?: unknown; next?: unknown; pipe?: unknown };
  if (typeof oneShot === "string") return oneShot;
  if (isReadable(given) || typeof pipe === "function") return "the source is a readable stream, which can be read once";
  return typeof next === "function" ? "the source is an iterator, such as a generator gives, which can be walked once" : null;
}

/** The items of an array; those that are passed over cost nothing. */
function arrayCursor<T>(items: readonly (T | RecordError)[], walk: Walk): Cursor<T> {
  let at = 0;
  const pull = async (most: number): Promise<readonly T[] | null> => {
    while (at < items.length) {
      const part = items.slice(at, at + most);
      at += part.length;
      if (!part.some((item) => item instanceof RecordError || isThenable(item))) return part as T[];
      const good = await settled(part, walk);
      if (good.length > 0) return good;
    }
    return null;
  };
  return {
    pull,
    async skip(count) {
      if (walk.bad.lenient) return skipByPulling({ pull }, count);
      const done = Math.min(count, items.length - at);
      at += done;
      return done;
    },
    close: async () => {},
  };
}

/** Items without the bad records among them. */
async function settled<T>(items: readonly (T | RecordError | Promise<T | RecordError>)[], walk: Walk): Promise<T[]> {
  const good: T[] = [];
  for (const item of items) {
    const value = await item;
    if (value instanceof RecordError) walk.bad.refuse(value);
    else good.push(value);
  }
  return good;
}

type Result<T> = { done?: boolean | undefined; value?: T | RecordError | undefined };

/** What an iterator gives. It runs with random numbers of its own. */
class Iterated<T> implements Cursor<T> {
  readonly #run: <R>(fn: () => R) => R;
  #next: (() => Result<T> | Promise<Result<T>>) | null = null;
  #end: () => unknown = () => {};
  #ended = false;
  #failure: { error: unknown } | null = null;

  constructor(
    private readonly make: MakeRecords<T>,
    private readonly walk: Walk,
  ) {
    const seed = walk.seeds("from")(0);
    this.#run = (fn) => walk.run(seed, fn);
  }

  async pull(most: number): Promise<readonly T[] | null> {
    if (this.#failure !== null) throw this.#failure.error;
    if (this.#ended) return null;
    const items: T[] = [];
    try {
      while (items.length < most) {
        const { done, value } = await this.#step();
        if (done) {
          this.#ended = true;
          break;
        }
        const item = isThenable(value as T) ? await value : value;
        if (item instanceof RecordError) this.walk.bad.refuse(item);
        else items.push(item as T);
      }
    } catch (error) {
      this.#failure = { error };
      if (items.length === 0) throw error;
    }
    return items.length === 0 ? null : items;
  }

  /** What the iterator gives next. One that throws has ended: nobody closes it. */
  async #step(): Promise<Result<T>> {
    const next = this.#next ?? (await this.#start());
    try {
      return await this.#run(next);
    } catch (error) {
      this.#ended = true;
      throw error;
    }
  }

  skip(count: number): Promise<number> {
    return skipByPulling(this, count);
  }

  async close(): Promise<void> {
    if (this.#ended) return;
    this.#ended = true;
    await this.#end();
  }

  /** Opens the iterator. */
  async #start(): Promise<() => Result<T> | Promise<Result<T>>> {
    const made = this.#run(this.make);
    const given = isThenable(made) ? await made : made;
    if (!isRecords<T>(given)) throw new ArgumentError(message(OP, `the function gave ${kindText(given)}; expected ${EXPECTED}`));
    this.#next = this.#iterate(given);
    // It may have been closed meanwhile.
    if (this.#ended) await this.#end();
    return this.#next;
  }

  #iterate(given: Records<T>): () => Result<T> | Promise<Result<T>> {
    if (Symbol.asyncIterator in given && !isReadable(given)) {
      const iterator = this.#run(() => given[Symbol.asyncIterator]());
      this.#end = () => iterator.return?.();
      return () => iterator.next();
    }
    if (isReadable<T | RecordError>(given)) {
      const reader = given.getReader();
      // Cancelled, a reader answers a read that is waiting.
      this.#end = () => reader.cancel();
      return () => reader.read();
    }
    const iterator = this.#run(() => (given as Iterable<T | RecordError>)[Symbol.iterator]());
    this.#end = () => iterator.return?.();
    return () => iterator.next() as Result<T>;
  }
}
