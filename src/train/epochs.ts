import { ArgumentError } from "../errors/errors.js";
import { message } from "../errors/message.js";
import type { Module } from "../nn/module.js";
import { countBatches } from "./batches.js";
import { type Batch, countSamples, type TrainingData } from "./data.js";
import { nothingToDo, source } from "./source.js";
import { streamOf, type TrainingStream } from "./stream.js";

export interface EpochOptions {
  readonly batchSize: number;
  readonly shuffle: boolean;
  readonly dropLast: boolean;
  /** Undefined: an epoch is one pass over the data. */
  readonly stepsPerEpoch?: number;
  /** Epochs that are done already. */
  readonly initialEpoch: number;
  readonly signal?: AbortSignal;
}

/** The batches of a training, epoch after epoch. */
export class Epochs {
  /** Batches an epoch; null: nobody knows. */
  readonly steps: number | null;
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
    const { batchSize, dropLast, stepsPerEpoch, initialEpoch } = options;
    if (whole === null) {
      this.steps = stepsPerEpoch ?? null;
      this.stream = streamOf(model, { epoch: initialEpoch, steps: initialEpoch * (stepsPerEpoch ?? 0), passes: initialEpoch });
      return;
    }
    const n = countSamples(whole);
    const perPass = countBatches(n, batchSize, dropLast);
    if (dropLast && perPass === 0)
      throw new ArgumentError(
        message("fit", `dropLast leaves no batch of ${n} samples at batchSize ${batchSize}`, "Take smaller batches."),
      );
    this.steps = stepsPerEpoch ?? perPass;
    const done = initialEpoch * this.steps;
    this.#skip = done === 0 ? 0 : done % perPass;
    this.stream = streamOf(model, { epoch: initialEpoch, steps: done, passes: done === 0 ? 0 : Math.floor(done / perPass) });
  }

  /** The batches of the next epoch. */
  next(): Iterable<Batch> | AsyncIterable<Batch> {
    const { stepsPerEpoch } = this.options;
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
    return source("fit", this.whole, this.data, { ...this.options, stream: this.stream });
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

/** The next parts of a generator, which stays open for more. */
async function* some<T>(parts: AsyncGenerator<T, void, undefined>, count: number): AsyncGenerator<T, void, undefined> {
  for (let i = 0; i < count; i++) {
    const { done, value } = await parts.next();
    if (done) return;
    yield value;
  }
}
