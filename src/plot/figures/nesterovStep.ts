import { checkArity } from "../../options/arity.js";
import { declare, type OptionsOf } from "../../options/declare.js";
import { callable, number } from "../../options/kinds.js";
import { AXES_ROOM, type Axes } from "../axes.js";
import { contours } from "../descent/contours.js";
import { type MomentumSettings, momentumStep, plus, type Vector } from "../descent/nesterov.js";
import type { LossOfTwo } from "../descent/path.js";
import { arrow, plane } from "../descent/plane.js";
import { figure } from "../describe.js";
import type { Figure } from "../figure.js";
import { pair } from "../pair.js";
import { arrowHead, drawing, element, heading, words } from "../svg.js";
import { BLUE, GREEN, INK, ORANGE, PAPER, SIZES } from "../theme.js";

const DRAWING = declare("nesterovStep", {
  /** The loss of two parameters. Default: a bowl that is steep in y, (x² + 8y²)/2. */
  loss: callable<LossOfTwo>()("a function of two tensors", { default: (x, y) => x.square().add(y.square().mul(8)).mul(0.5) }),
  /** Where the step begins, [x, y]. Default [−2.6, 1.1]. */
  from: pair({ default: [-2.6, 1.1] }),
  /** The step before, [x, y]. Default [1.3, −1.7]. */
  velocity: pair({ default: [1.3, -1.7] }),
  /** Default 0.1. */
  learningRate: number({ default: 0.1, above: 0 }),
  /** μ, default 0.9. */
  momentum: number({ default: 0.9, min: 0 }),
});

/** Options of `nesterovStep`. */
export interface NesterovStepOptions extends OptionsOf<typeof DRAWING> {}

const [WIDTH, HEIGHT] = [400, 340];

/**
 * A step with momentum beside Nesterov's, from the same place with the same velocity: momentum takes the gradient where it stands,
 * Nesterov's step where the velocity carries it, so that it brakes in time.
 * @param options.loss of two parameters, a function of two tensors, element by element
 * @param options.from where the step begins, [x, y]
 * @param options.velocity the step before, [x, y]
 * @param options.learningRate > 0, default 0.1
 * @param options.momentum ≥ 0, default 0.9
 * @throws ArgumentError
 * @example await (await nesterovStep({ from: [-2, 1], velocity: [1, -1] })).save("nesterov.svg");
 * @see Sutskever et al., ICML 2013
 */
export async function nesterovStep(options?: NesterovStepOptions): Promise<Figure> {
  checkArity(DRAWING.op, arguments.length, 1);
  const { loss, ...settings } = DRAWING.readOptions(options);
  const { from, momentum, learningRate } = settings as MomentumSettings;
  const title = "Momentum looks where it stands, Nesterov where it will be";
  const head = heading(title, `velocity v is the step before, μ = ${momentum}, rate ${learningRate}`);
  const steps = [false, true].map((nesterov) => momentumStep(loss, settings as MomentumSettings, nesterov));
  const { x, y } = windowOf(steps.flatMap(({ at, end }) => [at, end, from]));
  const top = head.height + 34;
  const panels = steps.map((step, i) => {
    const left = AXES_ROOM.left + 6 + i * (WIDTH + AXES_ROOM.left + 24);
    const name = i === 0 ? "Momentum: −α∇L(θ) + μv" : "Nesterov: −α∇L(θ + μv) + μv";
    const drawn = plane({ x, y, width: WIDTH, height: HEIGHT, left, top, xTitle: "θ₁", yTitle: "θ₂" }, (axes) => [
      contours(loss, axes),
      ...parts(axes, from, step, i === 1),
    ]);
    return words(left, top - 12, name, { fontSize: 15, fontWeight: "bold" }) + drawn;
  });
  const heads = element("defs", {}, ...[BLUE, ORANGE, GREEN].map((color, i) => arrowHead(`head${i}`, color)));
  const size = { width: 2 * (WIDTH + AXES_ROOM.left + 24) + 4, height: top + HEIGHT + AXES_ROOM.bottom + 40 };
  const entries = [
    { color: BLUE, text: "μv, as far as the velocity carries" },
    { color: ORANGE, text: "−α∇L, against the gradient" },
    { color: GREEN, text: "the step" },
  ];
  const below = size.height - 16;
  const legend = entries.map(
    ({ color, text }, i) =>
      element("line", { x1: 20 + i * 290, x2: 50 + i * 290, y1: below - 5, y2: below - 5, stroke: color, strokeWidth: 4 }) +
      words(58 + i * 290, below, text, { fontSize: SIZES.axis }),
  );
  return drawing({ ...size, title }, heads, head.svg, ...panels, ...legend);
}

/** The arrows of a step. The gradient stands where it is taken, and again, dashed, where it is added. */
function parts(axes: Axes, from: Vector, { coasting, at, descent, end }: ReturnType<typeof momentumStep>, nesterov: boolean): string[] {
  const ahead = plus(from, coasting);
  const dot = (place: Vector, fill: string): string =>
    element("circle", { cx: axes.toX(place[0]), cy: axes.toY(place[1]), r: 5, fill, stroke: INK, strokeWidth: 1.5 });
  const note = (place: Vector, text: string, dx: number, dy: number): string =>
    words(axes.toX(place[0]) + dx, axes.toY(place[1]) + dy, text, { fontSize: SIZES.axis, fontWeight: "bold" });
  return [
    arrow(axes, from, end, GREEN, "head2", { width: 4 }),
    arrow(axes, from, ahead, BLUE, "head0"),
    arrow(axes, at, plus(at, descent), ORANGE, "head1"),
    nesterov ? "" : arrow(axes, ahead, end, ORANGE, "head1", { width: 2, dash: "5 4" }),
    dot(from, PAPER),
    note(from, "θ", -18, -8),
    nesterov ? note(ahead, "θ + μv", 12, 20) : "",
  ];
}

/** What is shown: all places, with room around. */
function windowOf(places: readonly Vector[]): { x: [number, number]; y: [number, number] } {
  const spread = (k: 0 | 1): [number, number] => {
    const values = places.map((place) => place[k]);
    const [least, most] = [Math.min(...values), Math.max(...values)];
    const room = 0.5 * (most - least || 1);
    return [least - room, most + room];
  };
  return { x: spread(0), y: spread(1) };
}

export const NESTEROV_STEP = figure({
  name: "nesterov",
  about: "a step with momentum beside Nesterov's",
  options: {
    learningRate: { takes: number({ default: 0.1, above: 0 }), about: "the learning rate" },
    momentum: { takes: number({ default: 0.9, min: 0 }), about: "how much of the step before is kept" },
  },
  demo: ({ learningRate, momentum }) => nesterovStep({ learningRate, momentum }),
});
