import { count, flag, number } from "../../options/kinds.js";
import type { Shape } from "../../tensor/shape.js";
import type { InitializerSpec } from "../drawn.js";
import { initializer, sampleShape } from "../options.js";
import { RULES } from "../regularization.js";

/** What recurrent layers and cells take before their options. @param op the layer, as errors show it */
export function sizesOf(op: string) {
  const mend = () => `Write new ${op}(8, 32), or new ${op}(null, 32), which takes inputSize from its first input.`;
  return { inputSize: count({ required: true, nullable: true, mend }), hiddenSize: count({ required: true, mend }) };
}

/** Options of cells and layers. */
export const CELL_OPTIONS = {
  /** Whether there are biases, one for the input and one for h. Default true. */
  bias: flag({ default: true, aka: ["useBias"] }),
  /** How weights start. Default null: U(±1/√hiddenSize). */
  weightInitializer: initializer({ default: null, aka: ["kernelInitializer", "recurrentInitializer"] }),
  /** How biases start. Default null: U(±1/√hiddenSize). */
  biasInitializer: initializer({ default: null }),
  ...RULES,
};

/** Options of layers. */
export const LAYER_OPTIONS = {
  /** How many layers are stacked, each reading the outputs of the one below. Default 1. */
  numLayers: count({ default: 1 }),
  /** Whether x is [batch, steps, …]; false: [steps, batch, …]. Default true. */
  batchFirst: flag({ default: true }),
  /** Probability with which elements of the outputs between stacked layers fall in training, 0 … 1. Default 0. */
  dropout: number({ default: 0, min: 0, max: 1 }),
  /** Whether a second direction reads the sequence from its end. Default false. */
  bidirectional: flag({ default: false }),
  /** Whether a Sequential passes on the outputs of all steps; false: the last ones. Default false. */
  returnSequences: flag({ default: false }),
  /** Extents of one sample, [steps, inputSize], without the batch: builds the layer at once. Default: those of its first input. */
  inputShape: sampleShape({}),
  ...CELL_OPTIONS,
};

/** The settings of any cell. */
export interface CellSettings {
  readonly inputSize: number | null;
  readonly hiddenSize: number;
  readonly bias: boolean;
  readonly weightInitializer: InitializerSpec | null;
  readonly biasInitializer: InitializerSpec | null;
}

/** The settings of any recurrent layer. */
export interface LayerSettings extends CellSettings {
  readonly numLayers: number;
  readonly batchFirst: boolean;
  readonly dropout: number;
  readonly bidirectional: boolean;
  readonly returnSequences: boolean;
  readonly inputShape: Shape | undefined;
  /** LSTM only; 0: no projection. */
  readonly projSize?: number;
}
