import { SearchResult, type TrialResult } from "./result.js";
import { type Objective, Runner, type SearchSettings } from "./runner.js";
import type { ConfigOf, Space } from "./space.js";

/**
 * What all searches do around their own way: runs it, ends the threads however it ends, and gathers the result.
 * @param way tries configurations with the runner
 * @throws ArgumentError for an objective that is none, and if no trial ended with a number
 */
export async function searchBy<S extends Space>(
  op: string,
  objective: Objective<S> | URL | string,
  settings: SearchSettings,
  way: (runner: Runner) => Promise<void>,
): Promise<SearchResult<S>> {
  const runner = new Runner(op, objective as Objective, settings);
  try {
    await way(runner);
  } finally {
    await runner.close();
  }
  return new SearchResult<S>(op, runner.results as TrialResult<ConfigOf<S>>[], settings.mode);
}
