import { ArgumentError, ShapeError } from "../../errors/errors.js";
import { kindText, message, shapeText } from "../../errors/message.js";
import { cast } from "../../ops/cast.js";
import { wholeNumbers } from "../../ops/indices.js";
import { requireWithin } from "../../ops/within.js";
import { tensor } from "../../tensor/creation.js";
import { Tensor } from "../../tensor/tensor.js";

/** How many steps of each sample count: a tensor [batch] of whole numbers, or an array. */
export type Lengths = Tensor | readonly number[];

/** Lengths as int32. @throws ArgumentError, ShapeError, DTypeError unless there is a whole number from 1 to `steps` for each sample */
export function lengthsOf(op: string, given: Lengths, batch: number, steps: number): Tensor {
  if (!(given instanceof Tensor) && !Array.isArray(given)) {
    throw new ArgumentError(message(op, `lengths is ${kindText(given)}; expected an array of whole numbers, or a tensor`));
  }
  const lengths = given instanceof Tensor ? given : fromArray(op, given);
  if (lengths.rank !== 1 || lengths.size !== batch) {
    throw new ShapeError(message(op, `lengths has shape ${shapeText(lengths.shape)}; expected one for each sample, [${batch}]`));
  }
  const whole = wholeNumbers(op, "lengths", lengths);
  const numbers = cast(whole, "float32");
  requireWithin(numbers, 1, steps, (value, sample) => {
    throw misfit(op, value, sample, steps);
  });
  return cast(whole, "int32");
}

function fromArray(op: string, given: readonly number[]): Tensor {
  const wrong = given.findIndex((length) => (length | 0) !== length);
  if (wrong < 0) return tensor(given, { dtype: "int32" });
  throw new ArgumentError(message(op, `length ${wrong} is ${kindText(given[wrong])}; expected a whole number`));
}

function misfit(op: string, value: string, sample: number, steps: number): ShapeError {
  const mend = Number(value) > steps ? "Pad the sequences to the longest, or cut the length." : "Leave empty sequences out.";
  return new ShapeError(message(op, `length ${sample} is ${value}; expected 1 … ${steps}, the steps of x`, mend));
}
