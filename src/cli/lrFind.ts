import pico from "picocolors";
import type { LearningRateCurve } from "../model/findLearningRate.js";
import { learningRateCurve } from "../plot/figures/learningRateFinder.js";
import { sparkline, spread } from "../train/sparkline.js";
import { commandText } from "./again.js";
import type { Order } from "./config.js";
import { Interruption } from "./interrupt.js";
import { jsonLine, print } from "./output.js";
import { RATE_OPTIONS, type RateOptions } from "./rateOptions.js";
import { trainingOf } from "./train.js";
import { flagOf } from "./trainOptions.js";
import { checkPicture } from "./writable.js";

/** Searches a learning rate: trains with a rate that grows, and looks where the loss falls. @param words those of the command line @returns false if it was interrupted */
export async function findRate(order: Order & { options: RateOptions }, words: readonly string[]): Promise<boolean> {
  const { data, options } = order;
  const drawn = options.plot;
  if (drawn !== undefined) await checkPicture("lr-find", "--plot", drawn);
  const interruption = new Interruption();
  const { signal } = interruption;
  const work = async (): Promise<LearningRateCurve> => {
    const training = await trainingOf(order);
    const { from, to, sweep: steps } = options;
    const setup = training.setUp(await training.load(signal));
    return setup.findRate({ ...(from && { from }), ...(to && { to }), ...(steps && { steps }), signal });
  };
  const curve = await interruption.guard(work());
  interruption.dispose();
  if (curve === null) return false;
  if (options.json) jsonLine({ event: "rates", data, ...curve });
  else print(curveText(curve, data, trainingWords(words)));
  if (drawn === undefined) return true;
  await (await learningRateCurve(curve, { title: `${data}: the loss while the learning rate grows` })).save(drawn);
  if (!options.json) print(`${pico.green("drawn:")} ${drawn}`);
  return true;
}

/** Rows of the table, and columns of the curve at most. */
const [ROWS, COLUMNS] = [12, 72];

function curveText({ rates, smoothed, suggestion, steepest, diverged }: LearningRateCurve, data: string, words: readonly string[]): string {
  const curve = sparkline(smoothed, Math.min(COLUMNS, (process.stdout.columns || 80) - 8));
  const rows = spread(rates.length, ROWS).map((i) => `${rateText(rates[i]).padStart(10)}  ${smoothed[i].toPrecision(4).padStart(8)}`);
  const end = diverged ? `; beyond ${rateText(rates.at(-1) as number)} the loss explodes` : "";
  return [
    `${pico.bold(data)}: the loss while the learning rate grows, ${rates.length} steps${end}`,
    "",
    pico.cyan(curve),
    pico.dim(
      `${rateText(rates[0])} ${rateText(rates.at(-1) as number).padStart(Math.max(0, curve.length - rateText(rates[0]).length - 1))}`,
    ),
    "",
    pico.dim(`${"rate".padStart(10)}  ${"loss".padStart(8)}`),
    ...rows,
    "",
    ...verdict(suggestion, steepest, words),
  ].join("\n");
}

function verdict(suggestion: number | null, steepest: number | null, words: readonly string[]): string[] {
  if (suggestion === null) return [`${pico.yellow("No suggestion:")} the loss never falls. Try another --from and --to.`];
  const steep = steepest === null ? "" : pico.dim(`   the loss falls most steeply at ${rateText(steepest)}`);
  return [
    `suggestion: ${pico.bold(pico.green(rateText(suggestion)))}${steep}`,
    pico.dim(`train with it: ${commandText([...words, "--learning-rate", rateText(suggestion)])}`),
  ];
}

/** The same settings for `train`: all words but those that only `lr-find` has. */
function trainingWords([, ...words]: readonly string[]): string[] {
  const own = Object.keys(RATE_OPTIONS).map(flagOf);
  const rest = words.filter((word, i) => !own.some((flag) => word === flag || word.startsWith(`${flag}=`) || words[i - 1] === flag));
  return ["train", ...rest];
}

/** A rate to two digits. */
function rateText(rate: number): string {
  return String(Number(rate.toPrecision(2)));
}
