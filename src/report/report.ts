import { ArgumentError } from "../errors/errors.js";
import { kindText, message } from "../errors/message.js";
import type { Path } from "../io/node.js";
import { writeFile } from "../io/write.js";
import { Model } from "../model/model.js";
import { checkArity } from "../options/arity.js";
import { declare, type OptionsOf } from "../options/declare.js";
import { text } from "../options/kinds.js";
import { option } from "../options/option.js";
import type { AnyTable } from "../tables/columns.js";
import type { TableModel } from "../tables/tableModel.js";
import { checkData, type TrainingData } from "../train/data.js";
import { History } from "../train/history.js";
import { evaluated } from "./evaluation/evaluate.js";
import { EVALUATION } from "./evaluation/options.js";
import { htmlOf } from "./html.js";
import type { Run } from "./run.js";
import { runOf } from "./runOf.js";

const REPORT = declare("report", {
  /** What the model is evaluated on: { x, y } or an iterable of such batches; of a `TableModel` a table. Default: it is not. */
  data: option<TrainingData | AnyTable, object>(
    "{ x, y }, an iterable of such batches, or a table",
    (value) => typeof value === "object" && value !== null,
    { aka: ["validationData", "testData"] },
  ),
  /** The heading. Default: the name of the run. */
  title: text({}),
  ...EVALUATION,
});

/** Options of `report`. */
export interface ReportOptions extends OptionsOf<typeof REPORT> {}

/** The report of a training: a page in one file, which loads nothing from elsewhere. */
export class Report {
  /** @internal */
  constructor(
    /** The page. */
    readonly html: string,
    /** What it shows, as JSON. */
    readonly run: Run,
  ) {}

  /**
   * Writes the page to a file.
   * @param path path of the file, or a file: URL
   * @throws FileError
   */
  async save(path: Path): Promise<void> {
    checkArity("Report.save", arguments.length, 1);
    await writeFile(path, new TextEncoder().encode(this.html), "Report.save");
  }
}

/**
 * A report of a training in one HTML file: findings in words, curves, layers and weights over time, what the model confuses, the samples that it is
 * most wrong about, calibration, model and settings. A history of `fit({ diagnose: true })` has findings and layers; a `RunRecorder`
 * has rates, times and settings besides.
 * @param training the history that `fit` returned, or the `run` of a `RunRecorder`
 * @param model the model as it is now; a `TableModel`, too
 * @param options.data what the model is evaluated on, { x, y } or an iterable of such batches, of a `TableModel` a table; default: it is not
 * @param options.classNames the names of the classes, in the order of their labels; default the labels
 * @param options.featureNames the names of the features of inputs that are no images
 * @param options.imageShape [channels, height, width] of inputs that are images in another shape
 * @param options.title the heading; default the name of the run
 * @param options.samples number of samples that are looked at, default 10000
 * @param options.worst number of samples that are shown among those that the model is most wrong about, default 24; 0 for none
 * @param options.batchSize number of samples that are computed at once, default 256
 * @throws ArgumentError, ShapeError where data and model do not fit together
 * @example
 * const history = await model.fit({ x, y }, { epochs: 3, verbose: 0 });
 * const page = await report(history, model, { data: { x, y } });
 * page.html.length > 10000   // true
 */
export async function report(training: History | Run, model: Model | TableModel, options?: ReportOptions): Promise<Report> {
  const { op } = REPORT;
  checkArity(op, arguments.length, 3);
  const settings = REPORT.readOptions(options);
  const ofTable = isTableModel(model);
  if (!(model instanceof Model || ofTable)) throw new ArgumentError(message(op, `model is ${kindText(model)}; expected a Model`));
  const network = ofTable ? model.network : model;
  const run = training instanceof History ? runOf(training, network) : checkedRun(op, training);
  const { data, title } = settings;
  let { evaluation } = run;
  if (data !== undefined && ofTable) {
    const { x, y, classNames, ...reading } = model.samplesOf(op, data as AnyTable);
    evaluation = await evaluated(op, network, { x, y }, { ...settings, classNames: settings.classNames ?? classNames }, reading);
  } else if (data !== undefined) {
    checkData(op, data);
    evaluation = await evaluated(op, network, data as TrainingData, settings);
  }
  const whole = { ...run, evaluation };
  return new Report(htmlOf(title ?? run.name, whole), whole);
}

/** Known by what it has: who makes no models of tables does not load them. */
function isTableModel(model: unknown): model is TableModel {
  return typeof model === "object" && model !== null && "samplesOf" in model;
}

function checkedRun(op: string, run: unknown): Run {
  if (typeof run === "object" && run !== null && "steps" in run && "epochs" in run && "records" in run) return run as Run;
  const mend = "Give what fit returned, or recorder.run of a RunRecorder.";
  throw new ArgumentError(message(op, `the training is ${kindText(run)}; expected a History or a Run`, mend));
}
