import { readFileSync } from "node:fs";
import { codeOf, reasonOf } from "../io/reason.js";
import { isError } from "../options/builtin.js";
import "../ops/methods.js";
import { Argument, Command, CommanderError, Option } from "commander";
import pico from "picocolors";
import { ArgumentError } from "../errors/errors.js";
import { type BenchOptions, bench } from "./bench.js";
import { CONFIG, type GivenOptions, orderOf } from "./config.js";
import { jsonSchemaOf } from "./configFile.js";
import { DATASET_NAMES } from "./datasets.js";
import { type EvaluateOptions, evaluate } from "./evaluate.js";
import { modelsText } from "./fitting.js";
import { type GenerateOptions, generate } from "./generate.js";
import { info } from "./info.js";
import { inspect } from "./inspect.js";
import { findRate } from "./lrFind.js";
import { print } from "./output.js";
import { addPlot } from "./plot.js";
import { type PredictOptions, predict } from "./predict.js";
import { RATE_OPTIONS } from "./rateOptions.js";
import { WRITTEN } from "./rowWriter.js";
import { search } from "./search.js";
import { SEARCH_OPTIONS } from "./searchOptions.js";
import { SPACE } from "./space.js";
import { train } from "./train.js";
import { addOptions, CONFIG_OPTIONS, RUN_OPTIONS, SETTINGS, TRAIN_OPTIONS } from "./trainOptions.js";
import { count, notNegative, seed } from "./values.js";

/** The exit codes of the command. */
const EXIT = { ok: 0, failed: 1, usage: 2, interrupted: 130 } as const;

const TRAIN_EXAMPLES = `

Examples:
  simdgrad train iris.csv
  simdgrad train rents.csv --target rent --drop id,street --folds 5
  simdgrad train churn.jsonl --target left --kinds zip=category --hidden 64,32 --early-stopping --validation 0.2
  simdgrad train fashion-mnist --model lenet
  simdgrad train photos/ --model convnet        a folder with a folder of images for each class`;

const PREDICT_EXAMPLES = `
Examples:
  simdgrad predict iris.safetensors < rows.csv > predictions.csv
  simdgrad predict rents.safetensors rows.jsonl --to csv --out predictions.csv --missing impute`;

/**
 * Runs the command `simdgrad`.
 * @param args the words behind the name of the command
 * @returns the exit code
 */
