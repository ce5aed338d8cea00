import { checkArity } from "../../options/arity.js";
import { declare, type OptionsOf, type SettingsOf } from "../../options/declare.js";
import { count, number } from "../../options/kinds.js";
import { Callback, type Logs, type TrainingContext } from "../../train/callbacks.js";
import { type LabelledSamples, readLabelled } from "../points/read.js";
import { type BoundaryGrid, type Domain, domainOf, gridOf, mistakes, type PlanePoints } from "./boundary.js";

const RECORDER = declare("BoundaryRecorder", {
  /** Epochs between two frames, ≥ 1. Default 1. */
  every: count({ default: 1 }),
  /** Frames at most: when there are more, every second one is dropped, ≥ 2. Default 36. */
  frames: number({ default: 36, min: 2, whole: true }),
  /** Points along each side at which the model is asked, ≥ 2. Default 60. */
  resolution: number({ default: 60, min: 2, max: 1000, whole: true }),
});

/** Options of `BoundaryRecorder`. */
export interface BoundaryRecorderOptions extends OptionsOf<typeof RECORDER> {}

/** How the boundary lay at the end of an epoch. */
export interface BoundaryFrame {
  /** Epochs that the model was trained. */
  readonly epoch: number;
  /** The loss of the epoch; null before the first. */
  readonly loss: number | null;
  readonly grid: BoundaryGrid;
  /** Which samples the model got wrong. */
  readonly wrong: readonly boolean[];
}

/**
 * A callback that sees the boundary move: it asks a classifier of two features all over the plane at the start, and at the end of epochs. What
 * it gathers is drawn by `decisionBoundaryTraining`. Training comes to the same with and without it.
 * @param data x [n, 2] with labels y [n]: the samples that are drawn, and around which the model is asked
 * @param options.every epochs between two frames, default 1
 * @param options.frames frames at most, default 36: when there are more, every second one is dropped
 * @param options.resolution points along each side at which the model is asked, default 60
 * @throws ShapeError, ArgumentError, IndexError
 * @example
 * const recorder = new BoundaryRecorder(points);
 * await classifier.fit(points, { epochs: 40, callbacks: [recorder] });
 * await (await decisionBoundaryTraining(recorder)).save("training.svg");
 */
export class BoundaryRecorder extends Callback {
  override readonly addsFigures: readonly string[] = [];
  /** What was seen so far, in order. */
  readonly frames: BoundaryFrame[] = [];
  readonly points: PlanePoints;
  readonly #domain: Domain;
  readonly #settings: SettingsOf<typeof RECORDER>;
  #context: TrainingContext | null = null;
  #every: number;
  #last: { readonly epoch: number; readonly loss: number | null } = { epoch: 0, loss: null };

  constructor(data: LabelledSamples, options?: BoundaryRecorderOptions) {
    super();
    checkArity(RECORDER.op, arguments.length, 2);
    this.#settings = RECORDER.readOptions(options);
    const { rows, labels } = readLabelled(RECORDER.op, data, 2);
    this.points = { x: rows.values, y: labels };
    this.#domain = domainOf(this.points);
    this.#every = this.#settings.every;
  }

  override onTrainBegin(context: TrainingContext): void {
    this.#context = context;
    this.#last = { epoch: context.initialEpoch, loss: null };
    if (this.frames.length === 0) this.#see();
  }

  override onEpochEnd(epoch: number, logs: Logs): void {
    this.#last = { epoch: epoch + 1, loss: logs.loss ?? null };
    if ((epoch + 1) % this.#every === 0) this.#see();
  }

  override onTrainEnd(): void {
    if (this.frames.at(-1)?.epoch !== this.#last.epoch) this.#see();
    this.#context = null;
  }

  #see(): void {
    const { model } = this.#context as TrainingContext;
    const { op } = RECORDER;
    const grid = gridOf(op, model, this.#domain, this.#settings.resolution);
    this.frames.push({ ...this.#last, grid, wrong: mistakes(op, model, this.points) });
    if (this.frames.length <= this.#settings.frames) return;
    // The first frame stays.
    const kept = this.frames.filter((_, i) => i % 2 === 0);
    this.frames.splice(0, this.frames.length, ...kept);
    this.#every *= 2;
  }
}
