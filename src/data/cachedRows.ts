import { ArgumentError } from "../errors/errors.js";
import { didYouMean, kindText, message } from "../errors/message.js";
import { FileError } from "../io/error.js";
import { type Path, pathText } from "../io/node.js";
import { checkArity } from "../options/arity.js";
import { declare, type OptionsOf } from "../options/declare.js";
import { choice, flag, text } from "../options/kinds.js";
import { option } from "../options/option.js";
import { isPlain } from "../options/plain.js";
import type { Tensor } from "../tensor/tensor.js";
import type { CachedField } from "./cache/field.js";
import { type CacheFooter, checksum, EDGE, rowBytesOf } from "./cache/format.js";
import { gather, type PlacedField } from "./cache/gather.js";
import { DataStream } from "./dataStream.js";
import { rowBatches } from "./rows/batches.js";
import { ROW_BATCHES, windowBlocks } from "./rows/options.js";
import type { RowFile } from "./rows/windows.js";

const isNames = (value: unknown): boolean =>
  typeof value === "string" || (Array.isArray(value) && value.length > 0 && value.every((name) => typeof name === "string"));

const BATCHES = declare("CachedRows.batches", {
  ...ROW_BATCHES,
  /** The fields that are features. Default null: all but those of y and weight. */
  x: option<string | readonly string[], { default: null }>("a name, or a list of names", isNames, { default: null }),
  /** The field that is the target. Default null: y, where there is one. */
  y: text({ default: null, aka: ["target"] }),
  /** The field that is the weight of each sample. Default null: there is none. */
  weight: text({ default: null }),
  /** Whether numbers of features get mean 0 and standard deviation 1, by the figures of all rows. Default false. */
  standardize: flag({ default: false }),
  /** What becomes of missing numbers of features: an error, or the mean of the others. Default "error". */
  missing: choice(["error", "mean"], { default: "error" }),
});

/** Options of `CachedRows.batches`. */
export interface CachedBatchesOptions extends OptionsOf<typeof BATCHES> {}

/** Batches of the rows of a cache. */
export interface CachedBatch {
  /** [n, features], float32 */
  x: Tensor;
  /** Classes and whole numbers [n], int32; others [n, width], float32. Missing where the cache has no target. */
  y: Tensor;
  /** [n], float32; missing where no field was named */
  weight?: Tensor;
}

/**
 * The rows of a cache file, which `cached` gives.
 * @example
 * const rows = await cached([{ x: [1, 2], y: 0 }, { x: [3, 4], y: 1 }], "pairs.cache", { key: "two pairs" });
 * rows.length             // 2
 * rows.fields[0].mean     // 2.5
 * for await (const { x, y } of rows.batches({ batchSize: 2 })) console.log(x.shape, y.shape);   // [2, 2] [2]
 */
export class CachedRows {
  /** The path of the file. */
  readonly file: string;
  /** The number of rows. */
  readonly length: number;
  readonly #footer: CacheFooter;
  readonly #fields: readonly PlacedField[];
  readonly #rows: RowFile;

