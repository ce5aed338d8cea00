import pico from "picocolors";
import { ArgumentError } from "../errors/errors.js";
import { message } from "../errors/message.js";
import { setThreads } from "../kernels/threads/workers.js";
import type { FindLearningRateOptions, LearningRateCurve } from "../model/findLearningRate.js";
import { manualSeed } from "../tensor/seed.js";
import type { Order } from "./config.js";
import { type Course, checkpointPath, type Trainable } from "./course.js";
import { IMAGE_SETS } from "./datasets.js";
import { folderSet } from "./folders.js";
import { Interruption } from "./interrupt.js";
import { nameOf, type Source, sourceOf } from "./sources.js";
import { imageTraining } from "./trainImages.js";
import { flagOf, misplaced, type OptionOfCommand, type Subject, TRAIN_OPTIONS, type TrainOptions } from "./trainOptions.js";
import { tableTraining } from "./trainTable.js";
import { textTraining } from "./trainText.js";
import { checkWritable } from "./writable.js";

/**
 * A training of the command, before its data are there. Options are checked when it is made: loading may take minutes, and a misspelt name
 * shows at once.
 */
export interface Training<D = unknown> {
  load(signal?: AbortSignal): Promise<D>;
  /** The model with its data, ready to be trained. */
  setUp(data: D): Setup;
  /** Trains, saves and tests the model. @returns false if it was interrupted; the model is then saved as trained so far */
  run(data: D, interruption: Interruption): Promise<boolean>;
}

/** A model with its data: what `train`, `lr-find` and `search` have in common. */
export interface Setup extends Trainable {
  readonly course: Course;
  /** Searches a learning rate. */
  findRate(options: FindLearningRateOptions): Promise<LearningRateCurve>;
}

/** The options of a training, with what the command knows beside them. */
export type Given = TrainOptions & { readonly data: string; readonly out: string; readonly words: readonly string[] };

/**
 * Trains a model, saves it and tests it.
 * @param words the words of the command line
 * @returns false if the training was interrupted; the model is then saved as trained so far
 */
export async function train({ data, options }: Order, words: readonly string[]): Promise<boolean> {
  const out = options.out ?? `${nameOf(sourceOf("train", data))}.safetensors`;
  checkWritable("train", "--out", out);
  checkWritable("train", "--checkpoint", checkpointPath({ ...options, out }));
  for (const option of ["report", "saveConfig"] as const) {
    const file = options[option];
    if (file !== undefined) checkWritable("train", flagOf(option), file);
  }
  return carryOut(await trainingOf({ data, options: { ...options, out } }, words));
}

/** The training that somebody asks for. Random numbers begin anew with its seed. @throws ArgumentError for options that do not fit the data */
export async function trainingOf({ data, options }: Order, words: readonly string[] = []): Promise<Training> {
  const source = sourceOf("train", data);
  checkSubject(source, options);
  const given: Given = { ...options, data, words, out: options.out ?? `${nameOf(source)}.safetensors` };
  if (given.threads !== undefined) await setThreads(given.threads);
  manualSeed(given.seed);
  if (source.kind === "table") return tableTraining(source, given) as Training;
  if (source.kind === "text") return textTraining(source.name, given) as Training;
  if (source.kind === "images") return imageTraining(IMAGE_SETS[source.name], given) as Training;
  const folder = await folderSet("train", source.path, given);
  return imageTraining(folder, { ...given, model: given.model ?? "convnet" }) as Training;
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
