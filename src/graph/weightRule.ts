import { ArgumentError } from "../errors/errors.js";
import { kindText, message } from "../errors/message.js";
import type { AnyDeclaration } from "../options/declare.js";
import type { Tensor } from "../tensor/tensor.js";

/** How a saved model holds a rule that a function of the library made: its name and its options. */
export type RuleSpec = { readonly name: string } & Readonly<Record<string, unknown>>;

/** What is added to the loss for a weight: a function of the weight that gives a scalar. */
export interface Penalty {
  (weight: Tensor): Tensor;
  /** @internal of one that the library made */
  readonly spec?: RuleSpec;
  /** The same weight always gives the same operations, so that `fit` may capture the step. */
  readonly capturable?: boolean;
  /** @internal told the type of an adaptive optimizer that is to make the penalty small */
  readonly beside?: (optimizer: string) => void;
}

/** What a constraint is told beside the weight. */
export interface ConstraintContext {
  /** The rate of the step that was made: a scalar, which changes from step to step. */
  readonly learningRate: Tensor;
}

/** What becomes of a weight behind each step of an optimizer: a function that gives the nearest weight that is allowed. */
export interface Constraint {
  (weight: Tensor, context: ConstraintContext): Tensor;
  /** @internal of one that the library made */
  readonly spec?: RuleSpec;
}

/** A function of the library that makes a rule of its arguments, which it declares. */
export interface RuleMaker<R = Penalty | Constraint, Args extends unknown[] = never[]> {
  (...args: Args): R;
  /** @internal */
  readonly declaration: AnyDeclaration;
}

type Remake = (spec: RuleSpec) => Penalty | Constraint;

/** Makes the rule again that a saved model holds. A bundle knows none by name. */
let remake: Remake = ({ name }) => {
  throw new ArgumentError(message("fit", `unknown rule ${kindText(name)}`, "Pass one itself, such as l2(1e-4)."));
};

/** @internal */
export function remakeRulesBy(make: Remake): void {
  remake = make;
}

/**
 * @internal The rule that is meant. What a saved model holds of one is made when it is first applied, so that a bundle that only predicts
 * with the model does not need the rules that it was trained with.
 */
export function ruleOf<R extends Penalty | Constraint>(rule: R | RuleSpec): R {
  return typeof rule === "function" ? rule : (remake(rule) as R);
}

let version = 0;

/** @internal counts changes of penalties and constraints; 0 where there has been none: captured steps look at it */
export function rulesVersion(): number {
  return version;
}

/** @internal */
export function ruleChanged(): void {
  version++;
}
