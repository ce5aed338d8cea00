import { category, layered, paths, points, quantity } from "../chart.js";
import type { Spec } from "../spec.js";
import { COLORS, INK } from "../theme.js";
import { type Covariance2, ellipse } from "./ellipse.js";

/** Samples in the plane as views of charts. */

const SHAPES = ["circle", "square", "triangle-up", "diamond", "cross"] as const;

/** Places of samples, x₀, y₀, x₁, y₁ …, with the class of each, and the classes' names. */
export interface Scattered {
  readonly places: ArrayLike<number>;
  readonly labels: ArrayLike<number>;
  readonly names: readonly string[];
}

export interface ScatterOptions {
  readonly title: string;
  readonly subtitle?: string;
  readonly axes: readonly [string, string];
  /** Of both sides, in pixels. Default 320. */
  readonly side?: number;
  /** What both axes show; default what the samples need. */
  readonly domain?: { readonly x: readonly [number, number]; readonly y: readonly [number, number] };
  /** Whether numbers stand at the axes. Default true. */
  readonly numbers?: boolean;
  /** What is drawn below the samples, and over them. */
  readonly under?: readonly Spec[];
  readonly over?: readonly Spec[];
  /** Whether the classes are named. Default true. */
  readonly legend?: boolean;
  /** How large a sample's symbol is. Default 34. */
  readonly size?: number;
}

/** The channels of the two axes; what lies over the samples shares them. */
export function planeChannels({ axes, domain, numbers = true }: Pick<ScatterOptions, "axes" | "domain" | "numbers">): { x: Spec; y: Spec } {
  const axis = numbers ? {} : { labels: false, ticks: false };
  const channel = (field: "x" | "y", title: string) =>
    quantity(field, title, { ticks: 5, axis, ...(domain ? { domain: domain[field] } : {}) });
  return { x: channel("x", axes[0]), y: channel("y", axes[1]) };
}

/** A view of samples: a colour and a shape for each class, so that they are told apart without colours, too. */
export function scatter({ places, labels, names }: Scattered, options: ScatterOptions): Spec {
  const { title, subtitle, side = 320, under = [], over = [], size = 34, legend = true } = options;
  const rows = Array.from(labels, (label, i) => ({ x: places[2 * i], y: places[2 * i + 1], class: names[label] }));
  const range = names.map((_, k) => SHAPES[(names.length <= SHAPES.length ? k : Math.floor(k / COLORS.length)) % SHAPES.length]);
  const shown = legend ? {} : { legend: null };
  const encoding = {
    ...planeChannels(options),
    color: category("class", null, { order: names, colors: names.map((_, k) => COLORS[k % COLORS.length]), ...shown }),
    shape: { field: "class", type: "nominal", title: null, sort: names, scale: { domain: names, range }, ...shown },
  };
  const style = { size, opacity: 0.75, stroke: "#ffffff", strokeWidth: 0.5 };
  return { ...layered({ width: side, height: side }, ...under, points(rows, encoding, style), ...over), ...panelTitle(title, subtitle) };
}

/** The title of one view among several: smaller than that of the figure. */
export function panelTitle(text: string, subtitle?: string): Spec {
  return { title: { text, fontSize: 14, offset: 8, ...(subtitle === undefined ? {} : { subtitle, subtitleFontSize: 12 }) } };
}

/** An outline at one and at two standard deviations around a mean. */
export function ellipses(
  mean: readonly [number, number],
  covariance: Covariance2,
  channels: { x: Spec; y: Spec },
  color: string = INK,
): Spec[] {
  return [2, 1].map((radius) =>
    paths(
      ellipse(mean, covariance, radius).map(([x, y]) => ({ x, y })),
      channels,
      { color, strokeWidth: radius === 1 ? 2.5 : 1.5, strokeDash: radius === 1 ? [1, 0] : [5, 4] },
    ),
  );
}
