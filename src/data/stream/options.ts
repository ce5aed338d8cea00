import { declare, type OptionsOf } from "../../options/declare.js";
import { callable, choice, count, flag, number } from "../../options/kinds.js";
import { option } from "../../options/option.js";
import { isPlain } from "../../options/plain.js";
import type { BalanceBy } from "./balance.js";
import type { BadRecordPolicy } from "./onBadRecord.js";
import type { SampleEnd } from "./sample.js";
import type { Source } from "./source.js";

/** What has a source: a `DataStream`. */
export interface Streamed<T> {
  readonly source: Source<T>;
}

/** Whether something has a source that can be walked. */
export function isStreamed(value: unknown): value is Streamed<unknown> {
  return typeof (value as Partial<Streamed<unknown>> | null)?.source?.open === "function";
}

const FUNCTION = callable<(item: never, index: number) => unknown>()("a function of an item", { required: true });
const NUMBER = number({ required: true, min: 0, whole: true });

export const FROM = declare(
  "DataStream.from",
  {},
  { source: option<object, { required: true }>("a source", () => true, { required: true }) },
);
const STREAMS = option<readonly Streamed<unknown>[], { required: true }>(
  "a list of DataStreams",
  (value) => Array.isArray(value) && value.length > 0 && value.every((one) => isStreamed(one)),
  { required: true },
);
export const SAMPLE = declare(
  "DataStream.sample",
  {
    /** How much more often each stream is drawn than the others, numbers > 0. Default: equally often. */
    weights: option<readonly number[], { default: null; aka: ["probabilities"] }>(
      "a list of numbers > 0, one for each stream",
      (value) => Array.isArray(value) && value.every((one) => typeof one === "number" && one > 0 && one < Infinity),
      { default: null, aka: ["probabilities"] },
    ),
    /** Ends with the first of the streams that ends, or with the last. Default "last". */
    end: choice<SampleEnd, { default: "last" }>(["first", "last"], { default: "last" }),
  },
  { streams: STREAMS },
);
export const ZIP = declare("DataStream.zip", {}, { streams: STREAMS });
export const CONCAT = declare("DataStream.concat", {}, { streams: STREAMS });
export const MAP = declare(
  "map",
  {
    /** Calls of an asynchronous function that may run at once. Default 1. */
    concurrency: count({ default: 1, aka: ["numParallelCalls"] }),
  },
  { fn: FUNCTION },
);
export const BALANCE = declare(
  "balance",
  {
    /** Items of rare classes come several times, or some of the frequent ones do not come. Default "dropping". */
    by: choice<BalanceBy, { default: "dropping" }>(["dropping", "repeating"], { default: "dropping" }),
    /** The share of each class in the stream, such as { spam: 0.05, ham: 0.95 }. Default: as counted so far. */
    shares: option<Readonly<Record<string, number>>, { default: null }>(
      "an object with a number > 0 for each class",
      (value) => isPlain(value) && Object.values(value).every((one) => typeof one === "number" && one > 0 && one < Infinity),
      { default: null },
    ),
  },
  { labelOf: FUNCTION },
);
export const FILTER = declare("filter", {}, { keep: FUNCTION });
export const TAKE = declare("take", {}, { count: NUMBER });
export const SKIP = declare("skip", {}, { count: NUMBER });
export const SHUFFLE = declare("shuffle", {}, { bufferSize: count({ required: true }) });
export const REPEAT = declare(
  "repeat",
  {},
  {
    times: option<number, { default: number }>(
      "a whole number ≥ 0, or Infinity",
      (value) => value === Infinity || (Number.isSafeInteger(value) && (value as number) >= 0),
      { default: Infinity },
    ),
  },
);
export const UNBATCH = declare("unbatch", {}, {});
export const PREFETCH = declare("prefetch", {}, { count: count({ required: true }) });
export const ON_BAD_RECORD = declare(
  "onBadRecord",
  {},
  { policy: choice<BadRecordPolicy, { required: true }>(["error", "skip"], { required: true }) },
);
export const ITERATE = declare("iterateFrom", {}, { batches: NUMBER });
export const BATCH = declare(
  "batch",
  {
    /** Leave a last, smaller batch out. Default false. */
    dropLast: flag({ default: false, aka: ["dropRemainder"] }),
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

/** Options of `DataStream.map`. */
export interface MapOptions extends OptionsOf<typeof MAP> {}

/** Options of `DataStream.balance`. */
export interface BalanceOptions extends OptionsOf<typeof BALANCE> {}

/** Options of `DataStream.sample`. */
export interface SampleOptions extends OptionsOf<typeof SAMPLE> {}
