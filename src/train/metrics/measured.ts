import type { Metric } from "./metric.js";

/** A metric of one of a model's outputs. */
export interface Measured {
  readonly metric: Metric;
  /** The position of the output, from 0. */
  readonly output: number;
  /** Under which the history lists it. */
  readonly name: string;
}
