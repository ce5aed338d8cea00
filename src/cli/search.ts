import { rm, writeFile } from "node:fs/promises";
import pico from "picocolors";
import { ArgumentError } from "../errors/errors.js";
import { message } from "../errors/message.js";
import { gridSearch } from "../search/gridSearch.js";
import { halvingSearch } from "../search/halvingSearch.js";
import { randomSearch } from "../search/randomSearch.js";
import { ranked, type SearchResult, type TrialResult } from "../search/result.js";
import { commandText, resumingCommand } from "./again.js";
import type { Order } from "./config.js";
import { Interruption } from "./interrupt.js";
import { jsonLine, print } from "./output.js";
import type { SearchOptions } from "./searchOptions.js";
import { nameOf, sourceOf } from "./sources.js";
import { readSpace } from "./space.js";
import { trainingOf } from "./train.js";
import { SETTINGS } from "./trainOptions.js";
import { type Common, settingsOfTrial } from "./trial.js";
import { endLine, isSameTrial, logTrial, readTrials } from "./trials.js";
import { checkWritable } from "./writable.js";

type SearchOrder = Order & { readonly options: SearchOptions };

type Tried = TrialResult<{ readonly common: Common }>;

/** The share of the samples that is watched, unless it is said. */
const WATCHED = 0.2;

/**
 * Tries settings of a space on all cores, and writes the best of them as a file for `train --config`.
 * @param file the space
 * @param words the words of the command line
 * @returns false if it was interrupted; `--resume` then goes on
 */
export async function search(file: string, order: SearchOrder, words: readonly string[]): Promise<boolean> {
  const { data, options } = order;
  const space = await readSpace("search", file);
  const name = nameOf(sourceOf("search", data));
  const { figure = "valLoss", log = `${name}.trials.jsonl`, best = `${name}.best.json`, maximize = false, resume, json } = options;
  checkWritable("search", "--log", log);
  checkWritable("search", "--best", best);
  const isText = sourceOf("search", data).kind === "text";
  const fixed = { ...options, ...(isText ? {} : { validation: options.validation ?? WATCHED }) };
  const epochs = await epochsOf({ data, options: fixed });
  const known = resume ? readTrials(log) : [];
  if (resume) endLine(log);
  else await rm(log, { force: true });
  const names = Object.keys(SETTINGS).filter((setting) => setting !== "seed" && !Object.hasOwn(space, setting));
  const config = Object.fromEntries([["data", data], ...names.map((setting) => [setting, fixed[setting as keyof typeof fixed]])]);
  const common: Common = { config, figure, budgeted: options.method === "halving", log: resume ? log : null };
  const mode: "min" | "max" = maximize ? "max" : "min";
  const progress = new Progress(mode, figure, json);
  const interruption = new Interruption();
  const settings = {
    ...{ mode, seed: options.seed, prune: options.prune ?? false, workers: options.workers, signal: interruption.signal },
    onTrial: (trial: TrialResult) => {
      const { number, value, status, budget, reports, seconds, error } = trial;
      const settings = settingsOfTrial((trial as Tried).config, trial);
      const isKnown = known.some((line) => isSameTrial(line, settings, budget, figure));
      if (!isKnown) logTrial(log, { trial: number, figure, value, status, budget, reports, seconds, error, settings });
      progress.tell(trial as Tried);
    },
  } as const;
  if (!json && known.length > 0) print(pico.dim(`${known.length} trials of ${log} are not made again`));
  const found = await interruption.guard(carryOut(options, { ...space, common }, settings, epochs));
  interruption.dispose();
  if (found === null) {
    const again = resumingCommand(words);
    process.stderr.write(`${pico.yellow("Interrupted")}; the trials so far are in ${log}\nGo on with: ${pico.bold(again)}\n`);
    return false;
  }
  await conclude(found, { best, log, figure, json });
  return true;
}

/** The epochs of a training without a space. @throws ArgumentError for settings that are wrong, before the first trial */
async function epochsOf(order: Order): Promise<number> {
  const training = await trainingOf(order);
  return training.setUp(await training.load()).course.epochs;
}

type Settings = Parameters<typeof gridSearch>[2];

function carryOut({ method, trials }: SearchOptions, space: object, settings: Settings, epochs: number): Promise<SearchResult> {
  // Beside the command in the package.
  const objective = new URL("./trial.js", import.meta.url);
  const all = space as Record<string, unknown>;
  if (method === "grid") {
    if (trials !== undefined)
      throw new ArgumentError(message("search", "--trials is given, which is for random and halving, not for grid"));
    return gridSearch(objective, all, settings);
  }
  if (method === "halving") return halvingSearch(objective, all, { ...settings, trials: trials ?? 27, maxBudget: epochs });
  return randomSearch(objective, all, { ...settings, trials: trials ?? 20 });
}

/** Tells each trial as it ends. */
class Progress {
  readonly #trials: Tried[] = [];

  constructor(
    private readonly mode: "min" | "max",
    private readonly figure: string,
    private readonly json: boolean | undefined,
  ) {}

  tell(trial: Tried): void {
    this.#trials.push(trial);
    const { number, value, status, budget, seconds, error, config } = trial;
    const { common, ...chosen } = config;
    if (this.json) {
      jsonLine({ event: "trial", trial: number, ...chosen, figure: this.figure, value, status, budget, seconds, error });
      return;
    }
    const [best] = ranked(this.#trials, this.mode);
    const result =
      status === "failed" ? pico.red(`failed: ${error}`) : `${this.figure} ${valueText(value)}${status === "pruned" ? ", pruned" : ""}`;
    const spent = common.budgeted ? `, ${budget} epochs` : "";
    const leader = best.number === number ? pico.green("the best so far") : `best: ${valueText(best.value)} of ${best.number}`;
    const told = [chosenText(chosen), best.status === "failed" ? "none that ended yet" : leader].filter((text) => text !== "");
    print(`trial ${number}${spent}: ${result}  ${pico.dim(told.join("  "))}`);
  }
}

async function conclude(
  found: SearchResult,
  { best: file, log, figure, json }: { best: string; log: string; figure: string; json: boolean | undefined },
): Promise<void> {
  const best = found.best as Tried;
  const settings = settingsOfTrial(best.config, best);
  await writeFile(file, `${JSON.stringify(settings, null, 2)}\n`);
  const { common: _, ...chosen } = best.config;
  if (json) {
    jsonLine({
      event: "result",
      trials: found.trials.length,
      trial: best.number,
      figure,
      value: best.value,
      settings,
      best: file,
      log,
    });
    return;
  }
  print(
    `\n${pico.bold("best")} of ${found.trials.length} trials: ${figure} ${pico.bold(pico.green(valueText(best.value)))}, trial ${best.number}: ${chosenText(chosen)}`,
  );
  print(`its settings are in ${pico.bold(file)}, all trials in ${log}`);
  print(pico.dim(`train with it: ${commandText(["train", "--config", file])}`));
}

function chosenText(chosen: Readonly<Record<string, unknown>>): string {
  return Object.entries(chosen)
    .map(
      ([name, value]) =>
        `${name} ${typeof value === "number" ? valueText(value) : typeof value === "string" ? value : JSON.stringify(value)}`,
    )
    .join(", ");
}

function valueText(value: number): string {
  return Number.isInteger(value) ? String(value) : String(Number(value.toPrecision(4)));
}
