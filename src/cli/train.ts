import { accessSync, constants } from "node:fs";
import { dirname } from "node:path";
import pico from "picocolors";
import { ArgumentError } from "../errors/errors.js";
import { message } from "../errors/message.js";
import { setThreads } from "../kernels/threads/workers.js";
import { manualSeed } from "../tensor/seed.js";
import { type DatasetName, isText } from "./datasets.js";
import { Interruption } from "./interrupt.js";
import { imageTraining } from "./trainImages.js";
import { textTraining } from "./trainText.js";

export interface TrainOptions {
  model?: string;
  augment?: boolean;
  hidden?: readonly number[];
  activation?: string;
  dropout?: number;
  optimizer?: string;
  learningRate?: number;
  schedule?: string;
  epochs?: number;
  batch?: number;
  sequence?: number;
  steps?: number;
  validation?: number;
  seed: number;
  threads?: number;
  out?: string;
  json?: boolean;
}

/**
 * A training of the command, before its data are there. Options are checked when it is made: loading may take minutes, and a misspelt name
 * shows at once.
 */
export interface Training<D> {
  load(signal: AbortSignal): Promise<D>;
  /** Trains, saves and tests the model. @returns false if it was interrupted; the model is then saved as trained so far */
  run(data: D, interruption: Interruption): Promise<boolean>;
}

/**
 * Trains a model, saves it and tests it.
 * @returns false if the training was interrupted; the model is then saved as trained so far
 */
export async function train(name: DatasetName, options: TrainOptions): Promise<boolean> {
  const settings = { ...options, out: options.out ?? `${name}.safetensors` };
  checkFolder(settings.out);
  if (settings.threads !== undefined) await setThreads(settings.threads);
  manualSeed(settings.seed);
  return isText(name) ? carryOut(textTraining(name, settings)) : carryOut(imageTraining(name, settings));
}

async function carryOut<D>(training: Training<D>): Promise<boolean> {
  const interruption = new Interruption();
  try {
    const data = await interruption.guard(training.load(interruption.signal));
    if (data === null) {
      process.stderr.write(`${pico.yellow("Interrupted")} before training; nothing is saved.\n`);
      return false;
    }
    return await training.run(data, interruption);
  } finally {
    interruption.dispose();
  }
}

/** Checks that the folder for the model exists, before minutes of training whose result could not be saved. */
function checkFolder(file: string): void {
  const folder = dirname(file);
  try {
    accessSync(folder, constants.W_OK);
  } catch {
    throw new ArgumentError(
      message("train", `cannot write ${file}: the folder ${folder} is missing or read-only`, "Make it, or choose another --out."),
    );
  }
}
