import { kindText } from "../errors/message.js";
import { RPROP_CELL } from "../kernels/generated/constants.js";
import * as kernels from "../kernels/generated.js";
import { declare, type OptionsOf } from "../options/declare.js";
import { flag } from "../options/kinds.js";
import { option } from "../options/option.js";
import type { ClippingOptions } from "./declaration.js";
import type { UpdateKernel } from "./formula.js";
import type { Settings } from "./group.js";
import { Optimizer } from "./optimizer.js";
import { learningRate } from "./options.js";
import type { StateNames } from "./segment.js";

type Pair = readonly [number, number];

/** Two positive numbers. @param goTogether whether the one suits the other */
function pair(expected: string, standard: Pair, goTogether: (first: number, second: number) => boolean) {
  const holds = (value: unknown): boolean =>
    Array.isArray(value) && value.length === 2 && value.every((one) => Number.isFinite(one) && one > 0) && goTogether(value[0], value[1]);
  const show = (value: unknown): string => (Array.isArray(value) ? `[${value.join(", ")}]` : kindText(value));
  return option<Pair, { default: Pair }>(expected, holds, { default: standard, show } as { default: Pair });
}

const RPROP = declare("Rprop", {
  /** Finite number ≥ 0, or a schedule, of which the first rate counts: the step of every coordinate at its first update. Default 0.01. */
  learningRate: learningRate(0.01),
  /** [η₋, η₊], 0 < η₋ < 1 < η₊: the factors of a step after the gradient's sign changed, and where it did not. Default [0.5, 1.2]. */
  etas: pair("two numbers, one below 1 and one above", [0.5, 1.2], (minus, plus) => minus < 1 && plus > 1),
  /** [least, greatest] step, 0 < least ≤ greatest. Default [1e-6, 50]. */
  stepSizes: pair("two numbers > 0 in ascending order", [1e-6, 50], (least, most) => least <= most),
  /** Climb instead of descend. Default false. */
  maximize: flag({ default: false }),
});

export interface RpropOptions extends OptionsOf<typeof RPROP>, ClippingOptions {}

/**
 * Rprop: every coordinate has a step of its own, which grows while the gradient keeps its sign and shrinks after it changed. How large the
 * gradient is does not count. For training on all data at once: the signs of gradients of batches are noise.
 *
 *     s ← s · η₊ where g · g′ > 0,  s · η₋ where g · g′ < 0,  within the limits
 *     g ← 0      where g · g′ < 0
 *     θ ← θ − s · sign(g)
 *
 * with g′ of the last update. As PyTorch's Rprop (the paper's variant without going back). Only the first learning rate counts.
 *
 * Riedmiller, Braun: A Direct Adaptive Method for Faster Backpropagation Learning: The RPROP Algorithm (ICNN 1993).
 *
 * @throws ArgumentError for an unknown option or one outside its range
 * @example
 * const optimizer = new Rprop(model.parameters(), { stepSizes: [1e-6, 1] });
 */
export class Rprop extends Optimizer<RpropOptions> {
  static override readonly options = RPROP;
  static override readonly kernel: UpdateKernel = { run: kernels.rprop, cell: RPROP_CELL };

  protected override stateNames(): StateNames {
    return ["last", "stepSize"];
  }

  protected override hyperparameters({ etas, stepSizes, ...options }: Settings<RpropOptions>): Readonly<Record<string, unknown>> {
    return { ...options, etaMinus: etas[0], etaPlus: etas[1], minStep: stepSizes[0], maxStep: stepSizes[1] };
  }
}
