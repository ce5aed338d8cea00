import { ArgumentError } from "../../errors/errors.js";
import { didYouMean, kindText, message } from "../../errors/message.js";
import { checkArity } from "../../options/arity.js";
import { declare, type OptionsOf } from "../../options/declare.js";
import { choice, count, number } from "../../options/kinds.js";
import { option } from "../../options/option.js";
import { isPlain } from "../../options/plain.js";
import { AXES_ROOM, type Axes, axes } from "../axes.js";
import { length } from "../circle.js";
import { contours } from "../descent/contours.js";
import type { Path } from "../descent/path.js";
import { type MakeOptimizer, type Racer, race } from "../descent/race.js";
import { SURFACES, type Surface, type SurfaceName } from "../descent/surfaces.js";
import { figure } from "../describe.js";
import type { Figure } from "../figure.js";
import { coordinate, drawing, element, heading, pathThrough, words } from "../svg.js";
import { COLORS, INK, PAPER, QUIET, SIZES } from "../theme.js";

const DRAWING = declare("optimizerRace", {
  /** Steps of each optimizer. Default 150. */
  steps: count({ default: 150 }),
  /** Seconds that the race takes; 0 for a picture that stands still. Default 10. */
  seconds: number({ default: 10, min: 0 }),
  /** Functions that make an optimizer of parameters, by name. Default null: SGD, with momentum, Nesterov's, Adagrad, RMSprop and Adam. */
  optimizers: option<Readonly<Record<string, MakeOptimizer>> | null, { default: null }>(
    "functions by name, each of which makes an optimizer of parameters",
    (value) => isPlain(value) && Object.values(value as object).every((make) => typeof make === "function"),
    { default: null },
  ),
});

/** Options of `optimizerRace`. */
export interface OptimizerRaceOptions extends OptionsOf<typeof DRAWING> {}

/** Pixels of a plot, and seconds that the end is seen longer. */
const [SIDE, REST] = [330, 2];

/**
 * Optimizers on losses of two parameters, as a picture that moves: dots with their trails, one for each optimizer, which the library's own
 * steps move. As PNG, and where nothing moves, it shows the whole trails.
 * @param surfaces "beale", "valley", "saddle", a surface of your own, or several; default those three
 * @param options.steps of each optimizer, default 150
 * @param options.seconds that the race takes; 0 for a picture that stands still; default 10
 * @param options.optimizers functions by name, each of which makes an optimizer of parameters
 * @throws ArgumentError
 * @example
 * const bowl = { title: "A bowl", loss: (x, y) => x.square().add(y.square().mul(9)), x: [-2, 2], y: [-1, 1], start: [-1.5, 0.8] };
 * const optimizers = { slow: (p) => new SGD(p, { learningRate: 0.01 }), fast: (p) => new SGD(p, { learningRate: 0.1 }) };
 * await (await optimizerRace(bowl, { optimizers })).save("bowl.svg");
 */
export async function optimizerRace(
  surfaces?: SurfaceName | Surface | readonly (SurfaceName | Surface)[] | null,
  options?: OptimizerRaceOptions,
): Promise<Figure> {
  const { op } = DRAWING;
  checkArity(op, arguments.length, 2);
  const { steps, seconds, optimizers } = DRAWING.readOptions(options);
  const given = surfaces ?? (Object.keys(SURFACES) as SurfaceName[]);
  const shown = (Array.isArray(given) ? given : [given]).map((surface) => surfaceOf(op, surface));
  const head = heading("Optimizers on their way down", `${steps} steps each; the rates stand below; ★ marks where the loss is least`);
  const top = head.height + 64;
  const pitch = SIDE + AXES_ROOM.left + 18;
  const races = shown.map((surface) => ({ surface, racers: race(surface, optimizers, steps) }));
  const panels = races.map(({ surface, racers }, i) =>
    panel(surface, racers, { left: AXES_ROOM.left + 6 + i * pitch, top, steps, seconds }),
  );
  const names = [...new Set(races.flatMap(({ racers }) => racers.map(({ name }) => name)))];
  const size = { width: Math.max(520, panels.length * pitch + 14), height: top + SIDE + AXES_ROOM.bottom + 50 };
  return drawing({ ...size, title: "Optimizers on their way down" }, head.svg, legend(names, head.height), ...panels);
}

function surfaceOf(op: string, given: unknown): Surface {
  if (typeof given === "string") {
    if (Object.hasOwn(SURFACES, given)) return SURFACES[given as SurfaceName];
    const known = Object.keys(SURFACES);
    throw new ArgumentError(
      message(op, `there is no surface ${given}`, `${didYouMean(given, known).trim()} Known: ${known.join(", ")}.`.trim()),
    );
  }
  const { loss, x, y, start } = (given ?? {}) as Partial<Surface>;
  const isPair = (pair: unknown): boolean => Array.isArray(pair) && pair.length === 2 && pair.every(Number.isFinite);
  if (typeof loss === "function" && isPair(x) && isPair(y) && isPair(start)) return given as Surface;
  throw new ArgumentError(
    message(
      op,
      `a surface is ${kindText(given)}; expected a name, or { title, loss: (x, y) => …, x: [from, to], y: [from, to], start: [x, y] }`,
    ),
  );
}

