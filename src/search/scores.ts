import { ArgumentError } from "../errors/errors.js";
import { kindText, message } from "../errors/message.js";
import { currentSeed, manualSeed, resumeSeed } from "../tensor/seed.js";
import { SearchDraws } from "./space.js";

/** Mean and standard deviation (divided by n, as NumPy's) of some scores. */
export interface Spread {
  readonly mean: number;
  readonly std: number;
}

/** @param scores at least one */
export function spreadOf(scores: readonly number[]): Spread {
  const mean = meanOf(scores);
  return { mean, std: Math.sqrt(meanOf(scores.map((score) => (score - mean) * (score - mean)))) };
}

/** @param figures at least one */
export function meanOf(figures: readonly number[]): number {
  return figures.reduce((sum, figure) => sum + figure, 0) / figures.length;
}

/** Runs trainings one after the other, each under a seed of its own, and gives the random numbers outside back. */
export class Seeded {
  readonly #draws: SearchDraws;
  readonly #before = currentSeed();
  #next = 0;

  constructor(seed: number) {
    this.#draws = new SearchDraws(seed);
  }

  async run<T>(train: () => T | Promise<T>): Promise<T> {
    manualSeed(this.#draws.seedOf(this.#next++));
    try {
      return await train();
    } finally {
      resumeSeed(this.#before);
    }
  }
}

/** @throws ArgumentError for anything but a function */
export function checkTraining(op: string, train: unknown): void {
  if (typeof train === "function") return;
  throw new ArgumentError(message(op, `what trains and measures is ${kindText(train)}; expected a function of { train, validation }`));
}

/** Scores by name. @throws ArgumentError for anything but numbers by name */
export function checkScores(op: string, scores: unknown): Readonly<Record<string, number>> {
  const isObject = typeof scores === "object" && scores !== null;
  if (isObject && Object.values(scores).every((score) => typeof score === "number")) return scores as Record<string, number>;
  throw new ArgumentError(message(op, `the training returned ${kindText(scores)}; expected a number, or numbers by name`));
}
