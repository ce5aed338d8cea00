import { ArgumentError } from "../errors/errors.js";
import { message } from "../errors/message.js";
import { SGD_CELL } from "../kernels/generated/constants.js";
import * as kernels from "../kernels/generated.js";
import { declare, type OptionsOf } from "../options/declare.js";
import { flag, number } from "../options/kinds.js";
import type { ClippingOptions } from "./declaration.js";
import type { UpdateKernel } from "./formula.js";
import type { Settings } from "./group.js";
import { Optimizer } from "./optimizer.js";
import { learningRate, momentum, weightDecay } from "./options.js";
import type { StateNames } from "./segment.js";

const SGD_OPTIONS = declare("SGD", {
  /** Finite number ≥ 0, or a schedule. Default 0.01. */
  learningRate: learningRate(0.01),
  /** μ ≥ 0. Default 0. */
  momentum: momentum(0),
  /** τ: the gradient counts 1 − τ times in the velocity. Default 0. */
  dampening: number({ default: 0 }),
  /** Step along g + μv instead of v; needs momentum and no dampening. Default false. */
  nesterov: flag({ default: false }),
  /** λ ≥ 0, added to the gradient as λθ. Default 0. */
  weightDecay: weightDecay(0),
  /** Climb instead of descend. Default false. */
  maximize: flag({ default: false }),
  /** ≥ 0: the learning rate at step t = 0, 1, … is learningRate / (1 + decay · t). Default 0. */
  decay: number({ default: 0, min: 0, aka: ["learningRateDecay", "lrDecay"] }),
});

export interface SGDOptions extends OptionsOf<typeof SGD_OPTIONS>, ClippingOptions {}

/**
 * Stochastic gradient descent, with momentum.
 *
 *     g ← ∇ + λθ
 *     v ← μv + (1 − τ)g,  at a parameter's first update v ← g
 *     θ ← θ − lr · v,     with Nesterov θ − lr · (g + μv)
 *
 * As PyTorch's SGD, whose learning rate has no default in 1.13. The learning rate stands outside the velocity, unlike in the
 * paper and in Keras: after a change of the rate, the old velocity is scaled with it. `decay` is that of Keras' older SGD.
 *
 * Sutskever, Martens, Dahl, Hinton: On the importance of initialization and momentum in deep learning (ICML 2013).
 *
 * @throws ArgumentError for an unknown option or one outside its range
 * @example
 * const optimizer = new SGD(model.parameters(), { learningRate: 0.1, momentum: 0.9, nesterov: true });
 * loss.backward();
 * optimizer.step();
 * optimizer.zeroGrad();
 */
export class SGD extends Optimizer<SGDOptions> {
  static override readonly options = SGD_OPTIONS;
  static override readonly kernel: UpdateKernel = { run: kernels.sgd, cell: SGD_CELL };

  protected override check({ momentum, dampening, nesterov }: Settings<SGDOptions>, op: string): void {
    if (!nesterov || (momentum > 0 && dampening === 0)) return;
    throw new ArgumentError(
      message(op, `nesterov with momentum ${momentum} and dampening ${dampening}; expected momentum above 0 and dampening 0`),
    );
  }

  protected override stateNames({ momentum }: Settings<SGDOptions>): StateNames {
    return [momentum === 0 ? null : "velocity"];
  }

  protected override effectiveRate(rate: number, { decay }: Settings<SGDOptions>, step: number): number {
    return decay === 0 ? rate : rate / (1 + decay * step);
  }
}
