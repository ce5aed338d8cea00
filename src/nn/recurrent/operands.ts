import { ArgumentError, DTypeError, ShapeError } from "../../errors/errors.js";
import { kindText, message, shapeText } from "../../errors/message.js";
import { checkTensor } from "../../ops/operands.js";
import { isPlain } from "../../options/plain.js";
import { isFloating } from "../../tensor/dtype.js";
import { type Shape, sameShape } from "../../tensor/shape.js";
import type { Tensor } from "../../tensor/tensor.js";

/** What is checked of the operands of recurrent layers and cells. */

/** The names of a state's tensors in errors. */
const NAMES = ["h", "c"] as const;

/** @throws DTypeError for integers, which are indices of something and need an Embedding */
export function checkFloating(op: string, dtype: Tensor["dtype"]): void {
  if (isFloating(dtype)) return;
  const mend = 'Put an Embedding before it, or convert x with cast("float32").';
  throw new DTypeError(message(op, `x has dtype ${dtype}; expected float32 or float64`, mend));
}

/**
 * The tensors of a state, h and of an LSTM c; null where none is given.
 * @param shapes what they must be
 * @throws ArgumentError, ShapeError
 */
export function stateOf(op: string, state: unknown, shapes: readonly Shape[]): readonly Tensor[] | null {
  if (state === undefined || state === null) return null;
  if (isPlain(state)) {
    const mend = `Options come third: forward(x, null, { ${Object.keys(state)[0] ?? "lengths"} }).`;
    throw new ArgumentError(message(op, `the state is ${kindText(state)}; expected ${shapes.length === 2 ? "[h, c]" : "h"}`, mend));
  }
  const tensors: unknown[] = Array.isArray(state) ? state : [state];
  if (tensors.length !== shapes.length) {
    const [found, expected] = [Array.isArray(state) ? kindText(state) : "one tensor", shapes.length === 2 ? "[h, c]" : "h"];
    const mend = `Pass what the call before returned, or forward(x, ${expected}).`;
    throw new ArgumentError(message(op, `the state is ${found}; expected ${expected}`, mend));
  }
  return tensors.map((tensor, i) => {
    checkTensor(op, `the state's ${NAMES[i]}`, tensor);
    checkStateShape(op, i, tensor.shape, shapes[i]);
    return tensor;
  });
}

/** @throws ShapeError */
export function checkStateShape(op: string, i: number, shape: Shape, expected: Shape): void {
  if (sameShape(shape, expected)) return;
  throw new ShapeError(message(op, `the state's ${NAMES[i]} has shape ${shapeText(shape)}; expected ${shapeText(expected)}`));
}
