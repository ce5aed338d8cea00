import { ArgumentError } from "../errors/errors.js";
import { message } from "../errors/message.js";
import type { Module } from "../nn/module.js";
import { count } from "../options/kinds.js";
import { checkValue } from "../options/option.js";
import type { SavedState } from "../tensor/savedState.js";
import type { Seed } from "../tensor/seed.js";
import { countBatches } from "./batches.js";
import { type Batch, countSamples, type TrainingData } from "./data.js";
import { dataState, loadDataState, requireAgain, startingAt } from "./resumable.js";
import { nothingToDo, source } from "./source.js";
import { streamFrom, streamOf, type TrainingStream } from "./stream.js";

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

/** How often random numbers were drawn for each purpose. */
type Draws = ReadonlyMap<string, number>;

/** A place within a pass over the data. */
export interface Place {
  /** Batches of the pass that were taken. */
  readonly taken: number;
  /** The draws before the pass began. */
  readonly begun: Draws;
  /** What the data remembered before the pass began. */
  readonly data: SavedState;
}

/** The batches of a training, epoch after epoch. */
export class Epochs {
  /** Batches of the epoch; null: nobody knows. */
  steps: number | null;
  /** The number of samples in a step of the epoch. */
  batchSize: number;
  stream: TrainingStream;
  /** Batches of a pass that are done already. */
  #skip = 0;
  /** The draws before the last pass began. */
  #begun: Draws = new Map();
  /** What the data remembered before the last pass began. */
  #data: SavedState = null;
  /** With `stepsPerEpoch`: batches of the last pass that were taken. */
  #taken = 0;
  /** Where the next pass goes on; null: at its beginning. */
  #from: Place | null = null;
  /** With `stepsPerEpoch`, passes one after the other: an epoch goes on where the last one stopped. */
  #passes: AsyncGenerator<Batch, void, undefined> | null = null;

  /**
   * @param whole the data, if they are samples in memory
   * @throws ArgumentError if `dropLast` leaves nothing
   */
  constructor(
    model: Module,
    private readonly whole: Batch | null,
    private readonly data: TrainingData,
    private readonly options: EpochOptions,
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
      this.#skip = beginning.steps % perPass;
    }
    this.stream = streamOf(model, beginning);
  }

  /** The place in the pass after some batches of an epoch; null between two passes. @param ended whether the epoch has */
  placeAfter(batches: number, ended: boolean): Place | null {
    // A pass that goes on has not been asked for a batch yet.
    if (this.#from !== null && this.options.stepsPerEpoch !== undefined) return this.#from;
    const before = { begun: this.#begun, data: this.#data };
    if (this.options.stepsPerEpoch !== undefined) return this.#passes === null ? null : { taken: this.#taken, ...before };
    return ended ? null : { taken: batches, ...before };
  }

  /** What the data remember now. */
  get dataState(): SavedState {
    return dataState(this.data);
  }

  /**
   * Goes on from a place that a walk of the same data had.
   * @param seed that of the training, as it was there
   * @param data what the data remembered, between two passes
   * @throws ArgumentError for data that can be walked once only
   */
  goTo(model: Module, seed: Seed, place: Place | null, data: SavedState): void {
    if (this.whole === null) requireAgain("fit", this.data);
    loadDataState(this.data, place === null ? data : place.data);
    this.stream = streamFrom(model, seed);
    this.#skip = 0;
    this.#from = place;
  }

  /** The batches of the next epoch, or of the rest of it. @param epoch its number, from 0 @param done its batches that are done */
  next(epoch: number, done = 0): Iterable<Batch> | AsyncIterable<Batch> {
    const { stepsPerEpoch, dropLast } = this.options;
    this.batchSize = sizeAt(this.options.batchSize, epoch);
    if (this.whole !== null) this.steps = stepsPerEpoch ?? countBatches(countSamples(this.whole), this.batchSize, dropLast);
    if (stepsPerEpoch === undefined) return this.#pass();
    this.#passes ??= this.#endless();
    return some(this.#passes, stepsPerEpoch - done);
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

  #pass(): Iterable<Batch> | AsyncIterable<Batch> {
    const { stream, batchSize } = this;
    this.#taken = 0;
    if (this.#from !== null) return this.#rest(this.#from);
    this.#begun = stream.draws;
    this.#data = this.dataState;
    return source("fit", this.whole, this.data, { ...this.options, batchSize, stream });
  }

  /** The rest of a pass: it is walked anew, from the draws before it, and what was taken is left out. */
  async *#rest(place: Place): AsyncGenerator<Batch, void, undefined> {
    const { stream, batchSize, whole } = this;
    const { taken, begun } = place;
    const { draws } = stream;
    this.#from = null;
    this.#begun = begun;
    this.#data = place.data;
    this.#taken = taken;
    stream.draws = begun;
    const direct = whole === null ? startingAt(this.data, taken) : null;
    const parts = source("fit", whole, direct ?? this.data, { ...this.options, batchSize, stream, skip: taken });
    let left = whole === null && direct === null ? taken : 0;
    let isFirst = direct !== null;
    // The order of samples in memory is drawn by now.
    if (whole !== null) stream.draws = draws;
    for await (const batch of parts) {
      if (left > 0) {
        left--;
        if (left === 0) stream.draws = draws;
        continue;
      }
      if (isFirst) stream.draws = draws;
      isFirst = false;
      yield batch;
    }
    if (left === 0) return;
    const problem = `the data ended after ${taken - left} batches; when the checkpoint was written, ${taken} of the pass had been taken`;
    throw new ArgumentError(message("fit", problem, "Resume with the data of the training."));
  }

  async *#endless(): AsyncGenerator<Batch, void, undefined> {
    for (let found = true; found; ) {
      found = this.#from !== null;
      for await (const batch of this.#pass()) {
        found = true;
        this.#taken++;
        if (this.#skip > 0) this.#skip--;
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

/** The next parts of a generator, which stays open for more. */
async function* some<T>(parts: AsyncGenerator<T, void, undefined>, count: number): AsyncGenerator<T, void, undefined> {
  for (let i = 0; i < count; i++) {
    const { done, value } = await parts.next();
    if (done) return;
    yield value;
  }
}
