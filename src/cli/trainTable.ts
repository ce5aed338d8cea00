import { basename } from "node:path";
import pico from "picocolors";
import { ArgumentError } from "../errors/errors.js";
import { message } from "../errors/message.js";
import { kernelBuild } from "../kernels/load.js";
import { findLearningRate } from "../model/findLearningRate.js";
import { optimizerNamed } from "../optim/named.js";
import { type AnyTable, columnsOf } from "../tables/columns.js";
import { crossValidateTable } from "../tables/crossValidate.js";
import { NETWORK, OPTIMIZER, usualBatchSize, usualEpochs } from "../tables/defaults.js";
import { planTable, type TablePlan } from "../tables/plan.js";
import type { TableScores } from "../tables/scores.js";
import { splitTable } from "../tables/split.js";
import { type FitTableOptions, TableModel, type TableModelOptions } from "../tables/tableModel.js";
import { manualSeed } from "../tensor/seed.js";
import { commandText } from "./again.js";
import { settingsOf } from "./config.js";
import { amount, type Course, countParameters, epochsText, patienceOf, run, watchedShare } from "./course.js";
import { TABULAR } from "./fitting.js";
import type { Interruption } from "./interrupt.js";
import { optimizerOf } from "./networks.js";
import { jsonLine, print } from "./output.js";
import { SCHEDULES } from "./schedules.js";
import type { Source } from "./sources.js";
import { readTable } from "./tableFile.js";
import { foldLine, foldsFigures, foldsText, planText, scoresText } from "./tableText.js";
import type { Given, Setup, Training } from "./train.js";
import type { TrainOptions } from "./trainOptions.js";

/** Tables with fewer rows are not divided: what is measured on one or two rows says nothing. */
const LEAST_ROWS = 10;

const TEST_SHARE = 0.2;

/** The training of a model of a table. @throws ArgumentError for options that do not go together */
export function tableTraining(source: Source & { kind: "table" }, options: Given): Training<AnyTable> {
  const settings = tableSettings(options);
  const { target, task, features, drop, kinds, json } = options;
  const planOf = (table: AnyTable): TablePlan => planTable(table, { target, task, features, drop, kinds });
  return {
    load: (signal) => readTable(source, signal),
    setUp: (table) => setUp(basename(source.path), table, planOf(table), settings, options),
    run: async (table, interruption) => {
      const plan = planOf(table);
      const rows = columnsOf("train", table).rows;
      const name = basename(source.path);
      if (json) jsonLine({ event: "table", file: source.path, rows, ...plan });
      else print(planText(name, rows, plan, target === undefined));
      if (options.folds !== undefined && !(await crossValidate(table, plan, settings, options, interruption))) return false;
      return trainOne(name, table, plan, settings, options, interruption);
    },
  };
}

interface Settings {
  readonly model: TableModelOptions;
  readonly fit: FitTableOptions;
  readonly network: string;
  readonly optimizer: { readonly name: string; readonly learningRate?: number };
  readonly schedule: string;
}

/** @throws ArgumentError for a model that is not for tables, an unknown optimizer, and options that exclude each other */
function tableSettings(options: TrainOptions): Settings {
  const { model: network = "mlp", hidden, activation, dropout, batch, epochs, schedule = "cosine" } = options;
  if (!TABULAR.includes(network))
    throw new ArgumentError(message("train", `${network} is no model of tables`, `What fits: ${TABULAR.join(", ")}.`));
  if (network === "linear" && (hidden ?? activation ?? dropout) !== undefined)
    throw new ArgumentError(message("train", "--hidden, --activation and --dropout are for --model mlp, not for linear"));
  if (options.folds !== undefined && options.test !== undefined)
    throw new ArgumentError(message("train", "--folds and --test are given", "Choose one."));
  const optimizer = optimizerOf(options, OPTIMIZER);
  optimizerNamed("train", optimizer);
  const fit = { optimizer: optimizer as never, schedule: SCHEDULES[schedule], batchSize: batch ?? null, epochs: epochs ?? null };
  return {
    model: network === "linear" ? { hidden: [] } : { hidden, activation: activation as never, dropout },
    fit: { ...fit, validation: watchedShare(options), earlyStopping: patienceOf(options) ?? null, verbose: 0 },
    ...{ network, optimizer, schedule },
  };
}

/** @returns false if it was interrupted, which it said */
async function crossValidate(
  table: AnyTable,
  plan: TablePlan,
  { model, fit }: Settings,
  { folds = 5, seed, json }: TrainOptions,
  interruption: Interruption,
): Promise<boolean> {
  const scores: TableScores[] = [];
  const work = async () => {
    const training = { folds, seed, model, fit: { ...fit, signal: interruption.signal } };
    for await (const each of crossValidateTable(table, plan, training)) {
      scores.push(each);
      if (json) jsonLine({ event: "fold", fold: scores.length, folds, ...each });
      else print(foldLine(each, scores.length, folds));
    }
    return true;
  };
  if ((await interruption.guard(work())) === null) {
    process.stderr.write(`${pico.yellow("Interrupted")} in fold ${scores.length + 1} of ${folds}; nothing is saved.\n`);
    return false;
  }
  if (json) jsonLine({ event: "folds", folds, seed, ...foldsFigures(scores) });
  else print(`${foldsText(scores)}\n`);
  manualSeed(seed);
  return true;
}

