import { type Path, pathOption, paths, pathText } from "../io/node.js";
import { Model } from "../model/model.js";
import { declare, type OptionsOf } from "../options/declare.js";
import { count, number } from "../options/kinds.js";
import { goalSettings } from "../report/runOf.js";
import { optimizerTable, plainSettings } from "../report/tables.js";
import { Callback, type Logs, type TrainingContext } from "../train/callbacks.js";
import { type Batch, inputsOf, takeRange } from "../train/data.js";
import { ofValidation } from "../train/figureNames.js";
import { type History, historyOf } from "../train/history.js";
import type { Training } from "../train/loop.js";
import type { Observer } from "../train/observer.js";
import type { HParam } from "./summaries.js";
import { SummaryWriter } from "./summaryWriter.js";

const TENSOR_BOARD = declare(
  "TensorBoard",
  {
    /** Steps between two that are written, with their loss and rate; 0 writes none. Default 10. */
    every: number({ default: 10, min: 0, whole: true, aka: ["updateFreq"] }),
    /** Epochs between two at which the spread of each parameter is written; 0 writes none. Default 1. */
    histograms: number({ default: 1, min: 0, whole: true, aka: ["histogramFreq"] }),
    /** Samples of the first batch that are written as images, if they are some. Default 8. */
    images: number({ default: 8, min: 0, whole: true }),
    /** Seconds after which what is gathered is written at the latest. Default 5. */
    flushSeconds: count({ default: 5 }),
  },
  { folder: pathOption({ required: true, aka: ["logDir", "path"] }) },
);

/** Options of `TensorBoard`. */
export interface TensorBoardOptions extends OptionsOf<typeof TENSOR_BOARD> {}

/**
 * Writes a training for TensorBoard: figures of epochs, loss and rate of steps, the spread of parameters, what `diagnose` sees of activations and
 * gradients, its findings, some samples as images, settings, the model as a table and as a graph. TensorBoard itself is a program of Python:
 * `tensorboard --logdir runs`. As in Keras, a run has two folders, train and validation, whose figures have the same tags (epoch_loss), so that
 * they are drawn in one chart.
 *
 * A training that is resumed goes on in a new file beside the old one; steps that were lost are overdrawn.
 * @param folder folder of the run, which is made: one for each run, as "runs/first"; or a file: URL
 * @param options.every steps between two that are written, with their loss and rate, ≥ 0; 0 writes none; default 10
 * @param options.histograms epochs between two at which the spread of each parameter is written, ≥ 0; 0 writes none; default 1
 * @param options.images samples of the first batch that are written as images, ≥ 0; default 8
 * @param options.flushSeconds seconds after which what is gathered is written at the latest, ≥ 1; default 5
 * @throws ArgumentError for a wrong option; when training begins FileError if the files cannot be written, always in browsers
 * @example await model.fit(train, { epochs: 9, callbacks: [new TensorBoard("runs/first")], verbose: 0 });
 */
export class TensorBoard extends Callback implements Observer {
  override readonly addsFigures: readonly string[] = [];
  readonly #folder: Path;
  readonly #settings: { every: number; histograms: number; images: number; flushSeconds: number };
  #writers: Writers | null = null;
  #context!: TrainingContext;
  #history: History | null = null;
  #step = 0;
  /** Records of the diagnosis that were written. */
  #records = 0;
  #flushed = 0;
  #seen = false;
  #training: Training | null = null;

  constructor(folder: Path, options?: TensorBoardOptions);
  constructor(...args: unknown[]) {
    super();
    const { folder, ...settings } = TENSOR_BOARD.read(args);
    this.#folder = folder as Path;
    this.#settings = settings;
  }

