import { DivergedError } from "../errors/errors.js";
import { checkArity } from "../options/arity.js";
import { declare, type OptionsOf } from "../options/declare.js";
import { callable, count, flag, number } from "../options/kinds.js";
import { isPlain } from "../options/plain.js";
import { COUNT, FLAG, listOf, NUMBERS, orNull, type Part, savedParts } from "../tensor/savedParts.js";
import type { SavedState } from "../tensor/savedState.js";
import { Callback, type TrainingContext } from "../train/callbacks.js";
import { type Batch, countSamples } from "../train/data.js";
import { type History, historyOf } from "../train/history.js";
import { interval } from "../train/interval.js";
import type { Training } from "../train/loop.js";
import type { Observer } from "../train/observer.js";
import { ProgressBar } from "../train/progress.js";
import { firstRows, Rows } from "../train/rows.js";
import type { TrainingRecord } from "../train/trainingRecord.js";
import { summaryOf } from "./dataSummary.js";
import { findingsOf } from "./findings.js";
import type { DataSummary, DiagnosisInput, OutputSummary } from "./input.js";
import { inspect } from "./inspection.js";
import { Lookout } from "./lookout.js";
import { NoiseScale } from "./noise.js";
import { ParametersBefore } from "./parameters.js";
import { probe } from "./probe.js";
import { findingsText } from "./told.js";
import { optimizerSummary, outputSummary, penaltyNames } from "./trainee.js";

const DIAGNOSIS = declare("Diagnosis", {
  /**
   * How often it looks: "100 steps", "1 epoch" or a number of steps. "auto": after the first step, then ever more seldom, and at ends of
   * epochs, so that it costs little. Default "auto".
   */
  every: interval('"auto", "100 steps", "1 epoch" or a number of steps', ["step", "epoch"], { default: "auto" }),
  /** The samples of the batch that it looks at, at most. Default 64. */
  samples: count({ default: 64 }),
  /** Whether the outputs of a layer are looked at, by its path. Default: of all. */
  layers: callable<(path: string) => boolean>()("a function of a path", {}),
  /** The bins of histograms. Default 32. */
  bins: count({ default: 32 }),
  /** Whether the noise scale of the gradient is measured, which takes another pass over two halves of the batch. Default true. */
  noiseScale: flag({ default: true }),
  /** Whether the largest eigenvalue of the Hessian is computed: some dozens of passes a look. Default false. */
  curvature: flag({ default: false, aka: ["hessian", "sharpness"] }),
  /** How many records are kept, ≥ 8, of deep networks fewer: of more, every second is left out. Default 100. */
  keep: number({ default: 100, min: 8, whole: true }),
});

/** Options of `Diagnosis`, and of `diagnose` of `fit`. */
export interface DiagnosisOptions extends OptionsOf<typeof DIAGNOSIS> {}

const RECORDS: Part<readonly TrainingRecord[]> = listOf(["a record", (value): value is TrainingRecord => isPlain(value)]);

/**
 * Looks at a training while it runs, and says in words what is wrong: `fit(data, { diagnose: true })`. Now and then it runs the model once more
 * forward and back, beside the training, and notes how the outputs of every layer are spread, how large gradients and updates are. The history
 * has its `records`, and at the end its `findings`, the worst first; with `verbose` they are told, too.
 *
 * What the training comes to is the same, to the bit.
 * @param options.every how often it looks: "100 steps", "1 epoch", a number of steps, or "auto" (default)
 * @param options.samples the samples of the batch that it looks at, at most; default 64
 * @param options.layers whether the outputs of a layer are looked at, by its path; default: of all
 * @param options.bins the bins of histograms; default 32
 * @param options.noiseScale whether the noise scale of the gradient is measured; default true
 * @param options.curvature whether the largest eigenvalue of the Hessian is computed, some dozens of passes a look; default false
 * @param options.keep how many records are kept, ≥ 8; default 100
 * @throws ArgumentError for an unknown option or one outside its range
 * @example
 * const history = await model.fit(train, { epochs: 3, diagnose: new Diagnosis({ every: "1 epoch" }), verbose: 0 });
 * console.log(history.findings, history.records.length);
 */
export class Diagnosis extends Callback implements Observer {
  readonly #settings: ReturnType<typeof DIAGNOSIS.readOptions>;
  readonly #lookout: Lookout;
  #context!: TrainingContext;
  #history: History | null = null;
  /** Steps that were made, the one that was looked at last, and the count of steps that the optimizer told after the last batch. */
  #steps = 0;
  #last = 0;
  #stepCount = 0;
  #before: ParametersBefore | null = null;
  #noise = new NoiseScale();
  #records: TrainingRecord[] = [];
  #data: DataSummary | null = null;
  #outputs: readonly OutputSummary[] = [];
  #batchSize: number | null = null;
  #training: Training | null = null;
  /** The last one that was trained on. */
  #batch: Batch | null = null;

  constructor(options?: DiagnosisOptions) {
    super();
    checkArity(DIAGNOSIS.op, arguments.length, 1);
    this.#settings = DIAGNOSIS.readOptions(options);
    this.#lookout = new Lookout(this.#settings.every);
  }

  override onTrainBegin(context: TrainingContext): void {
    this.#context = context;
    this.#history = historyOf(context);
    this.#steps = this.#last = 0;
    this.#stepCount = context.optimizer.stepCount;
    this.#before = null;
    this.#noise = new NoiseScale();
    this.#records = this.#history?.records ?? [];
    this.#data = null;
    this.#outputs = [];
    this.#batchSize = null;
    this.#training = null;
    this.#batch = null;
  }

