import { mode } from "../graph/mode.js";
import { type KernelBuild, kernelBuild } from "../kernels/load.js";
import type { DType } from "../memory/views.js";
import type { Tensor } from "../tensor/tensor.js";

/** What a step is given: tensors of these shapes, on this build, with or without a graph. */
export class Signature {
  readonly build: KernelBuild = kernelBuild();
  readonly recording: boolean = mode.recording;

  constructor(readonly inputs: readonly { readonly shape: readonly number[]; readonly dtype: DType }[]) {}

  fits(inputs: readonly Tensor[]): boolean {
    const known = this.inputs;
    if (known.length !== inputs.length || mode.recording !== this.recording || kernelBuild() !== this.build) return false;
    for (let i = 0; i < inputs.length; i++) {
      const { shape, storage } = inputs[i];
      const expected = known[i];
      if (storage.dtype !== expected.dtype || shape.length !== expected.shape.length) return false;
      for (let axis = 0; axis < shape.length; axis++) if (shape[axis] !== expected.shape[axis]) return false;
    }
    return true;
  }
}
