import { ArgumentError, GraphError, ShapeError } from "../errors/errors.js";
import { message } from "../errors/message.js";
import { note } from "../errors/note.js";
import { type Path, pathOption, pathText } from "../io/node.js";
import { kernelBuild } from "../kernels/load.js";
import { checkArity } from "../options/arity.js";
import { declare, type OptionsOf } from "../options/declare.js";
import { choice, count, text } from "../options/kinds.js";
import { NUMBER, orNull, savedParts } from "../tensor/savedParts.js";
import type { SavedState } from "../tensor/savedState.js";
import { resumeSeed } from "../tensor/seed.js";
import { Callback, type TrainingContext } from "../train/callbacks.js";
import { type Interval, interval, readInterval } from "../train/interval.js";
import type { Resumption } from "../train/keeper.js";
import type { Training } from "../train/loop.js";
import { Monitor } from "../train/monitor.js";
import { requireAgain } from "../train/resumable.js";
import { checkedSeedState, checkedTrainingState, restoreCallbacks, restoreTraining, seedOf } from "../train/trainingState.js";
import {
  type CheckpointParts,
  checkParts,
  contentOfParts,
  contentOfTraining,
  type FitState,
  isStateful,
  type LoopState,
  MODEL,
  stateOfKind,
} from "./checkpointContent.js";
import { CheckpointFiles } from "./checkpointFiles.js";

const CHECKPOINT = declare("Checkpoint", {
  /** The path of the newest file, or a file: URL. The one before it is NAME.1.safetensors, and so on. */
  path: pathOption({ required: true, aka: ["file", "filepath", "dirpath"] }),
  /** How often one is written: "60s", "5m", "100 steps", "1 epoch", or a number of steps. Default "60s". */
  every: interval('"60s", "5m", "2h", "100 steps", "1 epoch", or a number of steps', ["s", "m", "h", "step", "epoch"], {
    default: "60s",
    aka: ["saveFreq", "interval"],
  }),
  /** How many files stay, the newest among them, ≥ 1. Default 2. */
  keep: count({ default: 2, aka: ["saveTopK", "maxToKeep"] }),
  /** A figure, such as "valLoss": the checkpoint of the epoch in which it was best stays as NAME.best.safetensors. Default none. */
  best: text({ aka: ["monitor"] }),
  /** Whether less or more of `best` is better; "auto": as the metric says, less for losses. Default "auto". */
  mode: choice(["min", "max", "auto"], { default: "auto" }),
});

/** Options of `Checkpoint`. */
export interface CheckpointOptions extends OptionsOf<typeof CHECKPOINT> {}

/**
 * Writes all that a training needs to go on as if it had never stopped: weights, buffers, the optimizer with its moments and rates, random
 * numbers, the place in the shuffled data, the callbacks, the history. With the same build of the kernels, a run that was killed at any moment
 * and resumed ends with the same bits as one that was not.
 *
 * `fit({ checkpoint: { path }, resume: true })` uses one; a loop of your own calls `save` and `restore`.
 *
 * A checkpoint is one safetensors file: the weights by their names, so that `loadModel` and `loadWeights` read it, other tensors under
 * "checkpoint/", the rest as JSON in the metadata, and a SHA-256 of all bytes. It is written beside the last one, reaches the disk, and then
 * takes its name. A damaged file is told, and the one before it is used. Where the disk is full, training goes on, the last file stays, and
 * a note says so.
 *
 * A checkpoint is also written when training ends, and when it is aborted by its signal. With `accumulate`, an abort waits until the batches
 * have made their step; data that come asynchronously are not waited for, and the last checkpoint stays. One that ends with another error
 * writes none: what it was doing may be half done.
 * @param options.path path of the newest file; a string alone is the path
 * @param options.every "60s" (default), "5m", "2h", "100 steps", "1 epoch", or a number of steps; none is written within a step of several
 *   batches
 * @param options.keep how many files stay, default 2: NAME.safetensors and NAME.1.safetensors
 * @param options.best figure whose best epoch stays as NAME.best.safetensors; default none
 * @param options.mode "min", "max" or "auto" (default): as the metric says
 * @throws ArgumentError for an unknown option
 * @example
 * const checkpoint = new Checkpoint({ path: "run.safetensors", every: "60s", keep: 3 });
 * await model.fit(train, { epochs: 20, checkpoint, resume: true, verbose: 0 });
 */
