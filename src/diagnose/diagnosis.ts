import { DivergedError } from "../errors/errors.js";
import { checkArity } from "../options/arity.js";
import { declare, type OptionsOf } from "../options/declare.js";
import { callable, count } from "../options/kinds.js";
import { isPlain } from "../options/plain.js";
import { COUNT, listOf, orNull, type Part, savedParts } from "../tensor/savedParts.js";
import type { SavedState } from "../tensor/savedState.js";
import { Callback, History, type TrainingContext } from "../train/callbacks.js";
import { type Batch, countSamples, takeRange } from "../train/data.js";
import { interval } from "../train/interval.js";
import type { Training } from "../train/loop.js";
import type { Observer } from "../train/observer.js";
import { ProgressBar } from "../train/progress.js";
import type { TrainingRecord } from "../train/trainingRecord.js";
import { beside } from "./aside.js";
import { summaryOf } from "./dataSummary.js";
import { findingsOf } from "./findings.js";
import type { DataSummary, DiagnosisInput, OutputSummary } from "./input.js";
import { inspect } from "./inspection.js";
import { Lookout } from "./lookout.js";
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
  /** How many records are kept, ≥ 2; of more every second is left out. Default 100. */
  keep: count({ default: 100 }),
});

/** Options of `Diagnosis`, and of `diagnose` of `fit`. */
export interface DiagnosisOptions extends OptionsOf<typeof DIAGNOSIS> {}

/** So many steps after the last look there is another one at the end of the training. */
const ENOUGH = 10;

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
 * @param options.keep how many records are kept; default 100
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
    this.#history = context.callbacks.find((callback) => callback instanceof History) ?? null;
    this.#steps = this.#last = 0;
    this.#stepCount = context.optimizer.stepCount;
    this.#before = null;
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
    this.#before = this.#isDue(training, 1) ? new ParametersBefore(training.trainee.model) : null;
  }

  override onTrainEnd(): void {
    if (this.#history === null) return;
    // A short training would be judged by its beginning.
    if (this.#training !== null && this.#batch !== null && this.#steps - this.#last >= ENOUGH) this.#look(this.#training, this.#batch);
    const { findings } = this.#history;
    findings.splice(0, Infinity, ...findingsOf(this.#input(this.#history)));
    if (this.#context.callbacks.some((callback) => callback instanceof ProgressBar)) console.warn(findingsText(findings));
  }

  override stateDict(): SavedState {
    return {
      steps: this.#steps,
      last: this.#last,
      batchSize: this.#batchSize,
      records: [...this.#records] as unknown as readonly SavedState[],
      data: this.#data as SavedState,
      outputs: [...this.#outputs] as unknown as readonly SavedState[],
    };
  }

  override loadStateDict(state: SavedState): void {
    const { steps, last, batchSize, records, data, outputs } = savedParts(DIAGNOSIS.op, state, PARTS);
    this.#steps = steps;
    this.#last = last;
    this.#stepCount = this.#context.optimizer.stepCount;
    this.#batchSize = batchSize;
    this.#records.splice(0, Infinity, ...records);
    this.#data = data;
    this.#outputs = outputs;
  }

  /** Whether the step that was made, or one of the next, is looked at. */
  #isDue({ batch, walk }: Training, ahead: number): boolean {
    return this.#lookout.isDue(this.#steps + ahead, this.#last, walk.steps !== null && batch + 1 + ahead === walk.steps);
  }

  #look(training: Training, batch: Batch): void {
    const { trainee, step, whole, epoch } = training;
    const { samples, bins, layers = () => true, keep } = this.#settings;
    this.#last = this.#steps;
    this.#batchSize ??= countSamples(batch);
    const some = countSamples(batch) > samples ? takeRange(batch, 0, samples) : batch;
    const look = probe({ ...trainee, lossOf: (part) => step.lossOf(part) }, some, { wanted: layers, bins, epoch, before: this.#before });
    if (look === null) return;
    this.#data ??= summaryOf(whole ?? batch, trainee);
    this.#outputs = look.outputs.map((shape, i) => outputSummary(trainee, i, shape));
    this.#records.push(look.record);
    if (this.#records.length > Math.max(2, keep)) thin(this.#records);
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
      inspection: training === null || batch === null ? null : beside(model, 0, () => inspect("fit", model, batch, training.trainee)),
    };
  }
}

/** What `stateDict` gives. */
const PARTS = {
  steps: COUNT,
  last: COUNT,
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
