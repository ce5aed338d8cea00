import { consume } from "../graph/backward.js";
import type { Module } from "../nn/module.js";
import type { Optimizer } from "../optim/optimizer.js";
import type { Shape } from "../tensor/shape.js";
import type { Tensor } from "../tensor/tensor.js";
import type { Batch } from "../train/data.js";
import type { TrainingRecord } from "../train/trainingRecord.js";
import { beside } from "./aside.js";
import { gradientsOf } from "./gradients.js";
import { LayerProbe } from "./layers.js";
import { type ParametersBefore, parameterRecords } from "./parameters.js";

/** What is looked at. */
export interface Probed {
  readonly model: Module;
  readonly optimizer: Optimizer;
  /** The loss of a batch, with its graph. */
  readonly lossOf: (batch: Batch) => Tensor;
}

export interface ProbeOptions {
  /** Whether the outputs of a module are looked at, by its path. */
  readonly wanted: (path: string) => boolean;
  readonly bins: number;
  readonly epoch: number;
  /** The parameters before the last step, where they were noted. */
  readonly before: ParametersBefore | null;
}

/** What was seen. */
export interface Look {
  readonly record: TrainingRecord;
  /** The shapes of the model's outputs. */
  readonly outputs: readonly Shape[];
}

/**
 * Looks at a model as it stands: one pass forward and back over a batch, beside the training, which does not notice.
 * @returns null where the loss is no number: nothing in the batch counts
 */
export function probe({ model, optimizer, lossOf }: Probed, batch: Batch, options: ProbeOptions): Look | null {
  const { wanted, bins, epoch, before } = options;
  const step = optimizer.stepCount;
  return beside(model, step, () => {
    const layers = new LayerProbe(model, wanted, bins);
    let outputs: readonly Shape[] = [];
    const removeHook = model.registerForwardHook((_, __, output) => {
      outputs = [output].flat().map((one) => (one as Tensor).shape);
    });
    try {
      const loss = lossOf(batch);
      const value = loss.item();
      if (Number.isNaN(value)) {
        consume(loss);
        return null;
      }
      const gradients = gradientsOf(loss, layers.reached);
      const record = {
        step,
        epoch,
        loss: value,
        learningRate: optimizer.currentLearningRate,
        noiseScale: null,
        curvature: null,
        layers: layers.records(),
        parameters: parameterRecords(model, gradients, before, bins),
      };
      return { record, outputs };
    } finally {
      removeHook();
      layers.remove();
    }
  });
}
