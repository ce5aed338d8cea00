import { MemoryError } from "../errors/errors.js";
import { message } from "../errors/message.js";
import type { DType } from "../memory/views.js";
import { checkShape, type Shape, sizeOf } from "../tensor/shape.js";
import { Storage } from "../tensor/storage.js";
import { Tensor } from "../tensor/tensor.js";
import { mode, within } from "./mode.js";

/** The shape and the element type of a tensor that need not be there. */
export interface TensorSpec {
  readonly shape: Shape;
  readonly dtype: DType;
}

/** The most operations of one rehearsal: a described call of more is an accident or an attack. */
const MOST_OPERATIONS = 100_000;

/**
 * Runs `fn` on tensors without elements: operations check their operands and tell the shapes and types of their results, but compute
 * and allocate nothing. What reads elements throws a ReleasedError.
 */
export function rehearse<T>(operands: readonly TensorSpec[], fn: (...operands: Tensor[]) => T): T {
  const before = mode.rehearsal;
  let operations = 0;
  mode.rehearsal = ({ storage, shape }) => {
    checkShape(storage.madeBy, shape);
    if (++operations <= MOST_OPERATIONS) return;
    throw new MemoryError(message(storage.madeBy, `one described call takes more than ${MOST_OPERATIONS} operations`));
  };
  try {
    return within(null, false, () => fn(...operands.map(withoutElements)));
  } finally {
    mode.rehearsal = before;
  }
}

function withoutElements({ shape, dtype }: TensorSpec): Tensor {
  return new Tensor(new Storage(dtype, sizeOf(shape), "input"), shape);
}