function setUp(name: string, table: AnyTable, plan: TablePlan, settings: Settings, options: Given) {
  const { network, optimizer, schedule, fit } = settings;
  const { train, test } = parts(table, plan, options);
  const rows = columnsOf("train", train).rows;
  const epochs = fit.epochs ?? usualEpochs(rows);
  const model = new TableModel(plan, settings.model);
  const config = settingsOf(options, { model: network, optimizer, schedule, epochs });
  const course: Course = { ...options, dataset: name, epochs, config };
  const setup: Setup = {
    course,
    fit: (watching) => model.fit(train, { ...fit, ...watching }),
    findRate: async (options) => {
      const { network, samples, fitting } = model.setUp(train, fit);
      return findLearningRate(network, samples, { batchSize: fitting.batchSize, ...options });
    },
    subject: () => ({ model, ...(test !== null && { data: test }) }),
    save: async (file) => {
      Object.assign(model.network.metadata, { dataset: name, network, settings: JSON.stringify(config) });
      await model.save(file);
    },
  };
  return { ...setup, model, rows, test };
}

async function trainOne(
  name: string,
  table: AnyTable,
  plan: TablePlan,
  settings: Settings,
  options: Given,
  interruption: Interruption,
): Promise<boolean> {
  const { seed, out, json, folds } = options;
  const { course, model, rows, test, ...setup } = setUp(name, table, plan, settings, options);
  if (!json) print(introduction(rows, test, plan, settings, options, course.epochs));
  const finished = await run(setup, course, interruption);
  if (finished === null) return false;
  const { seconds, epochs } = finished;
  const scores = test === null ? null : await model.evaluate(test);
  if (json) {
    jsonLine({
      ...{ event: "result", dataset: name, network: settings.network, ...scores, epochs },
      ...{ parameters: countParameters(model.network), model: out, seed, kernels: kernelBuild(), seconds },
    });
    return true;
  }
  if (scores !== null) print(`${scoresText(scores)}\n`);
  const all = folds === undefined ? "" : ", trained on all rows";
  print(`${epochsText(epochs)} in ${seconds.toFixed(1)} s; the model is saved in ${pico.bold(out)}${all}`);
  print(pico.dim(`predict by it: ${commandText(["predict", out, "rows.csv", "--out", "predictions.csv"])}`));
  return true;
}

/** Rows to train on, and rows to test on. @throws ArgumentError for a table that is too small to be divided */
function parts(table: AnyTable, plan: TablePlan, { test, folds, seed }: TrainOptions): { train: AnyTable; test: AnyTable | null } {
  const { rows } = columnsOf("train", table);
  if (test === 0 || folds !== undefined) return { train: table, test: null };
  if (rows >= LEAST_ROWS) return splitTable(table, plan, { test: test ?? TEST_SHARE, seed });
  const problem = `the table has ${rows} rows; expected at least ${LEAST_ROWS}, of which some are to test on`;
  throw new ArgumentError(message("train", problem, "Add rows, or train on all of them without a test: --test 0."));
}

function introduction(
  rows: number,
  test: AnyTable | null,
  { classes }: TablePlan,
  { network, model, optimizer, schedule, fit }: Settings,
  { seed }: TrainOptions,
  epochs: number,
): string {
  const { hidden = NETWORK.hidden, activation = NETWORK.activation, dropout = NETWORK.dropout } = model;
  const between = hidden.map((units) => `${units} ${activation}${dropout > 0 ? `, dropout ${dropout}` : ""} → `).join("");
  const rate = optimizer.learningRate === undefined ? "" : ` ${optimizer.learningRate}`;
  const course = schedule === "constant" ? "" : `, ${schedule} schedule`;
  const stopping = fit.earlyStopping == null ? "" : `, ${fit.earlyStopping} without improvement end it`;
  const tested = test === null ? "" : `, ${amount(columnsOf("train", test).rows)} to test`;
  return [
    `${amount(rows)} rows to train on${tested}`,
    `${network}: features → ${between}${classes?.length ?? 1}`,
    pico.dim(
      `${optimizer.name}${rate}${course}, batches of ${fit.batchSize ?? usualBatchSize(rows)}, ${epochsText(epochs)}${stopping}, seed ${seed}, ${kernelBuild()} kernels`,
    ),
    "",
  ].join("\n");
}