  override onTrainBegin(context: TrainingContext): void {
    const { join } = paths(TENSOR_BOARD.op);
    const folder = pathText(TENSOR_BOARD.op, this.#folder);
    this.#context = context;
    this.#history = historyOf(context);
    this.#records = 0;
    this.#seen = false;
    this.#training = null;
    this.#flushed = performance.now();
    this.#writers = { run: new SummaryWriter(folder), train: new SummaryWriter(join(folder, "train")), validation: null };
  }

  async observe(training: Training, batch: Batch): Promise<void> {
    const { train } = this.#writers as Writers;
    const { every, flushSeconds } = this.#settings;
    const step = training.options.stepLosses.length - 1;
    this.#step = step + 1;
    this.#training = training;
    if (!this.#seen) await this.#begin(training, batch);
    if (every > 0 && step % every === 0) {
      train.addScalar("batch_loss", training.options.stepLosses[step], step);
      const rate = training.trainee.optimizer.groups[0]?.rate;
      if (rate !== undefined) train.addScalar("learning_rate", rate, step);
    }
    this.#writeRecords();
    const now = performance.now();
    if (now - this.#flushed < 1000 * flushSeconds) return;
    this.#flushed = now;
    this.#flush();
  }

  override onEpochEnd(epoch: number, logs: Logs): void {
    const writers = this.#writers as Writers;
    for (const [name, value] of Object.entries(logs)) {
      const { group, tag } = placeOf(name);
      this.#writerOf(group).addScalar(tag, value, epoch);
    }
    const { histograms } = this.#settings;
    if (histograms > 0 && (epoch + 1) % histograms === 0)
      for (const [name, parameter] of this.#context.model.namedParameters())
        writers.train.addHistogram(`parameters/${name.replaceAll(".", "/")}`, parameter, epoch);
    this.#writeRecords();
    this.#flush();
  }

  override onTrainEnd(): void {
    const writers = this.#writers;
    if (writers === null) return;
    this.#writers = null;
    this.#tellFindings(writers);
    const training = this.#training;
    this.#training = null;
    const ended = training !== null && (training.stopped || training.epoch >= training.options.epochs);
    writers.run.endHparams(ended && !training.options.signal?.aborted);
    for (const writer of Object.values(writers)) writer?.close();
  }

  /** The folder of the validation is made when there is something to write. */
  #writerOf(group: "train" | "validation"): SummaryWriter {
    const writers = this.#writers as Writers;
    if (group === "train") return writers.train;
    const { op } = TENSOR_BOARD;
    writers.validation ??= new SummaryWriter(paths(op).join(pathText(op, this.#folder), group));
    return writers.validation;
  }

  /** Writes settings, table, graph and samples after the first step, which has built a lazy model. */
  async #begin(training: Training, batch: Batch): Promise<void> {
    this.#seen = true;
    const { run } = this.#writers as Writers;
    const { model, optimizer, figures } = this.#context;
    const { type, settings } = optimizerTable(optimizer);
    const hparams = { optimizer: type, ...settings, ...goalSettings(model), ...plainSettings(training.options) };
    const metrics = figures.map(placeOf);
    run.addHparams(known(hparams), metrics);
    if (model instanceof Model) {
      run.addText("model", fenced(model.summary(() => {})), 0);
      run.addGraph(model);
    }
    await this.#writeImages(run, batch);
  }

  async #writeImages(run: SummaryWriter, batch: Batch): Promise<void> {
    const { images } = this.#settings;
    const [x] = inputsOf(batch);
    if (images === 0 || x === undefined || x.rank !== 4 || ![1, 3].includes(x.shape[1])) return;
    for (let i = 0; i < Math.min(images, x.shape[0]); i++)
      await run.addImage(`samples/${i}`, inputsOf(takeRange({ x }, i, i + 1))[0].reshape(x.shape.slice(1)), 0);
  }

  /** What the diagnosis saw since the last call. */
  #writeRecords(): void {
    const records = this.#history?.records ?? [];
    if (records.length === this.#records) return;
    const { train } = this.#writers as Writers;
    for (const { step, layers, parameters } of records.slice(Math.min(this.#records, records.length - 1))) {
      for (const { path, type, histogram } of layers) train.addHistogram(`activations/${path || "model"} ${type}`, histogram, step);
      for (const { path, gradientHistogram } of parameters)
        if (gradientHistogram !== null) train.addHistogram(`gradients/${path.replaceAll(".", "/")}`, gradientHistogram, step);
    }
    this.#records = records.length;
  }

  #tellFindings({ run }: Writers): void {
    const findings = this.#history?.findings ?? [];
    if (findings.length === 0) return;
    const lines = findings.map(
      ({ place, seen, usual, advice }) => `- ${place === null ? "" : `**${place}**: `}${seen} ${usual} ${advice.join(" ")}`,
    );
    run.addText("findings", lines.join("\n"), this.#step);
  }

  #flush(): void {
    for (const writer of Object.values(this.#writers as Writers)) writer?.flush();
  }
}

/** Where a figure of epochs is written: Keras' tag, in the folder of the training or of the validation. */
function placeOf(figure: string): { group: "train" | "validation"; tag: string } {
  const measured = ofValidation(figure);
  return { group: measured === null ? "train" : "validation", tag: `epoch_${measured ?? figure}` };
}

interface Writers {
  readonly run: SummaryWriter;
  readonly train: SummaryWriter;
  validation: SummaryWriter | null;
}

/** Settings without those that are unknown. */
function known(settings: Readonly<Record<string, HParam | null>>): Record<string, HParam> {
  return Object.fromEntries(Object.entries(settings).filter((entry): entry is [string, HParam] => entry[1] !== null));
}

function fenced(text: string): string {
  return `\`\`\`\n${text}\n\`\`\``;
}
