import { existsSync } from "node:fs";
import { basename } from "node:path";
import { Command, InvalidArgumentError, Option } from "commander";
import pico from "picocolors";
import { ArgumentError } from "../errors/errors.js";
import { didYouMean, message } from "../errors/message.js";
import type { FigureDescription, FigureOption } from "../plot/describe.js";
import { lossCurves } from "../plot/figures/lossCurves.js";
import * as registry from "../plot/figures.js";
import { readHistory } from "./historyFile.js";
import { print } from "./output.js";
import { flagOf } from "./trainOptions.js";
import { picture } from "./values.js";
import { checkPicture } from "./writable.js";

/** The figures by their names on the command line. */
export const FIGURES: ReadonlyMap<string, FigureDescription> = new Map(
  (Object.values(registry) as FigureDescription[]).map((figure) => [figure.name, figure]),
);

const EXAMPLES = `
Examples:
  simdgrad plot --list
  simdgrad plot loss-curves --epochs 50 --out curves.svg
  simdgrad plot training.csv --out training.png      a file of CSVLogger, or JSON of a history or of a run`;

/** Describes the command: a command of its own for each figure, and a file of figures of a training. */
export function addPlot(program: Command): void {
  const plot = program
    .command("plot")
    .description("draw a figure, or the curves of a training, as SVG or PNG")
    .enablePositionalOptions()
    .argument("[file]", "the name of a figure; or what CSVLogger wrote, or JSON of a history, { loss: [...], valLoss: [...] }, or of a run")
    .option("--list", "what figures there are")
    .addOption(outOption("<file>.svg"))
    .addHelpText("after", `\n${listText()}\n${EXAMPLES}`)
    .action(async (file: string | undefined, options: { list?: boolean; out?: string }) => {
      if (options.list) return print(listText());
      if (file === undefined || !existsSync(file)) throw unknown(file);
      const out = options.out ?? `${basename(file).replace(/\.[^.]*$/, "")}.svg`;
      await checkPicture("plot", "--out", out);
      await save(await lossCurves(await readHistory(file), { title: basename(file) }), out);
    });
  for (const figure of FIGURES.values()) addFigure(plot, figure);
}

function addFigure(plot: Command, figure: FigureDescription): void {
  const { name, demo } = figure;
  const command = withOptions(plot.command(name, { hidden: true }), figure);
  command.action(async (given: Record<string, unknown>) => {
    const out = (given.out as string | undefined) ?? `${name}.${figure.format ?? "svg"}`;
    await checkPicture("plot", "--out", out);
    const bar = new DrawingBar(name);
    const drawn = await demo(filled(figure, given), (share, what) => bar.show(share, what)).finally(() => bar.end());
    await save(drawn, out);
  });
}

function withOptions(command: Command, { name, about, options, format = "svg" }: FigureDescription): Command {
  command.description(about).addOption(outOption(`${name}.${format}`));
  for (const [key, option] of Object.entries(options)) command.addOption(optionOf(key, option));
  return command;
}

/** What a figure's command is told by words of the command line. @throws CommanderError for wrong ones */
export function settingsOf(figure: FigureDescription, words: readonly string[]): Record<string, unknown> {
  const command = withOptions(new Command(figure.name), figure).exitOverride();
  return filled(figure, command.parse(words, { from: "user" }).opts());
}

function filled({ options }: FigureDescription, given: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(options).map(([key, { takes }]) => [key, given[key] ?? takes.default]));
}

function outOption(file: string): Option {
  return new Option(`--out ${picture.hint}`, `where the picture goes, .svg or .png (default: ${file})`).argParser(picture.parse);
}

/** An option of a figure as one of the command line: a number, a word, or a flag where its default is false. */
function optionOf(name: string, { takes, about }: FigureOption): Option {
  const flag = flagOf(name);
  if (typeof takes.default === "boolean") return takes.default ? new Option(flag.replace(/^--/, "--no-"), about) : new Option(flag, about);
  const kind = typeof takes.default === "number" ? "n" : "text";
  const made = new Option(`${flag} <${kind}>`, `${about} (default: ${takes.default})`);
  return made.argParser((given) => {
    const read = [given.trim() === "" ? given : Number(given), given].find((value) => takes.holds(value));
    if (read === undefined) throw new InvalidArgumentError(`Expected ${takes.expected}.`);
    return read;
  });
}

async function save(figure: { save(path: string): Promise<void> }, file: string): Promise<void> {
  await figure.save(file);
  print(`${pico.green("drawn:")} ${file}`);
}

function listText(): string {
  const width = Math.max(...[...FIGURES.keys()].map((name) => name.length));
  return ["Figures:", ...[...FIGURES.values()].map(({ name, about }) => `  ${name.padEnd(width)}  ${about}`)].join("\n");
}

function unknown(name: string | undefined): ArgumentError {
  const names = [...FIGURES.keys()];
  const problem = name === undefined ? "no figure was named" : `there is neither a figure nor a file named ${name}`;
  const meant = name === undefined ? "" : didYouMean(name, names).trim();
  return new ArgumentError(
    message("plot", problem, `${meant} Known: ${names.join(", ")}. simdgrad plot --list says what they show.`.trim()),
  );
}

/** A line in a terminal that shows how far a drawing has come. */
class DrawingBar {
  #shown = "";

  constructor(private readonly name: string) {}

  show(share: number, what = ""): void {
    const text = `${this.name} ${Math.round(100 * share)} % ${what}`.trimEnd();
    if (!process.stderr.isTTY || text === this.#shown) return;
    this.#shown = text;
    process.stderr.write(`\r\x1b[2K${text}`);
  }

  end(): void {
    if (this.#shown !== "") process.stderr.write("\r\x1b[2K");
  }
}
