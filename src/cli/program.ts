import { readFileSync } from "node:fs";
import { MOST_THREADS } from "../kernels/threads/count.js";
import { isError } from "../options/builtin.js";
import "../ops/methods.js";
import { Argument, Command, CommanderError, InvalidArgumentError, Option } from "commander";
import pico from "picocolors";
import { ArgumentError } from "../errors/errors.js";
import { didYouMean } from "../errors/message.js";
import { type BenchOptions, bench } from "./bench.js";
import { DATASET_NAMES, type DatasetName } from "./datasets.js";
import { evaluate } from "./evaluate.js";
import { MODELS, modelsText } from "./fitting.js";
import { type GenerateOptions, generate } from "./generate.js";
import { info } from "./info.js";
import { SCHEDULES } from "./schedules.js";
import { type TrainOptions, train } from "./train.js";

/** The exit codes of the command. */
const EXIT = { ok: 0, failed: 1, usage: 2, interrupted: 130 } as const;

/**
 * Runs the command `simdgrad`.
 * @param args the words behind the name of the command
 * @returns the exit code
 */
export async function run(args: readonly string[]): Promise<number> {
  let code: number = EXIT.ok;
  const program = describe((result) => {
    code = result;
  });
  // A reader that closes the pipe early, such as `| head`, is no failure.
  process.stdout.on("error", (error: NodeJS.ErrnoException) => process.exit(error.code === "EPIPE" ? EXIT.ok : EXIT.failed));
  try {
    await program.parseAsync(args, { from: "user" });
    return code;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.ok : EXIT.usage;
    if (!isError(error)) throw error;
    process.stderr.write(`${pico.red("error:")} ${"code" in error ? error.message : (error.stack ?? error.message)}\n`);
    return error instanceof ArgumentError ? EXIT.usage : EXIT.failed;
  }
}

/** Describes the commands and their options. @param done called with the exit code */
function describe(done: (code: number) => void): Command {
  const program = new Command("simdgrad")
    .description("Train neural networks on SIMD WebAssembly.")
    .version(version(), "-v, --version")
    .exitOverride()
    .showHelpAfterError("(simdgrad --help lists commands, simdgrad <command> --help its options)")
    .addHelpText("after", "\nExit codes: 0 done, 1 failed, 2 wrong usage, 130 interrupted (the model so far is saved).");

  const json = () => new Option("--json", "one JSON object a line on stdout, for machines");
  const dataset = () => new Argument("<dataset>", "data set").argParser(datasetName);

  program
    .command("train")
    .description("train a model, test it and save it")
    .addArgument(dataset().argParser(datasetName))
    .addOption(
      new Option("--model <name>", `${Object.keys(MODELS).join(", ")} (default: mlp for images, lstm for text)`).argParser(modelName),
    )
    .option("--augment", "images change a little in each epoch: crops, and flips where they make sense")
    .option("--hidden <widths>", "of mlp: widths of the hidden layers, as 128,64; 0 for none (default: the data set's)", widths)
    .option("--activation <name>", "of mlp: of the hidden layers (default: relu)")
    .option("--dropout <p>", "of mlp: probability of dropping behind each hidden layer (default: the data set's)", share)
    .option("--sequence <n>", "of text: characters in a sequence (default: the model's)", count)
    .option("--steps <n>", "of text: steps in an epoch (default: as many as have the length of the text)", count)
    .option("--optimizer <name>", "sgd, adam, … (default: the model's)")
    .option("--learning-rate <rate>", "(default: the model's, or the optimizer's)", positive)
    .addOption(
      new Option("--schedule <name>", `of the learning rate: ${Object.keys(SCHEDULES).join(", ")} (default: cosine)`).argParser(schedule),
    )
    .option("--epochs <n>", "(default: the model's)", count)
    .option("--batch <n>", "samples a step (default: the model's)", count)
    .option("--validation <share>", "of images: share to watch after each epoch instead of training on it (default: 0)", share)
    .option("--seed <n>", "the same seed gives the same model", seed, 0)
    .option("--threads <n>", "(default: the cores that this process may use)", threads)
    .option("--out <file>", "where the model goes (default: <dataset>.safetensors)")
    .addHelpText("after", modelsText())
    .addOption(json())
    .action(async (name: DatasetName, options: TrainOptions) => done((await train(name, options)) ? EXIT.ok : EXIT.interrupted));

  program
    .command("evaluate")
    .description("test a saved model")
    .argument("<file>", "what train saved")
    .addArgument(new Argument("[dataset]", "data set (default: the one that it was trained on)").argParser(datasetName))
    .addOption(json())
    .action(async (file: string, name: DatasetName | undefined, options: { json?: boolean }) => evaluate(file, name, options));

  program
    .command("generate")
    .description("go on with a text by a saved model of text")
    .argument("<file>", "what train saved")
    .option("--prompt <text>", "the text to go on with", "\n")
    .option("--length <n>", "characters to generate", count, 200)
    .option("--temperature <t>", "below 1 likely characters are taken more often, 0 takes the likeliest", notNegative, 0.8)
    .option("--top-k <n>", "choose among the n likeliest characters only (default: all)", count)
    .option("--seed <n>", "the same seed gives the same text", seed, 0)
    .addOption(json())
    .action(async (file: string, options: GenerateOptions) => done((await generate(file, options)) ? EXIT.ok : EXIT.interrupted));

  program
    .command("info")
    .description("kernels, CPU features and memory of this machine")
    .addOption(json())
    .action((options: { json?: boolean }) => info(version(), options));

  program
    .command("bench")
    .description("what this machine can do and how near the library comes, in some 10 s")
    .option("--quick", "in a second or two, with more noise")
    .addOption(json())
    .action(async (options: BenchOptions) => bench(version(), options));

  return program;
}

function version(): string {
  return (JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8")) as { version: string }).version;
}

function datasetName(text: string): DatasetName {
  return oneOf(DATASET_NAMES, text) as DatasetName;
}

function modelName(text: string): string {
  return oneOf(Object.keys(MODELS), text);
}

function schedule(text: string): string {
  return oneOf(Object.keys(SCHEDULES), text);
}

function oneOf(known: readonly string[], text: string): string {
  if (known.includes(text)) return text;
  throw new InvalidArgumentError(`${didYouMean(text, known).trim()} Known: ${known.join(", ")}.`.trim());
}

function widths(text: string): number[] {
  if (text === "0") return [];
  return text.split(",").map(count);
}

function count(text: string): number {
  return number(text, "a whole number from 1", (value) => Number.isSafeInteger(value) && value >= 1);
}

function seed(text: string): number {
  return number(text, "a whole number from 0", (value) => Number.isSafeInteger(value) && value >= 0);
}

function share(text: string): number {
  return number(text, "a number from 0 to below 1", (value) => value >= 0 && value < 1);
}

function notNegative(text: string): number {
  return number(text, "a number from 0", (value) => value >= 0 && Number.isFinite(value));
}

function positive(text: string): number {
  return number(text, "a number above 0", (value) => value > 0 && Number.isFinite(value));
}

function threads(text: string): number {
  return number(text, `a whole number from 1 to ${MOST_THREADS}`, (n) => Number.isInteger(n) && n >= 1 && n <= MOST_THREADS);
}

function number(text: string, expected: string, fits: (value: number) => boolean): number {
  const value = text.trim() === "" ? Number.NaN : Number(text);
  if (fits(value)) return value;
  throw new InvalidArgumentError(`Expected ${expected}.`);
}
