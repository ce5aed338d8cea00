/** The door `simdgrad/plot`: figures as SVG and PNG, drawn by the optional peers vega and vega-lite. */
export { Figure, type PngOptions } from "./plot/figure.js";
export { type LossCurvesOptions, lossCurves } from "./plot/figures/lossCurves.js";
export type { Figures } from "./plot/history.js";
