import { ArgumentError } from "../errors/errors.js";
import { kindText, message } from "../errors/message.js";
import { Optimizer } from "../optim/optimizer.js";

/** The arguments of a scheduler that a figure drives: an optimizer that may be left out, and options. @throws ArgumentError */
export function splitArguments<O>(
  op: string,
  first: Optimizer | O | undefined,
  second: O | undefined,
): { optimizer: Optimizer | null; options: O | undefined } {
  if (first instanceof Optimizer) return { optimizer: first, options: second };
  if (second === undefined) return { optimizer: null, options: first };
  throw new ArgumentError(message(op, `the optimizer is ${kindText(first)}; expected an optimizer, or the options alone`));
}

/** The optimizer of a scheduler that is told a figure. @throws ArgumentError if there is none, or for what is no number */
export function optimizerOf(op: string, optimizer: Optimizer | null, figure: unknown): Optimizer {
  if (typeof figure !== "number")
    throw new ArgumentError(message("step", `the figure is ${kindText(figure)}; expected a number, such as the item() of a tensor`));
  if (optimizer !== null) return optimizer;
  throw new ArgumentError(
    message("step", `this ${op} has no optimizer`, `Write new ${op}(optimizer, …), or give it to fit as a callback.`),
  );
}
