import { ArgumentError } from "../errors/errors.js";
import { message } from "../errors/message.js";
import type { Module } from "../nn/module.js";
import { count } from "../options/kinds.js";
import { checkValue } from "../options/option.js";
import { countBatches } from "./batches.js";
import { type Batch, countSamples, type TrainingData } from "./data.js";
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

/** The batches of a training, epoch after epoch. */
export class Epochs {
  /** Batches of the epoch; null: nobody knows. */
  steps: number | null;
  /** The number of samples in a step of the epoch. */
  batchSize: number;
  readonly stream: TrainingStream;
  /** Batches of a pass that are done already. */
  #skip = 0;
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

  /** The batches of the next epoch. @param epoch its number, from 0 */
  next(epoch: number): Iterable<Batch> | AsyncIterable<Batch> {
    const { stepsPerEpoch, dropLast } = this.options;
    this.batchSize = sizeAt(this.options.batchSize, epoch);
    if (this.whole !== null) this.steps = stepsPerEpoch ?? countBatches(countSamples(this.whole), this.batchSize, dropLast);
    if (stepsPerEpoch === undefined) return this.#pass();
    this.#passes ??= this.#endless();
    return some(this.#passes, stepsPerEpoch);
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
    return source("fit", this.whole, this.data, { ...this.options, batchSize: this.batchSize, stream: this.stream });
  }

  async *#endless(): AsyncGenerator<Batch, void, undefined> {
    for (let found = true; found; ) {
      found = false;
      for await (const batch of this.#pass()) {
        found = true;
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
