import { ArgumentError } from "../errors/errors.js";
import { didYouMean, kindText, message } from "../errors/message.js";
import type { Constraint, Penalty, RuleMaker, RuleSpec } from "../graph/weightRule.js";
import type { Declaration, Declared, SettingsOf } from "../options/declare.js";
import { argumentsOf } from "../options/settings.js";

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

/** What makes rules again of what a saved model holds: all that are known by name. */
export function remakeOf(makers: Readonly<Record<string, RuleMaker>>): (spec: RuleSpec) => Penalty | Constraint {
  return ({ name, ...options }) => {
    if (!Object.hasOwn(makers, name)) {
      const mend = `Pass one itself, such as l2(1e-4).${didYouMean(name, Object.keys(makers))}`;
      throw new ArgumentError(message("fit", `unknown rule ${kindText(name)}`, mend));
    }
    const make = makers[name];
    return make(...(argumentsOf(make.declaration, options) as never[]));
  };
}