export class Checkpoint extends Callback {
  override readonly addsFigures: readonly string[] = [];
  readonly path: Path;
  readonly #files: CheckpointFiles;
  readonly #every: Interval;
  readonly #monitor: Monitor | null;
  #best: number | null = null;
  /** Steps and epochs since the last one was written, and when that was. */
  #steps = 0;
  #epochs = 0;
  #written = performance.now();
  /** The callbacks of the training that uses it, by which that is known; null: none does. */
  #user: readonly Callback[] | null = null;

  constructor(options: CheckpointOptions | string) {
    super();
    checkArity(CHECKPOINT.op, arguments.length, 1);
    const { path, every, keep, best, mode } = CHECKPOINT.readOptions(typeof options === "string" ? { path: options } : options);
    this.path = path;
    this.#files = new CheckpointFiles(CHECKPOINT.op, path, keep);
    this.#every = readInterval(every) as Interval;
    this.#monitor = best === undefined ? null : new Monitor(CHECKPOINT.op, best, mode);
  }

  /**
   * Writes a checkpoint of a loop of your own. The random numbers of the seed in force belong to it.
   * @param parts what is kept, by names of your own: a model, an optimizer and whatever else has `stateDict` and `loadStateDict`, and plain
   *   values, such as the number of the epoch
   * @throws ArgumentError for what is no state; FileError that says why the file cannot be written
   * @example
   * await new Checkpoint({ path: "loop.safetensors" }).save({ model, optimizer, epoch: 3 });
   */
  async save(parts: CheckpointParts): Promise<void> {
    checkArity("save", arguments.length, 1);
    await this.#files.write("save", contentOfParts("save", parts));
    this.#wrote();
  }

  /**
   * Gives each part the state that it had when the newest readable checkpoint was saved, and the seed in force its random numbers.
   * @param parts the same names as in `save`; values are given back and need not be there
   * @returns the plain values of the checkpoint by their names; null if there is no checkpoint, and nothing was changed
   * @throws ArgumentError for a part that the checkpoint has not; FileError if all files are damaged
   * @example
   * const found = await new Checkpoint({ path: "loop.safetensors" }).restore({ model, optimizer });
   * for (let epoch = found?.epoch ?? 0; epoch < 10; epoch++) console.log(epoch);
   */
  async restore(parts: CheckpointParts): Promise<Record<string, SavedState> | null> {
    checkArity("restore", arguments.length, 1);
    checkParts("restore", parts);
    const found = await this.#files.read("restore");
    if (found === null) return null;
    const { parts: saved, seed } = stateOfKind<LoopState>(
      "restore",
      found.state,
      "parts",
      "fit wrote it: give fit the checkpoint, with resume: true.",
    );
    const drawn = seedOf(checkedSeedState(CHECKPOINT.op, seed));
    const states: Record<string, SavedState> = { ...saved, ...(Object.hasOwn(saved, MODEL) ? { [MODEL]: found.weights } : {}) };
    const missing = Object.keys(parts).find((name) => isStateful(parts[name]) && !Object.hasOwn(states, name));
    if (missing !== undefined)
      throw new ArgumentError(message("restore", `the checkpoint has no part "${missing}"; it has ${Object.keys(states).join(", ")}`));
    for (const [name, part] of Object.entries(parts)) if (isStateful(part)) part.loadStateDict(states[name]);
    resumeSeed(drawn);
    this.#wrote();
    return Object.fromEntries(Object.entries(saved).filter(([name]) => !isStateful(parts[name])));
  }

  /**
   * Whether it is time for the next one: to be asked once a step of a loop of your own.
   * @example
   * const checkpoint = new Checkpoint({ path: "loop.safetensors", every: "100 steps" });
   * if (checkpoint.isDue()) await checkpoint.save({ model });
   */
  isDue(): boolean {
    checkArity("isDue", arguments.length, 0);
    this.#steps++;
    return this.#due;
  }

