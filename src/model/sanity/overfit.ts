import { grad } from "../../graph/backward.js";
import { Adam } from "../../optim/adam.js";
import type { Batch } from "../../train/data.js";
import { lossOf, type Subject, steady } from "./subject.js";

/** What training on one batch came to. */
export interface Trial {
  /** The loss before each step, and behind the last. */
  readonly losses: readonly number[];
  /** The paths of the parameters that got a gradient other than 0 in one of the first steps. */
  readonly reached: ReadonlySet<string>;
}

/** A layer in front of a last one that starts at 0 gets no gradient before the second step. */
const FIRST_STEPS = 10;

/**
 * Trains on one batch alone with Adam, until the loss is below a share of its start. The weights stay changed.
 * @param enough the share
 */
export function trainOn(
  subject: Subject,
  batch: Batch,
  { steps, learningRate }: { steps: number; learningRate: number },
  enough: number,
): Trial {
  const { model } = subject.trainee;
  const named = [...model.namedParameters()].filter(([, { requiresGrad }]) => requiresGrad);
  const parameters = named.map(([, parameter]) => parameter);
  const optimizer = new Adam(parameters, { learningRate });
  const losses: number[] = [];
  const reached = new Set<string>();
  try {
    for (let step = 0; ; step++) {
      const loss = steady(model, () => lossOf(subject, batch));
      losses.push(loss.item());
      const isLast = step === steps || !Number.isFinite(losses[step]) || losses[step] < enough * losses[0];
      if (!loss.requiresGrad) return { losses, reached };
      const gradients = grad(loss, parameters, { allowUnused: true });
      if (step < FIRST_STEPS) {
        for (const [i, [path]] of named.entries()) if (gradients[i]?.view().some((value) => value !== 0)) reached.add(path);
      }
      if (isLast) return { losses, reached };
      for (const [i, parameter] of parameters.entries()) parameter.grad = gradients[i] ?? null;
      optimizer.step();
      optimizer.zeroGrad();
    }
  } finally {
    optimizer.dispose();
  }
}