  /** @internal use `cached` */
  constructor(path: Path, footer: CacheFooter) {
    checkArity("CachedRows", arguments.length, 2);
    if (!isPlain(footer) || !Array.isArray(footer.fields)) {
      const problem = `what is told of the rows is ${kindText(footer)}`;
      throw new ArgumentError(message("CachedRows", problem, "Write await cached(records, file)."));
    }
    this.file = pathText("cached", path);
    this.length = footer.rows;
    this.#footer = footer;
    let at = 0;
    this.#fields = footer.fields.map((field, i) => {
      const placed = { ...field, at, ranks: footer.ranks[i] };
      at += field.width;
      return placed;
    });
    // Each block is checked when it is read for the first time.
    const checked = new Uint8Array(footer.checksums.length);
    this.#rows = {
      path: this.file,
      begin: EDGE,
      rowBytes: rowBytesOf(footer.fields),
      check: (block, bytes) => {
        if (checked[block] === 0 && checksum(bytes) !== footer.checksums[block]) {
          const problem = `block ${block} of ${this.file} is damaged: its checksum is another one`;
          throw new FileError(message("cached", problem, "Delete the file: it is made again."));
        }
        checked[block] = 1;
      },
    };
  }

  /** What is known of each field: categories of texts, how many are missing, least and greatest, mean and standard deviation of numbers. */
  get fields(): readonly CachedField[] {
    return this.#footer.fields;
  }

  /**
   * Batches { x, y, weight? } of the rows, for `fit`, `evaluate` or a loop of one's own. x has the numbers of its fields side by side; each
   * category of a field of texts has a place of its own, as `OneHotEncoder` gives it. Of a target that is text, y has the number of its category.
   *
   * Shuffled, blocks of about 1 MiB come in random order, and half of `memory` is filled with blocks whose rows come in random order. So rows
   * that stand side by side in the file come at places that are near in an epoch: where a file is sorted by class, shuffle its records first, or
   * give memory for all. A training that is resumed goes on at the same batch; what lies before it is not read.
   *
   * @param options.batchSize whole number ≥ 1
   * @param options.x names of the features; default all fields but y and weight
   * @param options.y name of the target; default y, where there is such a field
   * @param options.weight name of the weights; default none
   * @param options.shuffle default true
   * @param options.dropLast leave a last, smaller batch out; default false
   * @param options.standardize give numbers of features mean 0 and standard deviation 1; default false
   * @param options.missing "error" or "mean"; default "error"
   * @param options.memory MiB for rows, default 64
   * @throws ArgumentError for a field that there is not, and for missing cells
   */
  batches(options: CachedBatchesOptions): DataStream<CachedBatch> {
    const { op } = BATCHES;
    checkArity(op, arguments.length, 1);
    const settings = BATCHES.readOptions(options);
    const { batchSize, shuffle, dropLast, standardize, missing } = settings;
    const byDefault = this.#fields.some(({ name }) => name === "y") ? "y" : null;
    const y = this.#find(op, settings.y ?? byDefault);
    const weight = this.#find(op, settings.weight);
    const others = this.#fields.filter((field) => field !== y && field !== weight);
    const x = settings.x === null ? others : [settings.x].flat().map((name) => this.#find(op, name) as PlacedField);
    if (x.length === 0) throw new ArgumentError(message(op, "no field is left for x"));
    for (const field of [y, weight]) if (field !== null) this.#whole(op, field, "Leave such records out before they are cached.");
    if (missing === "error")
      for (const field of x) if (field.categories === null) this.#whole(op, field, 'Write { missing: "mean" }, or leave such records out.');
    const { rowBytes } = this.#rows;
    const { rows, blockRows } = this.#footer;
    const source = rowBatches({
      layout: { op, files: [this.#rows], rows, blockRows, windowBlocks: windowBlocks(settings.memory, blockRows * rowBytes), free: [] },
      batchSize,
      shuffle,
      dropLast,
      assemble: gather(rowBytes / 4, x, y, weight, { standardize, fill: missing === "mean" && x.some((field) => field.missing > 0) }),
    });
    return new DataStream(source) as unknown as DataStream<CachedBatch>;
  }

  #find(op: string, name: string | null): PlacedField | null {
    if (name === null) return null;
    const found = this.#fields.find((field) => field.name === name);
    if (found !== undefined) return found;
    const names = this.#fields.map((field) => field.name);
    const problem = `the cache has no field ${kindText(name)}`;
    throw new ArgumentError(message(op, problem, `It has ${names.slice(0, 50).join(", ")}.${didYouMean(name, names)}`));
  }

  #whole(op: string, { name, missing }: CachedField, mend: string): void {
    if (missing > 0) throw new ArgumentError(message(op, `${missing} cells of field ${kindText(name)} are missing`, mend));
  }
}
