import { ArgumentError } from "../errors/errors.js";
import { message } from "../errors/message.js";
import type { ConfigOf, Space } from "./space.js";
import type { TrialStatus } from "./trial.js";

/** One trial of a search. */
export interface TrialResult<Config = Record<string, unknown>> {
  /** From 0, in the order in which the configurations were drawn. */
  readonly number: number;
  readonly config: Config;
  /** What the objective returned; NaN if it failed. */
  readonly value: number;
  readonly status: TrialStatus;
  /** Why it failed. */
  readonly error?: string;
  /** What it might spend; 1 unless the search deals out budgets. */
  readonly budget: number;
  readonly seed: number;
  /** The figures that were reported on the way. */
  readonly reports: readonly number[];
  readonly seconds: number;
}

/** What a search found. */
export class SearchResult<S extends Space = Space> {
  /** The best trial that was not stopped early, of the greatest budget. */
  readonly best: TrialResult<ConfigOf<S>>;

  /** @throws ArgumentError if no trial ended with a number */
  constructor(
    op: string,
    /** All trials, in the order of their numbers. */
    readonly trials: readonly TrialResult<ConfigOf<S>>[],
    readonly mode: "min" | "max",
  ) {
    const most = Math.max(...trials.filter(({ status }) => status === "done").map(({ budget }) => budget));
    const ended = trials.filter(({ status, budget }) => status === "done" && budget === most);
    if (ended.length === 0) {
      const [first] = trials;
      throw new ArgumentError(
        message(op, `none of ${trials.length} trials ended with a number; the first: ${first?.error?.replace(/\.$/, "") ?? "none ran"}`),
      );
    }
    this.best = ranked(ended, mode)[0];
  }

  /** A row for each trial, the best first: for `console.table`, or to be written as CSV. */
  rows(): Record<string, unknown>[] {
    return ranked(this.trials, this.mode).map(({ number, config, value, status, budget, seconds }) => ({
      trial: number,
      ...config,
      value,
      status,
      budget,
      seconds: Math.round(seconds * 1000) / 1000,
    }));
  }

  /** The rows as text, in columns. */
  toString(): string {
    const rows = this.rows().map((row) => Object.fromEntries(Object.entries(row).map(([name, value]) => [name, textOf(value)])));
    const names = Object.keys(rows[0]);
    const widths = names.map((name) => Math.max(name.length, ...rows.map((row) => row[name].length)));
    const line = (cells: readonly string[]): string =>
      cells
        .map((cell, i) => cell.padEnd(widths[i]))
        .join("  ")
        .trimEnd();
    return [line(names), ...rows.map((row) => line(names.map((name) => row[name])))].join("\n");
  }
}

/** The best first: those with a number before those without, greater budgets before smaller ones, earlier ones first among equals. */
export function ranked<T extends { readonly value: number; readonly budget: number }>(trials: readonly T[], mode: "min" | "max"): T[] {
  const sign = mode === "max" ? -1 : 1;
  const worth = ({ value }: T): number => (Number.isNaN(value) ? Number.POSITIVE_INFINITY : sign * value);
  return [...trials].sort((a, b) => {
    const byBudget = b.budget - a.budget;
    if (byBudget !== 0 && !Number.isNaN(a.value) && !Number.isNaN(b.value)) return byBudget;
    const [x, y] = [worth(a), worth(b)];
    return x < y ? -1 : x > y ? 1 : 0;
  });
}

function textOf(value: unknown): string {
  if (typeof value === "number") return Number.isInteger(value) ? String(value) : String(Number(value.toPrecision(4)));
  return typeof value === "string" ? value : (JSON.stringify(value) ?? String(value));
}
