import "../ops/methods.js";
import type { Trial } from "../search/trial.js";
import type { Config } from "./config.js";
import { stopping } from "./course.js";
import { sourceOf } from "./sources.js";
import { type Training, trainingOf } from "./train.js";
import type { TrainOptions } from "./trainOptions.js";
import { isSameTrial, readTrials, type TrialLine } from "./trials.js";

/** What all trials of a search have in common. It stands in the space as a value that stays. */
export interface Common {
  /** The data, and the settings that the space does not have. */
  readonly config: Config;
  readonly figure: string;
  /** Whether the budget of a trial is its epochs. */
  readonly budgeted: boolean;
  /** The log with trials that are not made again; null: there is none. */
  readonly log: string | null;
}

/** The settings of a trial. */
export function settingsOfTrial(
  { common, ...chosen }: { readonly common: Common },
  { seed, budget }: Pick<Trial, "seed" | "budget">,
): Config {
  const { config, budgeted } = common;
  return { ...config, ...chosen, ...(budgeted && { epochs: budget }), seed };
}

/** The data of this thread, which all its trials have in common, and the log. */
let data: Promise<unknown> | null = null;
let log: TrialLine[] | null = null;

/** Trains with settings of a space. @returns the figure of the last epoch; where training may end early, of the best */
export default async function tryOut(given: { readonly common: Common }, trial: Trial): Promise<number> {
  const { figure, log: file } = given.common;
  const settings = settingsOfTrial(given, trial);
  log ??= file === null ? [] : readTrials(file);
  const known = log.find((line) => isSameTrial(line, settings, trial.budget, figure));
  if (known !== undefined) {
    for (const report of known.reports) trial.report(report);
    return known.value;
  }
  const { data: word = "", ...options } = settings;
  const training: Training = await trainingOf({ data: word, options: options as TrainOptions });
  // A folder is divided by the seed, which each trial has of its own.
  const isFolder = sourceOf("search", word).kind === "folder";
  if (data === null || isFolder) data = training.load();
  const setup = training.setUp(await data);
  const { course } = setup;
  const history = await setup.fit({ epochs: course.epochs, callbacks: [...stopping(course), trial.callback(figure)], verbose: 0 });
  const figures = history.history[figure] as readonly number[];
  // Where training may end early, the weights are those of the epoch with the least loss.
  const losses = settings.earlyStopping === undefined ? [] : (history.history.valLoss as readonly number[]);
  return figures[losses.length === 0 ? figures.length - 1 : losses.indexOf(Math.min(...losses))];
}
