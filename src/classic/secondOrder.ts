import { ArgumentError, ShapeError } from "../errors/errors.js";
import { kindText, message, shapeText } from "../errors/message.js";
import { Parameter } from "../graph/parameter.js";
import { Tensor } from "../tensor/tensor.js";

/** The parameters that a method of second order trains. @throws ArgumentError */
export function readTrained(op: string, params: Parameter | Iterable<Parameter>): Parameter[] {
  const list: unknown[] = params instanceof Parameter ? [params] : isIterable(params) ? [...params] : [params];
  const wrong = list.findIndex((one) => !(one instanceof Parameter));
  if (wrong >= 0 || list.length === 0) {
    const found = list.length === 0 ? "the list of parameters is empty" : `found ${kindText(list[wrong])}; expected parameters`;
    throw new ArgumentError(message(op, found, "Pass model.parameters()."));
  }
  const trained = [...new Set(list as Parameter[])].filter(({ requiresGrad }) => requiresGrad);
  if (trained.length > 0) return trained;
  throw new ArgumentError(message(op, "all parameters are frozen; expected one that requires a gradient at least"));
}

/** What a closure returns. @throws ArgumentError, ShapeError unless it is a scalar */
export function lossOf(op: string, closure: () => Tensor): Tensor {
  const loss = resultOf(op, closure);
  if (loss.size === 1) return loss;
  throw new ShapeError(
    message(op, `the closure returned a loss of shape ${shapeText(loss.shape)}; expected a scalar`, "Reduce it with mean() or sum()."),
  );
}

/** The tensor that a closure returns. @throws ArgumentError */
export function resultOf(op: string, closure: unknown): Tensor {
  if (typeof closure !== "function") {
    const found =
      closure === undefined ? "step() was called without a closure" : `the closure is ${kindText(closure)}; expected a function`;
    throw new ArgumentError(message(op, found, "Write await step(() => mse(model.forward(x), y))."));
  }
  const result: unknown = closure();
  if (result instanceof Tensor) return result;
  throw new ArgumentError(message(op, `the closure returned ${kindText(result)}; expected a tensor`));
}

function isIterable(value: unknown): value is Iterable<unknown> {
  return value !== null && typeof value === "object" && Symbol.iterator in value;
}