function legend(names: readonly string[], y: number): string {
  let x = 14;
  return names
    .map((name, i) => {
      const color = colorOf(i);
      const entry =
        element("circle", { cx: x + 6, cy: y + 8, r: 6, fill: color }) +
        words(x + 18, y + 8 + SIZES.label / 3, name, { fontSize: SIZES.axis });
      x += 40 + 9 * name.length;
      return entry;
    })
    .join("");
}

function colorOf(i: number): string {
  return COLORS[i % COLORS.length];
}

interface Place {
  readonly left: number;
  readonly top: number;
  readonly steps: number;
  readonly seconds: number;
}

function panel(surface: Surface, racers: readonly Racer[], { left, top, steps, seconds }: Place): string {
  const { title, formula, x, y, minima = [] } = surface;
  const frame = axes({ x, y, width: SIDE, height: SIDE, left, top, xTitle: "x", yTitle: "y" });
  const clip = `plot${Math.round(left)}`;
  const clipped = element("clipPath", { id: clip }, element("rect", frame.area));
  const start = { cx: frame.toX(surface.start[0]), cy: frame.toY(surface.start[1]) };
  const inside = [
    contours(surface.loss, frame),
    ...minima.map(([a, b]) => words(frame.toX(a), frame.toY(b) + 7, "★", { fontSize: 20, textAnchor: "middle" })),
    element("circle", { ...start, r: 4, fill: PAPER, stroke: INK, strokeWidth: 1.5 }),
    ...racers.map(({ path }, i) => trail(path, frame, colorOf(i), steps, seconds)),
  ];
  const middle = { textAnchor: "middle" };
  const rates = racers.map(({ name, rate }) => `${name} ${Number(rate.toPrecision(3))}`);
  const half = Math.ceil(rates.length / 2);
  const below = top + SIDE + AXES_ROOM.bottom + 14;
  return [
    clipped,
    words(left + SIDE / 2, top - (formula === undefined ? 10 : 26), title, { ...middle, fontSize: 15, fontWeight: "bold" }),
    formula === undefined ? "" : words(left + SIDE / 2, top - 9, formula, { ...middle, fontSize: 11, fill: QUIET }),
    element("g", { clipPath: `url(#${clip})` }, ...inside),
    frame.svg,
    words(left, below, rates.slice(0, half).join(" · "), { fontSize: 11, fill: QUIET }),
    words(left, below + 15, rates.slice(half).join(" · "), { fontSize: 11, fill: QUIET }),
  ].join("");
}

/** The trail of an optimizer with its dot in front. What stands still is the end; the animation goes there from the start. */
function trail(path: Path, { toX, toY }: Axes, color: string, steps: number, seconds: number): string {
  // Far out of the picture coordinates would only be long.
  const within = (value: number): number => Math.min(9999, Math.max(-9999, value));
  const places = path.map(([x, y]) => [within(toX(x)), within(toY(y))] as const);
  const [endX, endY] = places[places.length - 1];
  const way = [0];
  for (let i = 1; i < places.length; i++) way.push(way[i - 1] + length(places[i][0] - places[i - 1][0], places[i][1] - places[i - 1][1]));
  const whole = Math.ceil(way[way.length - 1]) + 1;
  // Steps take the same time. Who has left all numbers behind stays away.
  const full = [...places.keys(), ...Array.from({ length: steps + 1 - places.length }, () => places.length - 1)];
  const moving = (attributeName: string, value: (i: number) => number): string =>
    seconds === 0
      ? ""
      : element("animate", {
          attributeName,
          ...timing(
            full.map((i) => coordinate1(value(i))),
            seconds,
          ),
          calcMode: "linear",
        });
  const line = { d: pathThrough(places), fill: "none", stroke: color, strokeWidth: 2.5, strokeLinejoin: "round", strokeOpacity: 0.9 };
  const dash = seconds === 0 ? {} : { strokeDasharray: whole };
  return (
    element(
      "path",
      { ...line, ...dash },
      moving("stroke-dashoffset", (i) => whole - way[i]),
    ) +
    element(
      "circle",
      { cx: endX, cy: endY, r: 6, fill: color, stroke: PAPER, strokeWidth: 1.5 },
      moving("cx", (i) => places[i][0]),
      moving("cy", (i) => places[i][1]),
    )
  );
}

/** Values that follow each other at even times, the last of which stays for a while; again and again. */
function timing(values: readonly string[], seconds: number): Record<string, string> {
  const stay = Math.max(1, Math.round(((values.length - 1) * REST) / seconds));
  const all = [...values, ...Array.from({ length: stay }, () => values[values.length - 1])];
  return { values: all.join(";"), dur: `${seconds + REST}s`, repeatCount: "indefinite" };
}

function coordinate1(value: number): string {
  return coordinate(Math.round(value * 10) / 10);
}

export const OPTIMIZER_RACE = figure({
  name: "optimizer-race",
  about: "optimizers on Beale's function, in a long valley and at a saddle, moving",
  options: {
    surface: { takes: choice(["all", ...Object.keys(SURFACES)], { default: "all" }), about: "beale, valley, saddle, or all" },
    steps: { takes: count({ default: 150 }), about: "steps of each optimizer" },
    seconds: { takes: number({ default: 10, min: 0 }), about: "seconds that the race takes; 0 stands still" },
  },
  demo: ({ surface, steps, seconds }) => optimizerRace(surface === "all" ? null : (surface as SurfaceName), { steps, seconds }),
});