  /** @internal */
  async find(): Promise<Resumption | null> {
    const found = await this.#files.read("fit");
    if (found === null) return null;
    const { training, kernels } = stateOfKind<FitState>("fit", found.state, "training", "A loop of your own wrote it: use restore.");
    const state = checkedTrainingState(CHECKPOINT.op, training);
    if (kernels !== kernelBuild())
      note(`fit: the checkpoint was written with the ${kernels} kernels, and goes on with ${kernelBuild()}: the same up to rounding.`);
    if (state.stopped) note(`fit: the checkpoint is of a training that a callback ended after epoch ${state.epoch}; it stays ended.`);
    return {
      epoch: state.epoch,
      restore: (training) => {
        if (training.whole === null) requireAgain("fit", training.walk.data);
        this.#fitting(() => restoreTraining(training, found.weights, state));
      },
      restoreCallbacks: (training) => restoreCallbacks(training, state),
    };
  }

  override onTrainBegin(context: TrainingContext): void {
    if (this.#user !== null)
      throw new GraphError(message(CHECKPOINT.op, "another training writes it", "Give each training a Checkpoint with a path of its own."));
    this.#monitor?.begin(context, this);
    this.#best = null;
    this.#wrote();
    this.#files.beginTraining(context.resumed);
    this.#user = context.callbacks;
  }

  override stateDict(): SavedState {
    checkArity("stateDict", arguments.length, 0);
    return { best: this.#best };
  }

  override loadStateDict(state: SavedState): void {
    checkArity("loadStateDict", arguments.length, 1);
    this.#best = savedParts(CHECKPOINT.op, state, { best: orNull(NUMBER) }).best;
  }

  /** @internal */
  stepEnd(training: Training): void | Promise<void> {
    this.#steps++;
    if (training.whole === null) training.draws = training.walk.stream.draws;
    if (!this.#due || training.step.isGathering || training.stopped) return;
    return this.#keep(training);
  }

  /** @internal */
  async epochEnd(training: Training, logs: Readonly<Record<string, number>>): Promise<void> {
    this.#epochs++;
    const figure = this.#monitor?.read(logs) ?? null;
    const isBest = figure !== null && !Number.isNaN(figure) && (this.#best === null || this.#isBetter(figure, this.#best));
    if (isBest) {
      this.#best = figure;
      await this.#files.writeBest(contentOfTraining(training));
    }
    if (this.#due) await this.#keep(training);
  }

  /** @internal */
  async end(training: Training): Promise<void> {
    // It may be another's, or an error ended this training before it began.
    if (this.#user !== training.options.callbacks) return;
    const isNew = this.#steps > 0 || this.#epochs > 0;
    try {
      if (training.between && !training.step.isGathering && isNew) await this.#keep(training);
      await this.#files.settle();
    } finally {
      this.#user = null;
    }
  }

  /** An error of a model, an optimizer or data that a state does not fit names the checkpoint. */
  #fitting(restore: () => void): void {
    try {
      restore();
    } catch (error) {
      if (!(error instanceof ArgumentError || error instanceof ShapeError)) throw error;
      const Kind = error instanceof ShapeError ? ShapeError : ArgumentError;
      // What it advises is for other calls than this one.
      const [told] = error.message.replace(/^\w+: /, "").split(/\.$|\. (?=[A-Z])/);
      const mend = "Resume with the model, the optimizer and the data of the training, or give another path.";
      throw new Kind(message("fit", `the checkpoint ${pathText("fit", this.path)} does not fit: ${told}`, mend));
    }
  }

  get #due(): boolean {
    const { unit, count } = this.#every;
    if (unit === "step") return this.#steps >= count;
    if (unit === "epoch") return this.#epochs >= count;
    return performance.now() - this.#written >= count * MILLISECONDS[unit];
  }

  #isBetter(figure: number, best: number): boolean {
    return this.#monitor?.direction === "max" ? figure > best : figure < best;
  }

  #wrote(): void {
    this.#steps = 0;
    this.#epochs = 0;
    this.#written = performance.now();
  }

  async #keep(training: Training): Promise<void> {
    await this.#files.begin(() => contentOfTraining(training));
    this.#wrote();
  }
}

const MILLISECONDS = { s: 1000, m: 60_000, h: 3_600_000 } as const;
