import { ArgumentError } from "../errors/errors.js";
import { message } from "../errors/message.js";
import * as kernels from "../kernels/generated.js";
import { checkNumber } from "../tensor/check.js";
import type { OptimizerOptions, Settings } from "./group.js";
import { Optimizer } from "./optimizer.js";
import type { Run } from "./runs.js";
import type { Schedule } from "./schedules.js";

export interface SGDOptions extends OptimizerOptions {
  /** Finite number ≥ 0, or a schedule; default 0.01. */
  learningRate?: number | Schedule;
  /** μ ≥ 0, default 0. */
  momentum?: number;
  /** τ: how much less than its whole the gradient counts in the velocity; default 0. */
  dampening?: number;
  /** Step along g + μv instead of v; needs momentum and no dampening. Default false. */
  nesterov?: boolean;
  /** λ ≥ 0, added to the gradient as λθ; default 0. */
  weightDecay?: number;
  /** Climb instead of descend; default false. */
  maximize?: boolean;
  /** ≥ 0: the learning rate at step t = 0, 1, … is learningRate / (1 + decay · t); default 0. */
  decay?: number;
}

/**
 * Stochastic gradient descent, with momentum.
 *
 *     g ← ∇ + λθ
 *     v ← μv + (1 − τ)g,  at a parameter's first update v ← g
 *     θ ← θ − lr · v,     with Nesterov θ − lr · (g + μv)
 *
 * Defaults: learningRate 0.01, momentum 0, dampening 0, nesterov false, weightDecay 0, maximize false, decay 0.
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
  static override readonly type = "SGD";
  static override readonly defaults = {
    learningRate: 0.01,
    momentum: 0,
    dampening: 0,
    nesterov: false,
    weightDecay: 0,
    maximize: false,
    decay: 0,
  };

  protected override readonly clipsValues = true;

  protected override check({ momentum, dampening, nesterov, weightDecay, decay }: Settings<SGDOptions>, op: string): void {
    checkNumber(op, "momentum", momentum, "a number ≥ 0", (value) => value >= 0 && value < Infinity);
    checkNumber(op, "dampening", dampening, "a finite number", Number.isFinite);
    checkNumber(op, "weightDecay", weightDecay, "a number ≥ 0", (value) => value >= 0 && value < Infinity);
    checkNumber(op, "decay", decay, "a number ≥ 0", (value) => value >= 0 && value < Infinity);
    if (nesterov && (momentum === 0 || dampening !== 0)) {
      throw new ArgumentError(
        message(op, `nesterov with momentum ${momentum} and dampening ${dampening}; expected momentum above 0 and dampening 0`),
      );
    }
  }

  protected override stateNames({ momentum }: Settings<SGDOptions>): readonly string[] {
    return momentum === 0 ? [] : ["velocity"];
  }

  protected override effectiveRate(rate: number, { decay }: Settings<SGDOptions>, step: number): number {
    return decay === 0 ? rate : rate / (1 + decay * step);
  }

  protected override update({ p, g, states, cell, length, dtype }: Run, options: Settings<SGDOptions>): void {
    const { momentum, dampening, weightDecay } = options;
    const v = momentum === 0 ? 0 : states[0];
    const nesterov = Number(options.nesterov);
    const maximize = Number(options.maximize);
    kernels.sgd({ p, g, v, cell, momentum, dampening, weightDecay, nesterov, maximize }, 0, length, dtype);
  }
}
