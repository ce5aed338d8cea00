import { ArgumentError } from "../errors/errors.js";
import { kindText, message } from "../errors/message.js";
import { abortSignal, callable, choice, count, flag, number } from "../options/kinds.js";
import { currentSeed, manualSeed, resumeSeed } from "../tensor/seed.js";
import { Pool } from "./pool.js";
import type { TrialResult } from "./result.js";
import { type ConfigOf, SearchDraws, type Space } from "./space.js";
import { type Rivals, Trial, type TrialStatus } from "./trial.js";

/** Trains with the hyper-parameters that it is given, and tells how good they are. */
export type Objective<S extends Space = Space> = (config: ConfigOf<S>, trial: Trial) => number | Promise<number>;

/** What every search takes. */
export const SEARCH = {
  /** Whether less ("min", for a loss) or more ("max", for an accuracy) is better. */
  mode: choice(["min", "max"], { required: true, aka: ["direction"] }),
  /** What all random numbers come from, a whole number ≥ 0. Default 0. */
  seed: number({ default: 0, min: 0, max: Number.MAX_SAFE_INTEGER, whole: true, aka: ["randomState"] }),
  /** Ends trials that are worse than the median of earlier ones at the same step. The objective reports its figures. Default false. */
  prune: flag({ default: false }),
  /** Trials at once, each in a thread of its own; for an objective that is a module. Default: as many as there are cores. */
  workers: count({ aka: ["nJobs"] }),
  /** Is told every trial as it ends. Default none. */
  onTrial: callable<(trial: TrialResult) => void>()("a function of a trial", {}),
  /** Signal that aborts the search, which rejects with `signal.reason`. Default none. */
  signal: abortSignal({}),
};

/** What a `SearchResult` and a runner need of the options of a search. */
export interface SearchSettings {
  readonly mode: "min" | "max";
  readonly seed: number;
  readonly prune: boolean;
  readonly workers?: number;
  readonly onTrial?: (trial: TrialResult) => void;
  readonly signal?: AbortSignal;
}

/** Trials that are drawn together. Those of later rounds are compared with them, whoever ends first. */
export const ROUND = 8;

/** A configuration to be tried. */
export interface Candidate {
  readonly config: Record<string, unknown>;
  readonly budget: number;
}

/** What a trial needs that runs somewhere else. */
export interface Job extends Candidate {
  readonly number: number;
  readonly seed: number;
  readonly rivals: Rivals | null;
}

/** What comes back. */
export interface Outcome {
  readonly value: number;
  readonly status: TrialStatus;
  readonly error?: string;
  readonly reports: readonly number[];
  readonly seconds: number;
}

/** Runs the trials of a search, round by round. The results depend on its seed, and neither on threads nor on time. */
export class Runner {
  readonly results: TrialResult[] = [];
  readonly draws: SearchDraws;
  readonly #objective: Objective | null;
  readonly #pool: Pool | null;

  /** @throws ArgumentError for an objective that is neither a function nor a module's URL, and for workers where it is a function */
  constructor(
    op: string,
    objective: Objective | URL | string,
    private readonly settings: SearchSettings,
  ) {
    this.draws = new SearchDraws(settings.seed);
    if (typeof objective === "function") {
      if (settings.workers !== undefined && settings.workers > 1) {
        const mend = 'Put it into a module of its own, as its default export, and pass new URL("./objective.js", import.meta.url).';
        throw new ArgumentError(
          message(op, `workers is ${settings.workers}, and the objective is a function, which stays in its thread`, mend),
        );
      }
      this.#objective = objective;
      this.#pool = null;
      return;
    }
    if (typeof objective !== "string" && typeof (objective as URL | null)?.href !== "string") {
      const problem = `the objective is ${kindText(objective)}; expected a function of a configuration, or the URL of a module that exports one`;
      throw new ArgumentError(message(op, problem));
    }
    this.#objective = null;
    this.#pool = new Pool(op, String(objective), settings.workers);
  }

  /** Tries configurations. Those of one call are compared with those of earlier calls only. @returns in their order */
  async run(candidates: readonly Candidate[]): Promise<TrialResult[]> {
    const { mode, prune, signal, onTrial } = this.settings;
    const rivals: Rivals | null = prune ? { sign: mode === "max" ? 1 : -1, reports: this.results.map(({ reports }) => reports) } : null;
    const first = this.results.length;
    const found = await each(candidates, this.#pool?.size ?? 1, async (candidate, i) => {
      signal?.throwIfAborted();
      const job: Job = { ...candidate, number: first + i, seed: this.draws.seedOf(first + i), rivals };
      const outcome = this.#pool === null ? await tryOut(this.#objective as Objective, job) : await this.#pool.run(job);
      const result: TrialResult = { number: job.number, config: job.config, budget: job.budget, seed: job.seed, ...outcome };
      onTrial?.(result);
      return result;
    });
    this.results.push(...found);
    return found;
  }

  /** Tries configurations in rounds, so that later ones can be compared with earlier ones. */
  async runInRounds(candidates: readonly Candidate[]): Promise<void> {
    for (let at = 0; at < candidates.length; at += ROUND) await this.run(candidates.slice(at, at + ROUND));
  }

  async close(): Promise<void> {
    await this.#pool?.close();
  }
}

/** Calls the objective under the trial's seed; the seed before is in force again afterwards. Errors are results, too. */
export async function tryOut(objective: Objective, { config, number, seed, budget, rivals }: Job): Promise<Outcome> {
  const trial = new Trial(number, seed, budget, rivals);
  const before = currentSeed();
  const start = performance.now();
  manualSeed(seed);
  const ended = (value: number, status: TrialStatus, error?: string): Outcome => ({
    value,
    status,
    ...(error !== undefined && { error }),
    reports: trial.reports,
    seconds: (performance.now() - start) / 1000,
  });
  try {
    const value = await objective(config, trial);
    if (typeof value !== "number") return ended(Number.NaN, "failed", `the objective returned ${kindText(value)}; expected a number`);
    if (Number.isNaN(value)) return ended(value, "failed", "the objective returned NaN");
    return ended(value, trial.pruned ? "pruned" : "done");
  } catch (error) {
    return ended(Number.NaN, "failed", (error as Error | null)?.message ?? String(error));
  } finally {
    resumeSeed(before);
  }
}

/** Does something with each, some at once. @returns in order */
async function each<T, R>(items: readonly T[], atOnce: number, make: (item: T, i: number) => Promise<R>): Promise<R[]> {
  const results: R[] = [];
  let next = 0;
  const work = async (): Promise<void> => {
    while (next < items.length) {
      const i = next++;
      results[i] = await make(items[i], i);
    }
  };
  await Promise.all(Array.from({ length: Math.min(atOnce, items.length) }, work));
  return results;
}
