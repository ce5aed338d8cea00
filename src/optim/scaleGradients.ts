import type { Parameter } from "../graph/parameter.js";
import * as kernels from "../kernels/generated.js";
import { allocateTemporary, releaseTemporary } from "../memory/heap.js";
import { views } from "../memory/memory.js";

/** Multiplies the gradients that there are with a number. */
export function scaleGradients(parameters: readonly Parameter[], factor: number): void {
  const at = allocateTemporary(8);
  views.f64[at / 8] = factor;
  for (const parameter of parameters) {
    if (!parameter.hasGradient) continue;
    kernels.scaleBy({ x: parameter.gradientStorage().at, factor: at }, 0, parameter.size, parameter.dtype);
    parameter.gradientChanged("step");
  }
  releaseTemporary(at, 8);
}
