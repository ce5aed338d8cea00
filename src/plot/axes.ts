import { type Attributes, coordinate, element, words } from "./svg.js";
import { QUIET, SIZES } from "./theme.js";

/** A pair of axes for drawings of our own, where Vega's are not at hand: in pictures that move. */
export interface AxesOptions {
  readonly x: readonly [from: number, to: number];
  readonly y: readonly [from: number, to: number];
  /** What stands at the axes. */
  readonly xTitle: string;
  readonly yTitle: string;
  /** Of the plot within the axes, in pixels. */
  readonly width: number;
  readonly height: number;
  /** The upper left corner of the plot. */
  readonly left: number;
  readonly top: number;
}

export interface Axes extends AxesOptions {
  /** Pixels for a value. */
  readonly toX: (value: number) => number;
  readonly toY: (value: number) => number;
  /** The axes with their ticks and titles, to be drawn over what is in the plot. */
  readonly svg: string;
  /** The corners of the plot, as the attributes of a rectangle. */
  readonly area: Attributes;
}

/** Room that axes take beside their plot, in pixels. */
export const AXES_ROOM = { left: 62, bottom: 52 } as const;

const TICK = 5;

export function axes(options: AxesOptions): Axes {
  const { x, y, width, height, left, top, xTitle, yTitle } = options;
  const toX = (value: number) => left + ((value - x[0]) / (x[1] - x[0])) * width;
  const toY = (value: number) => top + height - ((value - y[0]) / (y[1] - y[0])) * height;
  const [right, bottom] = [left + width, top + height];
  const lines: string[] = [`M${coordinate(left)},${coordinate(top)}V${coordinate(bottom)}H${coordinate(right)}`];
  const texts: string[] = [];
  for (const value of ticks(x[0], x[1], Math.max(2, Math.round(width / 80)))) {
    lines.push(`M${coordinate(toX(value))},${coordinate(bottom)}v${TICK}`);
    texts.push(words(toX(value), bottom + TICK + SIZES.label, tickText(value), { textAnchor: "middle" }));
  }
  for (const value of ticks(y[0], y[1], Math.max(2, Math.round(height / 60)))) {
    lines.push(`M${coordinate(left)},${coordinate(toY(value))}h${-TICK}`);
    texts.push(words(left - TICK - 3, toY(value) + SIZES.label / 3, tickText(value), { textAnchor: "end" }));
  }
  const [middle, level] = [left + width / 2, top + height / 2];
  const turned = { textAnchor: "middle", fontSize: SIZES.axis, transform: `rotate(-90 ${coordinate(left - 42)} ${coordinate(level)})` };
  const titles = [
    words(middle, bottom + TICK + SIZES.label + 8 + SIZES.axis, xTitle, { textAnchor: "middle", fontSize: SIZES.axis }),
    words(left - 42, level, yTitle, turned),
  ];
  const svg = element("path", { d: lines.join(""), fill: "none", stroke: QUIET }) + [...texts, ...titles].join("");
  return { ...options, toX, toY, svg, area: { x: left, y: top, width, height } };
}

/** About `wanted` round values between two numbers: 1, 2 or 5 times a power of ten apart. */
export function ticks(from: number, to: number, wanted: number): number[] {
  const least = Math.abs(to - from) / wanted;
  if (!(least > 0 && least < Infinity)) return [from];
  let unit = 1;
  while (unit > least) unit /= 10;
  while (unit * 10 <= least) unit *= 10;
  const step = [1, 2, 5, 10].map((factor) => factor * unit).find((size) => size >= least * 0.999) as number;
  const [first, last] = [Math.ceil(Math.min(from, to) / step - 1e-9), Math.floor(Math.max(from, to) / step + 1e-9)];
  return Array.from({ length: last - first + 1 }, (_, i) => Number(((first + i) * step).toPrecision(12)));
}

function tickText(value: number): string {
  return String(value).replace("-", "−");
}
