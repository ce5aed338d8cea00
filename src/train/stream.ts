import type { Module } from "../nn/module.js";
import { drawsOf, orderOf } from "../tensor/random.js";
import { currentSeed, forkSeed, nextPass, type Seed, setPasses, underSeed } from "../tensor/seed.js";
import type { Call } from "./through.js";

/** Where a training begins. */
export interface Beginning {
  /** Epochs before it. */
  readonly epoch: number;
  /** Steps before it; 0 if nobody knows. */
  readonly steps: number;
  /** Passes over the data that were finished before it. */
  readonly passes: number;
}

/**
 * The random numbers of the trainings of one model under one seed. They do not depend on what else the process draws, trains or seeds
 * meanwhile: a training runs its steps, and takes its data, in `run`.
 */
export class TrainingStream {
  /** The number of the epoch that comes next; null within an epoch. */
  epoch: number | null = null;
  readonly #seed: Seed;

  /** @param origin the seed in force when the stream began */
  constructor(
    readonly origin: Seed,
    { steps, passes }: Beginning,
  ) {
    this.#seed = forkSeed(steps);
    this.passes = passes;
  }

  /** Runs `fn`, which must not wait for anything, with the stream's random numbers. */
  readonly run: Call = (fn) => underSeed(this.#seed, fn);

  /** The order of n samples in the next pass over them. @param replacement whether each is drawn from all */
  nextOrder(n: number, replacement = false): Int32Array {
    return this.run(() => (replacement ? drawsOf : orderOf)(n, nextPass()));
  }

  set passes(done: number) {
    setPasses(this.#seed, done);
  }
}

/** Calls functions with a stream's random numbers; without a stream, with those of the seed in force. */
export function callIn(stream: TrainingStream | undefined): Call {
  return stream?.run ?? ((fn) => fn());
}

const streams = new WeakMap<Module, TrainingStream>();

/** Takes a model's stream away: the next training begins another one. @returns puts the stream back */
export function streamAside(model: Module): () => void {
  const known = streams.get(model);
  streams.delete(model);
  return () => void (known === undefined ? streams.delete(model) : streams.set(model, known));
}

/**
 * The stream of a training that begins. A training from epoch 0, and one from the epoch at which the model's last one under the same
 * seed stopped, go on with its stream. One from another epoch has a stream as if the epochs before had run.
 */
export function streamOf(model: Module, beginning: Beginning): TrainingStream {
  const { epoch, passes } = beginning;
  const known = streams.get(model);
  if (known?.origin === currentSeed() && (epoch === 0 || known.epoch === epoch)) {
    // The last training may have stopped within a pass.
    if (epoch > 0) known.passes = passes;
    return known;
  }
  const stream = new TrainingStream(currentSeed(), beginning);
  streams.set(model, stream);
  return stream;
}
