import { readRows, readTargets } from "../../classic/samples.js";
import { ShapeError } from "../../errors/errors.js";
import { message, shapeText } from "../../errors/message.js";
import { checkArity } from "../../options/arity.js";
import { declare, type OptionsOf } from "../../options/declare.js";
import { count, number } from "../../options/kinds.js";
import { option } from "../../options/option.js";
import type { TensorLike } from "../../tensor/nested.js";
import { randn } from "../../tensor/random.js";
import { seedOf, underSeed } from "../../tensor/seed.js";
import { AXES_ROOM } from "../axes.js";
import { descend, errorOf, leastSquares } from "../descent/batches.js";
import { contours } from "../descent/contours.js";
import type { Path } from "../descent/path.js";
import { lineThrough, plane } from "../descent/plane.js";
import { figure } from "../describe.js";
import type { Figure } from "../figure.js";
import { pair } from "../pair.js";
import { drawing, element, heading, words } from "../svg.js";
import { COLORS, INK, PAPER, SIZES } from "../theme.js";

const DRAWING = declare("batchPaths", {
  /** Samples of each step, one path for each; Infinity for all samples. Default [Infinity, 16, 1]: batch, mini-batch, online. */
  batchSizes: option<readonly number[], { default: readonly number[] }>(
    "whole numbers ≥ 1, or Infinity for all samples",
    (value) =>
      Array.isArray(value) &&
      value.length > 0 &&
      value.every((size) => size === Number.POSITIVE_INFINITY || (Number.isInteger(size) && size >= 1)),
    { default: [Number.POSITIVE_INFINITY, 16, 1] },
  ),
  /** Default 0.05. */
  learningRate: number({ default: 0.05, above: 0 }),
  /** Passes over the samples. Default 25. */
  epochs: count({ default: 25 }),
  /** Weight and bias at the start. Default [−2, 2]. */
  start: pair({ default: [-2, 2] }),
  /** Seed of the orders of the samples. Default 1. */
  seed: number({ default: 1, min: 0, whole: true }),
});

/** Options of `batchPaths`. */
export interface BatchPathsOptions extends OptionsOf<typeof DRAWING> {}

const [WIDTH, HEIGHT] = [520, 420];

/**
 * Gradient descent on the squared error of a line w · x + b, by all samples at once, by mini-batches, and by single samples, on one picture
 * of the error: the fewer samples make a step, the more steps there are in a pass, and the less they agree on where to go.
 * @param x samples of one feature, [n, 1]
 * @param y targets [n]
 * @param options.batchSizes samples of each step, one path for each; Infinity for all
 * @param options.learningRate > 0, default 0.05
 * @param options.epochs passes over the samples, default 25
 * @param options.start weight and bias at the start, default [−2, 2]
 * @param options.seed of the orders of the samples, default 1
 * @throws ShapeError, ArgumentError
 * @example await (await batchPaths([[0], [1], [2], [3]], [1, 2.8, 5.1, 7], { batchSizes: [4, 1] })).save("paths.svg");
 */
export async function batchPaths(x: TensorLike, y: TensorLike, options?: BatchPathsOptions): Promise<Figure> {
  const { op } = DRAWING;
  checkArity(op, arguments.length, 3);
  const { batchSizes, learningRate, epochs, start, seed } = DRAWING.readOptions(options);
  const rows = readRows(op, x);
  if (rows.width !== 1) throw new ShapeError(message(op, `x is ${shapeText([rows.n, rows.width])}; expected one feature, [${rows.n}, 1]`));
  const data = { x: [...rows.values], y: [...readTargets(op, y, rows.n).values] };
  const paths = batchSizes.map((size) => descend(data, { batchSize: Math.min(size, rows.n), learningRate, epochs, start, seed }));
  const best = leastSquares(data);
  const title = "Batch, mini-batch and online gradient descent";
  const head = heading(
    title,
    `${epochs} passes over ${rows.n} samples at the rate ${learningRate}; the bands are the mean squared error of all samples`,
  );
  const [left, top] = [AXES_ROOM.left + 6, head.height + 8];
  const places = [...paths.flat(), best];
  const view = { x: extent(places.map(([weight]) => weight)), y: extent(places.map(([, bias]) => bias)) };
  const drawn = plane({ ...view, width: WIDTH, height: HEIGHT, left, top, xTitle: "weight w", yTitle: "bias b" }, (axes) => [
    contours(errorOf(data), axes),
    // The liveliest path below, the calmest on top.
    ...paths.map((path, i) => lineThrough(axes, path, colorOf(i), path.length > 200 ? 0.8 : 2.5) + steps(path, axes, colorOf(i))).reverse(),
    element("circle", { cx: axes.toX(start[0]), cy: axes.toY(start[1]), r: 5, fill: PAPER, stroke: INK, strokeWidth: 1.5 }),
    words(axes.toX(best[0]), axes.toY(best[1]) + 8, "★", { fontSize: 22, textAnchor: "middle" }),
  ]);
  const right = left + WIDTH + 24;
  const legend = batchSizes.map((size, i) => entry(nameOf(size, rows.n), paths[i], colorOf(i), right, top + 16 + i * 52));
  const star = words(right, top + 24 + batchSizes.length * 52, "★ least squares", { fontSize: SIZES.axis });
  return drawing({ width: right + 230, height: top + HEIGHT + AXES_ROOM.bottom + 14, title }, head.svg, drawn, ...legend, star);
}

function nameOf(size: number, n: number): string {
  if (size >= n) return `batch: all ${n} samples`;
  return size === 1 ? "online: one sample" : `mini-batches of ${size}`;
}

function entry(name: string, path: Path, color: string, x: number, y: number): string {
  return (
    element("line", { x1: x, x2: x + 26, y1: y - 5, y2: y - 5, stroke: color, strokeWidth: 4 }) +
    words(x + 34, y, name, { fontSize: SIZES.axis }) +
    words(x + 34, y + 18, `${path.length - 1} steps`, { fill: "#6b6b6b" })
  );
}

/** A dot for each step, where there are few. */
function steps(path: Path, { toX, toY }: { toX: (value: number) => number; toY: (value: number) => number }, color: string): string {
  if (path.length > 200) return "";
  return path.map(([x, y]) => element("circle", { cx: toX(x), cy: toY(y), r: 3, fill: color })).join("");
}

function extent(values: readonly number[]): [number, number] {
  const [least, most] = [Math.min(...values), Math.max(...values)];
  const room = 0.12 * (most - least || 1);
  return [least - room, most + room];
}

function colorOf(i: number): string {
  return COLORS[i % COLORS.length];
}

export const BATCH_PATHS = figure({
  name: "batch-paths",
  about: "batch, mini-batch and online gradient descent on one loss",
  options: {
    batchSize: { takes: count({ default: 16 }), about: "samples of a mini-batch" },
    learningRate: { takes: number({ default: 0.05, above: 0 }), about: "the learning rate" },
    epochs: { takes: count({ default: 25 }), about: "passes over the samples" },
  },
  demo: ({ batchSize, learningRate, epochs }) => {
    const [noise, places] = underSeed(seedOf(3), () => [randn([64]), randn([64])]);
    const x = [...places.data];
    const y = x.map((value, i) => 1.5 * (value + 0.7) - 0.5 + 0.8 * noise.data[i]);
    return batchPaths(
      x.map((value) => [value + 0.7]),
      y,
      { batchSizes: [Number.POSITIVE_INFINITY, batchSize, 1], learningRate, epochs },
    );
  },
});
