import type { Parameter } from "../graph/parameter.js";
import * as kernels from "../kernels/generated.js";
import { checked } from "../kernels/recorder.js";
import { blockView, type DType } from "../memory/views.js";
import { lengthOf, runsOf } from "./segment.js";

/** Throws the error of a gradient that has an element `value`, which is NaN or infinite. */
export type ReportGradient = (parameter: Parameter, value: number) => never;

/** Gradients that lie side by side in the arena. The padding between them holds zeros: no kernel writes there. */
interface GradientRun {
  readonly x: number;
  readonly length: number;
  readonly dtype: DType;
}

/** The gradients of some parameters, as a check reads them. */
export class FiniteGradients {
  readonly #runs: readonly GradientRun[];

  constructor(readonly parameters: readonly Parameter[]) {
    const placed = [...parameters].sort((a, b) => a.slot.at - b.slot.at);
    this.#runs = runsOf(placed).map((run) => ({ x: run[0].gradientStorage().at, length: lengthOf(run), dtype: run[0].dtype }));
  }

  /** Reads all gradients once, in the step and in every replay of it. */
  require(report: ReportGradient): void {
    const runs = this.#runs;
    for (let i = 0; i < runs.length; i++) {
      const { x, length, dtype } = runs[i];
      kernels.checkFinite({ x }, 0, length, dtype);
      checked(() => reportFirst(this.parameters, report));
    }
  }
}

/**
 * Reports the first gradient that is not finite. There may be none, although a norm is infinite: squares of float64 numbers above
 * 10¹⁵⁴ overflow.
 */
export function reportFirst(parameters: readonly Parameter[], report: ReportGradient): void {
  for (const parameter of parameters) {
    const elements = blockView(parameter.dtype, parameter.gradientStorage().at, parameter.size);
    for (let i = 0; i < elements.length; i++) if (!Number.isFinite(elements[i])) report(parameter, elements[i]);
  }
}
