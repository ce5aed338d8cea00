import { GraphError, ShapeError } from "../errors/errors.js";
import { message, shapeText } from "../errors/message.js";
import * as kernels from "../kernels/generated.js";
import { recorder } from "../kernels/recorder.js";
import type { DType, NumberArray } from "../memory/views.js";
import { number } from "../options/kinds.js";
import { checkValue } from "../options/option.js";
import { checkTensor, checkTensorArity } from "../tensor/check.js";
import { tensor } from "../tensor/creation.js";
import { isFloating, isInteger } from "../tensor/dtype.js";
import { checkElements, elementOf, writeElements } from "../tensor/elements.js";
import type { TensorLike } from "../tensor/nested.js";
import { sameShape } from "../tensor/shape.js";
import { hostArray } from "../tensor/storage.js";
import { Tensor } from "../tensor/tensor.js";
import { checkOperandDType } from "./operands.js";

/**
 * Changes of leaves: parameters and data. They are not recorded; a graph that saved the old elements for its gradient and is
 * not yet consumed reports it in backward().
 */

/**
 * Overwrites all elements.
 * @param values a tensor, nested arrays or a typed array of x's shape (a flat list of its size will do)
 * @returns x
 * @throws GraphError if x is the result of an operation, ShapeError, DTypeError for a number outside x's integer type
 * @example parameter.assign(zeros([3]))
 */
export function assign(x: Tensor, values: TensorLike): Tensor {
  checkTensorArity("assign", arguments.length, 2);
  checkLeaf("assign", x);
  const source = values instanceof Tensor ? values : tensor(values, { dtype: isFloating(x.dtype) ? x.dtype : "float64" });
  if (!sameShape(source.shape, x.shape) && !(source.rank === 1 && source.size === x.size)) {
    throw new ShapeError(message("assign", `values of shape ${shapeText(source.shape)} for a tensor of shape ${shapeText(x.shape)}`));
  }
  if (isCopiedByKernel(x, source)) {
    source.storage.hold();
    try {
      kernels.copy({ x: source.at, out: x.at }, 0, x.size, x.dtype);
    } finally {
      source.storage.drop();
    }
    x.storage.changed("assign");
  } else x.storage.write(elementsOf(source, x.dtype), "assign");
  return x;
}

/** The elements of a tensor as they are written to another type. @throws DTypeError for one that the type does not hold */
function elementsOf(source: Tensor, dtype: DType): NumberArray {
  const elements = source.view();
  if (source.dtype === dtype) return elements;
  const written = hostArray("assign", dtype, source.size);
  writeElements("assign", dtype, written, elements);
  return written;
}

/** Between results, parameters and optimizers' states the elements go from place to place within linear memory, also when replayed. */
function isCopiedByKernel(x: Tensor, source: Tensor): boolean {
  return x.storage.permanent && x.dtype === source.dtype && source.storage.at !== 0 && source.storage.host === null;
}

const VALUE = number({ required: true, nan: true });
const WHOLE = number({ required: true, whole: true });

/**
 * Sets all elements to one value. As in `full`, integer types cut its fraction, and as a bool every number but 0 is true.
 * @returns x
 * @throws GraphError if x is the result of an operation, ArgumentError unless the value is a number, DTypeError if it is outside x's
 * integer type
 * @example parameter.fill(0)
 */
export function fill(x: Tensor, value: number): Tensor {
  checkTensorArity("fill", arguments.length, 2);
  checkLeaf("fill", x);
  checkValue("fill", "the value", value, VALUE);
  recorder?.refuse('"fill" writes elements from JavaScript');
  const { storage } = x;
  if (storage.at === 0 && storage.host === null) throw storage.releasedError();
  const element = elementOf("fill", x.dtype, value);
  storage.host?.fill(element);
  if (storage.at !== 0) x.view().fill(element);
  storage.changed("fill");
  return x;
}

/**
 * Adds a multiple: x ← x + scale · y.
 * @param y of x's shape and element type
 * @param scale default 1; whole for integers
 * @returns x
 * @throws GraphError if x is the result of an operation, ShapeError, ArgumentError for a scale, DTypeError for bool and where a sum is
 * outside x's integer type
 * @example parameter.addScaled(parameter.grad, -0.01)
 */
export function addScaled(x: Tensor, y: Tensor, scale = 1): Tensor {
  checkTensorArity("addScaled", arguments.length, 3);
  checkLeaf("addScaled", x);
  checkTensor("addScaled", "y", y);
  checkValue("addScaled", "scale", scale, VALUE);
  if (!sameShape(x.shape, y.shape) || x.dtype !== y.dtype) {
    throw new ShapeError(
      message("addScaled", `x is ${x.dtype} ${shapeText(x.shape)}, y ${y.dtype} ${shapeText(y.shape)}; expected one shape and type`),
    );
  }
  checkOperandDType("addScaled", "x", x, ["float32", "float64", "int32", "uint8"]);
  if (isInteger(x.dtype)) return addWhole(x, y, scale);
  if (x.storage.host !== null) recorder?.refuse('"addScaled" changes data, of which JavaScript has a copy');
  x.storage.hold();
  try {
    y.storage.hold();
    kernels.addScaled({ x: y.at, out: x.at, scale }, 0, x.size, x.dtype);
    y.storage.drop();
    x.storage.host?.set(x.view());
  } finally {
    x.storage.drop();
  }
  x.storage.changed("addScaled");
  return x;
}

/** `addScaled` of integers: all sums are checked before x changes. */
function addWhole(x: Tensor, y: Tensor, scale: number): Tensor {
  checkValue("addScaled", `beside ${x.dtype} the scale`, scale, WHOLE);
  const [left, right] = [x.view(), y.view()];
  const sums = Float64Array.from(left, (element, i) => element + scale * right[i]);
  checkElements("addScaled", x.dtype, sums);
  x.storage.write(sums, "addScaled");
  return x;
}

function checkLeaf(op: string, x: Tensor): void {
  checkTensor(op, "x", x);
  if (x.origin === null || !x.requiresGrad) return;
  throw new GraphError(
    message(
      op,
      `this tensor ${shapeText(x.shape)} is the result of an operation; only parameters and data can be changed in place`,
      "Change a copy: tensor(x), or use the operation's result.",
    ),
  );
}
