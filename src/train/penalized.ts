import type { Penalty } from "../graph/weightRule.js";
import { recorder } from "../kernels/recorder.js";
import { penaltySum } from "../nn/penaltySum.js";
import type { Optimizer } from "../optim/optimizer.js";
import type { Tensor } from "../tensor/tensor.js";
import type { Trainee } from "./loop.js";

/** A loss to which the penalty of the weights is added. */
export interface Penalized {
  readonly loss: Tensor;
  /** Null where no weight has one. */
  readonly penalty: Tensor | null;
}

/** Adds the penalty of the model's weights to the loss of its outputs. */
export function penalized({ model, penalty, optimizer }: Trainee, loss: Tensor): Penalized {
  const sum = penaltySum(model, penalty, (each) => {
    meet(each);
    if (isAdaptive(optimizer)) each.beside?.((optimizer.constructor as typeof Optimizer).type);
  });
  return { loss: sum === null ? loss : loss.add(sum), penalty: sum };
}

/** A step with a function of the user's own is captured only if the function says that it may be. */
function meet({ spec, capturable }: Penalty): void {
  if (spec !== undefined || capturable === true) return;
  recorder?.refuse("a penalty is a function of your own without capturable: true");
}

/** Whether it divides gradients by their running size: then it has an ε. */
export function isAdaptive({ groups }: Optimizer): boolean {
  return groups.some(({ settings }) => "epsilon" in settings);
}
