import { checkArity } from "../options/arity.js";
import { declare, type OptionsOf } from "../options/declare.js";
import { count } from "../options/kinds.js";
import type { SearchResult } from "./result.js";
import { type Objective, SEARCH } from "./runner.js";
import { searchBy } from "./searchBy.js";
import { Axes, type Space } from "./space.js";

const RANDOM_SEARCH = declare("randomSearch", {
  ...SEARCH,
  /** The number of trials. Default 20. */
  trials: count({ default: 20, aka: ["nIter", "nTrials", "maxTrials"] }),
});

/** Options of `randomSearch`. */
export interface RandomSearchOptions extends OptionsOf<typeof RANDOM_SEARCH> {}

/**
 * Tries configurations that are drawn from the space at random. Bergstra and Bengio, Random search for hyper-parameter optimization,
 * JMLR 13 (2012).
 *
 * Trial i is the same whatever the number of trials: more of them go on where fewer ended.
 * @param objective trains with a configuration and returns how good it is; an error in it fails the trial and not the search. A URL of a
 *   module, whose default export is such a function, is tried on several cores
 * @param space hyper-parameters by name: see `Space`
 * @param options.mode "min" or "max": whether less or more is better
 * @param options.trials default 20
 * @param options.seed what all draws come from, default 0
 * @param options.prune ends trials that are worse than the median of earlier ones, default false: see `Trial.report`
 * @param options.workers trials at once, of an objective that is a module; default as many as there are cores
 * @param options.onTrial is told every trial as it ends
 * @param options.signal aborts the search
 * @throws ArgumentError for a space or an option that is none, and if no trial ended with a number
 * @example
 * const found = await randomSearch(({ x }) => (x - 0.3) ** 2, { x: uniform(0, 1) }, { mode: "min", trials: 50 });
 * found.best.config.x   // 0.3, or about
 */
export async function randomSearch<const S extends Space>(
  objective: Objective<S> | URL | string,
  space: S,
  options: RandomSearchOptions,
): Promise<SearchResult<S>> {
  checkArity("randomSearch", arguments.length, 3);
  const { trials, ...settings } = RANDOM_SEARCH.readOptions(options);
  const axes = new Axes("randomSearch", space);
  return searchBy("randomSearch", objective, settings, (runner) => {
    const draw = (trial: number) => ({ config: axes.at(runner.draws.uniform("config", trial, axes.count)), budget: 1 });
    return runner.runInRounds(Array.from({ length: trials }, (_, trial) => draw(trial)));
  });
}
