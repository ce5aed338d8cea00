import { ArgumentError } from "../../errors/errors.js";
import { kindText, message } from "../../errors/message.js";
import { loadDigits } from "../../io/digits.js";
import { findLearningRate, type LearningRateCurve } from "../../model/findLearningRate.js";
import { Sequential } from "../../model/sequential.js";
import { Dense } from "../../nn/layers/dense.js";
import { checkArity } from "../../options/arity.js";
import { declare, type OptionsOf } from "../../options/declare.js";
import { count, flag, number, text } from "../../options/kinds.js";
import { option } from "../../options/option.js";
import { isPlain } from "../../options/plain.js";
import { manualSeed } from "../../tensor/seed.js";
import { layered, lineAt, lines, quantity } from "../chart.js";
import { figure } from "../describe.js";
import { draw } from "../draw.js";
import type { Figure } from "../figure.js";
import { BLUE, GREEN, ORANGE } from "../theme.js";

const DRAWING = declare("learningRateCurve", {
  /** What stands above. Default "The loss while the learning rate grows". */
  title: text({ default: "The loss while the learning rate grows" }),
});

/** Options of `learningRateCurve`. */
export interface LearningRateCurveOptions extends OptionsOf<typeof DRAWING> {}

/**
 * The curve of a learning rate finder: the loss of each step, faint, and its running mean over the rate; where it falls along its longest
 * valley, which is the suggestion, and where it falls most steeply.
 * @param curve what `findLearningRate` returned
 * @param options.title what stands above
 * @throws ArgumentError for anything else; PeerError if Vega is not installed
 * @example await (await learningRateCurve(await findLearningRate(model, train))).save("rates.svg");
 */
export async function learningRateCurve(curve: LearningRateCurve, options?: LearningRateCurveOptions): Promise<Figure> {
  const { op } = DRAWING;
  checkArity(op, arguments.length, 2);
  const { title } = DRAWING.readOptions(options);
  const { rates, losses, smoothed, valley, steepest, diverged } = readCurve(op, curve);
  // Single losses beyond those of the running mean would press the curve to the floor.
  const [low, high] = [Math.min(...smoothed, ...losses), Math.max(...smoothed)];
  const x = quantity("rate", "learning rate", { log: true, format: "~e" });
  const y = quantity("loss", "loss", { domain: [low, high + 0.05 * (high - low)] });
  const each = lines(
    rates.map((rate, i) => ({ rate, loss: losses[i] })),
    { x, y },
    { color: BLUE, strokeOpacity: 0.3, strokeWidth: 1 },
  );
  const mean = lines(
    rates.map((rate, i) => ({ rate, loss: smoothed[i] })),
    { x, y },
    { color: BLUE },
  );
  const marks = [
    ...(valley === null ? [] : [lineAt("x", valley, x, `suggestion ${valley.toPrecision(2)}`, { color: GREEN })]),
    ...(steepest === null || steepest === valley
      ? []
      : [lineAt("x", steepest, x, `steepest ${steepest.toPrecision(2)}`, { color: ORANGE })]),
  ];
  const subtitle = diverged
    ? `The loss explodes beyond ${(rates.at(-1) as number).toPrecision(2)}; faint: single steps`
    : "faint: single steps";
  return draw(op, layered({ title, subtitle }, each, mean, ...marks));
}

const LIST = option<readonly number[], { required: true }>(
  "a list of numbers",
  (value) => Array.isArray(value) && value.length > 0 && value.every((one) => typeof one === "number"),
  { required: true },
);
const FOUND = number({ required: true, nullable: true, above: 0 });

/** What a curve consists of. */
const CURVE = declare("learningRateCurve", {
  rates: LIST,
  losses: LIST,
  smoothed: LIST,
  diverged: flag({ required: true }),
  suggestion: FOUND,
  valley: FOUND,
  steepest: FOUND,
});

/** @throws ArgumentError for what findLearningRate does not return */
function readCurve(op: string, given: LearningRateCurve): LearningRateCurve {
  if (!isPlain(given)) throw new ArgumentError(message(op, `the curve is ${kindText(given)}; expected what findLearningRate returned`));
  const curve = CURVE.readOptions(given);
  const { rates, losses, smoothed } = curve;
  if (losses.length === rates.length && smoothed.length === rates.length) return curve;
  const lengths = `${rates.length} rates, ${losses.length} losses and ${smoothed.length} smoothed ones`;
  throw new ArgumentError(message(op, `there are ${lengths}; expected equally many`));
}

export const LEARNING_RATE_FINDER = figure({
  name: "learning-rate-finder",
  about: "the loss while the learning rate grows from step to step, with the rate that is suggested",
  options: { steps: { takes: count({ default: 150 }), about: "steps of the search" } },
  demo: async ({ steps }) => {
    manualSeed(1);
    const { train } = await loadDigits();
    const model = new Sequential([new Dense(64, { activation: "relu", inputShape: [64] }), new Dense(10)]);
    model.compile({ optimizer: "sgd", loss: "crossEntropy" });
    return learningRateCurve(await findLearningRate(model, train, { from: 1e-4, to: 100, steps }));
  },
});
