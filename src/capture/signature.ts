import { mode } from "../graph/mode.js";
import { type KernelBuild, kernelBuild } from "../kernels/load.js";
import type { DType } from "../memory/views.js";
import type { Tensor } from "../tensor/tensor.js";
import { type Layout, sameLayout } from "./structure.js";

/** What a step is called with: tensors of these shapes in this layout, on this build, with or without a graph. */
export class Signature {
  readonly build: KernelBuild = kernelBuild();
  readonly recording: boolean = mode.recording;
  readonly inputs: readonly { readonly shape: readonly number[]; readonly dtype: DType }[];

  /** @param layout null where every argument is a tensor */
  constructor(
    inputs: readonly Tensor[],
    private readonly layout: Layout | null,
  ) {
    this.inputs = inputs.map(({ shape, dtype }) => ({ shape: [...shape], dtype }));
  }

  fits(inputs: readonly Tensor[], layout: Layout | null): boolean {
    const known = this.inputs;
    if (known.length !== inputs.length || mode.recording !== this.recording || kernelBuild() !== this.build) return false;
    for (let i = 0; i < inputs.length; i++) {
      const { shape, storage } = inputs[i];
      const expected = known[i];
      if (storage.dtype !== expected.dtype || shape.length !== expected.shape.length) return false;
      for (let axis = 0; axis < shape.length; axis++) if (shape[axis] !== expected.shape[axis]) return false;
    }
    if (layout === null || this.layout === null) return layout === this.layout;
    return sameLayout(layout, this.layout);
  }
}
