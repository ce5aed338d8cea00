import { GraphError } from "../errors/errors.js";
import { message } from "../errors/message.js";
import { Model } from "../model/model.js";
import { VERSION } from "../model/version.js";
import { typeOf } from "../nn/architecture.js";
import { checkArity } from "../options/arity.js";
import { declare, type OptionsOf } from "../options/declare.js";
import { text } from "../options/kinds.js";
import { Callback, type TrainingContext } from "../train/callbacks.js";
import { countSamples } from "../train/data.js";
import { type History, historyOf } from "../train/history.js";
import type { Training } from "../train/loop.js";
import type { Observer } from "../train/observer.js";
import { machineHere } from "./machine.js";
import type { ModelTable, Run, RunStatus, Setting } from "./run.js";
import { goalSettings, newId, partsOf } from "./runOf.js";
import { StepBuckets } from "./stepBuckets.js";
import { modelTable, optimizerTable, plainSettings } from "./tables.js";

const RUN_RECORDER = declare("RunRecorder", {
  /** What the run is called, in the heading of its page and beside others. Default: the type of the model. */
  name: text({}),
});

/** Options of `RunRecorder`. */
export interface RunRecorderOptions extends OptionsOf<typeof RUN_RECORDER> {}

/**
 * Gathers what a report shows of a training, beside what its history has: rates, times, settings, the machine. It costs a microsecond a step.
 * @param options.name what the run is called; default the type of the model
 * @throws ArgumentError for a wrong option
 * @example
 * const recorder = new RunRecorder({ name: "first try" });
 * await model.fit({ x, y }, { epochs: 3, callbacks: [recorder], verbose: 0 });
 * recorder.run.steps.count   // the number of steps
 */
export class RunRecorder extends Callback implements Observer {
  override readonly addsFigures: readonly string[] = [];
  readonly #name: string | undefined;
  #begun: Begun | null = null;
  #training: Training | null = null;
  #buckets = new StepBuckets();
  #settings: Record<string, Setting> = {};
  /** Of each epoch that was seen to end. */
  readonly #ends = new Map<number, { step: number; seconds: number }>();
  #model: ModelTable | null = null;
  #epochStart = 0;
  #status: RunStatus = "running";
  #ended: string | null = null;

  constructor(options?: RunRecorderOptions) {
    super();
    checkArity(RUN_RECORDER.op, arguments.length, 1);
    this.#name = RUN_RECORDER.readOptions(options).name;
  }

  /** The training as it stands. @throws GraphError before one began */
  get run(): Run {
    const begun = this.#begun;
    if (begun === null) {
      const mend = "Give it to fit({ callbacks: [recorder] }), and read it when training has begun.";
      throw new GraphError(message(RUN_RECORDER.op, "it has seen no training", mend));
    }
    const { context, history, ...facts } = begun;
    const { figures, ...parts } = partsOf(history);
    const { model, optimizer } = context;
    // Layers may be built by the first step.
    if (model instanceof Model && (this.#model === null || this.#model.parameters === null)) this.#model = modelTable(model);
    const epoch = [...history.epoch];
    return {
      ...facts,
      name: this.#name ?? typeOf(model),
      ended: this.#ended,
      status: this.#status,
      version: VERSION,
      model: this.#model,
      optimizer: optimizerTable(optimizer),
      settings: { ...goalSettings(model), ...this.#settings },
      steps: this.#buckets.series,
      epochs: {
        epoch,
        step: epoch.map((number) => this.#ends.get(number)?.step ?? null),
        seconds: epoch.map((number) => this.#ends.get(number)?.seconds ?? null),
        figures,
      },
      ...parts,
      evaluation: [],
    };
  }

  /** Whether the training waits, as far as it was told; who lets it wait sets this. */
  get paused(): boolean {
    return this.#status === "paused";
  }

  set paused(paused: boolean) {
    if (this.#ended === null) this.#status = paused ? "paused" : "running";
  }

  override onTrainBegin(context: TrainingContext): void {
    const history = historyOf(context) as History;
    this.#begun = { context, history, id: newId(), started: new Date().toISOString(), machine: machineHere() };
    this.#buckets = new StepBuckets();
    this.#settings = {};
    this.#ends.clear();
    this.#model = null;
    this.#status = "running";
    this.#ended = null;
  }

  override onEpochBegin(): void {
    this.#epochStart = performance.now();
  }

  observe(training: Training): void {
    if (this.#training === null) {
      this.#training = training;
      const { whole, options } = training;
      this.#settings = { ...(whole === null ? {} : { samples: countSamples(whole) }), ...plainSettings(options) };
    }
    const { stepLosses } = training.options;
    const buckets = this.#buckets;
    // What was trained before it was resumed comes first.
    while (buckets.count < stepLosses.length - 1) buckets.add(stepLosses[buckets.count], null);
    buckets.add(stepLosses[stepLosses.length - 1], training.trainee.optimizer.groups[0]?.rate ?? null);
  }

  override onEpochEnd(epoch: number): void {
    this.#ends.set(epoch, { step: this.#buckets.count, seconds: (performance.now() - this.#epochStart) / 1000 });
  }

  override onTrainEnd(): void {
    const training = this.#training;
    this.#training = null;
    this.#ended = new Date().toISOString();
    if (training === null) this.#status = "failed";
    else if (training.epoch >= training.options.epochs) this.#status = "done";
    else this.#status = training.stopped || training.options.signal?.aborted ? "stopped" : "failed";
  }
}

/** What is known when a training begins. */
interface Begun extends Pick<Run, "id" | "started" | "machine"> {
  readonly context: TrainingContext;
  readonly history: History;
}
