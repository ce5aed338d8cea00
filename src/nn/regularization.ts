import type { Parameter } from "../graph/parameter.js";
import type { Constraint, Penalty, RuleSpec } from "../graph/weightRule.js";
import { type OptionOf, type OptionSpec, option } from "../options/option.js";
import type { Module } from "./module.js";

/** What a layer with a weight says of the weight's size. */
export const WEIGHT_RULES = {
  /** What the weight adds to the loss: `l2(1e-4)`, or a function of the weight. Default: what the model says. */
  weightPenalty: penalty({ aka: ["kernelRegularizer", "embeddingsRegularizer"] }),
  /** What becomes of the weight behind each step of the optimizer: `maxNorm(3)`, or a function of the weight. Default: nothing. */
  weightConstraint: constraint({ aka: ["kernelConstraint", "embeddingsConstraint"] }),
};

/** The same of a layer with a bias, too. */
export const RULES = {
  ...WEIGHT_RULES,
  /** What the bias adds to the loss. Default: nothing. */
  biasPenalty: penalty({ aka: ["biasRegularizer"] }),
  /** What becomes of the bias behind each step of the optimizer. Default: nothing. */
  biasConstraint: constraint({}),
};

/** An option for a penalty. A file holds one of the library by its name. */
export function penalty<const S extends OptionSpec<Penalty>>(spec: S): OptionOf<Penalty, S> {
  return option<Penalty, S>("a penalty such as l2(1e-4)", isRule, { saved: specOf, ...spec });
}

function constraint<const S extends OptionSpec<Constraint>>(spec: S): OptionOf<Constraint, S> {
  return option<Constraint, S>("a constraint such as maxNorm(3)", isRule, { saved: specOf, ...spec });
}

/** A function, or what a file holds of one. */
function isRule(value: unknown): boolean {
  return typeof value === "function" || typeof (value as RuleSpec | null)?.name === "string";
}

function specOf(rule: unknown): unknown {
  return (rule as Penalty | undefined)?.spec ?? rule;
}

/** Tells a parameter what its layer says of it, unless somebody has told it something else. */
export function regularize(module: Module, name: string, parameter: Parameter): void {
  const { settings } = module as { settings?: Partial<Record<keyof typeof RULES, never>> };
  // Of a normalized weight, only the lengths are large or small.
  if (settings === undefined || name === "weightV") return;
  const of = name.startsWith("bias") ? "bias" : "weight";
  const { [`${of}Penalty` as const]: penalty, [`${of}Constraint` as const]: constraint } = settings;
  if (penalty !== undefined && parameter.penalty === undefined) parameter.penalty = penalty;
  if (constraint !== undefined && parameter.constraint === undefined) parameter.constraint = constraint;
}
