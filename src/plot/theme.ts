/** How figures look, those of Vega and our own drawings: dark ink on white, text that can be read from the last row, colours that people tell apart who see few. */

/** The fonts of text. DejaVu Sans and Verdana have the same widths, and PNG files are drawn with the former. */
export const FONT = "DejaVu Sans, Verdana, sans-serif";

/** Sizes of text in pixels. */
export const SIZES = { title: 17, subtitle: 13, axis: 14, label: 12, note: 12 } as const;

export const INK = "#1a1a1a";
/** Of what stands behind the data: domain lines, ticks. */
export const QUIET = "#6b6b6b";
export const GRID = "#e4e4e4";
export const PAPER = "#ffffff";

/** Colours of categories, after Okabe and Ito, without the yellow that white paper swallows. */
export const COLORS = ["#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#4d4d4d", "#8b5e3c"] as const;

/** Colours by their use, where two things are told apart in many figures. */
export const BLUE = COLORS[0];
export const ORANGE = COLORS[1];
export const GREEN = COLORS[2];

/** Names of Vega's colour schemes: from little to much, and of two signs, whose middle is white. */
export const SEQUENTIAL = "viridis";
export const DIVERGING = "blueorange";

/** The theme as Vega-Lite's configuration. */
export const CONFIG = {
  font: FONT,
  background: PAPER,
  padding: 14,
  aria: false,
  title: {
    fontSize: SIZES.title,
    fontWeight: "bold",
    subtitleFontSize: SIZES.subtitle,
    color: INK,
    subtitleColor: QUIET,
    anchor: "start",
    offset: 12,
  },
  axis: {
    labelFontSize: SIZES.label,
    titleFontSize: SIZES.axis,
    titleFontWeight: "normal",
    labelColor: INK,
    titleColor: INK,
    domainColor: QUIET,
    tickColor: QUIET,
    gridColor: GRID,
    titlePadding: 8,
    labelLimit: 240,
    labelFlush: false,
    labelOverlap: "greedy",
  },
  legend: {
    labelFontSize: SIZES.label,
    titleFontSize: SIZES.label,
    titleFontWeight: "normal",
    labelColor: INK,
    titleColor: INK,
    labelLimit: 260,
    symbolStrokeWidth: 3,
    symbolSize: 120,
    symbolOpacity: 1,
  },
  header: { labelFontSize: SIZES.axis, titleFontSize: SIZES.axis, labelColor: INK, titleColor: INK, labelFontWeight: "bold" },
  text: { font: FONT, fontSize: SIZES.note, color: INK },
  line: { strokeWidth: 2.5, strokeCap: "round", strokeJoin: "round" },
  rule: { color: QUIET, strokeWidth: 1.5 },
  point: { filled: true, size: 50, opacity: 1 },
  range: { category: COLORS, heatmap: { scheme: SEQUENTIAL }, ramp: { scheme: SEQUENTIAL }, diverging: { scheme: DIVERGING } },
  view: { stroke: null },
  concat: { spacing: 28 },
  facet: { spacing: 28 },
} as const;
