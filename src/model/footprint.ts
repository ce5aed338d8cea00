import { planMemory } from "../capture/plan.js";
import { record } from "../capture/recording.js";
import { Slot } from "../capture/slot.js";
import { bytesText } from "../errors/message.js";
import { noGrad } from "../graph/mode.js";
import type { TensorSpec } from "../graph/rehearse.js";
import { kernelBuild } from "../kernels/load.js";
import { release } from "../memory/heap.js";
import { inModes } from "../nn/modes.js";
import type { Module } from "../nn/module.js";
import type { Tensor } from "../tensor/tensor.js";
import { captureObstacle } from "../train/capturable.js";

/** The peak of the bytes of inputs and intermediate results, for one batch. */
export interface Footprint {
  readonly training: number;
  readonly inference: number;
}

/**
 * The linear memory that a batch needs, without computing the batch: the kernel calls of a step are recorded and their memory planned,
 * but no kernel runs. The mean of the results stands for the loss.
 * @param inputs shapes and types of the inputs, the batch included
 * @returns null for models with layers of the user's own, which might read results that were never computed, and on the js build
 */
export function footprintOf(model: Module, inputs: readonly TensorSpec[]): Footprint | null {
  if (captureObstacle(model) !== null || kernelBuild() === "js") return null;
  const forward = (given: readonly Tensor[]): Tensor[] => [model.forward(...given)].flat() as Tensor[];
  const modules = [...model.namedModules().values()];
  const parameters = model.parameters();
  const gradients = parameters.map(({ hasGradient }) => hasGradient);
  const inMode = (training: boolean, step: (given: readonly Tensor[]) => void): number | null =>
    inModes(
      modules,
      () => training,
      () => peakOf(inputs, step),
    );
  try {
    const training = inMode(true, (given) => {
      for (const output of forward(given)) if (output.requiresGrad) output.mean().backward();
    });
    const inference = inMode(false, (given) => noGrad(() => forward(given) as never));
    return training === null || inference === null ? null : { training, inference };
  } finally {
    parameters.forEach((parameter, i) => {
      parameter.hasGradient = gradients[i];
    });
  }
}

function peakOf(inputs: readonly TensorSpec[], step: (given: readonly Tensor[]) => void): number | null {
  const slots = inputs.map(({ shape, dtype }) => new Slot(dtype, shape));
  try {
    const { recorder, results } = record(() => step(slots.map(({ tensor }) => tensor)), slots, true);
    for (const { undo } of recorder.around) undo?.();
    recorder.kept.dispose();
    if (recorder.refusal !== null) return null;
    const kept = new Set(results.flatMap(({ block }) => (block === null ? [] : [block])));
    return slots.reduce((sum, { bytes }) => sum + bytes, planMemory(recorder.calls, kept).bytes);
  } finally {
    for (const { at, bytes } of slots) release(at, bytes);
  }
}

/** The footprint as a line of a summary. */
export function footprintText(batchSize: number, { training, inference }: Footprint): string {
  return `a batch of ${batchSize}: ${bytesText(training)} of inputs and results in training, ${bytesText(inference)} in inference`;
}
