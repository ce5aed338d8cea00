import { accessSync, constants } from "node:fs";
import { dirname } from "node:path";
import pico from "picocolors";
import { ArgumentError } from "../errors/errors.js";
import { message } from "../errors/message.js";
import { setThreads } from "../kernels/threads/workers.js";
import { manualSeed } from "../tensor/seed.js";
import { checkpointPath } from "./course.js";
import { IMAGE_SETS } from "./datasets.js";
import { folderSet } from "./folders.js";
import { Interruption } from "./interrupt.js";
import { nameOf, type Source, sourceOf } from "./sources.js";
import { imageTraining } from "./trainImages.js";
import { flagOf, misplaced, type OptionOfCommand, type Subject, TRAIN_OPTIONS, type TrainOptions } from "./trainOptions.js";
import { tableTraining } from "./trainTable.js";
import { textTraining } from "./trainText.js";

/**
 * A training of the command, before its data are there. Options are checked when it is made: loading may take minutes, and a misspelt name
 * shows at once.
 */
export interface Training<D> {
  load(signal: AbortSignal): Promise<D>;
  /** Trains, saves and tests the model. @returns false if it was interrupted; the model is then saved as trained so far */
  run(data: D, interruption: Interruption): Promise<boolean>;
}

/** The options of a training, with what the command knows beside them. */
export type Given = TrainOptions & { readonly out: string; readonly words: readonly string[] };

/**
 * Trains a model, saves it and tests it.
 * @param data a data set, a table or a folder of images
 * @param words the words of the command line
 * @returns false if the training was interrupted; the model is then saved as trained so far
 */
export async function train(data: string, options: TrainOptions, words: readonly string[]): Promise<boolean> {
  const source = sourceOf("train", data);
  checkSubject(source, options);
  const settings: Given = { ...options, words, out: options.out ?? `${nameOf(source)}.safetensors` };
  checkFolder("--out", settings.out);
  checkFolder("--checkpoint", checkpointPath(settings));
  if (settings.threads !== undefined) await setThreads(settings.threads);
  manualSeed(settings.seed);
  if (source.kind === "table") return carryOut(tableTraining(source, settings));
  if (source.kind === "text") return carryOut(textTraining(source.name, settings));
  if (source.kind === "images") return carryOut(imageTraining(IMAGE_SETS[source.name], settings));
  const folder = await folderSet("train", source.path, settings);
  return carryOut(imageTraining(folder, { ...settings, model: settings.model ?? "convnet" }));
}

/** @throws ArgumentError for an option that is for something else */
function checkSubject(source: Source, options: TrainOptions): void {
  const subject = source.kind === "folder" ? "images" : source.kind;
  const name = misplaced(subject, options);
  if (name === undefined) return;
  const { for: subjects = [] } = TRAIN_OPTIONS[name] as OptionOfCommand<unknown>;
  const fit = subjects.map((each) => WORDS[each]).join(" and ");
  throw new ArgumentError(message("train", `${flagOf(name)} is given, which is for ${fit}, not for ${nameOf(source)}`));
}

const WORDS: Record<Subject, string> = { images: "images", text: "texts", table: "tables" };

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

/** Checks that the folder for a file exists, before minutes of training whose result could not be saved. */
function checkFolder(option: string, file: string): void {
  const folder = dirname(file);
  try {
    accessSync(folder, constants.W_OK);
  } catch {
    throw new ArgumentError(
      message("train", `cannot write ${file}: the folder ${folder} is missing or read-only`, `Make it, or choose another ${option}.`),
    );
  }
}
