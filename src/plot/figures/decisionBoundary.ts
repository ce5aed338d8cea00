import { Sequential } from "../../model/sequential.js";
import { Dense } from "../../nn/layers/dense.js";
import { checkArity } from "../../options/arity.js";
import { declare, type OptionsOf } from "../../options/declare.js";
import { choice, count, number, text } from "../../options/kinds.js";
import { manualSeed } from "../../tensor/seed.js";
import type { Callback } from "../../train/callbacks.js";
import { AXES_ROOM } from "../axes.js";
import { boundaryAxes, domainOf, fields, gridOf, halos, legend, mistakes, samples } from "../decision/boundary.js";
import type { ClassModel } from "../decision/classes.js";
import { type FigureOption, figure, type Progress } from "../describe.js";
import type { Figure } from "../figure.js";
import { classNamesOption, featureNamesOption, type LabelledSamples, namesOf, readLabelled } from "../points/read.js";
import { POINT_SETS, type PointSet, type PointSetName, USUAL_NOISE } from "../points/sets.js";
import { drawing, heading } from "../svg.js";

const DRAWING = declare("decisionBoundary", {
  /** What stands above. Default "Decision boundary". */
  title: text({ default: "Decision boundary" }),
  /** The names of the classes. Default "class 0", "class 1" … */
  classNames: classNamesOption,
  /** What stands at the axes. Default "x₁", "x₂". */
  featureNames: featureNamesOption,
  /** Points along each side at which the model is asked, ≥ 2. Default 120. */
  resolution: number({ default: 120, min: 2, max: 1000, whole: true }),
});

/** Options of `decisionBoundary`. */
export interface DecisionBoundaryOptions extends OptionsOf<typeof DRAWING> {}

/** Room at the right of a boundary for the names of its classes. */
export const LEGEND_ROOM = 130;

/**
 * What a classifier of two features says all over the plane: each class has its colour, stronger where its probability leads by more, and a
 * line where two classes are as likely. Samples that are told wrong have a dark edge.
 * @param model gives logits or probabilities [n, classes], or one logit [n, 1] of class 1; or a classifier of simdgrad/classic
 * @param data x [n, 2] with labels y [n]
 * @param options.title what stands above
 * @param options.classNames default "class 0", "class 1" …
 * @param options.featureNames what stands at the axes, default "x₁", "x₂"
 * @param options.resolution points along each side at which the model is asked, default 120
 * @throws ShapeError, ArgumentError, IndexError
 * @example await (await decisionBoundary(classifier, points)).save("boundary.svg");
 */
export async function decisionBoundary(model: ClassModel, data: LabelledSamples, options?: DecisionBoundaryOptions): Promise<Figure> {
  const { op } = DRAWING;
  checkArity(op, arguments.length, 3);
  const { title, classNames, featureNames, resolution } = DRAWING.readOptions(options);
  const { rows, labels } = readLabelled(op, data, 2);
  const points = { x: rows.values, y: labels };
  const grid = gridOf(op, model, domainOf(points), resolution);
  const wrong = mistakes(op, model, points);
  const right = wrong.filter((isWrong) => !isWrong).length;
  const head = heading(title, `${right} of ${rows.n} samples right; the stronger the colour, the surer the model`);
  const plane = boundaryAxes(grid.domain, featureNames as readonly [string, string], head.height + 6);
  const names = namesOf(op, classNames, Math.max(grid.found.classes, ...Array.from(labels, (label) => label + 1)));
  return drawing(
    { width: plane.left + plane.width + LEGEND_ROOM, height: plane.top + plane.height + AXES_ROOM.bottom + 8, title },
    head.svg,
    fields(grid, plane),
    halos(points, wrong, plane),
    samples(points, plane),
    plane.svg,
    legend(names, plane.left + plane.width + 16, plane.top),
  );
}

/** What the demonstrations of boundaries take. */
export const BOUNDARY_DEMO = {
  data: { takes: choice(["moons", "spirals", "rings", "xor"], { default: "moons" }), about: "samples: moons, spirals, rings or xor" },
  samples: { takes: count({ default: 240 }), about: "how many samples" },
  noise: { takes: number({ default: null, min: 0 }), about: "standard deviation of the samples' noise; null: what suits the set" },
  hidden: { takes: count({ default: 16 }), about: "units of each of the two hidden layers" },
  epochs: { takes: count({ default: 60 }), about: "epochs of the training" },
} as const satisfies Record<string, FigureOption>;

export interface BoundaryDemo {
  readonly data: PointSetName;
  readonly samples: number;
  readonly noise: number | null;
  readonly hidden: number;
  readonly epochs: number;
}

/** The samples of a demonstration. */
export function pointsOf({ data, samples, noise }: Pick<BoundaryDemo, "data" | "samples" | "noise">): PointSet {
  return POINT_SETS[data](samples, noise ?? USUAL_NOISE[data], 1);
}

/** Trains a network of two hidden layers on a set of points. */
export async function trainOnPoints(
  { data, samples, noise, hidden, epochs }: BoundaryDemo,
  progress: Progress,
  ...callbacks: Callback[]
): Promise<{ model: Sequential; points: PointSet }> {
  manualSeed(1);
  const points = pointsOf({ data, samples, noise });
  const classes = data === "rings" ? 3 : 2;
  const layer = () => new Dense(hidden, { activation: "tanh" });
  const model = new Sequential([layer(), layer(), new Dense(classes)]);
  model.compile({ optimizer: { name: "adam", learningRate: 0.02 }, loss: "crossEntropy", metrics: ["accuracy"] });
  const told = { onEpochEnd: (epoch: number) => progress((epoch + 1) / epochs) };
  await model.fit(points, { epochs, batchSize: 32, verbose: 0, callbacks: [told, ...callbacks] });
  return { model, points };
}

export const DECISION_BOUNDARY = figure({
  name: "decision-boundary",
  about: "what a classifier says all over the plane of its two features",
  // How many corners the outlines have hangs on the last bits of the training.
  slow: true,
  options: BOUNDARY_DEMO,
  demo: async (settings, progress) => {
    const { model, points } = await trainOnPoints(settings, progress);
    return decisionBoundary(model, points, { title: `Decision boundary: ${settings.data}` });
  },
});
