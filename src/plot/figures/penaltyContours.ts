import { readRows, readTargets } from "../../classic/samples.js";
import { ShapeError } from "../../errors/errors.js";
import { message, shapeText } from "../../errors/message.js";
import { checkArity } from "../../options/arity.js";
import { declare, type OptionsOf } from "../../options/declare.js";
import { number } from "../../options/kinds.js";
import type { TensorLike } from "../../tensor/nested.js";
import { randn } from "../../tensor/random.js";
import { seedOf, underSeed } from "../../tensor/seed.js";
import { AXES_ROOM, type Axes } from "../axes.js";
import { unitCircle } from "../circle.js";
import { lineThrough, plane } from "../descent/plane.js";
import { figure } from "../describe.js";
import type { Figure } from "../figure.js";
import { type Budgeted, budgeted, ellipse, excess, type Weights } from "../penalty/budgets.js";
import { coordinate, drawing, element, heading, pathThrough, words } from "../svg.js";
import { BLUE, GREEN, INK, ORANGE, PAPER, QUIET, SIZES } from "../theme.js";

const DRAWING = declare("penaltyContours", {
  /** The norm of the weights that is allowed, as a share of what it is without a penalty, above 0 and below 1. Default 0.5. */
  share: number({ default: 0.5, above: 0, below: 1 }),
});

/** Options of `penaltyContours`. */
export interface PenaltyContoursOptions extends OptionsOf<typeof DRAWING> {}

const SIDE = 380;

/**
 * Why L1 makes zeros and L2 does not: the error of a linear regression of two features as ellipses over its weights, and the weights that a
 * penalty allows, |w₁| + |w₂| ≤ t and w₁² + w₂² ≤ t². The best that is allowed is where the first ellipse touches: of L1 mostly a corner,
 * where a weight is 0. `Lasso`, `Ridge` and `LinearRegression` of simdgrad/classic compute the solutions.
 * @param x samples [n, 2]
 * @param y targets [n]
 * @param options.share t as a share of the norm without a penalty, above 0 and below 1, default 0.5
 * @throws ShapeError, ArgumentError
 * @example await (await penaltyContours([[1, 0], [0, 1], [1, 1], [2, 1]], [0.4, 2.1, 2.4, 2.9])).save("penalties.svg");
 * @see Tibshirani, J. R. Stat. Soc. B 58, 1996, figure 2
 */
export async function penaltyContours(x: TensorLike, y: TensorLike, options?: PenaltyContoursOptions): Promise<Figure> {
  const { op } = DRAWING;
  checkArity(op, arguments.length, 3);
  const { share } = DRAWING.readOptions(options);
  const rows = readRows(op, x);
  if (rows.width !== 2) throw new ShapeError(message(op, `x is ${shapeText([rows.n, rows.width])}; expected two features, [${rows.n}, 2]`));
  const samples = Array.from({ length: rows.n }, (_, i): Weights => [rows.values[2 * i], rows.values[2 * i + 1]]);
  const found = await budgeted(samples, [...readTargets(op, y, rows.n).values], share);
  const title = "L1 makes zeros, L2 makes all weights smaller";
  const head = heading(
    title,
    `ellipses: weights of equal error; filled: what is allowed, ${Math.round(100 * share)} % of the norm without a penalty`,
  );
  const top = head.height + 36;
  const reach = windowOf(found);
  const kinds = [
    { name: "L1: |w₁| + |w₂| ≤ t", color: ORANGE, weights: found.l1.weights, allowed: diamond(found.l1.budget) },
    { name: "L2: w₁² + w₂² ≤ t²", color: GREEN, weights: found.l2.weights, allowed: circle(found.l2.budget) },
  ];
  const panels = kinds.map(({ name, color, weights, allowed }, i) => {
    const left = AXES_ROOM.left + 6 + i * (SIDE + AXES_ROOM.left + 24);
    const drawn = plane({ ...reach, width: SIDE, height: SIDE, left, top, xTitle: "w₁", yTitle: "w₂" }, (axes) =>
      parts(axes, found, weights, allowed, color),
    );
    return words(left, top - 12, name, { fontSize: 16, fontWeight: "bold" }) + drawn;
  });
  return drawing({ width: 2 * (SIDE + AXES_ROOM.left + 24) + 4, height: top + SIDE + AXES_ROOM.bottom + 14, title }, head.svg, ...panels);
}

