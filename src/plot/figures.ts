/** The figures that `simdgrad plot` knows: whatever stands here is known by its name. */
export { LOSS_CURVES } from "./figures/lossCurves.js";
