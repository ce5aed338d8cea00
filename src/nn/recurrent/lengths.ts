import { ArgumentError, ShapeError } from "../../errors/errors.js";
import { kindText, message, shapeText } from "../../errors/message.js";
import { cast } from "../../ops/cast.js";
import { wholeNumbers } from "../../ops/indices.js";
import { requireWithin } from "../../ops/within.js";
import { tensor } from "../../tensor/creation.js";
import { Tensor } from "../../tensor/tensor.js";

/** How many steps of each sample count: a tensor [batch] of whole numbers, or [] for a batch of one; or an array. */
export type Lengths = Tensor | readonly number[];

/** What lengths are called in errors, and the least that one may be. */
interface Kind {
  readonly what: string;
  readonly least?: number;
}

/** Lengths as int32. @throws ArgumentError, ShapeError, DTypeError unless there is a whole number from `least` to `most` for each sample */
export function lengthsOf(
  op: string,
  given: Lengths,
  batch: number,
  most: number,
  { what, least = 1 }: Kind = { what: "lengths" },
): Tensor {
  if (!(given instanceof Tensor) && !Array.isArray(given)) {
    throw new ArgumentError(message(op, `${what} is ${kindText(given)}; expected an array of whole numbers, or a tensor`));
  }
  const numbered = given instanceof Tensor ? given : fromArray(op, given);
  const lengths = numbered.rank === 0 ? numbered.unsqueeze(0) : numbered;
  if (lengths.rank !== 1 || lengths.size !== batch) {
    throw new ShapeError(message(op, `${what} has shape ${shapeText(lengths.shape)}; expected one for each sample, [${batch}]`));
  }
  const whole = wholeNumbers(op, what, lengths);
  const numbers = cast(whole, "float32");
  requireWithin(numbers, least, most, (value, sample) => {
    throw misfit(op, value, sample, what, least, most);
  });
  return cast(whole, "int32");
}

function fromArray(op: string, given: readonly number[]): Tensor {
  const wrong = given.findIndex((length) => (length | 0) !== length);
  if (wrong < 0) return tensor(given, { dtype: "int32" });
  throw new ArgumentError(message(op, `length ${wrong} is ${kindText(given[wrong])}; expected a whole number`));
}

function misfit(op: string, value: string, sample: number, what: string, least: number, most: number): ShapeError {
  const mend = Number(value) > most ? "Pad the sequences to the longest, or cut the length." : "Leave empty sequences out.";
  return new ShapeError(message(op, `${what}[${sample}] is ${value}; expected ${least} … ${most}, as long as the sequence`, mend));
}
