import type { FitOptions, Model, TrainingData } from "../../../src/index.js";

/** A training that can be run. */
export interface Trial {
  readonly model: Model;
  readonly data: TrainingData;
  readonly options?: FitOptions;
}

/** Makes a model and its data anew. */
export type Make = () => Trial | Promise<Trial>;
