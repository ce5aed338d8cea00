import { ArgumentError } from "../../errors/errors.js";
import { kindText, message } from "../../errors/message.js";
import { checkArity } from "../../options/arity.js";
import { declare, type OptionsOf } from "../../options/declare.js";
import { count, number } from "../../options/kinds.js";
import { option } from "../../options/option.js";
import { hatAt, type ReluSum, reluSum, valuesOf } from "../approximation/reluSum.js";
import { areas, category, layered, lines, points, quantity, sideBySide } from "../chart.js";
import { figure } from "../describe.js";
import { draw } from "../draw.js";
import type { Figure } from "../figure.js";
import type { Row, Spec } from "../spec.js";
import { INK, ORANGE } from "../theme.js";

const DRAWING = declare("universalApproximation", {
  /** Where the range begins. Default 0. */
  from: number({ default: 0 }),
  /** Where it ends. Default 1. */
  to: number({ default: 1 }),
  /** ReLUs of each network that is drawn. Default [4, 8, 16]. */
  units: option<readonly number[], { default: readonly number[] }>(
    "whole numbers ≥ 1",
    (value) => Array.isArray(value) && value.length > 0 && value.every((units) => Number.isInteger(units) && units >= 1 && units <= 1000),
    { default: [4, 8, 16] },
  ),
});

/** Options of `universalApproximation`. */
export interface UniversalApproximationOptions extends OptionsOf<typeof DRAWING> {}

const POINTS = 201;

/**
 * A function approximated by sums of ReLUs, as the theorem of universal approximation has it for one hidden layer: each network's line goes
 * through the function at even places. Above, the sum as one of hats, each of which is three ReLUs; below, the ReLUs with their weights.
 * @param f a function of a number
 * @param options.from where the range begins, default 0
 * @param options.to where it ends, above `from`, default 1
 * @param options.units ReLUs of each network that is drawn, default [4, 8, 16]
 * @throws ArgumentError; PeerError if Vega is not installed
 * @example await (await universalApproximation((x) => x * x, { from: -1, to: 1, units: [2, 4] })).save("sums.svg");
 * @see Cybenko, Math. Control Signals Syst. 2, 1989; Leshno et al., Neural Networks 6, 1993
 */
export async function universalApproximation(f: (x: number) => number, options?: UniversalApproximationOptions): Promise<Figure> {
  const { op } = DRAWING;
  checkArity(op, arguments.length, 2);
  const { from, to, units } = DRAWING.readOptions(options);
  if (typeof f !== "function") throw new ArgumentError(message(op, `f is ${kindText(f)}; expected a function of a number`));
  if (!(from < to)) throw new ArgumentError(message(op, `the range goes from ${from} to ${to}; expected a greater end`));
  const x = Array.from({ length: POINTS }, (_, i) => from + ((to - from) * i) / (POINTS - 1));
  const wanted = x.map((value) => f(value));
  if (!wanted.every(Number.isFinite)) throw new ArgumentError(message(op, "f gives no finite number everywhere in the range"));
  const sums = units.map((n) => reluSum(f, from, to, n));
  const above = sums.map((sum) => hats(sum, x, wanted));
  const below = sums.map((sum) => ramps(sum, x));
  const subtitle = [
    "above: hats, each of which is three ReLUs, add up to the line through the function at even places;",
    "below: each unit's ReLU with its weight",
  ];
  return draw(
    op,
    sideBySide(
      { title: "A sum of ReLUs comes as near to a continuous function as one likes", subtitle, columns: units.length },
      ...above,
      ...below,
    ),
  );
}

const SIZE = { width: 290, height: 220 };

function hats(sum: ReluSum, x: readonly number[], wanted: readonly number[]): Spec {
  const found = valuesOf(sum, x);
  const error = Math.max(...found.map((value, i) => Math.abs(value - wanted[i])));
  // A hat is drawn by its three corners.
  const { knots, heights } = sum;
  const hatRows = knots.flatMap((_, i) =>
    [i - 1, i, i + 1].flatMap((k): Row[] =>
      knots[k] === undefined ? [] : [{ x: knots[k], value: heights[i] * hatAt(i, sum)(knots[k]), unit: String(i) }],
    ),
  );
  const rows = [
    ...x.map((at, i): Row => ({ x: at, value: wanted[i], kind: "function" })),
    ...knots.map((at, i): Row => ({ x: at, value: heights[i], kind: "sum of ReLUs" })),
  ];
  const [across, up] = [quantity("x", "x", { ticks: 5, domain: [x[0], x[x.length - 1]] }), quantity("value", "", { ticks: 5, zero: true })];
  const color = category("kind", null, { order: ["function", "sum of ReLUs"], colors: [INK, ORANGE], legend: { orient: "top" } });
  const unit = { field: "unit", type: "nominal" };
  return layered(
    { ...SIZE, title: `${sum.weights.length} units, off by ${Number(error.toPrecision(2))} at most` },
    areas(hatRows, { x: across, y: { ...up, stack: null }, detail: unit }, { color: "#56b4e9", opacity: 0.25 }),
    lines(rows, { x: across, y: up, color }),
    points(
      rows.filter(({ kind }) => kind !== "function"),
      { x: across, y: up },
      { color: ORANGE, size: 30 },
    ),
  );
}

function ramps({ knots, weights }: ReluSum, x: readonly number[]): Spec {
  const end = x[x.length - 1];
  const rows = weights.flatMap((weight, i): Row[] => [
    { x: x[0], value: 0, unit: String(i), sign: "" },
    { x: knots[i], value: 0, unit: String(i), sign: "" },
    { x: end, value: weight * (end - knots[i]), unit: String(i), sign: "" },
  ]);
  const encoding = {
    x: quantity("x", "x", { ticks: 5, domain: [x[0], end] }),
    y: quantity("value", "weight · relu(x − knot)", { ticks: 5 }),
    detail: { field: "unit", type: "nominal" },
  };
  return layered({ ...SIZE, height: 150 }, lines(rows, encoding, { strokeWidth: 1.5, color: "#0072b2" }));
}

export const UNIVERSAL_APPROXIMATION = figure({
  name: "universal-approximation",
  about: "a function approximated by sums of ReLUs: hats, ramps and the error",
  options: {
    units: { takes: count({ default: 4 }), about: "ReLUs of the first network; the second has twice, the third four times as many" },
  },
  demo: ({ units }) => universalApproximation(waves, { units: [units, 2 * units, 4 * units] }),
});

/** A polynomial that goes up and down: 0.7 + 0.3 T₅(0.97 t) + 0.4 t with t = 2x − 1. */
function waves(x: number): number {
  const t = 2 * x - 1;
  const u = 0.97 * t;
  return 0.7 + 0.3 * u * (5 + u * u * (16 * u * u - 20)) + 0.4 * t;
}
