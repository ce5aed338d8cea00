import { typeOf } from "../nn/architecture.js";
import type { Module } from "../nn/module.js";
import type { Squashing } from "../ops/squashed.js";
import { seedOf, underSeed } from "../tensor/seed.js";
import { alignTarget } from "../train/align.js";
import type { Batch } from "../train/data.js";
import { inEvaluation } from "../train/evaluationStep.js";
import { type Goal, goalOf } from "../train/objective.js";
import { outputsOf } from "../train/outputs.js";
import { firstRows } from "../train/rows.js";
import { beside } from "./aside.js";
import { batchDependence } from "./inspection/batchDependence.js";
import { type EqualUnits, equalUnits } from "./inspection/equalUnits.js";
import { ChainWatch, type LinearChain } from "./inspection/linearChains.js";
import { type Recurrence, recurrencesOf } from "./inspection/recurrences.js";
import { squashedTwice } from "./inspection/squashedTwice.js";

/** So many samples tell how a model is made. */
const SAMPLES = 16;

/** How a model is made, as far as findings ask: told by two forwards in evaluation. */
export interface Inspection {
  /** The paths of the parameters that are not to be trained. */
  readonly frozen: readonly string[];
  /** Modules in training within a model that is in evaluation. */
  readonly leftInTraining: readonly string[];
  readonly linearChains: readonly LinearChain[];
  readonly equalUnits: readonly EqualUnits[];
  readonly recurrences: readonly Recurrence[];
  /** How far a sample's result depends, in evaluation, on the others of its batch, relative to its size; null where that is unknown. */
  readonly batchDependence: number | null;
  /** Of each output: what made probabilities of it that its loss takes for logits; null: nothing did. */
  readonly squashedTwice: readonly (Squashing | null)[];
}

/**
 * Looks at a built model, by running it on a few samples in evaluation, beside its training, which does not notice.
 * @param goal its losses; null: they are not asked for
 */
export function inspect(op: string, model: Module, batch: Batch, goal: Goal | null): Inspection {
  const samples = firstRows(batch, SAMPLES);
  const named = model.namedModules();
  const modules = [...named.values()];
  const parameters = model.namedParameters();
  const leftInTraining = model.training
    ? []
    : [...named].filter(([, module]) => module.training).map(([path, module]) => `${path} (${typeOf(module)})`);
  const watch = new ChainWatch(modules);
  const looked = (): Inspection => {
    const run = (some: Batch) => underSeed(seedOf(0), () => outputsOf(op, model, some));
    const outputs = run(samples);
    const linearChains = watch.chains(outputs, () => run(samples));
    const targets = samples.y === undefined ? [] : [samples.y].flat();
    return {
      frozen: [...parameters].filter(([, { requiresGrad }]) => !requiresGrad).map(([path]) => path),
      leftInTraining,
      linearChains,
      equalUnits: equalUnits(parameters),
      recurrences: recurrencesOf(named),
      batchDependence: batchDependence(samples, run, outputs),
      squashedTwice:
        goal === null
          ? []
          : outputs.map((output, i) => squashedTwice(goalOf(goal, i).loss, output, targets[i] && alignTarget(output, targets[i]))),
    };
  };
  try {
    return beside(model, 0, () => inEvaluation(modules, looked));
  } finally {
    watch.stop();
  }
}
