import { ArgumentError, ShapeError } from "../errors/errors.js";
import { kindText, message, shapeText } from "../errors/message.js";
import { Tensor } from "../tensor/tensor.js";

/**
 * Computes the loss where the parameters are now: a scalar tensor. A step may call it several times. Gradients are cleared before each
 * call, and `backward` is called on the loss after it, unless the closure has done so itself, as PyTorch's closures do.
 */
export type Closure = () => Tensor;

/** @param op the optimizer's name in errors @throws ArgumentError unless a closure was given */
export function checkClosure(op: string, closure: unknown): asserts closure is Closure {
  if (typeof closure === "function") return;
  const found = closure === undefined ? "step() was called without a closure" : `the closure is ${kindText(closure)}; expected a function`;
  throw new ArgumentError(message(op, found, "Write optimizer.step(() => crossEntropy(net.forward(x), y))."));
}

/** The loss that the closure returns. @throws ArgumentError, ShapeError unless it is a scalar tensor */
export function lossOf(op: string, closure: Closure): Tensor {
  const loss = resultOf(op, closure, "the loss, a tensor");
  if (loss.size === 1) return loss;
  const problem = `the closure returned a loss of shape ${shapeText(loss.shape)}; expected a scalar`;
  throw new ShapeError(message(op, problem, "Reduce it with mean() or sum()."));
}

/** What the closure returns. @param expected what that is in errors @throws ArgumentError unless it is a tensor */
export function resultOf(op: string, closure: Closure, expected: string): Tensor {
  const result: unknown = closure();
  if (result instanceof Tensor) return result;
  throw new ArgumentError(message(op, `the closure returned ${kindText(result)}; expected ${expected}`));
}
