import type { ColumnTransformer } from "../data/columnTransformer.js";
import type { StandardScaler } from "../data/standardScaler.js";
import { ArgumentError, GraphError } from "../errors/errors.js";
import { message } from "../errors/message.js";
import type { Model } from "../model/model.js";
import { EVALUATE, FIT } from "../model/options.js";
import { mlp } from "../models/mlp.js";
import { widths } from "../models/widths.js";
import { crossEntropy } from "../nn/losses/crossEntropy.js";
import { activation } from "../nn/options.js";
import { type OptimizerSpec, optimizerNamed } from "../optim/named.js";
import { checkArity } from "../options/arity.js";
import { declare, type OptionsOf, type SettingsOf } from "../options/declare.js";
import { callable, choice, count, number } from "../options/kinds.js";
import { option } from "../options/option.js";
import { tensor } from "../tensor/creation.js";
import type { Tensor } from "../tensor/tensor.js";
import { countBatches } from "../train/batches.js";
import { EarlyStopping } from "../train/earlyStopping.js";
import type { History } from "../train/history.js";
import { checkPlan } from "./checkPlan.js";
import { type AnyTable, type Columns, columnsOf } from "./columns.js";
import { NETWORK, OPTIMIZER, type RateCourse, usualBatchSize, usualCourse, usualEpochs } from "./defaults.js";
import { cleaned, preprocessing } from "./features.js";
import type { ColumnPlan } from "./kinds.js";
import type { TablePlan } from "./plan.js";
import { Reading, type Surprises } from "./reading.js";
import { SameTable } from "./sameTable.js";
import { type Fitted, recall, remember } from "./saved.js";
import { classificationScores, regressionScores, type TableScores } from "./scores.js";
import { splitRows } from "./split.js";
import { readTargets, type Targets, targetScaler, targetTensor } from "./targets.js";
import type { Label } from "./task.js";

const TABLE_MODEL = declare("TableModel", {
  /** Units of the hidden layers; an empty list makes a linear model. Default [128, 64]. */
  hidden: widths({ default: NETWORK.hidden, aka: ["hiddenUnits", "layers"] }),
  /** Behind each hidden layer. Default "gelu". */
  activation: activation({ default: NETWORK.activation }),
  /** Probability of dropping behind each hidden layer, 0 … below 1. Default 0.3. */
  dropout: number({ default: NETWORK.dropout, min: 0, below: 1 }),
});

/** Options of `TableModel`. */
export interface TableModelOptions extends OptionsOf<typeof TABLE_MODEL> {}

const {
  epochs: _e,
  batchSize: _b,
  stepsPerEpoch: _s,
  validationSplit: _v,
  validationData: _d,
  validationSteps: _t,
  ...OTHERS
} = FIT.options;

const FIT_TABLE = declare("TableModel.fit", {
  ...OTHERS,
  /** The number of epochs. Default null: 30, of small tables more, of large ones fewer. */
  epochs: count({ default: null }),
  /** The number of rows in a step. Default null: 32 to 256, as there are rows. */
  batchSize: count({ default: null }),
  /** "adam", { name: "sgd", momentum: 0.9 } or an optimizer. Default AdamW with rate 0.003 and weight decay 0.01. */
  optimizer: option<OptimizerSpec, { default: OptimizerSpec }>("an optimizer", () => true, { default: OPTIMIZER }),
  /** Makes the schedule of the rate: (rate, { epochs, stepsPerEpoch }) => schedule. Default: half a cosine down to 0. */
  schedule: callable<RateCourse>()("a function of the rate and { epochs, stepsPerEpoch }", { default: usualCourse }),
  /** Share of the rows that is watched after each epoch instead of trained on. Default null: 0, or 0.15 with `earlyStopping`. */
  validation: number({ default: null, min: 0, below: 1 }),
  /** Epochs without improvement on the watched rows after which training ends, with the best epoch's weights. Default null: never. */
  earlyStopping: count({ default: null, aka: ["patience"] }),
});

/** Options of `fit` of a model of tables. */
export interface FitTableOptions extends OptionsOf<typeof FIT_TABLE> {}

const WATCHED = 0.15;

