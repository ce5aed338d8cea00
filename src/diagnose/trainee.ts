import { ruleOf } from "../graph/weightRule.js";
import { penaltyIn } from "../nn/penaltySum.js";
import type { Optimizer } from "../optim/optimizer.js";
import type { Shape } from "../tensor/shape.js";
import type { Trainee } from "../train/loop.js";
import { type Goal, goalOf } from "../train/objective.js";
import { isAdaptive } from "../train/penalized.js";
import type { OptimizerSummary, OutputSummary } from "./input.js";

export function outputSummary(goal: Goal, output: number, shape: Shape): OutputSummary {
  const { loss } = goalOf(goal, output);
  const { declaration } = loss as { declaration?: { readonly op: string } };
  const axis = loss.classAxis === -1 ? shape.length - 1 : 1;
  return { loss: declaration?.op ?? null, classes: loss.targets === "classes" ? (shape[axis] ?? null) : null, shape: [...shape] };
}

export function optimizerSummary(optimizer: Optimizer): OptimizerSummary {
  const settings = Object.entries(optimizer.groups[0]?.settings ?? {}).filter(([, value]) => ["number", "boolean"].includes(typeof value));
  return {
    type: (optimizer.constructor as typeof Optimizer).type,
    adaptive: isAdaptive(optimizer),
    learningRate: optimizer.currentLearningRate,
    settings: Object.fromEntries(settings) as Record<string, number | boolean>,
  };
}

/** The names of the penalties of weights, each once. */
export function penaltyNames({ model, penalty }: Pick<Trainee, "model" | "penalty">): string[] {
  const given = model.parameters().flatMap((parameter) => {
    if (!parameter.requiresGrad) return [];
    const own = penaltyIn(parameter, penalty);
    return own === null ? [] : [ruleOf(own).spec?.name ?? ""];
  });
  return [...new Set(given)];
}
