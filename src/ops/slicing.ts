import { checkArray } from "../errors/check.js";
import { ArgumentError, IndexError, ShapeError } from "../errors/errors.js";
import { kindText, listText, message, shapeText } from "../errors/message.js";
import { number } from "../options/kinds.js";
import { checkValue } from "../options/option.js";
import { checkTensorArity, describeCall } from "../tensor/check.js";
import { normalizeAxes, normalizeAxis } from "../tensor/shape.js";
import { Tensor } from "../tensor/tensor.js";
import { concat } from "./joining.js";
import { partAt } from "./parts.js";
import { reshape } from "./reshape.js";

/** Start, end (not included) and step along one axis. Negative positions count from the end; null takes the whole side. */
export type Range = readonly [start?: number | null, end?: number | null, step?: number | null];

/**
 * A part of each axis, as Python's `x[start:end:step]`; a negative step walks backwards. Copies.
 * Shape:     [n₀, n₁, …] → the lengths of the ranges
 * Gradient:  dx = g in the places that were taken, zeros elsewhere
 * @param ranges one range an axis, from the first; null takes the axis whole, a number takes that position and removes the axis
 * @throws IndexError for a number outside its axis, ShapeError for more ranges than axes, ArgumentError for a range that is none
 * @example arange(6).reshape([2, 3]).slice([1, [null, null, -1]])   // [5, 4, 3]
 */
export function slice(x: Tensor, ranges: readonly (Range | number | null)[]): Tensor {
  if (!(x instanceof Tensor)) return describeCall("slice", "x", x, [x, ranges]);
  checkArray("slice", "ranges", ranges, "slice([[0, 10], null, 3])");
  checkTensorArity("slice", arguments.length, 2);
  if (ranges.length > x.rank) {
    throw new ShapeError(message("slice", `${ranges.length} ranges for a tensor of shape ${shapeText(x.shape)}`));
  }
  const taken = x.shape.map((extent, axis) => resolveRange(x, ranges[axis] ?? null, extent, axis));
  const shape = taken.map(({ count }) => count);
  const part = taken.every(({ start, step, count }, axis) => start === 0 && step === 1 && count === x.shape[axis])
    ? x
    : partAt(x, { shape, starts: taken.map(({ start }) => start), steps: taken.map(({ step }) => step) });
  return reshape(
    part,
    shape.filter((_, axis) => typeof ranges[axis] !== "number"),
  );
}

/**
 * Reverses the order along axes. Copies.
 * Shape:     any → same
 * Gradient:  dx = g reversed
 * @param axes one axis or several, default all
 * @throws IndexError for an axis outside the shape
 * @example tensor([1, 2, 3]).flip()   // [3, 2, 1]
 */
export function flip(x: Tensor, axes?: number | readonly number[]): Tensor {
  checkTensorArity("flip", arguments.length, 2);
  if (!(x instanceof Tensor)) return describeCall("flip", "x", x, [x, axes]);
  const named = normalizeAxes("flip", axes, x.shape);
  return slice(
    x,
    x.shape.map((_, axis) => (named.includes(axis) ? [null, null, -1] : null)),
  );
}

const SHIFT = number({ required: true, whole: true });

/**
 * Moves elements along an axis; what leaves one end enters at the other. Copies.
 * Shape:     any → same
 * Gradient:  dx = g rolled back
 * @param shift whole number of places, negative towards the front
 * @throws IndexError for an axis outside the shape, ArgumentError for a fraction
 * @example tensor([1, 2, 3]).roll(1, 0)   // [3, 1, 2]
 */
export function roll(x: Tensor, shift: number, axis: number): Tensor {
  checkTensorArity("roll", arguments.length, 3);
  if (!(x instanceof Tensor)) return describeCall("roll", "x", x, [x, shift, axis]);
  checkValue("roll", "shift", shift, SHIFT);
  const at = normalizeAxis("roll", axis, x.shape);
  const n = x.shape[at];
  const cut = n === 0 ? 0 : ((-shift % n) + n) % n;
  if (cut === 0) return x;
  return concat([along(x, at, cut, n), along(x, at, 0, cut)], at);
}

