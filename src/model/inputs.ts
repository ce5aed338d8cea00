import { ArgumentError, ShapeError } from "../errors/errors.js";
import { message, shapeText } from "../errors/message.js";
import type { Tensor } from "../tensor/tensor.js";
import type { Model } from "./model.js";

/**
 * Refuses inputs that the model would misunderstand or ignore.
 * @param op name of the calling method, with which errors begin
 * @throws ArgumentError for more tensors than the model takes, ShapeError for an input whose first axis is features, not samples
 */
export function checkInputs(op: string, model: Model, inputs: readonly Tensor[]): void {
  const most = mostInputs(model);
  if (inputs.length > most) {
    const problem = `x is a list of ${inputs.length} tensors, which are ${inputs.length} inputs; the model takes ${most}`;
    throw new ArgumentError(message(op, problem, "Several samples are one tensor: stack(…) or concat(…) makes it."));
  }
  for (const [i, shape] of (model.inputShapes() ?? []).entries()) {
    const input = inputs[i];
    if (input === undefined || input.rank > shape.length) continue;
    const problem = `a batch of x has shape ${shapeText(input.shape)}; expected samples along the first axis, ${shapeText(["n", ...shape])}`;
    throw new ShapeError(message(op, problem, "A single sample is x.unsqueeze(0), or [[…]]."));
  }
}

/** The most tensors that `forward` can take; Infinity if that is not known. */
function mostInputs(model: Model): number {
  const shapes = model.inputShapes();
  if (shapes !== null) return shapes.length;
  const { forward } = Object.getPrototypeOf(model) as Model;
  return forward.length === 0 || hidesParameters(forward) ? Number.POSITIVE_INFINITY : forward.length;
}

/** Whether a function has parameters that its `length` does not count: parameters with a default, or a rest parameter. */
function hidesParameters(fn: (...args: never[]) => unknown): boolean {
  const parameters = /^[^(]*\(([^)]*)/.exec(Function.prototype.toString.call(fn))?.[1];
  return parameters === undefined || /=|\.\.\./.test(parameters);
}