  /** Called by `fit` after each step: looks where it is time to. */
  observe(training: Training, batch: Batch): void {
    const { optimizer } = training.trainee;
    this.#training = training;
    this.#batch = batch;
    // A batch that waits for others has made no step.
    if (optimizer.stepCount === this.#stepCount) return;
    this.#stepCount = optimizer.stepCount;
    this.#steps++;
    if (this.#isDue(training, 0)) this.#look(training, batch);
    this.#before = this.#isDue(training, 1) ? new ParametersBefore(optimizer) : null;
  }

  override onTrainEnd(): void {
    if (this.#history === null) return;
    if (this.#training !== null && this.#batch !== null && this.#lookout.isDueAtEnd(this.#steps, this.#last)) {
      this.#before = null;
      this.#look(this.#training, this.#batch);
    }
    const { findings } = this.#history;
    findings.splice(0, Infinity, ...findingsOf(this.#input(this.#history)));
    if (this.#context.callbacks.some((callback) => callback instanceof ProgressBar)) console.warn(findingsText(findings, MOST_TOLD));
  }

  override stateDict(): SavedState {
    return {
      steps: this.#steps,
      last: this.#last,
      noted: this.#before !== null,
      noise: [this.#noise.looks, this.#noise.variance, this.#noise.square],
      batchSize: this.#batchSize,
      records: [...this.#records] as unknown as readonly SavedState[],
      data: this.#data as SavedState,
      outputs: [...this.#outputs] as unknown as readonly SavedState[],
    };
  }

  override loadStateDict(state: SavedState): void {
    const { steps, last, noted, noise, batchSize, records, data, outputs } = savedParts(DIAGNOSIS.op, state, PARTS);
    this.#steps = steps;
    this.#last = last;
    this.#stepCount = this.#context.optimizer.stepCount;
    // The weights are those of the checkpoint, which was written between two steps.
    this.#before = noted ? new ParametersBefore(this.#context.optimizer) : null;
    [this.#noise.looks, this.#noise.variance, this.#noise.square] = Array.from(noise);
    this.#batchSize = batchSize;
    this.#records.splice(0, Infinity, ...records);
    this.#data = data;
    this.#outputs = outputs;
  }

  /** Whether the step that was made, or one of the next, is looked at. */
  #isDue({ batch, walk, epoch, options }: Training, ahead: number): boolean {
    const isLast = walk.steps !== null && batch + 1 + ahead === walk.steps;
    const ends = isLast ? (epoch + 1 === options.epochs ? "training" : "epoch") : "nothing";
    const steps = walk.steps === null ? null : walk.steps * (options.epochs - options.initialEpoch);
    return this.#lookout.isDue({ step: this.#steps + ahead, last: this.#last, steps, ends });
  }

  #look(training: Training, batch: Batch): void {
    const { trainee, step, whole, epoch } = training;
    const { samples, bins, layers: wanted = () => true, noiseScale, curvature } = this.#settings;
    this.#last = this.#steps;
    this.#batchSize ??= batch instanceof Rows ? batch.rows.length : countSamples(batch);
    const some = firstRows(batch, samples);
    const look = probe({ ...trainee, lossOf: (part) => step.lossOf(part) }, some, {
      wanted,
      bins,
      epoch,
      // In the beginning the gradient is far larger than its noise.
      noise: noiseScale && this.#records.length > 1,
      curvature,
      before: this.#before,
    });
    if (look === null) return;
    this.#data ??= summaryOf(whole ?? batch, trainee);
    this.#outputs = look.outputs.map((shape, i) => outputSummary(trainee, i, shape));
    if (look.noise !== null) this.#noise.add(look.noise);
    const { layers, parameters } = look.record;
    this.#records.push({ ...look.record, noiseScale: look.noise === null ? null : this.#noise.value });
    const most = Math.min(this.#settings.keep, MOST_ENTRIES / (layers.length + parameters.length));
    if (this.#records.length > Math.max(LEAST_RECORDS, most)) thin(this.#records);
  }

  #input({ steps, history, epoch, incidents }: History): DiagnosisInput {
    const { model, optimizer, failure } = this.#context;
    const training = this.#training;
    const batch = this.#batch;
    return {
      records: this.#records,
      losses: steps.loss,
      epochs: epoch.map((_, i) => Object.fromEntries(Object.entries(history).map(([name, figures]) => [name, figures[i]]))),
      diverged: failure instanceof DivergedError && failure.found?.ofData !== true ? (failure.found?.what ?? failure.message) : null,
      incidents: incidents.length,
      batchSize: this.#batchSize,
      data: this.#data,
      outputs: this.#outputs,
      optimizer: optimizerSummary(optimizer),
      penalties: training === null ? [] : penaltyNames(training.trainee),
      inspection: training === null || batch === null ? null : inspect("fit", model, batch, training.trainee),
    };
  }
}

/** Layers and parameters of all records together, at most, and the records that stay nevertheless. */
const MOST_ENTRIES = 20_000;
const LEAST_RECORDS = 8;
/** Findings that are told at the end of a training, at most. */
const MOST_TOLD = 5;

/** What `stateDict` gives. */
const PARTS = {
  steps: COUNT,
  last: COUNT,
  noted: FLAG,
  noise: NUMBERS,
  batchSize: orNull(COUNT),
  records: RECORDS,
  data: orNull(["a summary of data", (value): value is DataSummary => isPlain(value)] as Part<DataSummary>),
  outputs: listOf(["a summary of an output", (value): value is OutputSummary => isPlain(value)] as Part<OutputSummary>),
};

/** Leaves out every second record, but not the first one and the newest. */
function thin(records: TrainingRecord[]): void {
  const newest = records.length - 1;
  const kept = records.filter((_, i) => i % 2 === 0 || i === newest);
  records.splice(0, Infinity, ...kept);
}