/** The most tensors that one split makes. */
const MOST_PARTS = 1_000_000;

/**
 * Parts along an axis. Copies.
 * Shape:     [..., n, ...] → [..., length, ...] each
 * Gradient:  dx: each part's g in its place
 * @param parts length of each part (the last may be shorter), or an array of lengths
 * @param axis default 0
 * @throws ShapeError if the lengths do not add up, ArgumentError for a length that is none, IndexError for an axis outside the shape
 * @example const [q, k, v] = zeros([8, 192]).split(64, -1)
 */
export function split(x: Tensor, parts: number | readonly number[], axis = 0): Tensor[] {
  checkTensorArity("split", arguments.length, 3);
  if (!(x instanceof Tensor)) return describeCall("split", "x", x, [x, parts, axis]);
  const at = normalizeAxis("split", axis, x.shape);
  const n = x.shape[at];
  if (typeof parts === "number" && !(Number.isInteger(parts) && parts > 0)) {
    throw new ArgumentError(message("split", `the length of a part is ${parts}; expected a whole number ≥ 1`));
  }
  if (typeof parts === "number" && n / parts > MOST_PARTS) {
    throw new ArgumentError(message("split", `parts of ${parts} along an axis of ${n} are more than ${MOST_PARTS}`, "Make them longer."));
  }
  const lengths =
    typeof parts === "number" ? Array.from({ length: Math.max(1, Math.ceil(n / parts)) }, (_, i) => Math.min(parts, n - i * parts)) : parts;
  checkArray("split", "parts", lengths, "split(2) or split([1, 3])");
  if (!lengths.every((length) => Number.isInteger(length) && length >= 0)) {
    throw new ArgumentError(message("split", `the lengths are ${listText(lengths)}; expected whole numbers ≥ 0`));
  }
  const total = lengths.reduce((sum, length) => sum + length, 0);
  if (total !== n) {
    throw new ShapeError(
      message("split", `lengths [${lengths.join(", ")}] add up to ${total}; axis ${at} of ${shapeText(x.shape)} has ${n}`),
    );
  }
  let start = 0;
  return lengths.map((length) => {
    start += length;
    return along(x, at, start - length, start);
  });
}

/** The range start … end − 1 of one axis. */
function along(x: Tensor, axis: number, start: number, end: number): Tensor {
  return slice(
    x,
    x.shape.map((_, i) => (i === axis ? [start, end] : null)),
  );
}

function resolveRange(
  x: Tensor,
  range: Range | number | null,
  extent: number,
  axis: number,
): { start: number; step: number; count: number } {
  if (range === null) return { start: 0, step: 1, count: extent };
  if (typeof range === "number") {
    if (!Number.isInteger(range) || range < -extent || range >= extent) {
      throw new IndexError(
        message("slice", `position ${range} is outside axis ${axis} of ${shapeText(x.shape)}; expected ${-extent} … ${extent - 1}`),
      );
    }
    return { start: range < 0 ? range + extent : range, step: 1, count: 1 };
  }
  if (!Array.isArray(range) || range.some((part) => part != null && !Number.isInteger(part))) {
    const found = Array.isArray(range) ? listText(range) : kindText(range);
    const text = `the range of axis ${axis} is ${found}; expected a position, null, or [start, end, step] in whole numbers or null`;
    throw new ArgumentError(message("slice", text));
  }
  const step = range[2] ?? 1;
  if (step === 0) throw new ArgumentError(message("slice", `the step along axis ${axis} is 0`, "Use −1 to walk backwards."));
  // Python's rules: positions are clipped to the axis, one place beyond its end in the direction of the step.
  const clip = (position: number): number => {
    const at = position < 0 ? position + extent : position;
    return step > 0 ? Math.min(Math.max(at, 0), extent) : Math.min(Math.max(at, -1), extent - 1);
  };
  const start = range[0] == null ? (step > 0 ? 0 : extent - 1) : clip(range[0]);
  const end = range[1] == null ? (step > 0 ? extent : -1) : clip(range[1]);
  const count = Math.max(0, Math.ceil((end - start) / step));
  return { start: count === 0 ? 0 : start, step, count };
}
