import { ArgumentError } from "../../errors/errors.js";
import { kindText, message } from "../../errors/message.js";
import { loadDigits } from "../../io/digits.js";
import { Sequential } from "../../model/sequential.js";
import { Dense } from "../../nn/layers/dense.js";
import { checkArity } from "../../options/arity.js";
import { declare, type OptionsOf } from "../../options/declare.js";
import { count, flag, number, text } from "../../options/kinds.js";
import { isPlain } from "../../options/plain.js";
import { manualSeed } from "../../tensor/seed.js";
import { category, layered, lines, quantity } from "../chart.js";
import { figure } from "../describe.js";
import { draw } from "../draw.js";
import type { Figure } from "../figure.js";
import { thinned, trendOf } from "../trend.js";

const DRAWING = declare("stepLosses", {
  /** β of the running mean, from 0 to below 1. Default 0.9. */
  smoothing: number({ default: 0.9, min: 0, below: 1, aka: ["beta"] }),
  /** Whether the axis of the loss is logarithmic. Default false. */
  log: flag({ default: false }),
  /** What the runs differ in, above their names. Default "run". */
  legend: text({ default: "run" }),
  /** What stands above. Default "Loss of each step, and its trend". */
  title: text({ default: "Loss of each step, and its trend" }),
});

/** Options of `stepLosses`. */
export interface StepLossesOptions extends OptionsOf<typeof DRAWING> {}

/** What `fit` returned, or the losses of the steps. */
export type Steps = { readonly steps: { readonly loss: readonly number[] } } | readonly number[];

/** More points than these of a run cannot be told apart, and make a file large. */
const MOST = 400;

/**
 * The loss of each step, faint, with its trend, of one training or of several that are compared.
 * @param runs what `fit` returned, or a list of losses; or such by name
 * @param options.smoothing β of the trend's running mean, from 0 to below 1; default 0.9
 * @param options.log whether the axis of the loss is logarithmic; default false
 * @param options.legend what the runs differ in
 * @param options.title what stands above
 * @throws ArgumentError; PeerError if Vega is not installed
 * @example await stepLosses({ adam: await model.fit(train, { epochs: 2, verbose: 0 }), before: [2.4, 2.3, 2.3] });
 */
export async function stepLosses(runs: Steps | Readonly<Record<string, Steps>>, options?: StepLossesOptions): Promise<Figure> {
  const { op } = DRAWING;
  checkArity(op, arguments.length, 2);
  const { smoothing, log, legend, title } = DRAWING.readOptions(options);
  const named = lossesOf(op, runs);
  const names = Object.keys(named);
  const rows = (numbers: (losses: readonly number[]) => readonly number[]) =>
    names.flatMap((run) => {
      const values = numbers(named[run]);
      const drawable = (value: number): number | null => (Number.isFinite(value) && !(log && value <= 0) ? value : null);
      return thinned(values.length, MOST).map((i) => ({ step: i + 1, loss: drawable(values[i]), run }));
    });
  const color = category("run", legend, { order: names, legend: names.length === 1 ? null : undefined });
  const encoding = { x: quantity("step", "step"), y: quantity("loss", "loss", { log }), color };
  const each = lines(
    rows((losses) => losses),
    encoding,
    { strokeOpacity: 0.3, strokeWidth: 1 },
  );
  const trend = lines(
    rows((losses) => trendOf(losses, smoothing)),
    encoding,
  );
  return draw(op, layered({ title, subtitle: "faint: each step; bold: running mean" }, each, trend));
}

function lossesOf(op: string, runs: Steps | Readonly<Record<string, Steps>>): Record<string, readonly number[]> {
  const own = (run: unknown): readonly number[] | null => {
    const losses = Array.isArray(run) ? run : (run as { steps?: { loss?: unknown } } | null | undefined)?.steps?.loss;
    return Array.isArray(losses) && losses.length > 0 && losses.every((loss) => typeof loss === "number") ? losses : null;
  };
  const single = own(runs);
  if (single !== null) return { loss: single };
  const entries = isPlain(runs) ? Object.entries(runs).map(([name, run]) => [name, own(run)] as const) : [];
  const wrong = entries.find(([, losses]) => losses === null);
  if (entries.length === 0 || wrong !== undefined) {
    const problem = wrong === undefined ? `the runs are ${kindText(runs)}` : `runs.${wrong[0]} has no losses`;
    throw new ArgumentError(message(op, `${problem}; expected what fit returned, or a list of losses, or such by name`));
  }
  return Object.fromEntries(entries) as Record<string, readonly number[]>;
}

/** From too low to too high. */
const RATES = [0.003, 0.03, 0.3, 1.5];

export const LEARNING_RATES = figure({
  name: "learning-rates",
  about: "one network at several learning rates: the loss of each step, and its trend",
  options: { epochs: { takes: count({ default: 10 }), about: "epochs of each training" } },
  demo: async ({ epochs }, progress) => {
    const { train } = await loadDigits();
    const runs: [string, Steps][] = [];
    for (const [i, learningRate] of RATES.entries()) {
      manualSeed(3);
      const model = new Sequential([new Dense(32, { activation: "relu", inputShape: [64] }), new Dense(10)]);
      model.compile({ optimizer: { name: "sgd", learningRate }, loss: "crossEntropy" });
      runs.push([String(learningRate), await model.fit(train, { epochs, batchSize: 32, verbose: 0 })]);
      progress((i + 1) / RATES.length);
    }
    return stepLosses(Object.fromEntries(runs), { legend: "learning rate", title: "Loss of each step at several learning rates" });
  },
});
