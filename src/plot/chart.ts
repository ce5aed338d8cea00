import type { Row, Spec } from "./spec.js";
import { INK, QUIET, SIZES } from "./theme.js";

/** What comes again in charts, as specifications of Vega-Lite: channels, marks over rows, and how views are put together. */

export interface QuantityOptions {
  /** Whether the scale is logarithmic. */
  readonly log?: boolean;
  readonly domain?: readonly [number, number];
  /** Whether the axis begins at 0. Default false. */
  readonly zero?: boolean;
  /** d3's format of the numbers at the ticks: ".1e", "%", "s". */
  readonly format?: string;
  /** About how many ticks there are. */
  readonly ticks?: number;
  /** Whether there are lines across at the ticks. Default true. */
  readonly grid?: boolean;
  /** Further properties of Vega-Lite's scale, and of its axis. */
  readonly scale?: Spec;
  readonly axis?: Spec;
}

/** Of a logarithmic axis the lines between powers of ten are faint. */
const POWERS = { condition: { test: "abs(log(datum.value) / LN10 - round(log(datum.value) / LN10)) < 1e-6", value: 1 }, value: 0.4 };

/** A number of the rows as a channel. @param title what stands at the axis, with the unit */
export function quantity(field: string, title: string = field, options: QuantityOptions = {}): Spec {
  const { log = false, domain, zero = false, format, ticks, grid = true, scale, axis } = options;
  const small = log
    ? { labelOverlap: "greedy", tickCount: ticks ?? 6, gridOpacity: POWERS }
    : ticks === undefined
      ? {}
      : { tickCount: ticks };
  return {
    field,
    type: "quantitative",
    title,
    // A domain that was asked for is not made rounder, and what lies outside is not drawn there.
    scale: { ...(log ? { type: "log" } : { zero }), ...(domain ? { domain, nice: false } : {}), ...scale },
    axis: { grid, ...small, ...(format === undefined ? (log ? { format: "~g" } : {}) : { format }), ...axis },
  };
}

export interface CategoryOptions {
  /** The values in their order; the colours are given in it. */
  readonly order?: readonly string[];
  /** A colour for each value of `order`. */
  readonly colors?: readonly string[];
  /** Vega-Lite's legend: null for none. */
  readonly legend?: Spec | null;
}

/** A word of the rows as a channel. @param title what stands above the legend or at the axis; null for nothing */
export function category(field: string, title: string | null = null, { order, colors, legend }: CategoryOptions = {}): Spec {
  return {
    field,
    type: "nominal",
    title,
    ...(order ? { sort: order } : {}),
    scale: { ...(order ? { domain: order } : {}), ...(colors ? { range: colors } : {}) },
    ...(legend === undefined ? {} : { legend }),
  };
}

/** A mark for each row, or one through all of them. @param style properties of the mark */
export function marks(type: string, rows: readonly Row[], encoding: Spec, style: Spec = {}): Spec {
  return { data: { values: rows }, mark: { type, clip: true, ...style }, encoding };
}

/** Lines over x, one for each colour, dash or detail. */
export function lines(rows: readonly Row[], encoding: Spec, style?: Spec): Spec {
  return marks("line", rows, encoding, style);
}

/** Lines that go from row to row, wherever x lies: paths, outlines. */
export function paths(rows: readonly Row[], encoding: Spec, style?: Spec): Spec {
  return marks("line", rows, { order: { value: null }, ...encoding }, style);
}

export function points(rows: readonly Row[], encoding: Spec, style?: Spec): Spec {
  return marks("point", rows, encoding, style);
}

export function bars(rows: readonly Row[], encoding: Spec, style?: Spec): Spec {
  return marks("bar", rows, encoding, style);
}

export function areas(rows: readonly Row[], encoding: Spec, style?: Spec): Spec {
  return marks("area", rows, encoding, style);
}

/** A field of colours: a cell for each row, which x and y as categories place, or x, x2, y, y2. For many cells see `raster`. */
export function heatMap(rows: readonly Row[], encoding: Spec, style?: Spec): Spec {
  return marks("rect", rows, encoding, style);
}

/** Words at places of the data: the field `text` of each row. */
export function labels(rows: readonly Row[], encoding: Spec, style?: Spec): Spec {
  return marks(
    "text",
    rows,
    { text: { field: "text", type: "nominal" }, ...encoding },
    { fontSize: SIZES.note, color: INK, clip: false, ...style },
  );
}

/** A line across the whole view at a value of x or y, with words at its end. The channel is that of the data, so that they share a scale. */
export function lineAt(channel: "x" | "y", value: number, encoding: Spec, text?: string, style: Spec = {}): Spec {
  const at = { data: { values: [{ at: value, text: text ?? "" }] }, encoding: { [channel]: { ...encoding, field: "at" } } };
  const rule = { ...at, mark: { type: "rule", strokeDash: [5, 4], clip: true, ...style } };
  if (text === undefined) return rule;
  const end = channel === "x" ? { y: { value: 0 } } : { x: { value: "width" } };
  const place = channel === "x" ? { align: "left", baseline: "top", dx: 5, dy: 3 } : { align: "right", baseline: "bottom", dy: -3, dx: -3 };
  const words = { type: "text", color: (style.color as string) ?? QUIET, fontSize: SIZES.note, ...place };
  return { layer: [rule, { ...at, mark: words, encoding: { ...at.encoding, ...end, text: { field: "text", type: "nominal" } } }] };
}

export interface ViewOptions {
  readonly title?: string;
  readonly subtitle?: string | readonly string[];
  /** Of the plot within the axes, in pixels. Default 560 × 320. */
  readonly width?: number;
  readonly height?: number;
}

/** Views over each other in one pair of axes. */
export function layered({ title, subtitle, width = 560, height = 320 }: ViewOptions, ...views: readonly Spec[]): Spec {
  return { ...titled(title, subtitle), width, height, layer: views };
}

/** Views beside each other, each with its own axes, in rows of `columns`. Their titles are smaller than that of the whole. */
export function sideBySide(
  { title, subtitle, columns, resolve }: { title?: string; subtitle?: string | readonly string[]; columns?: number; resolve?: Spec },
  ...views: readonly Spec[]
): Spec {
  const separate = { ...resolve, scale: { x: "independent", y: "independent", ...(resolve?.scale as Spec | undefined) } };
  return { ...titled(title, subtitle), concat: views.map(smaller), columns: columns ?? views.length, resolve: separate };
}

/** A view whose title stands below another. */
function smaller(view: Spec): Spec {
  return typeof view.title !== "object" || view.title === null
    ? view
    : { ...view, title: { fontSize: SIZES.axis, offset: 6, frame: "group", ...view.title } };
}

function titled(title: string | undefined, subtitle: string | readonly string[] | undefined): Spec {
  return title === undefined ? {} : { title: { text: title, ...(subtitle === undefined ? {} : { subtitle }) } };
}
