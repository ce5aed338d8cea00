import { planMemory } from "../capture/plan.js";
import { record } from "../capture/recording.js";
import { Slot } from "../capture/slot.js";
import { bytesText } from "../errors/message.js";
import { noGrad } from "../graph/mode.js";
import { kernelBuild } from "../kernels/load.js";
import { release } from "../memory/heap.js";
import type { Module } from "../nn/module.js";
import type { Shape } from "../tensor/shape.js";
import type { Tensor } from "../tensor/tensor.js";
import { captureObstacle } from "../train/capturable.js";

/** Bytes of intermediate results and inputs at their peak, for a batch. */
export interface Footprint {
  readonly training: number;
  readonly inference: number;
}

/**
 * What a batch needs in linear memory, told without computing it: the kernels of a step are written down and laid out, but not run.
 * The loss is taken as the mean of the results.
 * @param inputs shapes with the batch
 * @returns null where layers of the user's own might look at results that are not there, and on the js build
 */
export function footprintOf(model: Module, inputs: readonly Shape[]): Footprint | null {
  if (captureObstacle(model) !== null || kernelBuild() === "js") return null;
  const forward = (given: readonly Tensor[]): Tensor[] => [model.forward(...given)].flat() as Tensor[];
  const modules = [...model.namedModules().values()];
  const modes = modules.map(({ training }) => training);
  const parameters = model.parameters();
  const gradients = parameters.map(({ hasGradient }) => hasGradient);
  const inMode = (training: boolean, step: (given: readonly Tensor[]) => void): number | null => {
    for (const module of modules) module.training = training;
    return peakOf(inputs, step);
  };
  try {
    const training = inMode(true, (given) => {
      for (const output of forward(given)) if (output.requiresGrad) output.mean().backward();
    });
    const inference = inMode(false, (given) => noGrad(() => forward(given) as never));
    return training === null || inference === null ? null : { training, inference };
  } finally {
    modules.forEach((module, i) => {
      module.training = modes[i];
    });
    parameters.forEach((parameter, i) => {
      parameter.hasGradient = gradients[i];
    });
  }
}

function peakOf(inputs: readonly Shape[], step: (given: readonly Tensor[]) => void): number | null {
  const slots = inputs.map((shape) => new Slot("float32", shape));
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

/** A line of a summary. */
export function footprintText(batchSize: number, { training, inference }: Footprint): string {
  return `a batch of ${batchSize}: ${bytesText(training)} of inputs and results in training, ${bytesText(inference)} in inference`;
}
