import { Perceptron } from "../../classic/perceptron.js";
import { readLabels, readRows } from "../../classic/samples.js";
import { IndexError, ShapeError } from "../../errors/errors.js";
import { message, shapeText } from "../../errors/message.js";
import { checkArity } from "../../options/arity.js";
import { declare, type OptionsOf } from "../../options/declare.js";
import { count, number } from "../../options/kinds.js";
import type { TensorLike } from "../../tensor/nested.js";
import { randn } from "../../tensor/random.js";
import { seedOf, underSeed } from "../../tensor/seed.js";
import { AXES_ROOM, type Axes } from "../axes.js";
import { length } from "../circle.js";
import { arrow, lineThrough, plane } from "../descent/plane.js";
import { figure } from "../describe.js";
import type { Figure } from "../figure.js";
import { normalsOf, type Place, rightForAll, rightPart } from "../perceptron/weightSpace.js";
import { arrowHead, drawing, element, heading, pathThrough, words } from "../svg.js";
import { BLUE, GREEN, INK, ORANGE, PAPER, QUIET } from "../theme.js";

const DRAWING = declare("perceptronWeights", {
  /** Passes over the samples at most. Default 100. */
  epochs: count({ default: 100 }),
  /** How far a mistake moves the weights. Default 1. */
  learningRate: number({ default: 1, above: 0 }),
});

/** Options of `perceptronWeights`. */
export interface PerceptronWeightsOptions extends OptionsOf<typeof DRAWING> {}

const SIDE = 400;
/** The most mistakes that are numbered: numbers of more would cover each other. */
const NUMBERED = 12;

/**
 * The weight space of a perceptron with two weights and no threshold, beside its samples. There each sample is a line through 0: on one side
 * of it are the weights that tell the sample wrong, which are grey. What stays white is the cone of weights that are right for all; the
 * learning rule, w ← w ± x at each mistake, leads into it, if there is one. `Perceptron` of simdgrad/classic makes the steps.
 * @param x samples [n, 2]
 * @param y labels [n], 0 or 1
 * @param options.epochs passes over the samples at most, default 100
 * @param options.learningRate how far a mistake moves the weights, default 1
 * @throws ShapeError, DTypeError, IndexError, ArgumentError
 * @example await (await perceptronWeights([[1, 2], [2, 1], [-1, -1], [1, -2]], [1, 1, 0, 0])).save("weights.svg");
 */
export async function perceptronWeights(x: TensorLike, y: TensorLike, options?: PerceptronWeightsOptions): Promise<Figure> {
  const { op } = DRAWING;
  checkArity(op, arguments.length, 3);
  const settings = DRAWING.readOptions(options);
  const rows = readRows(op, x);
  if (rows.width !== 2) throw new ShapeError(message(op, `x is ${shapeText([rows.n, rows.width])}; expected two features, [${rows.n}, 2]`));
  const labels = [...readLabels(op, y, rows.n)];
  const stray = labels.find((label) => label > 1);
  if (stray !== undefined) throw new IndexError(message(op, `a label is ${stray}; expected 0 or 1`));
  const samples = Array.from({ length: rows.n }, (_, i): Place => [rows.values[2 * i], rows.values[2 * i + 1]]);
  const learned = await new Perceptron({ ...settings, fitIntercept: false, keepHistory: true }).fit(samples as [number, number][], labels);
  const history = learned.history.data;
  // Behind the two weights stands the threshold, which stays 0.
  const path = Array.from({ length: history.length / 3 }, (_, i): Place => [history[3 * i], history[3 * i + 1]]);
  const normals = normalsOf(samples, labels);
  const title = "Weight space of a perceptron";
  const outcome = learned.converged
    ? `${learned.mistakes} ${learned.mistakes === 1 ? "mistake" : "mistakes"}, then none`
    : `no end after ${learned.mistakes} mistakes`;
  const head = heading(title, `each sample is a line through 0, with its wrong side grey; green: right for all; ${outcome}`);
  const top = head.height + 36;
  const common = { width: SIDE, height: SIDE, top };
  const lefts = [0, 1].map((i) => AXES_ROOM.left + 6 + i * (SIDE + AXES_ROOM.left + 24));
  const last = path[path.length - 1];
  const sampleView = square(samples, 1.25);
  const left = plane({ ...common, ...sampleView, left: lefts[0], xTitle: "x₁", yTitle: "x₂" }, (axes) =>
    sampleParts(axes, samples, labels, last),
  );
  const right = plane({ ...common, ...square(path, 1.35), left: lefts[1], xTitle: "w₁", yTitle: "w₂" }, (axes) =>
    weightParts(axes, normals, path),
  );
  const titled = ["Samples (● 1, ■ 0) and the line of the last weights", "Weights, and the way of the learning rule"].map((text, i) =>
    words(lefts[i], top - 12, text, { fontSize: 15, fontWeight: "bold" }),
  );
  const heads = element("defs", {}, arrowHead("step", INK), arrowHead("weights", GREEN));
  return drawing(
    { width: 2 * (SIDE + AXES_ROOM.left + 24) + 4, height: top + SIDE + AXES_ROOM.bottom + 14, title },
    heads,
    head.svg,
    ...titled,
    left,
    right,
  );
}

