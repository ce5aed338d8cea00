import type { Command } from "commander";
import { Option } from "commander";
import { KINDS } from "../tables/kinds.js";
import { MODELS } from "./fitting.js";
import { SCHEDULES } from "./schedules.js";
import * as value from "./values.js";

/** What is trained on: a data set or a folder of images, a text, a table. */
export type Subject = "images" | "text" | "table";

/** An option of a command, declared once: for the command line, for --help, and for whatever else reads options. */
export interface OptionOfCommand<T> {
  readonly takes: value.Value<T>;
  /** What it is, for --help. */
  readonly about: string;
  /** What it is for; all, if it does not say. */
  readonly for?: readonly Subject[];
  /** The value where it is not given; undefined if what is trained on decides. */
  readonly default?: T;
}

function option<T>(takes: value.Value<T>, about: string, rest: Omit<OptionOfCommand<T>, "takes" | "about"> = {}): OptionOfCommand<T> {
  return { takes, about, ...rest };
}

const [IMAGES, TEXT, TABLE] = [["images"], ["text"], ["table"]] as const;

/** The settings of a training: the same ones give the same model. They have the same names in a file, `learningRate` being --learning-rate. */
export const SETTINGS = {
  target: option(value.text("column"), "of tables: the column to predict (default: the last)", { for: TABLE }),
  task: option(
    value.oneOf("task", ["classification", "regression"]),
    "of tables: classification or regression (default: as the target suggests)",
    {
      for: TABLE,
    },
  ),
  features: option(value.names, "of tables: the columns to predict from, as a,b,c (default: all that tell something)", { for: TABLE }),
  drop: option(value.names, "of tables: columns to leave out", { for: TABLE }),
  kinds: option(value.pairs(KINDS), `of tables: what columns hold, as zip=category: ${KINDS.join(", ")} (default: guessed)`, {
    for: TABLE,
  }),
  test: option(value.share, "of tables and folders: share of the rows to test on; 0 trains on all (default: 0.2)", {
    for: ["table", "images"],
  }),
  folds: option(value.folds, "of tables: cross-validation with k folds; the model that is saved is trained on all rows", { for: TABLE }),
  model: option(value.oneOf("name", Object.keys(MODELS)), `${Object.keys(MODELS).join(", ")} (default: mlp, of text lstm)`),
  size: option(value.count, "of folders: side that images are scaled to (default: 64)", { for: IMAGES }),
  augment: option(value.flag, "images change a little in each epoch: crops, and flips where they make sense", { for: IMAGES }),
  hidden: option(value.widths, "of mlp: widths of the hidden layers, as 128,64; 0 for none (default: the data's)", {
    for: ["images", "table"],
  }),
  activation: option(value.text("name"), "of mlp: of the hidden layers (default: relu, of tables gelu)", { for: ["images", "table"] }),
  dropout: option(value.share, "of mlp: probability of dropping behind each hidden layer (default: the data's)", {
    for: ["images", "table"],
  }),
  sequence: option(value.count, "of text: characters in a sequence (default: the model's)", { for: TEXT }),
  steps: option(value.count, "of text: steps in an epoch (default: as many as have the length of the text)", { for: TEXT }),
  optimizer: option(value.optimizer, "sgd, adam, … (default: the model's)"),
  learningRate: option(value.positive, "(default: the model's, or the optimizer's)"),
  weightDecay: option({ ...value.notNegative, hint: "<decay>" }, "(default: the model's, or the optimizer's)"),
  schedule: option(
    value.oneOf("name", Object.keys(SCHEDULES)),
    `of the learning rate: ${Object.keys(SCHEDULES).join(", ")} (default: cosine)`,
  ),
  epochs: option(value.count, "(default: the model's)"),
  batch: option(value.count, "samples a step (default: the model's)"),
  validation: option(value.share, "share to watch after each epoch instead of training on it (default: 0, with --early-stopping 0.15)", {
    for: ["images", "table"],
  }),
  earlyStopping: option(
    value.optional({ ...value.count, hint: "<epochs>" }),
    "end after this number of epochs without improvement of what is watched, with the best epoch's weights (10 if no number is given)",
  ),
  seed: option(value.seed, "the same seed gives the same model (default: 0)", { default: 0 }),
} satisfies Record<string, OptionOfCommand<unknown>>;

/** How a training is run. */
export const RUN_OPTIONS = {
  threads: option(value.threads, "(default: the cores that this process may use)"),
  out: option(value.text("file"), "where the model goes (default: <data>.safetensors)"),
  saveConfig: option(value.text("file"), "writes the settings, defaults filled in, for --config"),
  checkpoint: option(value.text("file"), "where checkpoints go (default: beside the model, as <out>.checkpoint.safetensors)"),
  checkpointEvery: option(value.interval, '60s, 5m, "100 steps" or "1 epoch" (default: 60s)'),
  keep: option(value.count, "how many checkpoints stay; one that was not asked for goes when the training has ended (default: 2)"),
  resume: option(value.flag, "go on where an interrupted run stopped, as if it had not"),
  diagnose: option(value.flag, "tell in words what goes wrong: dead layers, gradients that vanish, a rate too high, …"),
  report: option(value.text("file"), "writes a page of the training, out.html: curves, layers, what the model confuses, what goes wrong"),
  ui: option(value.flag, "a page on this machine that shows the training while it runs, pauses, stops it, and changes its rate"),
  tensorboard: option(value.text("folder"), "writes events for TensorBoard to a new folder within this one"),
  json: option(value.flag, "one JSON object a line on stdout, for machines"),
} satisfies Record<string, OptionOfCommand<unknown>>;

/** The options of `train`. */
export const TRAIN_OPTIONS = { ...SETTINGS, ...RUN_OPTIONS };

/** What only the command line has. */
export const CONFIG_OPTIONS = {
  config: option(value.text("file"), "a JSON file of these options by their names, as learningRate; what is said here as well wins"),
} satisfies Record<string, OptionOfCommand<unknown>>;

type Declared = typeof TRAIN_OPTIONS;

type ValueOf<O> = O extends OptionOfCommand<infer T> ? T : never;

/** What was given to `train`. */
export type TrainOptions = { readonly [K in Exclude<keyof Declared, "seed">]?: ValueOf<Declared[K]> } & { readonly seed: number };

/** Gives a command its options. One that can be on without a word has a --no-… beside it, to switch off what a file switches on. */
export function addOptions(command: Command, options: Readonly<Record<string, OptionOfCommand<unknown>>>): Command {
  for (const [name, { takes, about }] of Object.entries(options)) {
    const flag = flagOf(name);
    const made = new Option(`${flag} ${takes.hint}`.trim(), about);
    if (takes.hint !== "") made.argParser(takes.parse);
    command.addOption(made);
    if (!takes.hint.startsWith("<")) command.addOption(new Option(flag.replace(/^--/, "--no-")).hideHelp());
  }
  return command;
}

/** `--learning-rate` of `learningRate`. */
export function flagOf(name: string): string {
  return `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
}

/** The name of an option that was given, but is for something else than what is trained on; undefined if there is none. */
export function misplaced(subject: Subject, given: Readonly<Record<string, unknown>>): keyof Declared | undefined {
  const names = Object.keys(TRAIN_OPTIONS) as (keyof Declared)[];
  return names.find((name) => {
    const { for: subjects } = TRAIN_OPTIONS[name] as OptionOfCommand<unknown>;
    return given[name] !== undefined && subjects !== undefined && !subjects.includes(subject);
  });
}
