/** The figures that `simdgrad plot` knows: whatever stands here is known by its name. */

export { ACTIVATION_CURVES } from "./figures/activationCurves.js";
export { LOSS_CURVES } from "./figures/lossCurves.js";
export { LOSS_SHAPES } from "./figures/lossShapes.js";
