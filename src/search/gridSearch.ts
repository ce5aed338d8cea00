import { checkArity } from "../options/arity.js";
import { declare, type OptionsOf } from "../options/declare.js";
import type { SearchResult } from "./result.js";
import { type Objective, SEARCH } from "./runner.js";
import { searchBy } from "./searchBy.js";
import { Axes, type Space } from "./space.js";

const GRID_SEARCH = declare("gridSearch", SEARCH);

/** Options of `gridSearch`. */
export interface GridSearchOptions extends OptionsOf<typeof GRID_SEARCH> {}

/**
 * Tries all combinations of the space's values: of lists all, of ranges their `points`.
 *
 * The number of trials is the product of the numbers of values, so that a grid suits two or three hyper-parameters. For more of them a
 * random search finds better ones with as many trials (Bergstra and Bengio, JMLR 13, 2012).
 * @param objective trains with a configuration and returns how good it is; an error in it fails the trial and not the search. A URL of a
 *   module, whose default export is such a function, is tried on several cores
 * @param space hyper-parameters by name: see `Space`
 * @param options.mode "min" or "max": whether less or more is better
 * @param options.seed what the trials' seeds come from, default 0
 * @param options.prune ends trials that are worse than the median of earlier ones, default false: see `Trial.report`
 * @param options.workers trials at once, of an objective that is a module; default as many as there are cores
 * @param options.onTrial is told every trial as it ends
 * @param options.signal aborts the search
 * @throws ArgumentError for a space or an option that is none, and if no trial ended with a number
 * @example
 * const found = await gridSearch(({ a, b }) => (a - 2) ** 2 + b, { a: [1, 2, 3], b: uniform(0, 1, { points: 3 }) }, { mode: "min" });
 * found.best.config   // { a: 2, b: 0 }
 */
export async function gridSearch<const S extends Space>(
  objective: Objective<S> | URL | string,
  space: S,
  options: GridSearchOptions,
): Promise<SearchResult<S>> {
  checkArity("gridSearch", arguments.length, 3);
  const settings = GRID_SEARCH.readOptions(options);
  const configs = new Axes("gridSearch", space).grid();
  return searchBy("gridSearch", objective, settings, (runner) => runner.runInRounds(configs.map((config) => ({ config, budget: 1 }))));
}
