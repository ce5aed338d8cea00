import { ArgumentError } from "../../errors/errors.js";
import { kindText, message } from "../../errors/message.js";
import type { Schedule } from "../../optim/schedules/schedule.js";
import * as known from "../../optim/schedules.js";
import { checkArity } from "../../options/arity.js";
import { declare, type OptionsOf } from "../../options/declare.js";
import { count, flag, text } from "../../options/kinds.js";
import { isPlain } from "../../options/plain.js";
import { layered, lines, quantity, sideBySide } from "../chart.js";
import { figure } from "../describe.js";
import { draw } from "../draw.js";
import type { Figure } from "../figure.js";
import type { Spec } from "../spec.js";
import { BLUE, ORANGE } from "../theme.js";

const DRAWING = declare("scheduleCurves", {
  /** The number of steps that are drawn, ≥ 1. Default 100. */
  steps: count({ default: 100 }),
  /** Whether momentum is drawn, too, where a schedule moves it. Default true. */
  momentum: flag({ default: true }),
  /** How many views stand in a row. Default 4. */
  columns: count({ default: 4 }),
  /** What stands above. Default "Learning rate by step". */
  title: text({ default: "Learning rate by step" }),
});

/** Options of `scheduleCurves`. */
export interface ScheduleCurvesOptions extends OptionsOf<typeof DRAWING> {}

/**
 * Schedules side by side: the learning rate at each step, each in a view of its own.
 * @param schedules by name: functions of the step, such as those of `cosineDecay`
 * @param options.steps how many steps are drawn; default 100
 * @param options.momentum whether momentum is drawn, too, where a schedule moves it; default true
 * @param options.columns views in a row; default 4
 * @param options.title what stands above
 * @throws ArgumentError; PeerError if Vega is not installed
 * @example await scheduleCurves({ cosine: cosineDecay(0.1, { steps: 100 }), mine: (step) => 0.1 / (1 + step) });
 */
export async function scheduleCurves(schedules: Readonly<Record<string, Schedule>>, options?: ScheduleCurvesOptions): Promise<Figure> {
  const { op } = DRAWING;
  checkArity(op, arguments.length, 2);
  const { steps, momentum, columns, title } = DRAWING.readOptions(options);
  const entries = isPlain(schedules) ? Object.entries(schedules) : [];
  if (entries.length === 0 || entries.some(([, schedule]) => typeof schedule !== "function")) {
    throw new ArgumentError(message(op, `the schedules are ${kindText(schedules)}; expected functions of the step by name`));
  }
  const views = entries.map(([name, schedule]) => view(name, schedule, steps, momentum));
  return draw(op, sideBySide({ title, columns: Math.min(columns, views.length) }, ...views));
}

function view(name: string, schedule: Schedule, steps: number, momentum: boolean): Spec {
  const at = Array.from({ length: steps + 1 }, (_, step) => step);
  const x = quantity("step", "step", { ticks: 4, grid: false, domain: [0, steps] });
  const size = { title: name, width: 190, height: 110 };
  const rate = lines(
    at.map((step) => ({ step, rate: schedule(step) })),
    { x, y: quantity("rate", "rate", { zero: true, ticks: 3 }) },
    { color: BLUE, interpolate: "step-after" },
  );
  const moved = momentum ? schedule.momentum : undefined;
  if (moved === undefined) return layered(size, rate);
  const y = quantity("momentum", "momentum", { ticks: 3, grid: false, axis: { titleColor: ORANGE } });
  const other = lines(
    at.map((step) => ({ step, momentum: moved(step) })),
    { x, y },
    { color: ORANGE, strokeDash: [4, 3], interpolate: "step-after" },
  );
  return { ...layered(size, rate, other), resolve: { scale: { y: "independent" } } };
}

/** Each schedule of the library once over 100 steps from a rate of 0.1. It does not compile while one is missing. */
const EXAMPLES: { readonly [K in Exclude<keyof typeof known, "growingBatch">]: () => Schedule } = {
  constantRate: () => known.constantRate(0.1, { steps: 30, factor: 1 / 3 }),
  stepDecay: () => known.stepDecay(0.1, { stepSize: 25, gamma: 0.5 }),
  multiStepDecay: () => known.multiStepDecay(0.1, { milestones: [40, 80], gamma: 0.3 }),
  piecewiseConstant: () => known.piecewiseConstant([0.1, 0.06, 0.08, 0.02], { milestones: [20, 50, 75] }),
  linearDecay: () => known.linearDecay(0.1, { steps: 100 }),
  polynomialDecay: () => known.polynomialDecay(0.1, { steps: 100, power: 2 }),
  exponentialDecay: () => known.exponentialDecay(0.1, { gamma: 0.96 }),
  multiplicativeDecay: () => known.multiplicativeDecay(0.1, (step) => (step % 10 === 0 ? 0.7 : 1)),
  inverseTimeDecay: () => known.inverseTimeDecay(0.1, { steps: 20 }),
  inverseSqrtDecay: () => known.inverseSqrtDecay(0.1, { steps: 10 }),
  cosineDecay: () => known.cosineDecay(0.1, { steps: 100 }),
  cosineRestarts: () => known.cosineRestarts(0.1, { steps: 15, multiplier: 2 }),
  cyclicalRate: () => known.cyclicalRate(0.01, { maximum: 0.1, stepSizeUp: 13, mode: "triangular2" }),
  oneCycle: () => known.oneCycle(0.1, { steps: 101 }),
  linearWarmup: () => known.linearWarmup(known.cosineDecay(0.1, { steps: 80 }), { steps: 20, start: 0 }),
  exponentialWarmup: () => known.exponentialWarmup(known.cosineDecay(0.1, { steps: 60 }), { steps: 40, start: 1e-3 }),
  sequentialSchedules: () => known.sequentialSchedules([0.05, known.linearDecay(0.1, { steps: 70 })], { milestones: [30] }),
  chainedSchedules: () =>
    known.chainedSchedules([known.exponentialDecay(0.1, { gamma: 0.98 }), known.constantRate(1, { steps: 20, factor: 0.3 })]),
  perEpoch: () => known.perEpoch(known.exponentialDecay(0.1, { gamma: 0.7 }), 12),
  withMomentum: () => known.withMomentum(0.1, known.linearDecay(0.95, { steps: 100, end: 0.9 })),
  lambdaRate: () => known.lambdaRate(0.1, (step) => 1 / (1 + step / 20)),
};

export const SCHEDULES = figure({
  name: "schedules",
  about: "every schedule of the library: the learning rate by step, and momentum where a schedule moves it",
  options: {
    steps: { takes: count({ default: 100 }), about: "steps that are drawn" },
    columns: { takes: count({ default: 4 }), about: "views in a row" },
  },
  demo: ({ steps, columns }) =>
    scheduleCurves(Object.fromEntries(Object.entries(EXAMPLES).map(([name, make]) => [name, make()])), {
      steps,
      columns,
      title: "Learning rate by step (momentum: dashed)",
    }),
});
