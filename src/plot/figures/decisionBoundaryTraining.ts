import { ArgumentError } from "../../errors/errors.js";
import { message } from "../../errors/message.js";
import { checkArity } from "../../options/arity.js";
import { declare, type OptionsOf } from "../../options/declare.js";
import { number, text } from "../../options/kinds.js";
import { frames } from "../animation.js";
import { AXES_ROOM } from "../axes.js";
import { boundaryAxes, fields, halos, legend, samples, TINTS } from "../decision/boundary.js";
import { type BoundaryFrame, BoundaryRecorder } from "../decision/recorder.js";
import { figure } from "../describe.js";
import type { Figure } from "../figure.js";
import { classNamesOption, featureNamesOption, namesOf } from "../points/read.js";
import { drawing, heading, words } from "../svg.js";
import { QUIET, SIZES } from "../theme.js";
import { BOUNDARY_DEMO, LEGEND_ROOM, pointsOf, trainOnPoints } from "./decisionBoundary.js";

const DRAWING = declare("decisionBoundaryTraining", {
  /** What stands above. Default "Decision boundary while training". */
  title: text({ default: "Decision boundary while training" }),
  /** The names of the classes. Default "class 0", "class 1" … */
  classNames: classNamesOption,
  /** What stands at the axes. Default "x₁", "x₂". */
  featureNames: featureNamesOption,
  /** Seconds that each frame is seen, > 0. Default 0.25. */
  seconds: number({ default: 0.25, above: 0, aka: ["interval", "delay"] }),
});

/** Options of `decisionBoundaryTraining`. */
export interface DecisionBoundaryTrainingOptions extends OptionsOf<typeof DRAWING> {}

/** The tints of every frame: fewer than of a still picture. */
const FEW = TINTS.filter((_, k) => k % 2 === 0);
/** Seconds that the last frame is seen longer. */
const REST = 2;

/**
 * How the boundary of a classifier of two features moved while it was trained, as a moving SVG that begins again and again. Where nothing
 * moves, as in a PNG, it shows the end.
 * @param recorder the callback that watched the training
 * @param options.title what stands above
 * @param options.classNames default "class 0", "class 1" …
 * @param options.featureNames what stands at the axes, default "x₁", "x₂"
 * @param options.seconds that each frame is seen, default 0.25
 * @throws ArgumentError for a recorder that has seen nothing
 * @example
 * const recorder = new BoundaryRecorder(points);
 * await classifier.fit(points, { epochs: 40, callbacks: [recorder] });
 * await (await decisionBoundaryTraining(recorder)).save("training.svg");
 */
export async function decisionBoundaryTraining(recorder: BoundaryRecorder, options?: DecisionBoundaryTrainingOptions): Promise<Figure> {
  const { op } = DRAWING;
  checkArity(op, arguments.length, 2);
  const { title, classNames, featureNames, seconds } = DRAWING.readOptions(options);
  if (!(recorder instanceof BoundaryRecorder) || recorder.frames.length === 0) {
    throw new ArgumentError(message(op, "the recorder has seen no training", "Pass it to fit: { callbacks: [recorder] }."));
  }
  const { points } = recorder;
  const [{ grid }] = recorder.frames;
  // The second line of the heading changes from frame to frame.
  const head = heading(title, " ");
  const plane = boundaryAxes(grid.domain, featureNames as readonly [string, string], head.height + 6);
  const names = namesOf(op, classNames, Math.max(grid.found.classes, ...Array.from(points.y, (label) => label + 1)));
  const seen = recorder.frames.map((frame) => {
    const line = words(14, 20 + SIZES.title + SIZES.subtitle, lineOf(frame), { fontSize: SIZES.subtitle, fill: QUIET });
    return line + fields(frame.grid, plane, FEW) + halos(points, frame.wrong, plane);
  });
  return drawing(
    { width: plane.left + plane.width + LEGEND_ROOM, height: plane.top + plane.height + AXES_ROOM.bottom + 8, title },
    head.svg,
    frames(seen, seconds, REST),
    samples(points, plane),
    plane.svg,
    legend(names, plane.left + plane.width + 16, plane.top),
  );
}

function lineOf({ epoch, loss, wrong }: BoundaryFrame): string {
  const right = `${wrong.filter((isWrong) => !isWrong).length} of ${wrong.length} samples right`;
  return [`epoch ${epoch}`, ...(loss === null ? [] : [`loss ${loss.toFixed(3)}`]), right].join(" · ");
}

export const DECISION_BOUNDARY_TRAINING = figure({
  name: "decision-boundary-training",
  about: "how the boundary of a classifier moves while it is trained",
  slow: true,
  options: BOUNDARY_DEMO,
  demo: async (settings, progress) => {
    const recorder = new BoundaryRecorder(pointsOf(settings), { frames: 24 });
    await trainOnPoints(settings, progress, recorder);
    return decisionBoundaryTraining(recorder, { title: `Decision boundary while training: ${settings.data}` });
  },
});
