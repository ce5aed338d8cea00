import type { Module } from "../nn/module.js";
import { orderOf } from "../tensor/random.js";
import { currentSeed, forkSeed, nextPass, type Seed, underSeed } from "../tensor/seed.js";
import type { Call } from "./through.js";

/**
 * The random numbers of the trainings of one model under one seed. They do not depend on what else the process draws, trains or seeds
 * meanwhile: a training runs its steps, and takes its data, in `run`.
 */
export class TrainingStream {
  readonly #seed = forkSeed();

  /** @param origin the seed in force when the stream began */
  constructor(readonly origin: Seed) {}

  /** Runs `fn`, which must not wait for anything, with the stream's random numbers. */
  readonly run: Call = (fn) => underSeed(this.#seed, fn);

  /** The order of n samples in the next pass over them. */
  nextOrder(n: number): Int32Array {
    return this.run(() => orderOf(n, nextPass()));
  }
}

/** Calls functions with a stream's random numbers; without a stream, with those of the seed in force. */
export function callIn(stream: TrainingStream | undefined): Call {
  return stream?.run ?? ((fn) => fn());
}

const streams = new WeakMap<Module, TrainingStream>();

/** The stream of a training that begins: it goes on where the model's last one under the same seed stopped. */
export function streamOf(model: Module): TrainingStream {
  const known = streams.get(model);
  if (known?.origin === currentSeed()) return known;
  const stream = new TrainingStream(currentSeed());
  streams.set(model, stream);
  return stream;
}
