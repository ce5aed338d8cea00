import { rm, writeFile } from "node:fs/promises";
import pico from "picocolors";
import { note } from "../errors/note.js";
import { generations, siblingPath } from "../io/generations.js";
import type { Model } from "../model/model.js";
import type { FitOptions } from "../model/options.js";
import { type Callback, LambdaCallback } from "../train/callbacks.js";
import { EarlyStopping } from "../train/earlyStopping.js";
import type { History } from "../train/history.js";
import { ProgressBar } from "../train/progress.js";
import { resumingCommand } from "./again.js";
import { RunBar } from "./bar.js";
import type { Config } from "./config.js";
import type { Interruption } from "./interrupt.js";
import { Onlookers, type Subject } from "./onlookers.js";
import { jsonLine } from "./output.js";
import { SameSplit } from "./sameSplit.js";
import type { TrainOptions } from "./trainOptions.js";

/** How a training is run, whatever it trains. */
type RunOptions = Pick<
  TrainOptions,
  "diagnose" | "report" | "ui" | "tensorboard" | "json" | "checkpoint" | "checkpointEvery" | "keep" | "resume" | "saveConfig"
>;

/** What all trainings of the command have in common. */
export interface Course extends RunOptions {
  /** The name of the data set. */
  readonly dataset: string;
  readonly epochs: number;
  readonly seed: number;
  /** The share of the samples to test on, where it was given. */
  readonly test?: number;
  /** The file for the model. */
  readonly out: string;
  /** The words of the command line, which are told again where the training is interrupted. */
  readonly words: readonly string[];
  /** The settings, as a file for --config has them. */
  readonly config: Config;
  /** Epochs without improvement after which training ends; undefined: never. */
  readonly patience?: number;
}

/** The epochs without improvement of `--early-stopping` alone. */
const PATIENCE = 10;

/** What `--early-stopping` says. */
export function patienceOf({ earlyStopping }: { earlyStopping?: number | true }): number | undefined {
  return earlyStopping === true ? PATIENCE : earlyStopping;
}

/** The share of the samples that is watched. */
export function watchedShare({ validation, earlyStopping }: { validation?: number; earlyStopping?: number | true }): number {
  return validation ?? (earlyStopping === undefined ? 0 : 0.15);
}

/** What is trained. */
export interface Trainable {
  /** Trains with these options, beside its own. */
  fit(options: Pick<FitOptions, "epochs" | "callbacks" | "verbose" | "signal" | "checkpoint" | "resume">): Promise<History>;
  save(file: string): Promise<void>;
  /** What a report of the training is about. */
  readonly subject: () => Subject;
}

/** What a training came to. */
export interface Finished {
  readonly seconds: number;
  /** The epochs that are done, those before a resumption among them: fewer than were asked for where `--early-stopping` ended it. */
  readonly epochs: number;
}

/**
 * Trains with a bar of progress, or lines of JSON, with checkpoints, and saves.
 * @returns null if it was interrupted, which it said: the model is then saved as trained so far
 */
export async function run(trainable: Trainable, course: Course, interruption: Interruption): Promise<Finished | null> {
  const { epochs, out, resume = false, checkpointEvery, keep, saveConfig, config } = course;
  if (saveConfig !== undefined) await writeFile(saveConfig, `${JSON.stringify(config, null, 2)}\n`);
  const start = performance.now();
  const path = checkpointPath(course);
  const checkpoint = { path, ...(checkpointEvery !== undefined && { every: checkpointEvery }), ...(keep !== undefined && { keep }) };
  const line = new EpochLine(course, path);
  const onlookers = await Onlookers.of(course);
  const callbacks = [new SameSplit(course), ...stopping(course), ...onlookers.callbacks, line.callback, bar()];
  const { signal } = interruption;
  const fitted = await interruption
    .guard(trainable.fit({ epochs, callbacks, checkpoint, resume, verbose: 0, signal }))
    .catch(async (error) => {
      await onlookers.cutShort(trainable.subject);
      throw error;
    });
  const seconds = (performance.now() - start) / 1000;
  await trainable.save(out);
  if (fitted !== null && !wantsCheckpoints(course)) await removeFiles(path);
  // The model is saved now, so Ctrl-C may end the program.
  interruption.dispose();
  if (fitted !== null) {
    await onlookers.end(trainable.subject());
    return { seconds, epochs: line.done };
  }
  await onlookers.cutShort(trainable.subject);
  tellInterruption(course, path, line.done, seconds);
  return null;
}

/** Where the checkpoints go: beside the model, unless it is said. */
export function checkpointPath({ checkpoint, out }: Pick<Course, "checkpoint" | "out">): string {
  return checkpoint ?? siblingPath("train", out, "checkpoint");
}

/** Whether checkpoints were asked for, and stay when training has ended. Otherwise they are there to bridge an interruption. */
function wantsCheckpoints({ checkpoint, checkpointEvery, keep }: Course): boolean {
  return (checkpoint ?? checkpointEvery ?? keep) !== undefined;
}

async function removeFiles(path: string): Promise<void> {
  for (const file of generations("train", path)) await rm(file, { force: true });
}

/** What ends a training early. */
export function stopping({ patience }: Course): Callback[] {
  return patience === undefined ? [] : [new EarlyStopping({ patience })];
}

/** Tells where training begins, and to machines each epoch. */
class EpochLine {
  /** Epochs done. */
  done = 0;
  readonly callback: Callback;

  constructor({ epochs, json, resume }: Course, path: string) {
    this.callback = new LambdaCallback({
      onTrainBegin: ({ resumed, initialEpoch }) => {
        this.done = initialEpoch;
        if (!resume) return;
        if (!resumed) note(`train: there is no checkpoint ${path}; training begins anew.`);
        else if (json) jsonLine({ event: "resumed", checkpoint: path, done: initialEpoch, epochs });
        else process.stderr.write(`${pico.dim(`goes on from ${path}: ${epochsText(initialEpoch)} of ${epochs} done`)}\n`);
      },
      onEpochEnd: (epoch, logs) => {
        this.done = epoch + 1;
        if (json) jsonLine({ event: "epoch", epoch: this.done, epochs, ...logs });
      },
    });
  }
}

function tellInterruption({ dataset, epochs, out, seed, words, json }: Course, path: string, done: number, seconds: number): void {
  const resume = resumingCommand(words);
  // Before the first step nothing is kept, for there is nothing to keep.
  const checkpoint = generations("train", path)[0] ?? null;
  const where = `in epoch ${Math.min(done + 1, epochs)} of ${epochs}`;
  process.stderr.write(`${pico.yellow("Interrupted")} ${where}; the model so far is saved in ${out}\n`);
  if (checkpoint !== null) process.stderr.write(`Go on with: ${pico.bold(resume)}\n`);
  if (json) jsonLine({ event: "interrupted", dataset, epochs: done, model: out, checkpoint, resume, seed, seconds });
}

/** What shows the progress of a training on stderr. */
function bar(): Callback {
  return process.stderr.isTTY ? new RunBar(process.stderr) : new ProgressBar(process.stderr);
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
