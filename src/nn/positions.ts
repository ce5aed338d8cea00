import { declare } from "../options/declare.js";
import { number } from "../options/kinds.js";

/** Options of a forward that adds positions. */
export const START = declare("forward", {
  /** The position of the first vector, ≥ 0: how many were seen before, in generation step by step. Default 0. */
  start: number({ default: 0, min: 0, whole: true }),
});