const READ = {
  ...EVALUATE.options,
  /**
   * What becomes of a column that the table lacks, and of a cell that cannot be read where all could in the training data: an error, or what is
   * usual in its place. Default "error".
   */
  missing: choice(["error", "impute"], { default: "error" }),
  /** The number of the table's first row, where it is a part of a longer one: what is told of rows counts from it. Default 0. */
  firstRow: number({ default: 0, min: 0, whole: true }),
};
const EVALUATE_TABLE = declare("TableModel.evaluate", READ);
const PREDICT_TABLE = declare("TableModel.predict", READ);

/** Options of `evaluate` and `predict` of a model of tables. */
export interface ReadTableOptions extends OptionsOf<typeof PREDICT_TABLE> {}

/** Rows of a table as a report takes them. */
export interface TableSamples {
  /** The features as the network takes them. */
  readonly x: Tensor;
  /** The targets as they stand in the table; of classes their places. */
  readonly y: Tensor;
  readonly classNames: readonly string[] | undefined;
  /** What the network gave, in the unit of the targets. */
  readonly predicted: (found: Tensor) => Tensor;
  /** The features of a row by column, as they stand in the table. */
  readonly cells: (row: number) => readonly (readonly [name: string, cell: unknown])[];
}

/** What a model says of the rows of a table. */
export interface TablePredictions {
  /** A class for each row, of a regression a number. */
  readonly predictions: readonly Label[];
  /** The probability of each class, [rows, classes]; of a regression null. */
  readonly probabilities: Tensor | null;
  /** What did not stand in the table as the model expects it. */
  readonly surprises: Surprises;
}

/**
 * A multilayer perceptron for a table of one's own, with all that lies between a cell and a number: missing cells are filled, numbers and dates
 * standardized, categories get a place each, texts are weighed by their words. `planTable` says what is predicted from what.
 *
 * @param plan what `planTable` says of the table
 * @param options.hidden units of the hidden layers, default [128, 64]; an empty list makes a linear model
 * @param options.activation default "gelu"
 * @param options.dropout probability of dropping behind each hidden layer, default 0.3
 * @throws ArgumentError for anything else
 * @example
 * const rows = Array.from({ length: 60 }, (_, i) => ({ size: (i * 7) % 60, city: ["Ulm", "Bonn"][i % 2], rent: 5 * ((i * 7) % 60) + 0.5 }));
 * const model = new TableModel(planTable(rows, { target: "rent" }));
 * await model.fit(rows, { epochs: 5, verbose: 0 });
 * const { predictions } = await model.predict([{ size: 30, city: "Ulm" }]);
 * const { rmse, baselineRmse } = await model.evaluate(rows);
 */
export class TableModel {
  readonly plan: TablePlan;
  readonly #settings: SettingsOf<typeof TABLE_MODEL>;
  #fitted: Fitted | null = null;

  constructor(plan: TablePlan, options?: TableModelOptions) {
    checkArity(TABLE_MODEL.op, arguments.length, 2);
    this.plan = checkPlan(TABLE_MODEL.op, plan);
    this.#settings = TABLE_MODEL.readOptions(options);
  }

  /** @internal the model of tables that a network is part of, as a file has it. @throws ArgumentError for another network */
  static of(op: string, network: Model): TableModel {
    const { plan, fitted } = recall(op, network);
    const made = new TableModel(plan);
    made.#fitted = fitted;
    return made;
  }

  /** The columns that the model predicts from. */
  get features(): readonly ColumnPlan[] {
    return this.plan.columns.filter(({ use }) => use === "feature");
  }

  /** The network. What is written into its `metadata` is saved with it. @throws GraphError before `fit` */
  get network(): Model {
    return this.#needFit("network").network;
  }

  /** The preprocessing of the features. @throws GraphError before `fit` */
  get preprocessing(): ColumnTransformer {
    return this.#needFit("preprocessing").features;
  }

