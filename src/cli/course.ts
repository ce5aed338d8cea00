import pico from "picocolors";
import type { Model } from "../model/model.js";
import type { FitOptions } from "../model/options.js";
import { LambdaCallback } from "../train/callbacks.js";
import type { TrainingData } from "../train/data.js";
import { ProgressBar } from "../train/progress.js";
import { RunBar } from "./bar.js";
import type { Interruption } from "./interrupt.js";
import { jsonLine } from "./output.js";

/** What all trainings of the command have in common. */
export interface Course {
  /** The name of the data set. */
  readonly dataset: string;
  readonly epochs: number;
  readonly seed: number;
  /** The file for the model. */
  readonly out: string;
  readonly json?: boolean;
}

/**
 * Trains a model with a bar of progress, or lines of JSON, and saves it.
 * @returns the seconds that it took; null if it was interrupted, which it said: the model is then saved as trained so far
 */
export async function run(
  model: Model,
  data: TrainingData,
  course: Course,
  options: FitOptions,
  interruption: Interruption,
): Promise<number | null> {
  const { dataset, epochs, seed, out, json } = course;
  const start = performance.now();
  let done = 0;
  const epochLine = new LambdaCallback({
    onEpochEnd: (epoch, logs) => {
      done = epoch + 1;
      if (json) jsonLine({ event: "epoch", epoch: done, epochs, ...logs });
    },
  });
  const bar = process.stderr.isTTY ? new RunBar(process.stderr) : new ProgressBar(process.stderr);
  const { signal } = interruption;
  const fitted = await interruption.guard(model.fit(data, { ...options, epochs, callbacks: [epochLine, bar], verbose: 0, signal }));
  const seconds = (performance.now() - start) / 1000;
  await model.save(out);
  // The model is saved now, so Ctrl-C may end the program.
  interruption.dispose();
  if (fitted !== null) return seconds;
  process.stderr.write(`${pico.yellow("Interrupted")} in epoch ${done + 1} of ${epochs}; the model so far is saved in ${out}\n`);
  if (json) jsonLine({ event: "interrupted", dataset, epochs: done, model: out, seed, seconds });
  return null;
}

/** The number of parameters of a model. */
export function countParameters(model: Model): number {
  return model.parameters().reduce((sum, { size }) => sum + size, 0);
}

/** How many epochs, in words. */
export function epochsText(count: number): string {
  return count === 1 ? "1 epoch" : `${count} epochs`;
}

/** A number with separators. */
export function amount(value: number): string {
  return value.toLocaleString("en");
}
