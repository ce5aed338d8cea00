import type { Module } from "../nn/module.js";
import { drawsOf, orderOf } from "../tensor/random.js";
import { currentSeed, forkSeed, nextPass, type Seed, setDraws, setPasses, underSeed } from "../tensor/seed.js";
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
  readonly seed: Seed;

  /**
   * @param origin the seed in force when the stream began
   * @param beginning where the training begins, or the seed with which it goes on
   */
  constructor(
    readonly origin: Seed,
    beginning: Beginning | Seed,
  ) {
    if ("low" in beginning) this.seed = beginning;
    else {
      this.seed = forkSeed(beginning.steps);
      this.passes = beginning.passes;
    }
  }

  /** Runs `fn`, which must not wait for anything, with the stream's random numbers. */
  readonly run: Call = (fn) => underSeed(this.seed, fn);

  /** The order of n samples in the next pass over them. @param replacement whether each is drawn from all */
  nextOrder(n: number, replacement = false): Int32Array {
    return this.run(() => (replacement ? drawsOf : orderOf)(n, nextPass()));
  }

  set passes(done: number) {
    setPasses(this.seed, done);
  }

  /** How often numbers were drawn for each purpose. */
  get draws(): ReadonlyMap<string, number> {
    return new Map(this.seed.draws);
  }

  set draws(draws: ReadonlyMap<string, number>) {
    setDraws(this.seed, draws);
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

/** The stream of a training that goes on from a checkpoint. @param seed the training's, as it was then */
export function streamFrom(model: Module, seed: Seed): TrainingStream {
  const stream = new TrainingStream(currentSeed(), seed);
  streams.set(model, stream);
  return stream;
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
