import { ArgumentError } from "../errors/errors.js";
import { message } from "../errors/message.js";
import type { Module } from "../nn/module.js";
import { count } from "../options/kinds.js";
import { checkValue } from "../options/option.js";
import type { SavedState } from "../tensor/savedState.js";
import { countBatches } from "./batches.js";
import { type Batch, countSamples, type TrainingData } from "./data.js";
import type { Resumable } from "./resumable.js";
import { nothingToDo, source } from "./source.js";
import { streamOf, type TrainingStream } from "./stream.js";

/** The number of samples in a step: of all epochs, or as a function of the epoch 0, 1, …. */
export type BatchSize = number | ((epoch: number) => number);

const SIZE = count({});

export interface EpochOptions {
  /** The number of samples in a step, of all epochs or of each. */
  readonly batchSize: BatchSize;
  readonly shuffle: boolean;
  readonly replacement: boolean;
  readonly dropLast: boolean;
  /** Undefined: an epoch is one pass over the data. */
  readonly stepsPerEpoch?: number;
  /** Epochs that are done already. */
  readonly initialEpoch: number;
  readonly signal?: AbortSignal;
}

/** What a pass over the data began with. */
export interface PassBeginning {
  /** How often random numbers had been drawn for each purpose. */
  readonly begun: ReadonlyMap<string, number>;
  /** What the data remembered. */
  readonly data: SavedState;
}

/** The batches of a training, epoch after epoch. */
export class Epochs {
  /** Batches of the epoch; null: nobody knows. */
  steps: number | null;
  /** The number of samples in a step of the epoch. */
  batchSize: number;
  stream: TrainingStream;
  /** With `stepsPerEpoch`: batches of the next pass that are done already. */
  skip = 0;
  /** With `stepsPerEpoch`: batches of the last pass that were taken. */
  taken = 0;
  /** What the last pass began with; null before the first. */
  beginning: PassBeginning | null = null;
  /** Makes the rest of a pass, where the next one goes on from a checkpoint; null: it begins at its beginning. See resumedWalk.ts. */
  rest: (() => AsyncIterable<Batch>) | null = null;
  /** With `stepsPerEpoch`: batches of the epoch that were given to the training. */
  given = 0;
  /** With `stepsPerEpoch`, passes one after the other: an epoch goes on where the last one stopped. */
  #passes: AsyncGenerator<Batch, void, undefined> | null = null;

  /**
   * @param whole the data, if they are samples in memory
   * @throws ArgumentError if `dropLast` leaves nothing
   */
  constructor(
    model: Module,
    readonly whole: Batch | null,
    readonly data: TrainingData,
    readonly options: EpochOptions,
  ) {
    const { dropLast, stepsPerEpoch, initialEpoch } = options;
    this.batchSize = sizeAt(options.batchSize, initialEpoch);
    if (whole === null) {
      this.steps = stepsPerEpoch ?? null;
      this.stream = streamOf(model, { epoch: initialEpoch, steps: initialEpoch * (stepsPerEpoch ?? 0), passes: initialEpoch });
      return;
    }
    const n = countSamples(whole);
    const { batchSize } = this;
    const perPass = countBatches(n, batchSize, dropLast);
    if (dropLast && perPass === 0)
      throw new ArgumentError(
        message("fit", `dropLast leaves no batch of ${n} samples at batchSize ${batchSize}`, "Take smaller batches."),
      );
    this.steps = stepsPerEpoch ?? perPass;
    const beginning = { epoch: initialEpoch, steps: 0, passes: initialEpoch };
    if (stepsPerEpoch === undefined) {
      for (let epoch = 0; epoch < initialEpoch; epoch++) beginning.steps += countBatches(n, sizeAt(options.batchSize, epoch), dropLast);
    } else {
      beginning.steps = initialEpoch * stepsPerEpoch;
      beginning.passes = Math.floor(beginning.steps / perPass);
      this.skip = beginning.steps % perPass;
    }
    this.stream = streamOf(model, beginning);
  }

  /** What the data remember between passes; null: nothing. */
  get dataState(): SavedState {
    return (this.data as Resumable<unknown>).stateDict?.() ?? null;
  }

  /** Whether a pass over the data spans epochs, and has begun. */
  get spans(): boolean {
    return this.#passes !== null;
  }

  /** The batches of the next epoch, or of the rest of it. @param epoch its number, from 0 @param done its batches that are done */
  next(epoch: number, done = 0): Iterable<Batch> | AsyncIterable<Batch> {
    const { stepsPerEpoch, dropLast } = this.options;
    this.batchSize = sizeAt(this.options.batchSize, epoch);
    if (this.whole !== null) this.steps = stepsPerEpoch ?? countBatches(countSamples(this.whole), this.batchSize, dropLast);
    if (stepsPerEpoch === undefined) return this.#pass();
    this.#passes ??= this.#endless();
    return this.#some(this.#passes, done, stepsPerEpoch);
  }

  /** The batches of an epoch from a place on, of passes that stay open for more. */
  async *#some(passes: AsyncGenerator<Batch, void, undefined>, from: number, to: number): AsyncGenerator<Batch, void, undefined> {
    for (this.given = from; this.given < to; ) {
      const { done, value } = await passes.next();
      if (done) return;
      this.given++;
      yield value;
    }
  }

  /** @throws ArgumentError if an epoch had fewer batches than it must have */
  check(epoch: number, batches: number): void {
    const { stepsPerEpoch = 1 } = this.options;
    if (batches >= stepsPerEpoch) return;
    const found = batches === 0 ? "had no batches" : `had ${batches} of ${stepsPerEpoch} batches; then the data ended`;
    throw nothingToDo("fit", `epoch ${epoch + 1} ${found}`, this.data);
  }

  /** Tells the data's iterator that nobody takes more. */
  async close(): Promise<void> {
    await this.#passes?.return();
  }

  /** A walk over the data, from its beginning or from a batch on. */
  walk(data: TrainingData, skip = 0): Iterable<Batch> | AsyncIterable<Batch> {
    const { stream, batchSize } = this;
    return source("fit", this.whole, data, { ...this.options, batchSize, stream, skip });
  }

  #pass(): Iterable<Batch> | AsyncIterable<Batch> {
    const { rest } = this;
    this.rest = null;
    this.taken = 0;
    if (rest !== null) return rest();
    this.beginning = { begun: this.stream.draws, data: this.dataState };
    return this.walk(this.data);
  }

  async *#endless(): AsyncGenerator<Batch, void, undefined> {
    for (let found = true; found; ) {
      found = this.rest !== null;
      for await (const batch of this.#pass()) {
        found = true;
        this.taken++;
        if (this.skip > 0) this.skip--;
        else yield batch;
      }
    }
  }
}

/** @throws ArgumentError for a function that gives no whole number ≥ 1 */
function sizeAt(batchSize: BatchSize, epoch: number): number {
  if (typeof batchSize === "number") return batchSize;
  const size = batchSize(epoch);
  checkValue("fit", `batchSize of epoch ${epoch}`, size, SIZE);
  return size;
}
