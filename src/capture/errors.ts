import { ArgumentError, GraphError } from "../errors/errors.js";
import { kindText, message } from "../errors/message.js";

/** The step has something about it that a replay would not do again. */
export function cannotReplay(reason: string): GraphError {
  return new GraphError(
    message(
      "capture",
      `this step cannot be replayed: ${reason}`,
      "Return tensors and read them outside of the step; pass what changes as a tensor; or call the step without capture.",
    ),
  );
}

export function noTensor(input: unknown): ArgumentError {
  return new ArgumentError(
    message(
      "capture",
      `the step was given ${kindText(input)}; expected tensors, or arrays and objects of tensors`,
      "Wrap it with tensor(…).",
    ),
  );
}

export function asyncStep(): ArgumentError {
  return new ArgumentError(
    message(
      "capture",
      "the step is async; a captured step is done when it returns",
      "Await what it needs before, and pass it as a tensor.",
    ),
  );
}

export function wantsGradient(i: number): ArgumentError {
  return new ArgumentError(
    message(
      "capture",
      `input ${i} wants a gradient; the inputs of a captured step are data`,
      "A Parameter is used in the step without being passed; detach() any other tensor.",
    ),
  );
}
