import { consume } from "../graph/backward.js";
import type { Parameter } from "../graph/parameter.js";
import type { Loss } from "../nn/losses.js";
import type { Module } from "../nn/module.js";
import type { Optimizer } from "../optim/optimizer.js";
import type { Shape } from "../tensor/shape.js";
import type { Tensor } from "../tensor/tensor.js";
import { type Batch, countSamples, takeRange } from "../train/data.js";
import type { TrainingRecord } from "../train/trainingRecord.js";
import { beside } from "./aside.js";
import { curvatureOf } from "./curvature.js";
import { gradientsOf } from "./gradients.js";
import { LayerProbe } from "./layers.js";
import { type Noise, noiseOf } from "./noise.js";
import { type ParametersBefore, parameterRecords } from "./parameters.js";

/** What is looked at. */
export interface Probed {
  readonly model: Module;
  readonly optimizer: Optimizer;
  readonly losses: readonly Loss[];
  /** The loss of a batch, with its graph. */
  readonly lossOf: (batch: Batch) => Tensor;
}

export interface ProbeOptions {
  /** Whether the outputs of a module are looked at, by its path. */
  readonly wanted: (path: string) => boolean;
  readonly bins: number;
  readonly epoch: number;
  /** Whether the noise of the gradient is measured, from two halves of the batch. */
  readonly noise: boolean;
  /** Whether the largest eigenvalue of the Hessian is computed. */
  readonly curvature: boolean;
  /** The parameters before the last step, where they were noted. */
  readonly before: ParametersBefore | null;
}

/** What was seen. */
export interface Look {
  /** The noise scale is what follows from several looks. */
  readonly record: Omit<TrainingRecord, "noiseScale">;
  /** Null where it was not asked for, or the loss is no mean over samples. */
  readonly noise: Noise | null;
  /** The shapes of the model's outputs. */
  readonly outputs: readonly Shape[];
}

/**
 * Looks at a model as it stands: one pass forward and back over a batch, beside the training, which does not notice.
 * @returns null where the loss is no number: nothing in the batch counts
 */
export function probe(probed: Probed, batch: Batch, options: ProbeOptions): Look | null {
  const { model, optimizer, lossOf } = probed;
  const { wanted, bins, epoch, before, curvature } = options;
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
        curvature: curvature ? curvatureOf(() => lossOf(batch), trained(model)) : null,
        layers: layers.records(),
        parameters: parameterRecords(model, gradients, before, bins),
      };
      layers.remove();
      return { record, outputs, noise: options.noise ? noiseIn(probed, batch) : null };
    } finally {
      removeHook();
      layers.remove();
    }
  });
}

/** The noise of the gradient, from the gradients of two halves of a batch. */
function noiseIn({ losses, lossOf }: Probed, batch: Batch): Noise | null {
  const half = Math.floor(countSamples(batch) / 2);
  if (half === 0 || losses.some(({ reduction }) => reduction === "sum")) return null;
  const [first, second] = [0, half].map((from) => gradientsOf(lossOf(takeRange(batch, from, from + half))));
  return noiseOf(first, second, half);
}

/** The parameters that are trained. */
function trained(model: Module): Parameter[] {
  return model.parameters().filter(({ requiresGrad }) => requiresGrad);
}