function sampleParts(axes: Axes, samples: readonly Place[], labels: readonly number[], [w1, w2]: Place): string[] {
  const size = length(w1, w2);
  const reach = 2 * (axes.x[1] - axes.x[0]);
  const line =
    size === 0
      ? []
      : [
          lineThrough(
            axes,
            [
              [(-w2 / size) * reach, (w1 / size) * reach],
              [(w2 / size) * reach, (-w1 / size) * reach],
            ],
            GREEN,
            2.5,
          ),
        ];
  const long = 0.3 * axes.x[1];
  const pointing = size === 0 ? [] : [arrow(axes, [0, 0], [(w1 / size) * long, (w2 / size) * long], GREEN, "weights")];
  return [...cross(axes), ...line, ...samples.map((sample, i) => mark(axes, sample, labels[i])), ...pointing];
}

/** A disc for class 1, a square for class 0. */
function mark({ toX, toY }: Axes, [a, b]: Place, label: number): string {
  const style = { stroke: PAPER, strokeWidth: 1.5 };
  if (label === 1) return element("circle", { cx: toX(a), cy: toY(b), r: 7, fill: BLUE, ...style });
  return element("rect", { x: toX(a) - 6, y: toY(b) - 6, width: 12, height: 12, fill: ORANGE, ...style });
}

function weightParts(axes: Axes, normals: readonly Place[], path: readonly Place[]): string[] {
  const { toX, toY, x, y } = axes;
  const whole: Place[] = [
    [x[0], y[0]],
    [x[1], y[0]],
    [x[1], y[1]],
    [x[0], y[1]],
  ];
  const outline = (places: readonly Place[]): string =>
    pathThrough(
      places.map(([a, b]) => [toX(a), toY(b)]),
      true,
    );
  const reach = 2 * (x[1] - x[0]);
  const opacity = Math.min(0.13, 0.8 / normals.length);
  const wrong = normals.map((normal) =>
    element("path", { d: outline(rightPart(whole, [-normal[0], -normal[1]])), fill: "#3a3a3a", fillOpacity: opacity }),
  );
  const sides = normals
    .filter(([a, b]) => length(a, b) > 0)
    .map(([a, b]) => {
      const size = length(a, b);
      return lineThrough(
        axes,
        [
          [(-b / size) * reach, (a / size) * reach],
          [(b / size) * reach, (-a / size) * reach],
        ],
        QUIET,
        0.8,
      );
    });
  const cone = rightForAll(whole, normals);
  const inside = cone.length === 0 ? [] : [element("path", { d: outline(cone), fill: GREEN, fillOpacity: 0.28 })];
  const steps = path.slice(1).map((place, i) => arrow(axes, path[i], place, INK, "step", { width: 1.8 }));
  const numbers =
    path.length - 1 > NUMBERED
      ? []
      : path.slice(1).map(([a, b], i) => words(toX(a) + 7, toY(b) - 7, String(i + 1), { fontWeight: "bold" }));
  return [
    ...wrong,
    ...sides,
    ...inside,
    ...steps,
    element("circle", { cx: toX(0), cy: toY(0), r: 4, fill: PAPER, stroke: INK, strokeWidth: 1.5 }),
    ...numbers,
  ];
}

/** The lines x = 0 and y = 0. */
function cross(axes: Axes): string[] {
  const { x, y } = axes;
  return [
    lineThrough(
      axes,
      [
        [x[0], 0],
        [x[1], 0],
      ],
      QUIET,
      1,
    ),
    lineThrough(
      axes,
      [
        [0, y[0]],
        [0, y[1]],
      ],
      QUIET,
      1,
    ),
  ];
}

/** A square about 0 that holds all places. */
function square(places: readonly Place[], room: number): { x: [number, number]; y: [number, number] } {
  const reach = room * Math.max(1e-6, ...places.flat().map(Math.abs));
  return { x: [-reach, reach], y: [-reach, reach] };
}

export const PERCEPTRON_WEIGHTS = figure({
  name: "perceptron-weights",
  about: "weight space of a perceptron: samples as half-planes, the weights that are right for all, the way of the learning rule",
  options: {
    samples: { takes: count({ default: 10 }), about: "samples" },
    seed: { takes: number({ default: 3, min: 0, whole: true }), about: "of the samples" },
  },
  demo: ({ samples, seed }) => {
    const places = underSeed(seedOf(seed), () => [...randn([2 * samples]).data]);
    // Told apart by the line x₁ = x₂/3 through 0, from which they keep away a little.
    const x = Array.from({ length: samples }, (_, i) => [
      places[2 * i] + (3 * places[2 * i] > places[2 * i + 1] ? 0.05 : -0.05),
      places[2 * i + 1],
    ]);
    return perceptronWeights(
      x,
      x.map(([a, b]) => Number(3 * a > b)),
    );
  },
});
