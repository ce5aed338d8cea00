import { ArgumentError } from "../errors/errors.js";
import { message } from "../errors/message.js";
import { checkArity } from "../options/arity.js";
import { declare, type OptionsOf } from "../options/declare.js";
import { count, number } from "../options/kinds.js";
import { ranked, type SearchResult } from "./result.js";
import { type Objective, SEARCH } from "./runner.js";
import { searchBy } from "./searchBy.js";
import { Axes, type SearchDraws, type Space } from "./space.js";

const GENETIC_SEARCH = declare("geneticSearch", {
  ...SEARCH,
  /** Configurations in a generation, ≥ 2. Default 16. */
  population: number({ default: 16, min: 2, whole: true, aka: ["populationSize"] }),
  /** The number of generations. Default 5. */
  generations: count({ default: 5 }),
  /** How many of the best go over to the next generation as they are, without another trial. Default 2. */
  elite: number({ default: 2, min: 0, whole: true, aka: ["elitism"] }),
  /** The number of individuals that are drawn for each parent, which is the best of them. Default 3. */
  tournament: count({ default: 3 }),
  /** The probability that a value of a child is changed. Default 0.2. */
  mutation: number({ default: 0.2, min: 0, max: 1, aka: ["mutationRate"] }),
  /** How far a changed value goes at most, as a share of its range. Default 0.2. */
  mutationScale: number({ default: 0.2, above: 0, max: 1 }),
});

/** Options of `geneticSearch`. */
export interface GeneticSearchOptions extends OptionsOf<typeof GENETIC_SEARCH> {}

/** A place in the unit cube, and how good it is. */
interface Individual {
  readonly genes: Float32Array;
  readonly value: number;
  readonly budget: number;
}

/**
 * Lets configurations breed: each generation is made of the better ones of the last, by taking every value from one of two parents and
 * changing a few. Holland, Adaptation in natural and artificial systems, 1975.
 * @param objective trains with a configuration and returns how good it is; an error in it fails the trial and not the search. A URL of a
 *   module, whose default export is such a function, is tried on several cores
 * @param space hyper-parameters by name: see `Space`
 * @param options.mode "min" or "max": whether less or more is better
 * @param options.population configurations in a generation, default 16
 * @param options.generations default 5
 * @param options.elite how many of the best go over as they are, default 2; fewer than the population
 * @param options.tournament the number of individuals that are drawn for each parent, which is the best of them; default 3
 * @param options.mutation the probability that a value of a child is changed, default 0.2
 * @param options.mutationScale how far it goes at most, as a share of its range, default 0.2; a value of a list is drawn anew
 * @param options.seed what all draws come from, default 0
 * @param options.prune ends trials that are worse than the median of earlier ones, default false: see `Trial.report`
 * @param options.workers trials at once, of an objective that is a module; default as many as there are cores
 * @param options.onTrial is told every trial as it ends
 * @param options.signal aborts the search
 * @throws ArgumentError for a space or an option that is none, and if no trial ended with a number
 * @example
 * const space = { x: uniform(-1, 1), y: uniform(-1, 1) };
 * const found = await geneticSearch(({ x, y }) => x * x + (y - 0.5) ** 2, space, { mode: "min", generations: 8 });
 * found.best.value   // 0, or about
 */
export async function geneticSearch<const S extends Space>(
  objective: Objective<S> | URL | string,
  space: S,
  options: GeneticSearchOptions,
): Promise<SearchResult<S>> {
  const op = "geneticSearch";
  checkArity(op, arguments.length, 3);
  const { population, generations, elite, tournament, mutation, mutationScale, ...settings } = GENETIC_SEARCH.readOptions(options);
  if (elite >= population) throw new ArgumentError(message(op, `elite is ${elite}, population ${population}; expected elite < population`));
  const axes = new Axes(op, space);
  return searchBy(op, objective, settings, async (runner) => {
    let living: Individual[] = [];
    for (let generation = 0, born = 0; generation < generations; generation++) {
      const kept = living.slice(0, elite);
      const genes = Array.from({ length: population - kept.length }, () => {
        const child = born++;
        if (generation === 0) return runner.draws.uniform("config", child, axes.count);
        return childOf(living, axes, runner.draws, child, { tournament, mutation, mutationScale });
      });
      const found = await runner.run(genes.map((each) => ({ config: axes.at(each), budget: 1 })));
      const children = found.map(({ value, budget }, i) => ({ genes: genes[i], value, budget }));
      living = ranked([...kept, ...children], settings.mode);
    }
  });
}

interface Breeding {
  readonly tournament: number;
  readonly mutation: number;
  readonly mutationScale: number;
}

/** A child of two parents. @param living the best first */
function childOf(living: readonly Individual[], axes: Axes, draws: SearchDraws, child: number, breeding: Breeding): Float32Array {
  const { tournament, mutation, mutationScale } = breeding;
  const drawn = draws.uniform("parents", child, 2 * tournament).map((u) => Math.floor(u * living.length));
  const [mother, father] = [Math.min(...drawn.subarray(0, tournament)), Math.min(...drawn.subarray(tournament))];
  const luck = draws.uniform("genes", child, 3 * axes.count);
  return Float32Array.from({ length: axes.count }, (_, axis) => {
    const [side, change, amount] = luck.subarray(3 * axis, 3 * axis + 3);
    const gene = living[side < 0.5 ? mother : father].genes[axis];
    if (change >= mutation) return gene;
    if (!axes.isOrdered(axis)) return amount;
    // The greatest float32 below 1.
    return Math.max(0, Math.min(0.99999994, gene + mutationScale * (2 * amount - 1)));
  });
}
