import type { RuleMaker, RuleSpec } from "../graph/weightRule.js";
import type { Declaration, Declared, SettingsOf } from "../options/declare.js";

/** Makes a function that makes a rule of its arguments. The rule knows its arguments, so that a model with it can be saved. */
export function defineRule<Args extends unknown[], R, O extends Declared, P extends Declared>(
  declaration: Declaration<O, P>,
  make: (settings: SettingsOf<Declaration<O, P>>) => R & object,
): RuleMaker<R, Args> {
  const maker = (...args: Args): R => {
    const settings = declaration.read(args);
    const spec: RuleSpec = { name: declaration.op, ...settings };
    return Object.assign(make(settings), { spec });
  };
  return Object.assign(maker, { declaration });
}