function parts(axes: Axes, found: Budgeted, weights: Weights, allowed: readonly Weights[], color: string): string[] {
  const { toX, toY, left, top, width, height } = axes;
  const touching = excess(found, weights);
  const levels = [0.12, 0.4, 1, 1.9, 3.1].map((share) => share * touching);
  const zero = `M${coordinate(toX(0))},${coordinate(top)}v${height}M${coordinate(left)},${coordinate(toY(0))}h${width}`;
  const area = pathThrough(
    allowed.map(([a, b]) => [toX(a), toY(b)]),
    true,
  );
  const dot = ([a, b]: Weights, fill: string): string =>
    element("circle", { cx: toX(a), cy: toY(b), r: 6, fill, stroke: "#ffffff", strokeWidth: 1.5 });
  const halo = { paintOrder: "stroke", stroke: PAPER, strokeWidth: 4, strokeLinejoin: "round" };
  const note = ([a, b]: Weights, text: string, dx: number, dy: number, fill: string, textAnchor: string): string =>
    words(toX(a) + dx, toY(b) + dy, text, { fontSize: SIZES.axis, fontWeight: "bold", fill, textAnchor, ...halo });
  return [
    element("path", { d: zero, stroke: QUIET, strokeWidth: 1 }),
    element("path", { d: area, fill: color, fillOpacity: 0.3, stroke: color, strokeWidth: 2 }),
    ...levels.map((level, i) => lineThrough(axes, ellipse(found, level), BLUE, i === 2 ? 3 : 1.3)),
    dot(found.least, BLUE),
    note(found.least, "least squares", 0, -14, BLUE, "middle"),
    dot(weights, INK),
    note(weights, `(${numberText(weights[0])}, ${numberText(weights[1])})`, -12, -12, INK, "end"),
  ];
}

function numberText(value: number): string {
  const rounded = Number(value.toFixed(2));
  return String(rounded === 0 ? 0 : rounded).replace("-", "−");
}

function diamond(t: number): Weights[] {
  return [
    [t, 0],
    [0, t],
    [-t, 0],
    [0, -t],
  ];
}

function circle(t: number): Weights[] {
  return unitCircle(90).map(([x, y]) => [t * x, t * y]);
}

/** A square that holds both budgets and the least squares, so that a circle is round. */
function windowOf({ least, l1, l2 }: Budgeted): { x: [number, number]; y: [number, number] } {
  const budget = 1.15 * Math.max(l1.budget, l2.budget);
  const range = (value: number): [number, number] => [Math.min(-budget, value), Math.max(budget, value)];
  const ranges = [range(least[0]), range(least[1])];
  const side = 1.3 * Math.max(...ranges.map(([from, to]) => to - from));
  const [x, y] = ranges.map(([from, to]): [number, number] => [(from + to - side) / 2, (from + to + side) / 2]);
  return { x, y };
}

export const PENALTY_CONTOURS = figure({
  name: "penalties",
  about: "why L1 makes zeros: ellipses of the error, the weights that L1 and L2 allow, and the solutions",
  options: {
    share: { takes: number({ default: 0.5, above: 0, below: 1 }), about: "the norm that is allowed, as a share of what it is without" },
  },
  demo: ({ share }) => {
    const [first, second, noise] = underSeed(seedOf(2), () => [randn([40]), randn([40]), randn([40])].map(({ data }) => [...data]));
    const x = first.map((value, i) => [value, 0.5 * value + 0.9 * second[i]]);
    return penaltyContours(
      x,
      x.map(([a, b], i) => 0.5 * a + 1.6 * b + 0.3 * noise[i]),
      { share },
    );
  },
});
