/** The door `simdgrad/plot`: figures as SVG and PNG, drawn by the optional peers vega and vega-lite. */
export { Figure, type PngOptions } from "./plot/figure.js";
export { type ActivationCurvesOptions, type ActivationFunctions, activationCurves } from "./plot/figures/activationCurves.js";
export { type LossCurvesOptions, lossCurves } from "./plot/figures/lossCurves.js";
export { type LossShapesOptions, lossShapes } from "./plot/figures/lossShapes.js";
export type { Figures } from "./plot/history.js";