  /**
   * Learns preprocessing and network of a table; what was learned before is forgotten. Initial weights and the order of rows come from the seed
   * in force. Rows whose target is missing are left out.
   * @param table rows { column: cell }, or columns { name: cells }
   * @param options those of `fit` of any model, and:
   * @param options.epochs default 30, of tables of fewer than 333 rows more, of more than 66,000 fewer
   * @param options.batchSize rows in a step, default 32 to 256
   * @param options.optimizer default AdamW with rate 0.003 and weight decay 0.01
   * @param options.schedule makes the schedule of the rate, default half a cosine down to 0
   * @param options.validation share of the rows that is watched after each epoch, default 0; 0.15 with `earlyStopping`
   * @param options.earlyStopping epochs without improvement after which training ends, default never
   * @returns the figures of all epochs
   * @throws ArgumentError for a table that does not fit the plan, and what `fit` of any model throws
   */
  async fit(table: AnyTable, options?: FitTableOptions): Promise<History> {
    checkArity(FIT_TABLE.op, arguments.length, 2);
    const { network, samples, fitting } = this.setUp(table, options);
    return network.fit(samples, fitting);
  }

  /** @internal learns the preprocessing, and gives the network with its data and all that `fit` passes on to it, before it is trained */
  setUp(table: AnyTable, options?: FitTableOptions) {
    const { op } = FIT_TABLE;
    const { epochs: wanted, batchSize: size, optimizer, schedule, validation, earlyStopping, ...others } = FIT_TABLE.readOptions(options);
    const chosen = optimizerNamed(op, optimizer);
    const columns = columnsOf(op, table);
    const all = readTargets(op, columns, this.plan);
    const { train, watched } = this.#parts(op, columns, all, validation ?? (earlyStopping === null ? 0 : WATCHED), earlyStopping !== null);
    if (train.rows < 2) throw new ArgumentError(message(op, `there is ${train.rows} row to train on; expected at least 2`));

    const targets = readTargets(op, train, this.plan);
    const features = preprocessing(op, train, this.features);
    const x = features.fitTransform(cleaned(train, this.features) as never);
    const scaler = this.plan.classes === null ? targetScaler(targets) : null;
    const network = mlp(this.plan.classes?.length ?? 1, { ...this.#settings, inputShape: [x.shape[1]] });
    const isClassifier = scaler === null;
    network.compile({ optimizer: chosen, loss: isClassifier ? crossEntropy : "mse", metrics: isClassifier ? ["accuracy"] : [] });
    const epochs = wanted ?? usualEpochs(train.rows);
    const batchSize = size ?? usualBatchSize(train.rows);
    const rate = network.optimizer.learningRate;
    const stepsPerEpoch = countBatches(train.rows, batchSize, others.dropLast);
    if (typeof rate === "number") network.optimizer.learningRate = schedule(rate, { epochs, stepsPerEpoch });
    this.#fitted = { network, features, scaler, usual: isClassifier ? mostFrequent(targets.values) : scaler.shift.item() };
    remember(this.plan, this.#fitted);

    const validationData = watched === null ? undefined : this.#data(op, watched, this.#fitted);
    const same = new SameTable(op, train.rows, this.#fitted);
    const stopping = earlyStopping === null ? [] : [new EarlyStopping({ patience: earlyStopping })];
    return {
      network,
      samples: { x, y: targetTensor(targets, scaler) },
      fitting: { ...others, epochs, batchSize, validationData, callbacks: [...stopping, ...others.callbacks, same] },
    };
  }

  /**
   * Tells how well the model predicts the targets of a table, beside what is predicted without looking at the features. Rows whose target is
   * missing are left out.
   * @param options.missing what becomes of a column that the table lacks, and of a cell that cannot be read: "error" or "impute"; default "error"
   * @param options.firstRow the number of the table's first row, where it is a part of a longer one; default 0
   * @throws ArgumentError for a table without the target, with an unknown class, or without a column; GraphError before `fit`
   */
  async evaluate(table: AnyTable, options?: ReadTableOptions): Promise<TableScores> {
    const { op } = EVALUATE_TABLE;
    checkArity(op, arguments.length, 2);
    const { missing, firstRow, ...others } = EVALUATE_TABLE.readOptions(options);
    const fitted = this.#needFit("evaluate");
    const columns = columnsOf(op, table);
    const { rows, values } = readTargets(op, columns, this.plan);
    const x = new Reading(op, this.features, fitted.features, missing, firstRow).matrix(columns.take(rows));
    const found = await fitted.network.predict(x, others);
    const { classes } = this.plan;
    if (classes === null) return regressionScores(numbersOf(found, fitted.scaler as StandardScaler), values, fitted.usual);
    const loss = crossEntropy(found, tensor(Int32Array.from(values))).item();
    return classificationScores(classes, found.argmax(1).view(), values, fitted.usual, loss);
  }

  /** @internal a table for a report. Rows whose target is missing are left out. */
  samplesOf(op: string, table: AnyTable): TableSamples {
    const { features, plan } = this;
    const { scaler, ...fitted } = this.#needFit("samplesOf");
    const columns = columnsOf(op, table);
    const { rows } = readTargets(op, columns, plan);
    const taken = columns.take(rows);
    const x = new Reading(op, features, fitted.features, "error").matrix(taken);
    const y = targetTensor(readTargets(op, taken, plan), scaler);
    return {
      ...{ x, y: scaler === null ? y : unscaled(y, scaler) },
      classNames: plan.classes?.map(String),
      predicted: (found) => (scaler === null ? found : unscaled(found, scaler)),
      cells: (row) => features.map(({ name }) => [name, taken.cells.get(name)?.[row]]),
    };
  }

  /**
   * Predicts the target of each row of a table. The columns may stand in any order, others are ignored, and so is the target.
   * @param options.missing what becomes of a column that the table lacks, and of a cell that cannot be read: "error" or "impute"; default "error"
   * @param options.firstRow the number of the table's first row, where it is a part of a longer one; default 0
   * @throws ArgumentError for a column that is missing, by name, and for a cell that cannot be read; GraphError before `fit`
   */
  async predict(table: AnyTable, options?: ReadTableOptions): Promise<TablePredictions> {
    const { op } = PREDICT_TABLE;
    checkArity(op, arguments.length, 2);
    const { missing, firstRow, ...others } = PREDICT_TABLE.readOptions(options);
    const fitted = this.#needFit("predict");
    const reading = new Reading(op, this.features, fitted.features, missing, firstRow);
    const found = await fitted.network.predict(reading.matrix(columnsOf(op, table)), others);
    const { surprises } = reading;
    const { classes } = this.plan;
    if (classes === null)
      return { predictions: Array.from(numbersOf(found, fitted.scaler as StandardScaler)), probabilities: null, surprises };
    const predictions = Array.from(found.argmax(1).view(), (place) => classes[place]);
    return { predictions, probabilities: found.softmax(1), surprises };
  }

  /**
   * Writes the model to one safetensors file: network, preprocessing, columns and classes. `loadTableModel` reads it.
   * @throws GraphError before `fit`, FileError
   */
  async save(path: string | URL): Promise<void> {
    checkArity("TableModel.save", arguments.length, 1);
    await this.#needFit("save").network.save(path);
  }

  #needFit(method: string): Fitted {
    if (this.#fitted !== null) return this.#fitted;
    throw new GraphError(message(`TableModel.${method}`, "the model has not learned anything yet", "Call fit(table) first."));
  }

  /** Rows to train on, and rows to watch. */
  #parts(op: string, columns: Columns, all: Targets, share: number, mustWatch: boolean): { train: Columns; watched: Columns | null } {
    if (share === 0 && !mustWatch) return { train: columns.take(all.rows), watched: null };
    const { train, test } = splitRows(op, all, this.plan, share, 0);
    return { train: columns.take(train), watched: columns.take(test) };
  }

  #data(op: string, columns: Columns, { features, scaler }: Fitted): { x: Tensor; y: Tensor } {
    const targets = readTargets(op, columns, this.plan);
    return { x: new Reading(op, this.features, features, "impute").matrix(columns), y: targetTensor(targets, scaler) };
  }
}

function numbersOf(found: Tensor, scaler: StandardScaler): Float64Array {
  return Float64Array.from(unscaled(found, scaler).view());
}

/** Numbers of a network as those of the table, [rows, 1]. */
function unscaled(found: Tensor, scaler: StandardScaler): Tensor {
  return scaler.inverse(tensor(Float64Array.from(found.view())).reshape([-1, 1]));
}

function mostFrequent(numbers: Float64Array): number {
  const counts: number[] = [];
  for (const one of numbers) counts[one] = (counts[one] ?? 0) + 1;
  let best = 0;
  for (let i = 0; i < counts.length; i++) if ((counts[i] ?? 0) > (counts[best] ?? 0)) best = i;
  return best;
}
