import { ArgumentError } from "../errors/errors.js";
import { message } from "../errors/message.js";
import { checkArity } from "../options/arity.js";
import { declare, type OptionsOf } from "../options/declare.js";
import { count, number } from "../options/kinds.js";
import { ranked, type SearchResult } from "./result.js";
import { type Objective, SEARCH } from "./runner.js";
import { searchBy } from "./searchBy.js";
import { Axes, type Space } from "./space.js";

const HALVING_SEARCH = declare("halvingSearch", {
  ...SEARCH,
  /** The number of configurations in the first round. Default 27. */
  trials: count({ default: 27 }),
  /** What a trial of the first round may spend. Default 1. */
  minBudget: number({ default: 1, above: 0, aka: ["minResources"] }),
  /** What a trial may spend at most. Default 27. */
  maxBudget: number({ default: 27, above: 0, aka: ["maxResources"] }),
  /** From round to round the budget is multiplied and the number of configurations divided by this, a whole number ≥ 2. Default 3. */
  factor: number({ default: 3, min: 2, whole: true, aka: ["eta", "reductionFactor"] }),
});

/** Options of `halvingSearch`. */
export interface HalvingSearchOptions extends OptionsOf<typeof HALVING_SEARCH> {}

/**
 * Tries many configurations on a small budget, the best third of them on three times as much, and so on: successive halving. Jamieson
 * and Talwalkar, AISTATS 2016.
 *
 * The objective reads `trial.budget`, and trains for as many epochs, say, from the beginning. Each round is a trial of its own in the
 * result; the best is that of the greatest budget.
 * @param objective trains with a configuration and returns how good it is; an error in it fails the trial and not the search. A URL of a
 *   module, whose default export is such a function, is tried on several cores
 * @param space hyper-parameters by name: see `Space`
 * @param options.mode "min" or "max": whether less or more is better
 * @param options.trials configurations in the first round, default 27
 * @param options.minBudget what a trial of the first round may spend, default 1
 * @param options.maxBudget what a trial may spend at most, default 27
 * @param options.factor what the budget is multiplied and the number of configurations divided by from round to round, default 3
 * @param options.seed what all draws come from, default 0
 * @param options.prune ends trials within a round early, too, default false: see `Trial.report`
 * @param options.workers trials at once, of an objective that is a module; default as many as there are cores
 * @param options.onTrial is told every trial as it ends
 * @param options.signal aborts the search
 * @throws ArgumentError for a space or an option that is none, minBudget > maxBudget, and if no trial ended with a number
 * @example
 * const found = await halvingSearch(
 *   ({ x }, trial) => (x - 0.3) ** 2 + 1 / trial.budget,
 *   { x: uniform(0, 1) },
 *   { mode: "min", trials: 9, maxBudget: 9 },
 * );
 * found.best.budget   // 9
 */
export async function halvingSearch<const S extends Space>(
  objective: Objective<S> | URL | string,
  space: S,
  options: HalvingSearchOptions,
): Promise<SearchResult<S>> {
  const op = "halvingSearch";
  checkArity(op, arguments.length, 3);
  const { trials, minBudget, maxBudget, factor, ...settings } = HALVING_SEARCH.readOptions(options);
  if (minBudget > maxBudget) {
    throw new ArgumentError(message(op, `minBudget is ${minBudget}, maxBudget ${maxBudget}; expected minBudget ≤ maxBudget`));
  }
  const axes = new Axes(op, space);
  return searchBy(op, objective, settings, async (runner) => {
    let configs = Array.from({ length: trials }, (_, trial) => axes.at(runner.draws.uniform("config", trial, axes.count)));
    for (let budget = minBudget; ; budget = Math.min(maxBudget, budget * factor)) {
      const found = await runner.run(configs.map((config) => ({ config, budget })));
      if (budget === maxBudget) break;
      const able = found.filter(({ status }) => status === "done");
      configs = ranked(able, settings.mode)
        .slice(0, Math.max(1, Math.floor(configs.length / factor)))
        .map(({ config }) => config);
      if (configs.length === 0) break;
    }
  });
}