export async function run(args: readonly string[]): Promise<number> {
  let code: number = EXIT.ok;
  const program = describe(args, (result) => {
    code = result;
  });
  process.stdout.on("error", (error) => {
    // A reader that closes the pipe early, such as `| head`, is no failure.
    if (codeOf(error) === "EPIPE") process.exit(EXIT.ok);
    process.stderr.write(`${pico.red("error:")} cannot write to stdout: ${reasonOf(error)}.\n`);
    process.exit(EXIT.failed);
  });
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

/** Describes the commands and their options. @param args the words of the command line @param done called with the exit code */
function describe(args: readonly string[], done: (code: number) => void): Command {
  const program = new Command("simdgrad")
    .description("Train neural networks on SIMD WebAssembly.")
    .version(version(), "-v, --version")
    .exitOverride()
    // A command has its own options: those of figures are named like those of `plot`.
    .enablePositionalOptions()
    .showHelpAfterError("(simdgrad --help lists commands, simdgrad <command> --help its options)")
    .addHelpText("after", "\nExit codes: 0 done, 1 failed, 2 wrong usage, 130 interrupted (the model so far is saved).");

  const json = () => new Option("--json", "one JSON object a line on stdout, for machines");

  const training = program
    .command("train")
    .description("train a model, test it and save it")
    .argument("[data]", `a data set (${DATASET_NAMES.join(", ")}), a table (.csv, .tsv, .jsonl, .parquet) or a folder of images`)
    .addHelpText("after", `${modelsText()}${TRAIN_EXAMPLES}`)
    .action(async (data: string | undefined, options: GivenOptions) => {
      done((await train(await orderOf("train", data, options), args)) ? EXIT.ok : EXIT.interrupted);
    });
  addOptions(training, { ...TRAIN_OPTIONS, ...CONFIG_OPTIONS });

  const rates = program
    .command("lr-find")
    .description("search a learning rate: train for some steps with one that grows, and look where the loss falls")
    .argument("[data]", "what train takes")
    .action(async (data: string | undefined, options: GivenOptions) => {
      done((await findRate(await orderOf("lr-find", data, options), args)) ? EXIT.ok : EXIT.interrupted);
    });
  addOptions(rates, { ...RATE_OPTIONS, ...SETTINGS, ...only("threads", "json"), ...CONFIG_OPTIONS });

  const searching = program
    .command("search")
    .description("try settings of a space on all cores, and write the best for train --config")
    .argument("<space>", 'a JSON file, such as { "learningRate": { "logUniform": [1e-4, 1e-1] }, "hidden": [[64], [128, 64]] }')
    .argument("[data]", "what train takes")
    .action(async (space: string, data: string | undefined, options: GivenOptions) => {
      done((await search(space, await orderOf("search", data, options), args)) ? EXIT.ok : EXIT.interrupted);
    });
  addOptions(searching, { ...SEARCH_OPTIONS, ...SETTINGS, ...only("resume", "json"), ...CONFIG_OPTIONS });

  program
    .command("config-schema")
    .description("print the JSON schema of files for --config, or of spaces of search, for editors")
    .addArgument(new Argument("[kind]").choices(["config", "space"]).default("config"))
    .action(async (kind: string) => print(JSON.stringify(await jsonSchemaOf<unknown>(kind === "space" ? SPACE : CONFIG), null, 2)));

  const missing = () =>
    new Option("--missing <what>", "of tables: a column that is missing, and a cell that cannot be read, is an error or imputed")
      .choices(["error", "impute"])
      .default("error");

  program
    .command("evaluate")
    .description("test a saved model")
    .argument("<model>", "what train saved")
    .argument("[data]", "a data set (default: the one that it was trained on), a table with the target, or a folder of images")
    .addOption(missing())
    .addOption(json())
    .action(async (file: string, data: string | undefined, options: EvaluateOptions) => evaluate(file, data, options));

  program
    .command("predict")
    .description("predict the target of each row of a table by a saved model")
    .argument("<model>", "what train saved")
    .argument("[rows]", "a table (.csv, .tsv, .jsonl, .parquet); - or nothing: CSV or JSONL from stdin")
    .addOption(
      new Option("--from <format>", "the format of the rows (default: as the file's ending or the first byte says)").choices(WRITTEN),
    )
    .addOption(new Option("--to <format>", "the format of the output (default: that of the rows)").choices(WRITTEN))
    .option("--out <file>", "where the rows go with their predictions (default: stdout)")
    .addOption(missing())
    .option("--batch <n>", "rows that are predicted at once", count.parse, 1024)
    .addHelpText("after", PREDICT_EXAMPLES)
    .action(async (file: string, rows: string | undefined, options: PredictOptions) =>
      done((await predict(file, rows, options)) ? EXIT.ok : EXIT.interrupted),
    );

  program
    .command("inspect")
    .description("what a safetensors file holds: tensors, metadata, and of models architecture, preprocessing and training")
    .argument("<file>", "a safetensors file, of this library or any other")
    .addOption(json())
    .action(async (file: string, options: { json?: boolean }) => inspect(file, options));

  program
    .command("generate")
    .description("go on with a text by a saved model of text")
    .argument("<file>", "what train saved")
    .option("--prompt <text>", "the text to go on with", "\n")
    .option("--length <n>", "characters to generate", count.parse, 200)
    .option("--temperature <t>", "below 1 likely characters are taken more often, 0 takes the likeliest", notNegative.parse, 0.8)
    .option("--top-k <n>", "choose among the n likeliest characters only (default: all)", count.parse)
    .option("--seed <n>", "the same seed gives the same text", seed.parse, 0)
    .addOption(json())
    .action(async (file: string, options: GenerateOptions) => done((await generate(file, options)) ? EXIT.ok : EXIT.interrupted));

  addPlot(program);

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

/** Some of the options that say how a training is run. */
function only(...names: (keyof typeof RUN_OPTIONS)[]) {
  return Object.fromEntries(names.map((name) => [name, RUN_OPTIONS[name]]));
}

function version(): string {
  return (JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8")) as { version: string }).version;
}
